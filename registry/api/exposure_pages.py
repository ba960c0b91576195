"""What the page of an exposure list tells: to the public, and to officers before it is public."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import flask

from registry.access.principals import Officer
from registry.api.operation import services
from registry.api.respond import language
from registry.clock import beijing_day
from registry.exposures.news import Withdrawal
from registry.exposures.public import PAGE, PublicList, PublicRow
from registry.exposures.rules import Cause
from registry.exposures.wording import CAUSES
from registry.publishing.columns import word_of_sex
from registry.screening.wording import day_words


def preview(officer: Officer, list_id: str, number: int, address: Callable[[int], str]) -> dict[str, Any]:
    """Page `number` of a list as the public would see it if it were published now. Raises NotFound."""
    services().exposure_queries.get(officer, list_id)  # NotFound where it is no business of theirs
    previews = services().previews
    found, rows, shown = previews.get(list_id), previews.page(list_id, number), previews.count(list_id)
    return told(found, rows, number=number, shown=shown, address=address, preview=True)


def told(
    found: PublicList,
    rows: list[PublicRow],
    *,
    number: int,
    shown: int,
    address: Callable[[int], str],
    corrections: Sequence[Withdrawal] = (),
    preview: bool = False,
) -> dict[str, Any]:
    """What the template `exposure_list.html` needs; HTTP 404 for a page that the list does not have.

    `address` gives the address of another page.
    """
    pages = max(1, -(-found.rows_total // PAGE))
    if number > pages:
        flask.abort(404)
    reader = language()
    return {
        "found": found,
        "rows": rows,
        "shown": shown,
        "number": number,
        "pages": pages,
        "near": [each for each in range(1, pages + 1) if each in (1, pages) or abs(each - number) <= 2],
        "address": address,
        "corrections": _together(corrections),
        "preview": preview,
        "text": lambda text: text.into(reader),
        "day": day,
        "sex": lambda row: word_of_sex(row, reader),
    }


def day(value: Any) -> str:
    """A day, or that of an instant, in the reader's words."""
    return day_words(beijing_day(value) if hasattr(value, "tzinfo") else value).into(language())


def _together(corrections: Sequence[Withdrawal]) -> list[dict[str, Any]]:
    """What was taken down on the same day for the same reason, once."""
    alike: dict[tuple[date, Cause, str | None], list[int]] = defaultdict(list)
    for taken in corrections:
        alike[beijing_day(taken.at), taken.cause, taken.reason].append(taken.serial)
    return [
        {
            "day": day(on),
            "cause": CAUSES[cause].into(language()),
            "reason": reason,
            "serials": sorted(serials),
        }
        for (on, cause, reason), serials in alike.items()
    ]
