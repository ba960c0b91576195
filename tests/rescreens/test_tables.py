"""Tables to lines: line n is row n, in whatever encoding, and what was no text stays none."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest

from registry.errors import Invalid
from registry.rescreens.models import Form
from registry.rescreens.rows import read
from registry.rescreens.tables import converted

HEADER = "客户编号,姓名,证件类型,证件号码,备注"
ROWS = ["C-1,张三,居民身份证,11010519491231002X,", "C-2,欧阳娜娜,resident_id,110105194912310021,老客户"]


def lines(form: Form, content: bytes, block: int = 7) -> bytes:
    """`content` converted, having come in small pieces."""

    def blocks() -> Iterator[bytes]:
        return (content[at : at + block] for at in range(0, len(content), block))

    return b"".join(converted(form, blocks))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_in_any_encoding(encoding: str, end: str) -> None:
    content = end.join(["某银行存量客户", "", HEADER, *ROWS, "", ROWS[0]]).encode(encoding)
    found = read(lines(Form.CSV, content), 0)
    assert list(found.lines) == [4, 5, 7]
    assert found.refs == ["C-1", "C-2", "C-1"]
    assert found.names[1] == "欧阳娜娜"
    assert found.types == ["resident_id"] * 3
    assert found.numbers[0] == "11010519491231002X"
    assert not found.faults


def test_english_headers_semicolons_and_quoted_breaks() -> None:
    content = b'ref;name;document_type;document_number\n"C;1\n";"Mike";passport;AB12345\n'
    found = read(lines(Form.CSV, content), 0)
    assert (found.refs, list(found.lines)) == (["C;1"], [2])


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "no-header"),
        (b"1,2,3\n", "no-header"),
        ("姓名,证件号码\n".encode(), "missing-columns"),
        ("\ufeff".encode("utf-16-le") + b"a", "utf16-text"),
        (b"ref\0", "nul-in-file"),
        ((HEADER + "\n").encode() + "张三李四".encode() + b"\xff", "unknown-encoding"),
        ((HEADER + "\n").encode("gb18030") + b"\xff\xff", "unknown-encoding"),
        ((HEADER + '\n"C-1,x\n').encode(), "broken-quotes"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_a_sentence(content: bytes, slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        lines(Form.CSV, content)
    assert caught.value.slug == slug


def workbook(*rows: list[Any]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_keeps_its_row_numbers_and_its_defects() -> None:
    content = workbook(
        ["存量客户"],
        HEADER.split(","),
        [1001, "张三", "身份证", "11010519491231002X"],
        [],
        ["C-2", "李四", 10, 110105194912310021],
        ["C-3", "=A1", "10", "11010519491231002X"],
        ["C-4", "王五", "10", date(2026, 1, 1)],
    )
    found = read(lines(Form.XLSX, content), 0)
    assert list(found.lines) == [3, 5, 6, 7]
    assert found.refs == ["1001", "C-2", "C-3", "C-4"]
    faults = {found.lines[at]: [(f.code, f.pointer) for f in each] for at, each in found.faults.items()}
    assert faults == {
        5: [("not-text", "/document/number")],
        6: [("not-text", "/name")],
        7: [("not-text", "/document/number")],
    }
    assert found.types[1] == "10"


def test_a_workbook_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        lines(Form.XLSX, b"PK\x03\x04 nothing")
    assert caught.value.slug == "damaged-workbook"
