"""An upload on its way to disk: counted, digested and encrypted as it comes, never held as a whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from registry.errors import invalid_field
from registry.rescreens import faults, spool, stored
from registry.rescreens.faults import MAX_LINE
from registry.rescreens.models import Form
from registry.text import Text
from registry.vault.suites import Suite


def receive(stream: IO[bytes], form: Form, path: Path, suite: Suite, key: bytes) -> tuple[bytes, int | None]:
    """Write the upload to `path`; its SHA-256, and how many rows it has where that is known already.

    Raises Invalid (`no-rows`, `too-many-rows`, `line-too-long`), SpoolFull; then the file is not whole.
    """
    digest = hashlib.sha256()

    def blocks() -> Iterator[bytes]:
        while block := stream.read(spool.CHUNK):
            digest.update(block)
            yield block

    with spool.Writer(path, suite, key) as writer:
        if form is not Form.NDJSON:
            for block in blocks():
                writer.write(block)
            writer.finish()
            return digest.digest(), None
        total = 0
        for chunk in _whole_lines(blocks()):
            total += faults.count(chunk)[1]
            if total > stored.MAX_ROWS:
                raise stored.too_many_rows()
            writer.write(chunk)
        if not total:
            raise stored.no_rows()
        writer.finish()
    return digest.digest(), total


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks that end where a line ends; the last line gets the end that it lacks.

    Raises Invalid (`line-too-long`), with the line's number.
    """
    rest, lines = b"", 0
    for block in blocks:
        rest += block
        end = rest.rfind(b"\n") + 1
        _refuse_long_lines(rest, lines)
        if end:
            chunk, rest = rest[:end], rest[end:]
            lines += chunk.count(b"\n")
            yield chunk
    if rest:
        _refuse_long_lines(rest, lines)
        yield rest + b"\n"


def _refuse_long_lines(content: bytes, lines_before: int) -> None:
    if max(map(len, lines := content.split(b"\n"))) >= MAX_LINE:
        long = next(number for number, line in enumerate(lines, lines_before + 1) if len(line) >= MAX_LINE)
        raise invalid_field(
            "line-too-long",
            Text("第 {line} 行超过 {most} 字节。", "Line {line} is longer than {most} bytes.").format(
                line=long, most=MAX_LINE
            ),
            "/file",
        )
