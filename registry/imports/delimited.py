"""A list saved as delimited text: bytes to records, or a sentence why not.

Nothing is guessed that could turn one name into another: bytes are decoded strictly, and a file that
is partly UTF-8 is refused rather than read as GB18030, where it would become other, valid characters.
"""

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator

from registry.errors import Invalid, invalid_field
from registry.text import Text

_FILE = "/file"
_DELIMITERS = ",;\t"
_HEADER_LINES = 20
"""Title and remarks may stand above the header; the delimiter is sought in so many first lines."""
_SURELY_UTF8 = 4
"""So many Chinese characters read as UTF-8 before the fault: no GB18030 text looks like that by chance."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_UNKNOWN_ENCODING = Text(
    "文件编码无法识别，既不是 UTF-8 也不是 GB18030，或文件已损坏。请在表格软件中另存为 .xlsx 或“CSV "
    "UTF-8”后重新上传。",
    "The encoding of the file is neither UTF-8 nor GB18030, or the file is damaged. Save it as .xlsx or "
    "“CSV UTF-8” in the spreadsheet program and upload it again.",
)


def records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each record of `content` with its number, counted as a spreadsheet program counts rows: a quoted
    line break does not begin a new row, an empty line is one.

    Raises `Invalid`: `utf16-text`, `nul-in-file`, `unknown-encoding`, `broken-quotes` (half a file, or a
    stray quotation mark), `cell-too-long`.
    """
    text = decode(content)
    return parse(io.StringIO(text, newline=""), delimiter(text))


def parse(lines: Iterable[str], mark: str) -> Iterator[tuple[int, list[str]]]:
    """As `records`, of decoded lines with their ends and a known delimiter."""
    reader = csv.reader(lines, delimiter=mark, strict=True)
    for number in itertools.count(1):
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _broken(str(fault), number) from None
        yield number, record


def decode(content: bytes) -> str:
    """The text of `content`: UTF-8 with or without BOM, or else GB18030, always strictly.

    Raises `Invalid`: `utf16-text`, `nul-in-file`, `unknown-encoding`.
    """
    try:
        return content.decode(encoding((content,)))
    except UnicodeDecodeError:
        raise unknown_encoding() from None


def encoding(blocks: Iterable[bytes]) -> str:
    """In what the text is written that comes in `blocks`: `utf-8-sig`, or else it can only be `gb18030`.

    Raises `Invalid`: `utf16-text`, `nul-in-file`, `unknown-encoding`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = utf8 = True
    marked, chinese = False, 0
    for block in blocks:
        if first:
            _refuse_utf16(block)
            first, marked = False, block.startswith(codecs.BOM_UTF8)
        _refuse_nul(block)
        if not utf8:
            continue
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as fault:
            text, utf8 = fault.object[: fault.start].decode("utf-8", "ignore"), False
        if chinese < _SURELY_UTF8:
            chinese += sum("\u4e00" <= character <= "\u9fff" for character in text)
    if utf8 and not decoder.getstate()[0]:
        return "utf-8-sig"
    if marked or chinese >= _SURELY_UTF8:
        raise unknown_encoding()
    return "gb18030"


def unknown_encoding() -> Invalid:
    """The file is written in no encoding that is known here."""
    return invalid_field("unknown-encoding", _UNKNOWN_ENCODING, _FILE)


def _refuse_utf16(content: bytes) -> None:
    if content.startswith(_UTF16):
        raise invalid_field(
            "utf16-text",
            Text(
                "文件编码为 UTF-16（“Unicode 文本”），不能导入。请另存为 .xlsx 或“CSV UTF-8”后重新上传。",
                "The file is UTF-16 (“Unicode text”), which cannot be imported. Save it as .xlsx or “CSV "
                "UTF-8” "
                "and upload it again.",
            ),
            _FILE,
        )


def _refuse_nul(content: bytes) -> None:
    if b"\0" in content:
        raise invalid_field(
            "nul-in-file",
            Text(
                "文件中含有空字节（NUL），不是文本表格，或文件已损坏。请另存为 .xlsx 后重新上传。",
                "The file has NUL bytes in it: it is no text table, or it is damaged. Save it as .xlsx "
                "and upload "
                "it again.",
            ),
            _FILE,
        )


def delimiter(text: str) -> str:
    """The delimiter that occurs most often, outside quotation marks, in one of the first lines."""
    lines = list(itertools.islice(io.StringIO(text[:1_000_000]), _HEADER_LINES))
    unquoted = ["".join(line.split('"')[::2]) for line in lines]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in unquoted), default=0))


def _broken(fault: str, number: int) -> Invalid:
    if fault.startswith("field larger"):
        return invalid_field(
            "cell-too-long",
            Text(
                "第 {row} 行有一格内容过长，多半是引号没有成对。请检查该行后重新上传。",
                "A cell of row {row} is too long; most likely a quotation mark is not closed. Look at "
                "that row and "
                "upload the file again.",
            ).format(row=number),
            _FILE,
        )
    return invalid_field(
        "broken-quotes",
        Text(
            "第 {row} 行的引号没有成对，文件可能不完整。请重新导出完整文件后上传。",
            "A quotation mark in row {row} is not closed or stands in the wrong place; the file may be "
            "incomplete. "
            "Export the whole file again and upload it.",
        ).format(row=number),
        _FILE,
    )
