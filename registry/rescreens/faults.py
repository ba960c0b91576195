"""What can be said of lines without reading them, and what can be wrong with a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.errors import FieldError
from registry.text import Text

MAX_LINE = 64 * 1024
"""Bytes of a line, its end included."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: a stable code, where (a JSON pointer), and in words."""

    code: str
    pointer: str
    text: Text


def faults_of(code: str, errors: Sequence[FieldError], pointer: str) -> list[Fault]:
    """The faults that a reader of names or documents found, seen from the row."""
    return [Fault(code, pointer + error.pointer, error.text) for error in errors]


def count(chunk: bytes) -> tuple[int, int]:
    """How many lines and how many rows there are in `chunk`."""
    lines = chunk.count(b"\n")
    empty = chunk.startswith((b"\n", b"\r\n"))
    if b"\n\n" in chunk or b"\n\r\n" in chunk or empty:
        return lines, sum(line not in (b"", b"\r") for line in chunk.split(b"\n")[:-1])
    return lines, lines
