"""What is found in a chunk: matches and faulty rows, as they are told and as the log keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from registry.rescreens.faults import Fault
from registry.screening.lookup import Identity
from registry.screening.rules import Result
from registry.text import Language

INVALID = "invalid"


class Change(StrEnum):
    """How a result differs from that of the earlier rescreening."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a result: `told` goes to the partner, `asked` (a match's tokens) into the log."""

    told: dict[str, Any]
    asked: list[str] | None = None

    @property
    def line(self) -> int:
        """Its line in the upload."""
        line: int = self.told["line"]
        return line

    @property
    def is_match(self) -> bool:
        """Whether somebody was found, under this name or another."""
        return self.told["result"] in (Result.MATCH, Result.POSSIBLE_MATCH)

    @property
    def is_news(self) -> bool:
        """Whether the log must tell of it: it was not told before with an earlier rescreening."""
        return self.told["result"] != INVALID and self.told.get("change") != Change.SAME


@dataclass(slots=True)
class Findings:
    """All rows found in one chunk, by line."""

    rows: list[Row] = field(default_factory=list)

    def count(self, result: str) -> int:
        """How many rows have this result."""
        return sum(row.told["result"] == result for row in self.rows)

    def packed(self) -> bytes:
        """For storing."""
        self.rows.sort(key=lambda row: row.line)
        return orjson.dumps([[row.told, row.asked] for row in self.rows])


def unpack(stored: bytes) -> Findings:
    """The findings of a chunk."""
    return Findings([Row(told, asked) for told, asked in orjson.loads(stored)])


def answered(line: int, ref: str, answer: Mapping[str, Any], person: Identity) -> Row:
    """What a check answers about somebody, in this row."""
    return Row({"line": line, "ref": ref, **answer}, [person.document.hex(), person.name.hex()])


def faulty(line: int, ref: str, faults: Sequence[Fault], language: Language) -> Row:
    """The row cannot be screened."""
    errors = [
        {"pointer": fault.pointer, "code": fault.code, "detail": fault.text.into(language)}
        for fault in faults
    ]
    return Row({"line": line, "ref": ref, "result": INVALID, "errors": errors})


def compared(found: Row, earlier: Row | None) -> Row | None:
    """The row of a later rescreening, with its change; `None` where there was nothing and is nothing."""
    if earlier is None or not earlier.is_match:
        change = Change.NEW
        if not found.is_match:
            return None
    elif not found.is_match:
        change = Change.ENDED
    else:
        before = {name: value for name, value in earlier.told.items() if name != "change"}
        change = Change.SAME if before == found.told else Change.CHANGED
    return Row(found.told | {"change": change.value}, found.asked)


def unchanged(earlier: Row) -> Row:
    """A row that is carried over."""
    return Row(earlier.told | {"change": Change.SAME.value}, earlier.asked)
