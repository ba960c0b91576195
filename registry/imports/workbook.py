"""A list saved as .xlsx: from a package nobody vouches for to the values of its one visible sheet.

Calamine reads values fast, but it trusts what it is given: it returns the last result of a formula as
if somebody had typed it, lays out every cell between two far corners, and copies a shared string as often
as a sheet names it. So each part is first inflated under a limit and scanned (`package`, `parts`, `sheet`),
and calamine then gets a package of our own making that holds only what was scanned: the one sheet, its
strings and its styles. What was checked is what is read.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from registry.imports.package import Package
from registry.imports.parts import Part
from registry.imports.refusals import damaged, empty_file
from registry.imports.sheet import NAMESPACE, Sheet, Strings

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    CalamineError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    OverflowError,
    RuntimeError,
)
"""What the readers of ZIP, XML and values raise over a broken file."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(stream: BinaryIO, *, max_rows: int) -> Iterator[tuple[int, list[object]]]:
    """The rows of the one visible sheet with contents, each with its number in the spreadsheet program, from
    column A on; formulas and error values are `Mark`s, an empty cell is "". Blank rows may be among them.

    Hidden sheets are passed over: they hold drop-down lists and remarks of templates. A second *visible*
    sheet with contents is refused, for a clerk expects every row they see to be imported, and a person on a
    sheet that was silently left out would not be on the list.

    Raises `Invalid`: `damaged-workbook`, `workbook-bomb`, `xml-entities`, `encrypted-workbook`,
    `macro-workbook`, `xlsb-workbook`, `ods-workbook`, `zip-not-workbook`, `several-sheets`, `empty-file`,
    `too-many-rows`, `too-many-columns`, `cell-too-long`.
    """
    try:
        sheet, package = _checked(stream, max_rows)
        yield from _values(sheet, package)
    except _DAMAGE:
        raise damaged() from None
    except BaseException as fault:
        # A panic inside calamine arrives as a BaseException and would end the worker, not the request.
        if type(fault).__name__ == "PanicException":
            raise damaged() from None
        raise


def _checked(stream: BinaryIO, max_rows: int) -> tuple[Sheet, BinaryIO]:
    """The sheet with the list, walked, and a package that holds it and nothing that was not walked."""
    with zipfile.ZipFile(stream) as archive:
        package = Package(archive)
        contents = package.contents()
        strings = Strings()
        shared = package.read(contents.strings, strings) if contents.strings else b""
        sheet, body = None, b""
        for path in contents.sheets:
            candidate = Sheet(max_rows, strings.lengths, only_probe=sheet is not None)
            content = package.read(path, candidate)
            if candidate.rows:
                sheet, body = candidate, content
        if sheet is None:
            raise empty_file()
        styles = package.read(contents.styles, Part()) if contents.styles else b""
    return sheet, _package(body, shared, styles, contents.epoch_1904)


def _package(sheet: bytes, strings: bytes, styles: bytes, epoch_1904: bool) -> BinaryIO:
    """A package of exactly these parts, not compressed."""
    bodies = {"worksheet": sheet, "sharedStrings": strings, "styles": styles}
    present = {kind: body for kind, body in bodies.items() if body}
    related = "".join(
        f'<Relationship Id="{kind}" Type="{_RELATIONS}/{kind}" Target="{kind}.xml"/>' for kind in present
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{NAMESPACE}" xmlns:r="{_RELATIONS}">'
        f'<workbookPr date1904="{int(epoch_1904)}"/>'
        '<sheets><sheet name="list" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        "</Relationships>",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, part in parts.items():
            archive.writestr(path, part)
        for kind, body in present.items():
            archive.writestr(f"xl/{kind}.xml", body)
    made.seek(0)
    return made


def _values(sheet: Sheet, package: BinaryIO) -> Iterator[tuple[int, list[object]]]:
    """Calamine's values with our marks over them; rows that hold nothing but a mark included."""
    values_of = CalamineWorkbook.from_filelike(package).get_sheet_by_index(0)
    grid: list[list[object]] = list(values_of.to_python(skip_empty_area=False))  # type: ignore[arg-type]
    for row in range(max(len(grid), sheet.last_row + 1)):
        values: list[object] = []
        if row < len(grid):
            values, grid[row] = grid[row], values  # given away, so that no list is held twice
        sheet.mark(row, values)
        yield row + 1, values
