"""Uploads that are tables (.csv, .xlsx), turned into lines of JSON: line n is the table's row n.

Rows above the header, the header and blank rows become empty lines, so that a fault is told by the number
that the spreadsheet program shows. Nothing is mended here: a cell that is no text stays none.
"""

import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from registry.errors import invalid_field
from registry.imports import delimited, vocabulary
from registry.imports.rows import header_key
from registry.imports.spreadsheet import Cell, CellKind, read_rows
from registry.rescreens.models import Form
from registry.rescreens.spool import CHUNK
from registry.text import Text

MAX_SHEET_ROWS = 1_048_576  # all that a sheet has
_HEADER_ROWS = 15  # a title and notes may stand above the header
_EXACT_DIGITS = 15  # so many digits of a number survive any spreadsheet program

REF, NAME, TYPE, NUMBER = "ref", "name", "document_type", "document_number"
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (REF, "reference", "客户编号", "客户号", "客户标识", "业务编号", "业务号", "编号"), REF
        ),
        **dict.fromkeys((NAME, "full_name", "姓名", "客户姓名", "姓名/单位名称", "姓名或单位名称"), NAME),
        **dict.fromkeys((TYPE, "id_type", "证件类型", "证件种类"), TYPE),
        **dict.fromkeys(
            (NUMBER, "id_number", "document_no", "证件号码", "证件号", "证件号码/身份证号", "身份证号码"),
            NUMBER,
        ),
    }
)

Cells = Sequence[Any]
Blocks = Callable[[], Iterator[bytes]]


def converted(form: Form, blocks: Blocks) -> Iterator[bytes]:
    """The table in `blocks` (bytes from its beginning, each time it is called) as chunks of whole lines.

    Raises Invalid: whatever the readers of spreadsheets and delimited text raise, `no-header`,
    `missing-columns`.
    """
    lines = _lines(_of_text(blocks) if form is Form.CSV else _of_workbook(blocks))
    chunk = bytearray()
    for line in lines:
        chunk += line
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)


def _lines(rows: Iterator[tuple[int, Cells]]) -> Iterator[bytes]:
    top = list(itertools.islice(rows, _HEADER_ROWS))
    header, places = _header(top)
    written = 0
    for number, cells in itertools.chain(top, rows):
        yield b"\n" * (number - written - 1)
        written = number
        row = [cells[place] if place < len(cells) else "" for place in places]
        if number <= header or not any(cell.strip() if isinstance(cell, str) else True for cell in cells):
            yield b"\n"
        else:
            ref, name, type_, document_no = row
            yield orjson.dumps(
                {"ref": ref, "name": name, "document": {"type": _word(type_), "number": document_no}},
                option=orjson.OPT_APPEND_NEWLINE,
            )


def _word(type_: Any) -> Any:
    return vocabulary.DOCUMENT_TYPES.get(type_, type_) if isinstance(type_, str) else type_


def _header(top: Sequence[tuple[int, Cells]]) -> tuple[int, tuple[int, ...]]:
    """The number of the header's row, and where ref, name, type and number stand."""
    best: tuple[int, dict[str, int]] = (0, {})
    for number, cells in top:
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            column = _HEADERS.get(header_key(cell)) if isinstance(cell, str) else None
            if column:
                found.setdefault(column, place)
        if len(found) > len(best[1]):
            best = number, found
    header, found = best
    if not found:
        raise invalid_field(
            "no-header",
            Text(
                "前 {n} 行中找不到表头；列名应为：客户编号、姓名、证件类型、证件号码。",
                "No header was found in the first {n} rows; the columns are ref, name, document_type and "
                "document_number.",
            ).format(n=_HEADER_ROWS),
            "/file",
        )
    if missing := [column for column in (REF, NAME, TYPE, NUMBER) if column not in found]:
        chinese = {REF: "客户编号", NAME: "姓名", TYPE: "证件类型", NUMBER: "证件号码"}
        raise invalid_field(
            "missing-columns",
            Text("缺少必需的列：{zh}。", "Required columns are missing: {en}.").format(
                zh="、".join(chinese[column] for column in missing), en=", ".join(missing)
            ),
            "/file",
        )
    return header, (found[REF], found[NAME], found[TYPE], found[NUMBER])


def _of_text(blocks: Blocks) -> Iterator[tuple[int, Cells]]:
    encoding = delimited.encoding(blocks())
    head = next(blocks(), b"").decode(encoding, "ignore")
    with io.TextIOWrapper(io.BufferedReader(_Stream(blocks())), encoding, newline="") as lines:
        try:
            for number, cells in delimited.parse(lines, delimited.delimiter(head)):
                yield number, [cell.strip() for cell in cells]
        except UnicodeDecodeError:
            raise delimited.unknown_encoding() from None


def _of_workbook(blocks: Blocks) -> Iterator[tuple[int, Cells]]:
    rows = read_rows(io.BytesIO(b"".join(blocks())), "", max_rows=MAX_SHEET_ROWS)
    for row in rows:
        yield row.number, [_value(cell) for cell in row.cells]


def _value(cell: Cell) -> str | float | None:
    """What was typed, as text where that is certain; `None` for formulas, errors and days."""
    match cell.kind:
        case CellKind.TEXT | CellKind.EMPTY:
            return cell.text.strip()
        case CellKind.NUMBER:
            exact = isinstance(cell.number, int) and len(cell.text) <= _EXACT_DIGITS
            return cell.text if exact else cell.number
        case _:
            return None


class _Stream(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As any file; 0 at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
