"""Pictures of numbers as plain SVG: one message each, every mark labelled, the table beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.text import Language, Text

Number = int | float

_MOST = 12
"""Bars in a picture; the table has the rest."""
_WIDTH, _LINE = 720, 30
_LONGEST, _LETTER = 46, 7.8
_FIRST_WIDE = 0x2E80
_HEIGHT, _FOOT, _HEAD = 240, 44, 24
_ROOM = 90
"""What the number beside the longest bar needs."""
_NAMED_MONTHS = 14
"""Above so many columns only January and July are named, and only the highest one says its number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; the first number is the one in the picture."""

    label: Text
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A table with a picture of its first number. `total` where the groups add up.

    `message` is what a reader should take away, where it is not how many there are and where the most is.
    """

    title: Text
    columns: tuple[Text, ...]
    rows: Sequence[Row]
    total: int | None
    by_month: bool
    message: Text | None = None


def rows(names: Mapping[str, Text], found: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Rows with the names of their keys; a key that has none is its own."""
    return [
        Row(_UNKNOWN if key is None else names.get(key, Text(key, key)), tuple(numbers))
        for key, *numbers in found
    ]


def drawn(chart: Chart, reader: Language) -> dict[str, Any]:
    """What the template needs: the table, the message, and where each mark stands."""
    shown = chart.rows if chart.by_month else sorted(chart.rows, key=lambda row: -row.numbers[0])
    return {
        "title": chart.title.into(reader),
        "message": _message(chart).into(reader),
        "columns": [column.into(reader) for column in chart.columns],
        "rows": [(_name(chart, row).into(reader), row.numbers) for row in shown],
        "picture": _picture(chart, shown, reader),
    }


def _picture(chart: Chart, shown: Sequence[Row], reader: Language) -> dict[str, Any] | None:
    if not any(row.numbers[0] for row in shown):
        return None
    return _columns(shown, reader) if chart.by_month else _bars(shown[:_MOST], reader)


def _message(chart: Chart) -> Text:
    """How many there are, and where the most is."""
    if not any(row.numbers[0] for row in chart.rows):
        return Text("没有数据。", "There is nothing to show.")
    if chart.message:
        return chart.message
    most = max(chart.rows, key=lambda row: row.numbers[0])
    said = Text("{most}最多：{n}", "most: {most}, {n}").format(most=_name(chart, most), n=most.numbers[0])
    if chart.total is None:
        return Text(said.zh, said.en[:1].upper() + said.en[1:])
    all_ = Text("{unit} {total}", "{unit}: {total}").format(unit=chart.columns[1], total=chart.total)
    if len(chart.rows) == 1:
        return all_
    share = round(100 * most.numbers[0] / chart.total)
    return Text(f"{all_.zh}，{said.zh}（{share}%）", f"{all_.en}; {said.en} ({share} %)")


def _name(chart: Chart, row: Row) -> Text:
    """A row as a sentence names it."""
    if not chart.by_month:
        return row.label
    year, month = row.label.zh.split("-")
    return Text(f"{year}年{int(month)}月", f"{_MONTHS[int(month) - 1]} {year}")


def _bars(shown: Sequence[Row], reader: Language) -> dict[str, Any]:
    longest = max((row.numbers[0] for row in shown), default=0) or 1
    labels = [_short(row.label.into(reader)) for row in shown]
    left = round(max(map(_breadth, labels), default=0) * _LETTER) + 14
    room = _WIDTH - left - _ROOM
    return {
        "kind": "bars",
        "width": _WIDTH,
        "height": _LINE * len(shown),
        "marks": [
            {
                "label": labels[at],
                "number": row.numbers[0],
                "x": left,
                "y": _LINE * at + 5,
                "width": round(room * row.numbers[0] / longest, 1),
                "height": _LINE - 10,
                "text_y": _LINE * at + 20,
                "text_x": round(left + room * row.numbers[0] / longest + 8, 1),
            }
            for at, row in enumerate(shown)
        ],
        "label_x": left - 10,
    }


def _columns(shown: Sequence[Row], reader: Language) -> dict[str, Any]:
    highest = max((row.numbers[0] for row in shown), default=0) or 1
    step = _WIDTH / max(1, len(shown))
    room = _HEIGHT - _HEAD - _FOOT
    few = len(shown) <= _NAMED_MONTHS
    width = min(56.0, step * 0.7)
    marks = []
    for at, row in enumerate(shown):
        number, height = row.numbers[0], room * row.numbers[0] / highest
        year, _, month = row.label.zh.partition("-")
        named = few or month in ("01", "07")
        marks.append(
            {
                "month": (f"{int(month)}月" if reader != "en" else _MONTHS[int(month) - 1]) if named else "",
                "year": year if at == 0 or month == "01" else "",
                "number": number if few or number == highest else "",
                "x": round(step * at + (step - width) / 2, 1),
                "y": round(_HEAD + room - height, 1),
                "width": round(width, 1),
                "height": round(height, 1),
                "middle": round(step * (at + 0.5), 1),
                "text_y": round(_HEAD + room - height - 7, 1),
            }
        )
    return {
        "kind": "columns",
        "width": _WIDTH,
        "height": _HEIGHT,
        "marks": marks,
        "ground": _HEAD + room,
        "month_y": _HEAD + room + 18,
        "year_y": _HEAD + room + 36,
    }


def _short(label: str) -> str:
    """What fits beside a bar."""
    if _breadth(label) <= _LONGEST:
        return label
    while _breadth(label) >= _LONGEST:
        label = label[:-1]
    return f"{label}…"


def _breadth(label: str) -> int:
    """In letters; a Chinese character is as wide as two."""
    return sum(2 if ord(letter) > _FIRST_WIDE else 1 for letter in label)


_UNKNOWN = Text("未记录", "not recorded")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
