"""A list as JSON, CSV or workbook, written in one pass: the rows first, then the proof of them."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import IO

import orjson

from registry.exposures.public import PublicRow
from registry.publishing import layout, workbook
from registry.publishing.columns import COLUMNS, Digest, as_object, cells
from registry.publishing.layout import Issue
from registry.publishing.workbook import Row, Style

Sign = Callable[[Digest], str]
"""The signature of the statement about these rows."""

BOM = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
QUOTE = "'"
"""Stands before a cell of a CSV that begins as a formula does, or with itself; readers take one away."""

_UTC = orjson.OPT_UTC_Z


class Form(StrEnum):
    """The kind of file, and how its name ends."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def write(target: IO[bytes], form: Form, issue: Issue, rows: Iterable[PublicRow], sign: Sign) -> None:
    """The whole file."""
    _WRITERS[form](target, issue, rows, sign)


def neutral(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return QUOTE + text if text.startswith((*FORMULA, QUOTE)) else text


def _json(target: IO[bytes], issue: Issue, rows: Iterable[PublicRow], sign: Sign) -> None:
    found, language, digest = issue.list, issue.language, Digest()
    head = {
        "id": found.id,
        "version": found.version,
        "version_at": found.changed_at,
        "day": issue.day,
        "language": language,
        "state": found.state.value,
        "batch": found.batch,
        "title": found.title,
        "authority": found.authority,
        "legal_basis": found.legal_basis.into(language),
        "measures": found.measures.into(language),
        "published_at": found.published_at,
        "withdrawn_at": found.withdrawn_at,
        "reason": found.reason,
        "person_times": found.rows_total,
        "verify": issue.verify,
    }
    target.write(orjson.dumps(head, option=_UTC).removesuffix(b"}") + b',"entries":[')
    for row in rows:
        texts = cells(row, language)
        target.write(b",\n" if digest.rows else b"\n")
        target.write(orjson.dumps(as_object(row, texts, language)))
        digest.add(texts)
    tail = orjson.dumps({"shown": digest.rows, "signature": sign(digest)})
    target.write(b"\n]," + tail.removeprefix(b"{") + b"\n")


def _csv(target: IO[bytes], issue: Issue, rows: Iterable[PublicRow], sign: Sign) -> None:
    """In UTF-8 with a byte order mark, without which spreadsheet programs take Chinese for something else."""
    digest = Digest()

    def lines() -> Iterator[Iterable[str]]:
        for line in layout.above(issue):
            yield (line,)
        yield layout.headings(issue.language)
        for row in rows:
            texts = cells(row, issue.language)
            digest.add(texts)
            yield texts
        yield ()
        yield from layout.below(issue, digest.rows, sign(digest))

    text = io.TextIOWrapper(target, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    for line in lines():
        writer.writerow([neutral(cell) for cell in line])
    text.detach()


def _xlsx(target: IO[bytes], issue: Issue, rows: Iterable[PublicRow], sign: Sign) -> None:
    digest = Digest()
    above, colon = list(layout.above(issue)), layout.COLON.into(issue.language)

    def lines() -> Iterator[Row]:
        for number, line in enumerate(above):
            yield Row((line,), Style.NOTE if number else Style.TITLE, _height(line) if number else 36)
        yield Row(layout.headings(issue.language), Style.HEADING)
        for row in rows:
            texts = cells(row, issue.language)
            digest.add(texts)
            yield Row(texts, Style.DATA)
        for name, value in layout.below(issue, digest.rows, sign(digest)):
            line = f"{name}{colon}{value}"
            yield Row((line,), Style.NOTE, _height(line))

    widths = [column.width for column in COLUMNS]
    workbook.write(target, layout.SHEET.into(issue.language), widths, len(above) + 1, lines())


def _height(line: str) -> float:
    """Points for a paragraph across the whole table, which is about 240 narrow characters wide."""
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in line)
    return 16.0 * (1 + wide // 220)


_WRITERS: dict[Form, Callable[[IO[bytes], Issue, Iterable[PublicRow], Sign], None]] = {
    Form.JSON: _json,
    Form.CSV: _csv,
    Form.XLSX: _xlsx,
}
