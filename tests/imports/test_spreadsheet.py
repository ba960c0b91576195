"""Lists as they arrive: good ones keep every cell's kind, bad ones get a sentence and nothing else."""

import datetime
import io
import time
import zipfile
from collections.abc import Iterable

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.imports import limits
from registry.imports.spreadsheet import EMPTY, Cell, CellKind, Row, column_letter, read_rows
from tests.imports import make_files as make

HEADER = ["姓名", "证件号码", "认定事由"]
PERSON = ["张三", "110105199003078888", "出售银行卡"]
LIST = "".join(",".join(each) + "\r\n" for each in (HEADER, PERSON))


def read(content: bytes, name: str = "list.xlsx", max_rows: int = 100) -> list[Row]:
    return read_rows(io.BytesIO(content), name, max_rows=max_rows)


def texts(rows: Iterable[Row]) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]


def kinds(row: Row) -> list[str]:
    return [cell.kind.value for cell in row.cells]


def refused(content: bytes, name: str = "list.xlsx", max_rows: int = 100) -> str:
    with pytest.raises(Invalid) as caught:
        read(content, name, max_rows)
    fault = caught.value
    assert [each.pointer for each in fault.errors] == ["/file"]
    assert fault.sentence.zh and fault.sentence.en and "{" not in fault.sentence.zh + fault.sentence.en
    return fault.slug


def one(rows: str, **parts: object) -> bytes:
    return make.package([make.sheet_xml(rows)], **parts)  # type: ignore[arg-type]


# Good files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_list_reads_the_same_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    rows = read(LIST.replace(",", delimiter).encode(encoding), "list.csv")
    assert texts(rows) == [HEADER, PERSON]
    assert {cell.kind for row in rows for cell in row.cells} == {CellKind.TEXT}


def test_workbook_and_delimited_text_of_one_list_are_equal_rows() -> None:
    assert read(make.workbook([HEADER, PERSON])) == read(LIST.encode(), "list.csv")


def test_content_decides_not_the_name() -> None:
    assert read(LIST.encode(), "list.xlsx") == read(make.workbook([HEADER, PERSON]), "list.csv")


def test_each_cell_keeps_its_kind() -> None:
    day = datetime.date(2024, 12, 1)
    [row] = read(
        make.workbook(
            [
                [
                    "文",
                    110105199003078888,
                    day,
                    datetime.datetime(2024, 12, 1, 8, 30),
                    True,
                    "=1+1",
                    "#N/A",
                    3,
                    1.5,
                    datetime.time(12),
                    None,
                    "  ",
                    "末",
                ]
            ]
        )
    )
    assert kinds(row) == [
        "text",
        "number",
        "date",
        "date",
        "boolean",
        "formula",
        "error",
        "number",
        "number",
        "number",
        "empty",
        "empty",
        "text",
    ]
    assert isinstance(row.at(1).number, float)
    assert row.at(2) == row.at(3) == Cell(CellKind.DATE, "2024-12-01", day)
    assert (row.at(7).text, row.at(7).number, row.at(9).number) == ("3", 3, 0.5)
    assert row.at(10) is EMPTY and row.at(11) is EMPTY and row.at(99) is EMPTY


def test_days_counted_from_1904_are_the_days_the_clerk_sees() -> None:
    book = openpyxl.Workbook()
    book.epoch = datetime.datetime(1904, 1, 1)
    assert book.active is not None
    book.active["A1"] = datetime.date(2024, 12, 1)
    assert read(make.saved(book))[0].at(0).day == datetime.date(2024, 12, 1)


def test_row_and_column_places_are_real_below_blank_rows_and_beside_blank_columns() -> None:
    rows = read(make.workbook([["标题"], [], HEADER, PERSON], first_row=3, first_column=2))
    assert [row.number for row in rows] == [3, 5, 6]
    assert rows[0].at(0) is EMPTY and rows[0].at(1).text == "标题"


def test_rows_without_numbers_follow_each_other() -> None:
    rows = read(one('<row r="4"><c><v>1</v></c></row><row><c r="B5"><v>2</v></c></row>'))
    assert [(row.number, texts([row])[0]) for row in rows] == [(4, ["1"]), (5, ["", "2"])]


def test_records_not_lines_are_counted_in_delimited_text() -> None:
    rows = read('姓名,备注\n"张\n三",x\n\n,\n李四,"他说""好"""\n'.encode(), "a.csv")
    assert [(row.number, texts([row])[0]) for row in rows] == [
        (1, ["姓名", "备注"]),
        (2, ["张\n三", "x"]),
        (5, ["李四", '他说"好"']),
    ]


def test_a_title_with_commas_does_not_hide_the_delimiter() -> None:
    assert texts(read("名单,第一批\n姓名;号码;事由\n".encode(), "a.csv"))[1] == ["姓名", "号码", "事由"]


def test_delimited_text_marks_formulas_and_leaves_mangled_numbers_as_text() -> None:
    [row] = read(b'=1+1,"=""110105""", =A1,1.10105E+17,a=b', "a.csv")
    assert kinds(row) == ["formula", "formula", "formula", "text", "text"]


def test_a_header_alone_is_a_row() -> None:
    assert len(read(make.workbook([HEADER]))) == len(read(LIST.splitlines()[0].encode())) == 1


def test_hidden_sheets_and_empty_ones_are_passed_over() -> None:
    full, empty = make.sheet_xml("<row><c><v>1</v></c></row>"), make.sheet_xml('<row r="9"><c s="0"/></row>')
    assert len(read(make.package([full, empty, full], states=["hidden"]))) == 1


@pytest.mark.parametrize(
    "after",
    [
        '<dataValidations><dataValidation><formula1>"男,女"</formula1></dataValidation></dataValidations>',
        "<headerFooter><oddFooter>&amp;P</oddFooter></headerFooter>",
    ],
    ids=["drop-down list", "footer"],
)
def test_what_stands_below_the_cells_is_not_read_into_the_last_one(after: str) -> None:
    sheet = make.sheet_xml('<row><c t="s"><v>1</v></c></row>', after=after)
    assert texts(read(make.package([sheet], strings=["a", "b"]))) == [["b"]]


def test_shared_strings_stand_beside_empty_cells_numbers_and_formulas() -> None:
    cells = '<c t="s"/><c><v>5</v></c><c t="s"><v/></c><c t="s"><v>1</v><f>A1</f></c><c t="s"><v>1</v></c>'
    [row] = read(one(f"<row>{cells}</row>", strings=["a", "b"]))
    assert kinds(row) == ["empty", "number", "empty", "formula", "text"]
    assert row.at(4).text == "b"


@pytest.mark.parametrize("index", [" 1", "1 ", "+1", "-1", "\u0661", "<x/>1", "<v/>1", "1<v>1</v>"])
def test_a_shared_string_is_named_by_digits_only(index: str) -> None:
    """Calamine takes some of these for the first string, which is the name of somebody else."""
    assert refused(one(f'<row><c t="s"><v>{index}</v></c></row>', strings=["a", "b"])) == "damaged-workbook"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_the_program_names_them(index: int, name: str) -> None:
    assert column_letter(index) == name


def test_a_column_before_the_first_has_no_name() -> None:
    with pytest.raises(ValueError, match="not negative"):
        column_letter(-1)


# Formulas


FORMULAS = {
    "plain": '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>',
    "text result": '<row r="1"><c r="A1" t="str"><f>B1</f><v>110105199003078888</v></c></row>',
    "no result": '<row r="1"><c r="A1"><f>1+1</f></c></row>',
    "shared": '<row r="1"><c r="A1"><f t="shared" si="0"/><v>2</v></c></row>',
    "after the value": '<row r="1"><c r="A1"><v>2</v><f>1+1</f></c></row>',
    "with an error": '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
}


@pytest.mark.parametrize("rows", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_is_a_formula_whatever_its_last_result(rows: str) -> None:
    assert read(one(rows))[0].cells == (Cell(CellKind.FORMULA),)


def test_a_formula_is_found_under_any_namespace_prefix() -> None:
    rows = '<x:row r="1"><x:c r="A1"><x:f>1</x:f><x:v>1</x:v></x:c></x:row>'
    assert kinds(read(make.package([make.sheet_xml(rows, prefix="x")]))[0]) == ["formula"]


def test_every_cell_of_an_array_formula_is_a_formula() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c><c r="B1"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>2</v></c></row>'
    )
    assert [kinds(row) for row in read(one(rows))] == [["formula", "number"]] * 2


def test_formulas_of_conditional_formats_are_no_cells() -> None:
    after = '<extLst><ext xmlns:xm="urn:x"><xm:f>A1</xm:f></ext></extLst>'
    sheet = make.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>', after=after)
    assert kinds(read(make.package([sheet]))[0]) == ["number"]


def test_a_number_that_is_none_is_an_error() -> None:
    assert {kinds(read(one(f"<row><c><v>{v}</v></c></row>"))[0])[0] for v in ("1e999", "NaN")} == {"error"}


# Refusals


ROW = "<row><c><v>1</v></c></row>"
GOOD = make.workbook([HEADER, PERSON])
REFUSED = {
    "nothing": (b"", "empty-file"),
    "white space": (b" \r\n\r\n", "empty-file"),
    "only delimiters": (b",,\n,,\n", "empty-file"),
    "empty sheet": (make.workbook([]), "empty-file"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-workbook"),
    "password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "encrypted-workbook",
    ),
    "other archive": (make.zipped({"a.txt": "a"}), "zip-not-workbook"),
    "empty archive": (make.zipped({}), "zip-not-workbook"),
    "macro": (one(ROW, more={"xl/vbaProject.bin": b"x"}), "macro-workbook"),
    "macro type": (
        one(ROW, content_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "macro-workbook",
    ),
    "xlsb": (make.zipped({"[Content_Types].xml": "<a/>", "xl/workbook.bin": "x"}), "xlsb-workbook"),
    "ods": (make.zipped({"content.xml": "<a/>", "META-INF/manifest.xml": "<a/>"}), "ods-workbook"),
    "pdf": (b"%PDF-1.7\n", "not-a-spreadsheet"),
    "web page as .xls": (b"\xef\xbb\xbf<html><table>", "not-a-spreadsheet"),
    "utf-16": (LIST.encode("utf-16"), "utf16-text"),
    "nul": (b"a,b\nc,\0\n", "nul-in-file"),
    "latin": ("é,à\n".encode("latin-1") + b"\xff\xff", "unknown-encoding"),
    "half a character": ((LIST * 2).encode()[:-3], "unknown-encoding"),
    "utf-8 with a broken byte": (LIST.encode() + b"\xb0\xa1\xb0\xa1,\n", "unknown-encoding"),
    "open quote": ('姓名,备注\n张三,"一半\n'.encode(), "broken-quotes"),
    "stray quote": (b'a,"b"c\n', "broken-quotes"),
    "endless quote": (b'a,"' + b"b" * 200_000, "cell-too-long"),
    "long cell": (b"a," + b"b" * 40_000, "cell-too-long"),
    "lost character": ("姓名\n张\ufffd\n".encode(), "lost-characters"),
    "hidden nul": (one('<row><c t="inlineStr"><is><t>a_x0000_b</t></is></c></row>'), "lost-characters"),
    "wide text": (b"a," * 101 + b"a\n", "too-many-columns"),
    "stray column": (one('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "too-many-columns"),
    "stray row": (one('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "too-many-rows"),
    "two lists": (make.package([make.sheet_xml(ROW)] * 2), "several-sheets"),
    "document type": (
        make.package(["<!DOCTYPE a [<!ENTITY b 'c'>]>" + make.sheet_xml(ROW)]),
        "xml-entities",
    ),
    "utf-16 part": (
        one(ROW, more={"xl/worksheets/sheet1.xml": make.sheet_xml(ROW).encode("utf-16")}),
        "damaged-workbook",
    ),
    "no sheets": (make.package([]), "empty-file"),
    "other encoding": (
        make.package(['<?xml version="1.0" encoding="iso-8859-1"?>' + make.sheet_xml(ROW)]),
        "damaged-workbook",
    ),
    "cells out of order": (
        one('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
        "damaged-workbook",
    ),
    "cell of another row": (one('<row r="1"><c r="A2"><v>1</v></c></row>'), "damaged-workbook"),
    "row twice": (one('<row r="1"/><row r="1"><c r="A1"><v>1</v></c></row>'), "damaged-workbook"),
    "foreign cell": (one('<row><y:c xmlns:y="urn:y"><v>1</v></y:c></row>'), "damaged-workbook"),
    "second table": (
        make.package([make.sheet_xml(ROW, after=f"<sheetData>{ROW}</sheetData>")]),
        "damaged-workbook",
    ),
    "unknown string": (one('<row><c t="s"><v>7</v></c></row>', strings=["a"]), "damaged-workbook"),
    "lzma": (one(ROW, compression=zipfile.ZIP_LZMA), "damaged-workbook"),
    "no sheet part": (
        make.zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": "<a/>"}),
        "zip-not-workbook",
    ),
    "same name twice": (one(ROW, more={"XL/WORKBOOK.XML": "<a/>"}), "damaged-workbook"),
    "half a workbook": (GOOD[: len(GOOD) // 2], "damaged-workbook"),
}


@pytest.mark.parametrize(("content", "slug"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_its_own_sentence(content: bytes, slug: str) -> None:
    assert refused(content, "list.csv") == slug


def test_half_a_workbook_without_its_head_is_named_damaged() -> None:
    assert refused(bytes(50) + GOOD[50:], "list.xlsx") == "damaged-workbook"


def test_more_rows_than_allowed_are_refused_and_just_as_many_are_not() -> None:
    for make_list in (lambda n: make.workbook([["a"]] * n), lambda n: b"a\n" * n):
        assert len(read(make_list(5), max_rows=5)) == 5
        assert refused(make_list(6), max_rows=5) == "too-many-rows"


def test_a_million_rows_are_refused_before_they_are_read() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 1_000_001))
    content = one(rows)
    started = time.perf_counter()
    assert refused(content, max_rows=20_000) == "too-many-rows"
    assert time.perf_counter() - started < 2


def test_a_file_over_the_limit_is_refused() -> None:
    assert refused(b"a" * (32 * 1024 * 1024 + 1)) == "file-too-large"


# Bombs


def test_a_directory_that_declares_too_much_is_refused_before_anything_is_inflated() -> None:
    assert refused(one(ROW, more={"xl/media/a.png": bytes(limits.MAX_INFLATED)})) == "workbook-bomb"


def test_a_part_that_packs_too_well_is_refused() -> None:
    assert refused(one(ROW, more={"xl/media/a.png": bytes(30_000_000)})) == "workbook-bomb"


def test_too_many_entries_are_refused() -> None:
    more: dict[str, bytes | str] = {f"a{n}": "" for n in range(limits.MAX_ENTRIES)}
    assert refused(one(ROW, more=more)) == "workbook-bomb"


def test_a_directory_that_lies_about_sizes_is_damaged() -> None:
    content = one(ROW + " " * 30_000_000)
    lie = make.lying_about_size(content, "xl/worksheets/sheet1.xml", 500)
    assert refused(lie) == "damaged-workbook"


def test_one_long_string_named_by_many_cells_is_refused() -> None:
    rows = "".join(f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 30 + "</row>" for n in range(1, 101))
    assert refused(one(rows, strings=["字" * 32_000])) == "workbook-bomb"


def test_an_endless_tag_does_not_hold_the_worker() -> None:
    started = time.perf_counter()
    tag = "".join(f' a{n}="{n}"' for n in range(1_500_000))
    assert refused(make.package([f"<a{tag}>"])) == "damaged-workbook"
    assert time.perf_counter() - started < 5


# Anything at all


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe"]))
def test_random_bytes_are_rows_or_a_refusal(content: bytes, head: bytes) -> None:
    _rows_or_refusal(head + content)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet=st.sampled_from('a中",;\t\n\r= \ufeff\x1c\u2028'), max_size=60))
def test_random_delimited_text_is_rows_or_a_refusal(content: str) -> None:
    _rows_or_refusal(content.encode())


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_cut_and_bitten_workbooks_are_rows_or_a_refusal(cut: int, at: int, byte: int) -> None:
    _rows_or_refusal(GOOD[:cut])
    _rows_or_refusal(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])


ATTRIBUTE = st.sampled_from(
    ["", "1", "0", "-1", "A1", "B1", "A2", "s", "e", "b", "d", "n", "str", "1e300", "²"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(ATTRIBUTE, ATTRIBUTE, ATTRIBUTE, ATTRIBUTE), max_size=4))
def test_odd_cells_are_rows_or_a_refusal(cells: list[tuple[str, str, str, str]]) -> None:
    rows = "".join(f'<row r="{r}"><c r="{c}" t="{t}"><v>{v}</v></c></row>' for r, c, t, v in cells)
    _rows_or_refusal(one(rows, strings=["a"]))


def _rows_or_refusal(content: bytes) -> None:
    try:
        rows = read(content)
    except Invalid:
        return
    assert rows and all(row.cells and row.cells[-1] is not EMPTY for row in rows)


# Speed, printed only


def test_twenty_thousand_rows_are_read_in_good_time(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        [f"第{row}行{column}" if column % 3 else f"文{row % 50}" for column in range(21)]
        for row in range(20_000)
    ]
    strings = sorted({each for line in lines for each in line})
    index = {each: n for n, each in enumerate(strings)}
    rows = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{column_letter(c)}{n}" t="s"><v>{index[v]}</v></c>' for c, v in enumerate(line))
        + "</row>"
        for n, line in enumerate(lines, 1)
    )
    files = {
        "shared.xlsx": one(rows, strings=strings),
        "list.csv": "\n".join(",".join(line) for line in lines).encode("gb18030"),
    }
    for name, content in files.items():
        started = time.perf_counter()
        found = read(content, name, 20_000)
        took = time.perf_counter() - started
        assert texts(found) == lines
        with capsys.disabled():
            print(f"\n{name}: 20,000 x 21 in {took:.2f} s")
