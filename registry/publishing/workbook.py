"""A workbook (.xlsx) written row by row: memory does not grow with it, and the same rows give the same bytes.

Every cell is text, so that no spreadsheet program takes one for a formula, a date or a number with its last
digits lost.
"""

import html
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import IO

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_BATCH = 500
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


_LOOKS = ((0, 0, 0, "top"), (1, 0, 0, "center"), (2, 2, 1, "center"), (0, 0, 1, "top"))
"""Font, fill, border and place of the text for each `Style`."""


class Style(IntEnum):
    """How a row looks; the number is its place in the workbook's styles."""

    NOTE = 1
    TITLE = 2
    HEADING = 3
    DATA = 4


@dataclass(frozen=True, slots=True)
class Row:
    """`merged`: its first cell is as wide as the table and so many points high."""

    cells: Sequence[str]
    style: Style
    merged: float | None = None


def write(target: IO[bytes], name: str, widths: Sequence[int], heading: int, rows: Iterable[Row]) -> None:
    """A workbook with one sheet. `widths` in characters; row number `heading` stays in sight and is printed
    on every page."""
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in _parts(html.escape(name), heading).items():
            archive.writestr(_entry(path), _XML + content)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            _write_sheet(sheet, widths, heading, rows)


def _write_sheet(sheet: IO[bytes], widths: Sequence[int], heading: int, rows: Iterable[Row]) -> None:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    sheet.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="{heading}" topLeftCell="A{heading + 1}" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>".encode()
    )
    merged, last, waiting = [], chr(ord("A") + len(widths) - 1), []
    for number, row in enumerate(rows, 1):
        height = ""
        if row.merged is not None:
            merged.append(f'<mergeCell ref="A{number}:{last}{number}"/>')
            height = f' ht="{row.merged:g}" customHeight="1"'
        cells = "".join(
            f'<c r="{chr(65 + column)}{number}" s="{row.style.value}" t="inlineStr">'
            f'<is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
            for column, text in enumerate(row.cells)
            if text
        )
        waiting.append(f'<row r="{number}"{height}>{cells}</row>')
        if len(waiting) == _BATCH:
            sheet.write("".join(waiting).encode())
            waiting.clear()
    sheet.write("".join(waiting).encode())
    sheet.write(
        f'</sheetData><mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>".encode()
    )


def _escaped(text: str) -> str:
    """As XML, and so that no program takes `_x0041_` for an escape."""
    return html.escape(_ESCAPE_LIKE.sub("_x005F_", text), quote=False)


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _parts(name: str, heading: int) -> dict[str, str]:
    """Everything but the sheet."""
    fonts = "".join(
        f'<font>{look}<sz val="{size}"/><name val="Microsoft YaHei"/></font>'
        for look, size in (("", 10), ("<b/>", 16), ("<b/>", 10))
    )
    fills = (
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF6"/></patternFill></fill>'
    )
    side = '<{0} style="thin"><color rgb="FFB8C2CE"/></{0}>'
    sides = "".join(side.format(each) for each in ("left", "right", "top", "bottom"))
    text = 'numFmtId="49" quotePrefix="1" applyNumberFormat="1"'  # what is typed over it stays text
    looks = "".join(
        f'<xf {text} fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" applyAlignment="1">'
        f'<alignment vertical="{vertical}" wrapText="1"/></xf>'
        for font, fill, border, vertical in _LOOKS
    )
    quoted = name.replace("'", "''")
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets><definedNames>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">\'{quoted}\'!${heading}:${heading}'
        "</definedName></definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="3">{fonts}</fonts>'
        f'<fills count="3">{fills}</fills><borders count="2"><border/><border>{sides}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" xfId="0"/>'
        f'{looks}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>",
    }
