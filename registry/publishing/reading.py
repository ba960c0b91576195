"""A published file that somebody kept, from wherever: the signature in it and the digest of its rows."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, get_args

import orjson

from registry.errors import Invalid, invalid_field
from registry.exposures.rules import MAX_ROWS
from registry.imports.spreadsheet import CellKind, read_rows
from registry.publishing import layout
from registry.publishing.columns import COLUMNS, ENTRY, SERIAL, Digest, from_object
from registry.publishing.writing import BOM, QUOTE
from registry.text import Language, Text

MAX_KEPT = 16 * 1024 * 1024
"""Bytes of a file that are looked at, unless somebody verifies one on his own machine."""

_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{2,8000}\.[A-Za-z0-9_-]{10,2000}")
_AROUND = 40
"""Lines above and below the rows."""
_LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file says: the signed statement in it, how many rows with which digest, and the serial numbers
    of its rows by entry."""

    token: str
    rows: int
    sha256: str
    serials: dict[str, int]


def read(stream: IO[bytes], filename: str, most: int = MAX_KEPT) -> Kept:
    """The file, of up to `most` bytes; what kind it is its first bytes tell.

    Raises `errors.Invalid` and nothing else: `file-too-large`, `not-an-exposure-list`, and the slugs of
    `imports.spreadsheet.read_rows`.
    """
    content = stream.read(most + 1)
    if len(content) > most:
        raise _too_large(most)
    if content.removeprefix(BOM).lstrip().startswith(b"{"):
        return _json(content.removeprefix(BOM))
    return _sheet(content, filename)


def token_in(text: str) -> str | None:
    """The first thing in `text` that looks like a signed statement, without the white space in it."""
    found = _TOKEN.search("".join(text.split()))
    return found[0] if found else None


def _json(content: bytes) -> Kept:
    try:
        said = orjson.loads(content)
        language = next(each for each in _LANGUAGES if each == said["language"])
        rows = [from_object(row, language) for row in said["rows"]]
        return _kept(str(said["signature"]), rows)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        raise _foreign() from None


def _sheet(content: bytes, filename: str) -> Kept:
    rows = [
        [cell.text if cell.kind is not CellKind.FORMULA else "=" for cell in row.cells]
        for row in read_rows(io.BytesIO(content), filename, max_rows=MAX_ROWS + _AROUND)
    ]
    tops = [layout.headings(each) for each in _LANGUAGES]
    start = next((number for number, row in enumerate(rows) if row in tops), None)
    if start is None:
        raise _foreign()
    ends = tuple(layout.LIST.into(each) for each in _LANGUAGES)
    end = next((n for n in range(start + 1, len(rows)) if rows[n][0].startswith(ends)), None)
    if end is None:
        raise _foreign()
    token = next((found for row in rows[end:] for cell in row if (found := token_in(cell))), None)
    if token is None:
        raise _foreign()
    workbook = content.startswith(b"PK")
    return _kept(token, _texts(rows[start + 1 : end], workbook))


def _texts(rows: list[list[str]], workbook: bool) -> Iterator[list[str]]:
    for row in rows:
        texts = row if workbook else [cell.removeprefix(QUOTE) for cell in row]
        yield texts + [""] * (len(COLUMNS) - len(texts))


def _kept(token: str, rows: "Iterator[list[str]] | list[list[str]]") -> Kept:
    digest, serials = Digest(), {}
    for texts in rows:
        digest.add(texts)
        if texts[SERIAL].isascii() and texts[SERIAL].isdigit() and len(texts[SERIAL]) < 10:
            serials[texts[ENTRY]] = int(texts[SERIAL])
    return Kept(token, digest.rows, str(digest), serials)


def _foreign() -> Invalid:
    return invalid_field(
        "not-an-exposure-list",
        Text(
            "该文件不是本网站发布的名单文件，或已不完整：未找到表头或签名。请上传下载时的原文件"
            "（.json、.csv 或 .xlsx）。",
            "This is no file of an exposure list from here, or only a part of one: its headings or its "
            "signature are missing. Upload the file as it was downloaded (.json, .csv or .xlsx).",
        ),
        "/file",
    )


def _too_large(most: int) -> Invalid:
    return invalid_field(
        "file-too-large",
        Text(
            "文件超过 {limit} MB。请改为粘贴文件末尾的签名，或用 exposure verify 命令离线核验。",
            "The file is larger than {limit} MB. Paste the signature at its end instead, or verify it "
            "offline with the command exposure verify.",
        ).format(limit=most // (1024 * 1024)),
        "/file",
    )
