"""The cells of one sheet as its XML has them: what a values reader does not tell, or would not survive."""

import re
from collections.abc import Callable
from enum import Enum
from itertools import product
from string import ascii_uppercase
from typing import NamedTuple

from registry.imports.limits import (
    BLANK_ROWS,
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    MAX_ELEMENTS,
    MAX_INFLATED,
    MAX_TEXT,
)
from registry.imports.parts import Part
from registry.imports.refusals import (
    bomb,
    cell_too_long,
    damaged,
    several_sheets,
    too_many_columns,
    too_many_rows,
)

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NAMESPACES = (NAMESPACE, "http://purl.oclc.org/ooxml/spreadsheetml/main")
_CELL_WORDS = frozenset({"sheetData", "row", "c", "v", "is"})
_MAX_AREAS = 16
"""Areas of array formulas kept apart; what exceeds them is taken together, as formulas are refused anyway."""
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_COLUMN = {
    "".join(letters): index
    for index, letters in enumerate(
        letters for width in (1, 2, 3) for letters in product(ascii_uppercase, repeat=width)
    )
    if index < 16_384
}
"""Letters → column from 0, up to XFD."""


class Mark(Enum):
    """Stands in place of a value that must not be taken for one."""

    FORMULA = "formula"
    ERROR = "error"


class Strings(Part):
    """The length of each shared string, in order."""

    limit = MAX_INFLATED

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []
        self._elements = 0
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise bomb()
        if name.endswith(" si"):
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)
            if self.lengths[-1] > MAX_CELL_TEXT:
                raise cell_too_long()


class Sheet(Part):
    """Walks the cells of one sheet in the order of the file; afterwards `rows` is the number of rows with
    contents, `last_row` the last of them (from 0, -1 if none), and `mark` knows where values are none.

    Cells must stand in rising order at the place their name says (as every spreadsheet program writes them),
    so that calamine and we cannot mean different cells. With `only_probe`, any content is one sheet too many.
    """

    limit = MAX_INFLATED

    def __init__(self, max_rows: int, lengths: list[int], *, only_probe: bool) -> None:
        super().__init__()
        self.rows = 0
        self.last_row = -1
        self._marks: dict[int, dict[int, Mark]] = {}
        self._areas: list[_Area] = []
        self._max_rows = max_rows
        self._lengths = lengths
        self._only_probe = only_probe
        self._elements = 0
        self._row = self._column = -1
        self._row_name = "0"
        self._shared = self._in_index = False
        self._index: list[str] = []
        self._characters = 0
        self.parser.StartElementHandler = self._prologue

    def mark(self, row: int, values: list[object]) -> None:
        """Puts a `Mark` over each of the values of `row`, from 0, that nobody typed."""
        marks = self._marks.get(row)
        if marks:
            values.extend([""] * (max(marks) + 1 - len(values)))
            for column, mark in marks.items():
                values[column] = mark
        for area in self._areas:
            if area.top <= row <= area.bottom:
                for column in range(area.left, min(area.right + 1, len(values))):
                    if values[column] != "":
                        values[column] = Mark.FORMULA

    def _prologue(self, name: str, attributes: dict[str, str]) -> None:
        """Until the cells begin; whose namespace is from then on the namespace of cells."""
        space, _, local = name.rpartition(" ")
        if local in _CELL_WORDS:
            if local != "sheetData" or space not in _NAMESPACES:
                raise damaged()
            self._cell_name, self._value_name = f"{space} c", f"{space} v"
            self._others: dict[str, Callable[[dict[str, str]], None]] = {
                f"{space} row": self._begin_row,
                f"{space} is": self._content,
                f"{space} f": self._formula,
            }
            self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # Called a million times for a long list: the two commonest elements come first and call nothing.
        self._elements += 1
        if self._in_index:
            raise damaged()
        if name == self._value_name:
            if self._shared:
                self._in_index = True
                self.parser.CharacterDataHandler = self._index.append
                self.parser.EndElementHandler = self._end_index
            if self._row != self.last_row or not 0 <= self._column < MAX_COLUMNS:
                self._content(attributes)
        elif name == self._cell_name:
            place = attributes.get("r")
            column = self._column + 1 if place is None else _COLUMN[place.removesuffix(self._row_name)]
            if column <= self._column or self._row < 0:
                raise damaged()
            self._column = column
            kind = attributes.get("t")
            self._shared = kind == "s"
            if kind == "e":
                self._marks.setdefault(self._row, {})[column] = Mark.ERROR
                self._content(attributes)
        elif name in self._others:
            self._others[name](attributes)
        elif name.rpartition(" ")[2] in _CELL_WORDS:
            raise damaged()  # a second table of cells, or cells of another namespace
        if self._elements > MAX_ELEMENTS:
            raise bomb()

    def _begin_row(self, attributes: dict[str, str]) -> None:
        row = _row_index(attributes["r"]) if "r" in attributes else self._row + 1
        if row <= self._row:
            raise damaged()
        self._row, self._column, self._row_name = row, -1, str(row + 1)

    def _content(self, attributes: dict[str, str]) -> None:
        if self._only_probe:
            raise several_sheets()
        if self._column < 0:
            raise damaged()
        if self._column >= MAX_COLUMNS:
            raise too_many_columns(self._row + 1)
        if self._row != self.last_row:
            self.last_row = self._row
            self.rows += 1
            if self.rows > self._max_rows or self._row >= self._max_rows + BLANK_ROWS:
                raise too_many_rows(self._max_rows)

    def _formula(self, attributes: dict[str, str]) -> None:
        self._content(attributes)
        self._marks.setdefault(self._row, {})[self._column] = Mark.FORMULA
        if attributes.get("t") in ("array", "dataTable") and ":" in attributes.get("ref", ""):
            # Only the first cell of such an area has the formula; the others look like typed values.
            area = _area(attributes["ref"])
            if len(self._areas) == _MAX_AREAS:
                area = area.around(self._areas.pop())
            self._areas.append(area)

    def _end_index(self, name: str) -> None:
        """Counts the text a shared string adds: one string of 32 kB named 400,000 times would be 13 GB.
        Anything but digits is refused: calamine takes " 1" and "+1" for the first string."""
        self._in_index = False
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        index = "".join(self._index)
        self._index.clear()
        if index:
            if not (index.isascii() and index.isdigit()):
                raise damaged()
            self._characters += self._lengths[int(index)]
            if self._characters > MAX_TEXT:
                raise bomb()


class _Area(NamedTuple):
    """A rectangle of cells, counted from 0, all four sides within."""

    top: int
    left: int
    bottom: int
    right: int

    def around(self, other: "_Area") -> "_Area":
        """The smallest area that has both in it."""
        return _Area(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


def _area(reference: str) -> _Area:
    """The area of `A1:B2`. Raises `ValueError`, `LookupError`."""
    match = _RANGE.match(reference)
    if match is None:
        raise ValueError("no area")
    return _Area(int(match[2]) - 1, _COLUMN[match[1]], int(match[4]) - 1, _COLUMN[match[3]])


def _row_index(name: str) -> int:
    """Row from 0 of a row's printed number. Raises `ValueError` for what calamine might read otherwise."""
    if not (name.isascii() and name.isdigit()) or name[0] == "0" or len(name) > 7:
        raise ValueError("no row number")
    return int(name) - 1
