"""Reading a list by its header: each row as a designation that the API would accept, or its faults."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.errors import invalid_field
from registry.identity.documents import DocumentType
from registry.imports import vocabulary
from registry.imports.columns import HEADERS, REQUIRED, Entry, Fault, Field, chinese_header
from registry.imports.spreadsheet import Cell, CellKind, Row, column_letter
from registry.subjects.drafts import SubjectKind
from registry.text import Text

HEADER_ROWS = 15  # a title and notes may stand above the header


class Sheet:
    """The header of a list, and its rows read by it.

    Raises Invalid: `no-header`, `missing-columns`, `no-rows`.
    """

    def __init__(self, rows: Sequence[Row], offences: Mapping[str, Text]) -> None:
        self._offences = {name.zh: article for article, name in offences.items()}
        header = max(rows[:HEADER_ROWS], key=_known_headers, default=None)
        if header is None or _known_headers(header) < 2:
            raise invalid_field(
                "no-header",
                Text(
                    "前 {n} 行中找不到表头；请按模板使用“姓名、证件号码、认定事由、文书号、认定日期”等列名。",
                    "No header was found in the first {n} rows; use the column names of the template.",
                ).format(n=HEADER_ROWS),
                "/file",
            )
        self.unknown: list[str] = []
        self._titles: dict[Field, list[tuple[int, str]]] = {}
        for index, cell in enumerate(header.cells):
            field = HEADERS.get(header_key(cell.text))
            if field:
                self._titles.setdefault(field, []).append((index, cell.text.strip()))
            elif cell.text.strip():
                self.unknown.append(cell.text.strip())
        if missing := [field for field in REQUIRED if field not in self._titles]:
            raise invalid_field(
                "missing-columns",
                Text("缺少必需的列：{zh}。", "Required columns are missing: {en}.").format(
                    zh="、".join(chinese_header(field) for field in missing), en=", ".join(missing)
                ),
                "/file",
            )
        self._rows = [row for row in rows if row.number > header.number]
        if not self._rows:
            raise invalid_field(
                "no-rows", Text("表头之下没有数据行。", "There are no rows under the header."), "/file"
            )

    def title(self, field: Field | None) -> str | None:
        """The column's name as the file spells it."""
        return self._titles[field][0][1] if field in self._titles else (field and chinese_header(field))

    def cell_name(self, field: Field | None, row: int) -> str | None:
        """The cell as a spreadsheet program names it, as `F12`."""
        return f"{column_letter(self._titles[field][0][0])}{row}" if field in self._titles else None

    def entries(self) -> list[Entry]:
        """Every row under the header."""
        return [_RowReader(row, self._titles, self._offences).entry() for row in self._rows]


def _known_headers(row: Row) -> int:
    return len({HEADERS.get(header_key(cell.text)) for cell in row.cells} - {None})


def header_key(text: str) -> str:
    """A header as it is looked up: width, case, spaces, remarks in brackets and asterisks do not matter."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = re.sub(r"\(.*\)|[*::]", "", plain).strip()
    return re.sub(r"\s+", "_" if plain.isascii() else "", plain)


class _RowReader:
    """Reads one row and collects what is wrong with it."""

    def __init__(
        self, row: Row, titles: Mapping[Field, Sequence[tuple[int, str]]], offences: Mapping[str, str]
    ) -> None:
        self._row = row
        self._cells = row.cells
        self._titles = titles
        self._offences = offences
        self._faults: list[Fault] = []

    def entry(self) -> Entry:
        raw = self._raw()
        authority, linked_no = self._text(Field.AUTHORITY), self._text(Field.LINKED_NO)
        return Entry(
            self._row.number, None if self._faults else raw, authority, linked_no, tuple(self._faults)
        )

    def _raw(self) -> dict[str, Any]:
        document_type = self._word(Field.DOCUMENT_TYPE, vocabulary.DOCUMENT_TYPES)
        kind = self._word(Field.KIND, vocabulary.KINDS)
        if kind is None:
            is_unit = document_type == DocumentType.uscc
            kind = SubjectKind.ORGANISATION.value if is_unit else SubjectKind.PERSON.value
        if document_type is None:
            is_unit = kind == SubjectKind.ORGANISATION
            document_type = DocumentType.uscc.value if is_unit else DocumentType.resident_id.value
        return {
            "subject": {
                "kind": kind,
                "name": self._required(Field.NAME),
                "sex": self._word(Field.SEX, vocabulary.SEXES),
                "birth_on": self._day(Field.BIRTH_ON),
                "documents": [{"type": document_type, "number": self._number()}],
            },
            "ground": self._word(Field.GROUND, vocabulary.GROUNDS) or self._required(Field.GROUND),
            "decided_on": self._day(Field.DECIDED_ON) or self._required(Field.DECIDED_ON),
            "decision_no": self._required(Field.DECISION_NO),
            "conduct": {
                "from": self._day(Field.CONDUCT_FROM),
                "to": self._day(Field.CONDUCT_TO),
                "behaviours": self._words(Field.BEHAVIOURS, vocabulary.BEHAVIOURS),
                "role": self._word(Field.ROLE, vocabulary.ROLES),
                "items": self._count(Field.ITEMS),
                "times": self._count(Field.TIMES),
                "recipients": self._count(Field.RECIPIENTS),
                "offence": self._word(Field.OFFENCE, self._offences),
            },
            "item_kinds": self._words(Field.ITEM_KINDS, vocabulary.ITEM_KINDS),
            "evidence_ref": self._text(Field.EVIDENCE_REF),
            "penalty": self._word(Field.PENALTY, vocabulary.PENALTIES),
        }

    def _cell(self, field: Field) -> Cell | None:
        """The one filled cell of a field; two columns of one meaning may not contradict each other."""
        filled = [
            cell
            for index, _ in self._titles.get(field, ())
            if index < len(self._cells) and (cell := self._cells[index]).kind is not CellKind.EMPTY
        ]
        if not filled:
            return None
        if len(set(filled)) > 1:
            self._fault(
                field, "contradiction", "同义的两列内容不一致。", "Two columns of this meaning differ."
            )
        return filled[0]

    def _text(self, field: Field) -> str | None:
        cell = self._cell(field)
        if cell is None:
            return None
        if cell.kind is CellKind.FORMULA:
            self._fault(
                field,
                "formula",
                "单元格是公式；请改为数值或文本后重新上传。",
                "The cell holds a formula; replace it by its value as text.",
            )
        elif cell.kind in (CellKind.ERROR, CellKind.BOOLEAN):
            self._fault(
                field, "not-text", "单元格内容无效；请改为文本。", "The cell holds no text; type it as text."
            )
        elif cell.kind is CellKind.NUMBER and not isinstance(cell.number, int):
            self._fault(
                field,
                "not-text",
                "请将单元格设为文本格式后重新填写。",
                "Format the cell as text and type it again.",
            )
        else:
            return cell.text.strip() or None
        return None

    def _required(self, field: Field) -> str:
        before = len(self._faults)
        text = self._text(field)
        if text is None and len(self._faults) == before and not any(f.field is field for f in self._faults):
            self._fault(field, "required", "此项必填。", "This is required.")
        return text or ""

    def _number(self) -> str:
        cell = self._cell(Field.DOCUMENT_NUMBER)
        lost = cell is not None and (
            cell.kind is CellKind.NUMBER
            or (cell.kind is CellKind.TEXT and re.fullmatch(r"\s*\d(\.\d+)?[eE]\+?\d+\s*", cell.text))
        )
        if lost:
            self._fault(
                Field.DOCUMENT_NUMBER,
                "digits-lost",
                "证件号码以数字格式保存，末几位可能已丢失；请将该列设为文本格式，对照原件重新填写。",
                "Kept as a number, it may have lost digits; format the column as text and type it again "
                "from the document.",
            )
            return ""
        return self._required(Field.DOCUMENT_NUMBER)

    def _word(self, field: Field, words: Mapping[str, str]) -> str | None:
        text = self._text(field)
        if text is None:
            return None
        plain = unicodedata.normalize("NFKC", text).strip()
        # Words of the registry pass as they are; the reader of designations judges them.
        known = words.get(plain, plain if plain.isascii() else None)
        if known is None:
            self._fault(
                field,
                "unknown-word",
                f"无法识别；可填：{'、'.join(words)}。",
                f"Not understood; known are: {', '.join(dict.fromkeys(map(str, words.values())))}.",
            )
        return str(known).lower() if known in words.values() or plain.isascii() else None

    def _words(self, field: Field, words: Mapping[str, str]) -> list[str]:
        text = self._text(field)
        if text is None:
            return []
        found = []
        for plain in re.split(r"[、,;/|\s]+", unicodedata.normalize("NFKC", text)):
            if plain and plain not in words and not plain.isascii():
                self._fault(
                    field,
                    "unknown-word",
                    f"无法识别；可填(以顿号分隔):{'、'.join(words)}。",
                    f"Not understood; known are: {', '.join(dict.fromkeys(map(str, words.values())))}.",
                )
            elif plain:
                found.append(str(words.get(plain, plain.lower())))
        return list(dict.fromkeys(found))

    def _day(self, field: Field) -> date | None:
        cell = self._cell(field)
        if cell is not None and cell.kind is CellKind.DATE:
            return cell.day
        text = self._text(field)
        if text is None:
            return None
        found = re.fullmatch(
            r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", text
        )
        try:
            year, month, day = (int(group) for group in found.groups() if group) if found else (0, 0, 0)
            return date(year, month, day)
        except ValueError:
            self._fault(
                field,
                "not-a-day",
                "不是有效日期；请写作 2025-03-03 或 2025年3月3日。",
                "This is no day; write it as 2025-03-03.",
            )
            return None

    def _count(self, field: Field) -> int | None:
        text = self._text(field)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self._fault(field, "not-a-count", "须为不小于 0 的整数。", "It must be a whole number from 0.")
            return None
        return int(text)

    def _fault(self, field: Field, code: str, zh: str, en: str) -> None:
        self._faults.append(Fault(field, code, Text(zh, en)))
