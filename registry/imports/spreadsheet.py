"""An uploaded list (.xlsx, .csv) as typed rows that cannot hide a defect.

What a column means is not known here. What is known is whether a cell was typed by somebody: a formula,
an error value and a number keep their kind, so that the reader of columns can refuse them (an id number
kept as a number has lost its last digits) instead of storing what the program made of them.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import isfinite
from typing import IO, NamedTuple

from registry.errors import Invalid, invalid_field
from registry.imports import delimited, limits, refusals, workbook
from registry.imports.sheet import Mark
from registry.text import Text

MAX_FILE = 32 * 1024 * 1024
"""Bytes of an upload that are looked at; 20,000 rows of 21 columns take about 5 MB as text."""

_FILE = "/file"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
_EXACT = 2**53
"""Up to here a float holds every whole number."""


class CellKind(StrEnum):
    """What a cell holds, as the file says, not as it looks."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """One cell. `text` is what was typed, untrimmed, for TEXT; ISO date for DATE; plain digits or Python's
    notation for NUMBER; `true` or `false` for BOOLEAN; "" otherwise: the result of a formula is not kept.
    `day` is set for DATE (time of day dropped), `number` for NUMBER, whole where it is whole and exact."""

    kind: CellKind
    text: str = ""
    day: date | None = None
    number: float | int | None = None


EMPTY = Cell(CellKind.EMPTY)
"""The one empty cell; also a cell of nothing but white space, which a clerk sees as empty."""
_FORMULA = Cell(CellKind.FORMULA)
_ERROR = Cell(CellKind.ERROR)


@dataclass(frozen=True, slots=True)
class Row:
    """One row with contents. `number` is the number the spreadsheet program shows. `values` begin at
    column A, end with the last that is not empty, and are as read; cells are made of them when asked for,
    since 400,000 cells kept at once take a second and 100 MB."""

    number: int
    values: tuple[object, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells from column A to the last that is not empty."""
        return tuple(map(_cell, self.values))

    def at(self, column: int) -> Cell:
        """The cell in `column`, counted from 0; EMPTY beyond the end of the row."""
        return _cell(self.values[column]) if column < len(self.values) else EMPTY


def read_rows(stream: IO[bytes], filename: str, *, max_rows: int) -> list[Row]:
    """All rows with contents, title and header included, in order.

    The kind of file is told by its first bytes; `filename` only helps to say what is wrong. A workbook must
    have its list on the only visible sheet with contents (`workbook.read` says why). In delimited text every
    cell is TEXT, or FORMULA if it begins with `=`, since that is what a spreadsheet program makes of it.

    Raises `errors.Invalid` and nothing else, with a fault at `/file`: the slugs of `workbook.read` and
    `delimited.records`, `too-many-rows` (more than `max_rows` with contents), `too-many-columns`,
    `cell-too-long`, `lost-characters`, `empty-file`, `file-too-large`, `old-workbook`,
    `encrypted-workbook`, `not-a-spreadsheet`.
    """
    content = stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise _too_large()
    if not content.strip():
        raise refusals.empty_file()
    if content.startswith(_ZIP):
        rows = list(_checked(workbook.read(io.BytesIO(content), max_rows=max_rows), max_rows))
    else:
        _refuse_other_kinds(content, filename)
        rows = list(_checked(_with_formulas(delimited.records(content)), max_rows))
    if not rows:
        raise refusals.empty_file()
    return rows


def column_letter(index: int) -> str:
    """The name of column `index`, counted from 0: A, B, … Z, AA. Raises `ValueError` if negative."""
    if index < 0:
        raise ValueError("a column index is not negative")
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _with_formulas(records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[object]]]:
    for number, record in records:
        yield number, [Mark.FORMULA if "=" in each and each.lstrip()[0] == "=" else each for each in record]


def _checked(rows: Iterable[tuple[int, list[object]]], max_rows: int) -> Iterator[Row]:
    """The rows with contents; refuses those no reader of columns should have to think about."""
    count = 0
    for number, values in rows:
        if number > max_rows + limits.BLANK_ROWS:
            raise refusals.too_many_rows(max_rows)
        while values and isinstance(values[-1], str) and not values[-1].strip():
            values.pop()
        if not values:
            continue
        count += 1
        if count > max_rows:
            raise refusals.too_many_rows(max_rows)
        if len(values) > limits.MAX_COLUMNS:
            raise refusals.too_many_columns(number)
        texts = [value for value in values if isinstance(value, str)]
        together = "".join(texts)
        if len(together) > limits.MAX_CELL_TEXT and max(map(len, texts)) > limits.MAX_CELL_TEXT:
            raise refusals.cell_too_long()
        if "\0" in together or "\ufffd" in together:
            raise _lost_characters(number)
        yield Row(number, tuple(values))


def _lost_characters(row: int) -> Invalid:
    return invalid_field(
        "lost-characters",
        Text(
            "第 {row} 行含有已丢失的字符（显示为“�”）或空字符。请更正该行后重新上传。",
            "Row {row} has a character that was lost in an earlier conversion (shown as “�”) or a NUL. "
            "Correct that row and upload the file again.",
        ).format(row=row),
        _FILE,
    )


def _cell(value: object) -> Cell:
    """The cell of a value as read; a bare time of day or a duration is a number of days."""
    match value:
        case str():
            return Cell(CellKind.TEXT, value) if value.strip() else EMPTY
        case Mark.FORMULA:
            return _FORMULA
        case bool():
            return Cell(CellKind.BOOLEAN, "true" if value else "false")
        case datetime():
            return Cell(CellKind.DATE, value.date().isoformat(), value.date())
        case date():
            return Cell(CellKind.DATE, value.isoformat(), value)
        case time():
            return _number((value.hour * 3600 + value.minute * 60 + value.second) / 86_400)
        case timedelta():
            return _number(value / timedelta(days=1))
        case int() | float():
            return _number(value)
        case _:
            return _ERROR


def _number(value: float) -> Cell:
    if not isfinite(value):
        return _ERROR
    number = int(value) if value == int(value) and abs(value) <= _EXACT else value
    return Cell(CellKind.NUMBER, str(number), None, number)


def _refuse_other_kinds(content: bytes, filename: str) -> None:
    """Refuses what is neither a package nor text, and says what it is."""
    if content.startswith(_OLE2):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refusals.encrypted()
        raise invalid_field(
            "old-workbook",
            Text(
                "该文件是旧版 Office 格式（如 .xls）或设有密码，不能导入。请取消密码并另存为 .xlsx "
                "后重新上传。",
                "The file is of an old Office kind (as .xls) or protected by a password, and cannot be "
                "imported. "
                "Remove the password, save it as .xlsx and upload it again.",
            ),
            _FILE,
        )
    if content.startswith(_OTHER) or content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise invalid_field(
            "not-a-spreadsheet",
            Text(
                "该文件不是表格：可能是 PDF、图片、压缩包或网页（有些系统导出的 .xls 实为网页）。"
                "请另存为 .xlsx 后重新上传。",
                "The file is no spreadsheet but a PDF, an image, an archive or a web page (some systems "
                "export a web "
                "page as .xls). Save the list as .xlsx and upload it again.",
            ),
            _FILE,
        )
    if filename.lower().endswith(".xlsx") and b"\0" in content:
        raise refusals.damaged()


def _too_large() -> Invalid:
    return invalid_field(
        "file-too-large",
        Text(
            "文件超过 {limit} MB。请拆分为多个文件后重新上传。",
            "The file is larger than {limit} MB. Divide it into several files and upload them again.",
        ).format(limit=MAX_FILE // (1024 * 1024)),
        _FILE,
    )
