"""Why a workbook, or any list, is not taken: one sentence each for the clerk who has to mend the file."""

from registry.errors import Invalid, invalid_field
from registry.imports.limits import MAX_CELL_TEXT, MAX_COLUMNS
from registry.text import Text


def empty_file() -> Invalid:
    """Nothing to read at all."""
    return _refusal(
        "empty-file",
        "文件为空，或可见的工作表中没有内容。请检查后重新上传。",
        "The file is empty, or its visible sheets are. Look at it and upload it again.",
    )


def too_many_rows(max_rows: int) -> Invalid:
    """More rows with contents than `max_rows`, or contents far below them."""
    fault = _refusal(
        "too-many-rows",
        "表格超过 {limit} 行，或在表格下方很远处还有内容。请拆分为多个文件，或清除多余内容后重新上传。",
        "The list has more than {limit} rows, or contents far below its end. Divide it into several files, "
        "or clear the stray contents, and upload it again.",
        limit=max_rows,
    )
    fault.facts["max_rows"] = max_rows
    return fault


def too_many_columns(row: int) -> Invalid:
    """Contents beyond column `MAX_COLUMNS` in the row with this number."""
    return _refusal(
        "too-many-columns",
        "第 {row} 行在第 {limit} 列以外还有内容。请清除多余内容后重新上传。",
        "Row {row} has contents beyond column {limit}. Clear the stray contents and upload the file again.",
        row=row,
        limit=MAX_COLUMNS,
    )


def cell_too_long() -> Invalid:
    """A cell longer than `MAX_CELL_TEXT`."""
    return _refusal(
        "cell-too-long",
        "有一格内容超过 {limit} 个字符。请缩短后重新上传。",
        "A cell holds more than {limit} characters. Shorten it and upload the file again.",
        limit=MAX_CELL_TEXT,
    )


def several_sheets() -> Invalid:
    """A second visible sheet with contents."""
    return _refusal(
        "several-sheets",
        "有不止一个可见的工作表含有内容，只能导入一个。请将名单放在一个工作表中，"
        "删除或隐藏其余工作表后重新上传。",
        "More than one visible sheet has contents, and only one can be imported. Put the list on one sheet, "
        "delete or hide the others, and upload the file again.",
    )


def damaged() -> Invalid:
    """Half a file, or one that no spreadsheet program wrote."""
    return _refusal(
        "damaged-workbook",
        "工作簿不完整或已损坏，无法读取。请用表格软件打开，另存为 .xlsx 后重新上传。",
        "The workbook is incomplete or damaged and cannot be read. Open it in the spreadsheet program, save "
        "it as .xlsx and upload it again.",
    )


def document_type() -> Invalid:
    """A part that declares a document type, and with it perhaps entities."""
    return _refusal(
        "xml-entities",
        "工作簿内部含有文档类型声明，表格软件不会写入此类内容，不能导入。"
        "请用表格软件打开后另存为 .xlsx 再上传。",
        "The workbook has a document type declaration inside, which no spreadsheet program writes, and "
        "cannot be imported. Open it in the spreadsheet program, save it as .xlsx and upload it again.",
    )


def bomb() -> Invalid:
    """More than the limits allow to be unpacked or walked."""
    return _refusal(
        "workbook-bomb",
        "工作簿解压后过大，不能导入。请只保留名单内容，另存为新的 .xlsx 后重新上传。",
        "The workbook is too large when unpacked and cannot be imported. Keep only the list, save it as a "
        "new .xlsx and upload it again.",
    )


def encrypted() -> Invalid:
    """A password is needed to read it."""
    return _refusal(
        "encrypted-workbook",
        "工作簿设有打开密码，无法读取。请取消密码并另存为 .xlsx 后重新上传。",
        "The workbook is protected by a password and cannot be read. Remove the password, save it as .xlsx "
        "and upload it again.",
    )


def not_workbook() -> Invalid:
    """A ZIP file of something else."""
    return _refusal(
        "zip-not-workbook",
        "该文件是压缩包或其他文档，不是 Excel 工作簿。请解压，或另存为 .xlsx 后重新上传。",
        "The file is an archive or another document, not an Excel workbook. Unpack it, or save the list as "
        ".xlsx, and upload it again.",
    )


def macro_workbook() -> Invalid:
    """A workbook that brings a program with it, whatever its name ends in."""
    return _save_as("macro-workbook", Text("含有宏的工作簿", "a workbook with macros"))


def xlsb_workbook() -> Invalid:
    """The binary sister of .xlsx, whose parts are no XML."""
    return _save_as("xlsb-workbook", Text("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"))


def ods_workbook() -> Invalid:
    """A list of LibreOffice, saved in its own format."""
    return _save_as("ods-workbook", Text("OpenDocument 表格（.ods）", "an OpenDocument file (.ods)"))


def _save_as(slug: str, what: Text) -> Invalid:
    return _refusal(
        slug,
        "该文件是{what}，不能导入。请另存为 .xlsx 后重新上传。",
        "The file is {what} and cannot be imported. Save it as .xlsx and upload it again.",
        what=what,
    )


def _refusal(slug: str, zh: str, en: str, **facts: object) -> Invalid:
    return invalid_field(slug, Text(zh, en).format(**facts), "/file")
