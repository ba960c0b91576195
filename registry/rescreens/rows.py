"""The rows of a rescreening: lines of JSON to columns of text, thousands at a time.

Programs write all lines alike, so most chunks are read by comparing each line with the first. Wherever it is
not certain that all are like it, each line is read by itself, and says what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from registry.rescreens.faults import Fault
from registry.text import Text

MAX_REF, MAX_TYPE, MAX_NUMBER = 64, 40, 64
"""Characters; a name has a limit of its own."""

_MEMBERS = frozenset({"ref", "name", "document"})
_DOCUMENT_MEMBERS = frozenset({"type", "number"})
_QUOTES = 18  # five names and four texts, two marks each
_SPACE = ord(" ")
_ASCII = 128


@dataclass(slots=True)
class Rows:
    """Rows in columns. A row with faults has them under its position, and "" for what could not be read."""

    lines: Sequence[int]
    refs: Sequence[str]
    names: Sequence[str]
    types: Sequence[str]
    numbers: Sequence[str]
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.refs)


def read(chunk: bytes, lines_before: int) -> Rows:
    """The rows of `chunk`, whole lines of NDJSON behind `lines_before` others; empty lines are none."""
    return _alike(chunk, lines_before) or _one_by_one(chunk, lines_before)


def _alike(chunk: bytes, lines_before: int) -> Rows | None:
    """The rows, if all lines differ from the first, a faultless one, in nothing but the four texts.

    Without a backslash in the chunk every quotation mark begins or ends a text. Where each line has as many
    of them as the first, and the same bytes around the four texts, it is the same JSON with other texts.
    """
    data = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    quotes = np.flatnonzero(data == ord('"'))
    first: list[Fault] = []
    _members(line := chunk[: ends[0]], first)
    if first or len(quotes) != _QUOTES * len(ends) or b"\\" in chunk:
        return None
    begins = np.concatenate([[0], ends[:-1] + 1])
    marks = quotes.reshape(-1, _QUOTES)
    places = _places(line, marks[0])
    texts = {name: Slices(chunk, data, marks[:, at] + 1, marks[:, at + 1]) for name, at in places}
    around = [begins, *(column for _, at in places for column in (marks[:, at] + 1, marks[:, at + 1])), ends]
    controls = 1
    for begin, end in zip(around[::2], around[1::2], strict=True):
        length = end[0] - begin[0]
        if (end - begin != length).any():
            return None
        same = data[begin[0] : end[0]]
        if (data[begin[:, None] + np.arange(length)] != same).any():
            return None
        controls += int(np.count_nonzero(same < _SPACE))
    # Anywhere but around the texts, where the first line has them too, a control makes it no JSON.
    if np.count_nonzero(data < _SPACE) != controls * len(ends):
        return None
    rows = Rows(
        range(lines_before + 1, lines_before + 1 + len(ends)),
        texts["ref"],
        texts["name"],
        texts["type"],
        texts["number"],
    )
    return rows if _all_right(data, texts) else None


def _places(line: bytes, marks: NDArray[np.intp]) -> list[tuple[str, int]]:
    """The four texts of a faultless line by name, with the position of the mark that begins each."""
    found, name = [], ""
    for at in range(0, _QUOTES, 2):
        if line[marks[at + 1] + 1 :].lstrip(b" \t\r").startswith(b":"):
            name = line[marks[at] + 1 : marks[at + 1]].decode()
        else:
            found.append((name, at))
    return found


def _all_right(data: NDArray[np.uint8], texts: Mapping[str, "Slices"]) -> bool:
    """Whether all texts are certainly UTF-8, and refs, types and numbers such as `_members` takes them."""
    for name, most in (("ref", MAX_REF), ("type", MAX_TYPE), ("number", MAX_NUMBER)):
        lengths = texts[name].lengths
        if lengths.min() < 1 or lengths.max() > most:  # bytes: never fewer than characters
            return False
    refs, names = texts["ref"].together(), texts["name"].together()
    beyond_ascii = sum(
        int(np.count_nonzero(np.frombuffer(each, np.uint8) >= _ASCII)) for each in (refs, names)
    )
    if np.count_nonzero(data >= _ASCII) != beyond_ascii:  # in a type or a number
        return False
    try:
        told = refs.decode()
        names.decode()
    except UnicodeDecodeError:
        return False
    return told.isprintable() and (" " not in told or all(map(str.strip, texts["ref"])))


class Slices(Sequence[str]):
    """One text of each line, where it stands in the chunk; made into `str` when asked for."""

    __slots__ = ("_begins", "_chunk", "_data", "_together", "lengths")

    def __init__(
        self, chunk: bytes, data: NDArray[np.uint8], begins: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> None:
        self._chunk, self._data, self._begins = chunk, data, begins
        self._together = b""
        self.lengths = ends - begins

    def __len__(self) -> int:
        return len(self._begins)

    def __getitem__(self, at: Any) -> Any:
        begin = int(self._begins[at])
        return self._chunk[begin : begin + int(self.lengths[at])].decode()

    def together(self) -> bytes:
        """All of them, each with the quotation mark that ends it."""
        if not self._together:
            lengths = self.lengths + 1
            ends = np.cumsum(lengths)
            places = np.repeat(self._begins - ends + lengths, lengths) + np.arange(ends[-1])
            self._together = self._data[places].tobytes()
        return self._together

    def matrix(self, width: int) -> NDArray[np.uint8]:
        """Those that have `width` bytes, one in each row; zeros in the rows of all others."""
        fits = self.lengths == width
        text = self._data[np.where(fits, self._begins, 0)[:, None] + np.arange(width)]
        text[~fits] = 0
        return text


def _one_by_one(chunk: bytes, lines_before: int) -> Rows:
    lines: list[int] = []
    columns: tuple[list[str], list[str], list[str], list[str]] = ([], [], [], [])
    rows = Rows(lines, *columns)
    for number, line in enumerate(chunk.split(b"\n")[:-1], lines_before + 1):
        if line in (b"", b"\r"):
            continue
        faults: list[Fault] = []
        for column, text in zip(columns, _members(line, faults), strict=True):
            column.append(text)
        if faults:
            rows.faults[len(lines)] = faults
        lines.append(number)
    return rows


def _members(line: bytes, faults: list[Fault]) -> tuple[str, str, str, str]:
    """Ref, name, document's type and number of one line; what is wrong is added to `faults`."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        faults.append(_NO_OBJECT)
        return "", "", "", ""
    document = row.get("document")
    if isinstance(document, dict):
        _refuse_unknown(document, _DOCUMENT_MEMBERS, "/document", faults)
    else:
        faults.append(Fault("missing", "/document", _MISSING) if "document" not in row else _NO_DOCUMENT)
        document = {}
    _refuse_unknown(row, _MEMBERS, "", faults)
    ref = _text(row, "ref", "", MAX_REF, faults)
    if ref and (not ref.isprintable() or not ref.strip()):
        faults.append(_UNSEEN)
        ref = ""
    if not isinstance(row.get("document"), dict):
        return ref, _text(row, "name", "", None, faults), "", ""
    return (
        ref,
        _text(row, "name", "", None, faults),
        _text(document, "type", "/document", MAX_TYPE, faults),
        _text(document, "number", "/document", MAX_NUMBER, faults),
    )


def _refuse_unknown(
    holder: Mapping[str, Any], known: frozenset[str], pointer: str, faults: list[Fault]
) -> None:
    if holder.keys() - known:
        # Not named: an unknown key may itself be a name or a number.
        faults.append(Fault("unknown-field", pointer, _UNKNOWN))


def _text(holder: Mapping[str, Any], name: str, pointer: str, most: int | None, faults: list[Fault]) -> str:
    """The text in member `name`, 1 to `most` characters; "" and a fault where it is not."""
    where = f"{pointer}/{name}"
    if name not in holder:
        faults.append(Fault("missing", where, _MISSING))
        return ""
    value = holder[name]
    if not isinstance(value, str):
        faults.append(Fault("not-text", where, _NOT_TEXT))
        return ""
    if most is not None and not 0 < len(value) <= most:
        faults.append(Fault("wrong-length", where, _LENGTH.format(most=most)))
        return ""
    return value


_NO_OBJECT = Fault(
    "not-json",
    "",
    Text(
        "该行不是 UTF-8 编码的 JSON 对象。",
        "This line is not a JSON object in UTF-8.",
    ),
)
_NO_DOCUMENT = Fault("not-object", "/document", Text("须为对象。", "It must be an object."))
_UNSEEN = Fault(
    "not-visible",
    "/ref",
    Text("须为可见字符，不能为空白。", "It needs visible characters and may not be blank."),
)
_MISSING = Text("缺少此必填项。", "This is required.")
_UNKNOWN = Text("有未知的字段。", "There is an unknown field.")
_NOT_TEXT = Text(
    "须为文字；表格中的单元格请设为文本格式，不能是数字或公式。",
    "It must be text; in a spreadsheet the cell must be text, not a number or a formula.",
)
_LENGTH = Text("长度须为 1 至 {most}。", "Its length must be 1 to {most}.")
