"""Reading a year from a file: JSON with `off` and `on`, or CSV with the columns `day`, `kind` and `name`."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from registry.errors import Invalid, invalid_field
from registry.text import Text
from registry.workdays.rules import Year, checked

_SHIPPED = Path(__file__).with_name("calendars")
_COLUMNS = {"day", "kind", "name"}
_KINDS = ("off", "on")

Days = tuple[list[date], list[date]]
"""Those off and those worked."""


@cache
def shipped() -> Mapping[int, Year]:
    """The years that come with the software."""
    years = {}
    for path in sorted(_SHIPPED.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        off, on = (list(map(date.fromisoformat, told[kind])) for kind in _KINDS)
        years[int(path.stem)] = checked(int(path.stem), off, on, told["source"])
    return MappingProxyType(years)


def read(content: bytes) -> Days:
    """The days of a file of either form, told by its first character. Raises Invalid."""
    return read_json(content) if content.lstrip().startswith(b"{") else read_csv(content)


def read_json(content: bytes) -> Days:
    """The days in `{"off": [days], "on": [days]}`. Raises Invalid."""
    try:
        told = json.loads(content)
        if told.keys() != set(_KINDS):
            raise _unreadable()
        off, on = ([_day(raw) for raw in told[kind]] for kind in _KINDS)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _unreadable() from None
    return off, on


def read_csv(content: bytes) -> Days:
    """The days of a table; `name`, which may be missing, is for its reader only. Raises Invalid."""
    rows = csv.DictReader(io.StringIO(_decoded(content), newline=""), strict=True)
    days: dict[str, list[date]] = {kind: [] for kind in _KINDS}
    try:
        names = rows.fieldnames or []
        if len(names) != len(set(names)) or not {"day", "kind"} <= set(names) <= _COLUMNS:
            raise _unreadable()
        for row in rows:
            if None in row or row["kind"] not in _KINDS:
                raise _wrong_row(rows.line_num)
            try:
                days[row["kind"]].append(_day(row["day"]))
            except ValueError:
                raise _wrong_row(rows.line_num) from None
    except csv.Error:
        raise _unreadable() from None
    return days["off"], days["on"]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _day(raw: Any) -> date:
    """Raises ValueError, TypeError; also for the other forms of ISO 8601."""
    day = date.fromisoformat(raw)
    if day.isoformat() != raw:
        raise ValueError(raw)
    return day


def _wrong_row(number: int) -> Invalid:
    return invalid_field(
        "invalid-input",
        Text(
            "第 {row} 行有误：日期须如 2026-10-01,kind 须为 off 或 on。",
            "Row {row} is wrong: it needs a day, written as 2026-10-01, and the kind off or on.",
        ).format(row=number),
    )


def _unreadable() -> Invalid:
    return invalid_field(
        "invalid-input",
        Text(
            "文件须为 JSON(off、on 两个日期列表，如 2026-10-01)或 CSV(列 day、kind、name)，UTF-8 编码。",
            "The file must be JSON with the lists off and on of days, written as 2026-10-01, or CSV with "
            "the columns day, kind and name, in UTF-8.",
        ),
    )
