"""`/console/law`: the dated law as it stands on a chosen day, and how each rule came to be what it is."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, request

from registry import clock
from registry.access.rules import Permission
from registry.access.service import not_found
from registry.api.operation import services
from registry.api.respond import language
from registry.console import law_words
from registry.console.pages import page, said
from registry.console.routing import route
from registry.law.book import View
from registry.law.loader import Dated, Rule
from registry.law.terms import years_later
from registry.screening.wording import day_words
from registry.text import Text


@route("GET", "/law", Permission.SELF_READ)
def show_law() -> Response:
    """Every rule that has a value on the day."""
    typed = request.args.get("on", "")
    day = _day(typed)
    on = day or clock.today()
    law = services().book.on(on)
    return page(
        "law/rules.html",
        200 if day else 422,
        groups=list(_groups(law)),
        on=on.isoformat(),
        day=day_words(on).into(language()),
        today=on == clock.today(),
        marks=said(law_words.MARKS),
        values={"on": typed or on.isoformat()},
        faults={} if day else {"on": _NO_DAY.into(language())},
    )


@route("GET", "/law/<path:rule>", Permission.SELF_READ)
def show_rule(rule: str) -> Response:
    """One rule with all its values, the newest first."""
    book = services().book
    known = book.rule(rule)
    if known is None:
        raise not_found()
    on = _day(request.args.get("on", "")) or clock.today()
    holding, words = book.on(on).find(rule), _words()
    checked_on = known.checked_on
    return page(
        "law/rule.html",
        rule=rule,
        name=law_words.title(known, words).into(language()),
        folder=law_words.folder_title(rule.split("/", maxsplit=1)[0], words).into(language()),
        dated=[_value(known, dated) for dated in reversed(known.values)],
        holding=holding and holding.since.isoformat(),
        on=on.isoformat(),
        day=day_words(on).into(language()),
        marks=said(law_words.MARKS),
        checked=day_words(checked_on).into(language()),
        unchecked=years_later(checked_on, 1) < clock.today(),
    )


def _day(typed: str) -> date | None:
    """The day; today where none was given, `None` for one that is not a day."""
    if not typed:
        return clock.today()
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _groups(law: View) -> Iterator[dict[str, Any]]:
    book, words = services().book, _words()
    order = {folder: place for place, folder in enumerate(law_words.FOLDERS)}

    def regimes_first(rule: str) -> tuple[int, str]:
        folder = rule.split("/", maxsplit=1)[0]
        return order.get(folder, -1), folder

    settings = sorted(law.settings(), key=lambda setting: regimes_first(setting.rule))
    for (_, folder), held in groupby(settings, key=lambda setting: regimes_first(setting.rule)):
        rows = []
        for setting in held:
            rule = book.rule(setting.rule)
            if rule:
                row = _value(rule, Dated(setting.since, setting.value, setting.source))
                rows.append(row | {"rule": rule.id, "name": law_words.title(rule, words).into(language())})
        yield {"id": folder, "title": law_words.folder_title(folder, words).into(language()), "rows": rows}


def _value(rule: Rule, dated: Dated) -> dict[str, Any]:
    reader = language()
    return {
        "lines": [line.into(reader) for line in law_words.value_words(rule.unit, dated.value, _words())],
        "since_on": dated.since.isoformat(),
        "since": law_words.since_words(dated.since).into(reader),
        "source": law_words.source_words(dated.source).into(reader),
        "mark": dated.source.mark,
        "provisional": dated.source.provisional,
    }


def _words() -> View:
    """Today's law, which has a word for every purpose and measure there ever was."""
    return services().book.on(clock.today())


_NO_DAY = Text(
    "日期须如 2026-11-22；下面是今天的规定。", "A day is written 2026-11-22; below is today's law."
)
