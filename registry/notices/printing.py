"""From a notice's content to its PDF. Templates are dated like law: one of a day serves until the next.

What a notice says reaches the typesetter as JSON beside the template, never within it: nothing of it is
evaluated. Fonts are our own and, for letters that these lack, those within the typesetter, never the
machine's, so that a notice is the same everywhere.
"""

import threading
from datetime import date, datetime
from functools import cache
from pathlib import Path

import orjson
import typst

from registry import clock
from registry.notices.rules import Kind

TEMPLATES = Path(__file__).with_name("templates")
FONTS = Path(__file__).with_name("fonts")

# The typesetter would use every core; whoever checks a customer meanwhile needs one.
_turn = threading.Lock()


def newest(kind: Kind, day: date) -> str:
    """The template for what is drafted on `day`, as "release/2024-12-01"; before the first day the first."""
    days = _days(kind)
    return f"{kind}/{max((each for each in days if each <= day.isoformat()), default=days[0])}"


def pdf(template: str, notice_id: str, drafted_at: datetime, content: bytes) -> bytes:
    """The document; `content` is `Content` as JSON. The same arguments give the same bytes."""
    data = {"id": notice_id, "drafted_on": clock.beijing_day(drafted_at), "content": orjson.Fragment(content)}
    with _turn:
        return typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=_fonts(),
            sys_inputs={"notice": orjson.dumps(data).decode()},
            timestamp=int(drafted_at.timestamp()),
        )


@cache
def _days(kind: Kind) -> list[str]:
    return sorted(path.stem for path in (TEMPLATES / kind).glob("*.typ"))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
