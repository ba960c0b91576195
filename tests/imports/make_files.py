"""Builders of good and of hostile list files."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(rows: Iterable[Sequence[object]], *, first_row: int = 1, first_column: int = 1) -> bytes:
    """An .xlsx as openpyxl writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, values in enumerate(rows, first_row):
        for column, value in enumerate(values, first_column):
            if value is not None:
                sheet.cell(row, column).value = value  # type: ignore[assignment]
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def sheet_xml(rows: str, *, prefix: str = "", after: str = "") -> str:
    """A worksheet part around `rows`; with `prefix` every name of the frame carries it."""
    mark, space = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    table = f"<{mark}sheetData>{rows}</{mark}sheetData>"
    return f'<{mark}worksheet {space}="{MAIN}">{table}{after}</{mark}worksheet>'


def package(
    sheets: Sequence[str],
    *,
    strings: Sequence[str] = (),
    more: Mapping[str, bytes | str] | None = None,
    states: Sequence[str] = (),
    content_type: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """An .xlsx of these worksheet parts; `more` adds parts or replaces those made here."""
    numbers = range(1, len(sheets) + 1)
    state = [*states, *["visible"] * len(sheets)]
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" state="{state[n - 1]}" r:id="rId{n}"/>' for n in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    if strings:
        related += f'<Relationship Id="st" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}</Relationships>",
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": sheets[n - 1] for n in numbers}
    if strings:
        items = "".join(f"<si><t>{each}</t></si>" for each in strings)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    return zipped(parts | dict(more or {}), compression)


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return made.getvalue()


def lying_about_size(content: bytes, name: str, size: int) -> bytes:
    """`content` with the uncompressed size of entry `name` set to `size` in both headers."""
    changed = bytearray(content)
    for magic, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = content.find(magic)
        while at >= 0:
            if content[at + name_at :].startswith(name.encode()):
                struct.pack_into("<I", changed, at + size_at, size)
            at = content.find(magic, at + 4)
    return bytes(changed)
