"""The columns of a police list: their names, and which of them a fault concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from registry.text import Text


class Field(StrEnum):
    """What a column says, by its English header."""

    KIND = "subject_kind"
    NAME = "name"
    SEX = "sex"
    BIRTH_ON = "birth_on"
    DOCUMENT_TYPE = "document_type"
    DOCUMENT_NUMBER = "document_number"
    GROUND = "ground"
    BEHAVIOURS = "behaviours"
    ROLE = "role"
    ITEM_KINDS = "item_kinds"
    ITEMS = "items"
    TIMES = "times"
    RECIPIENTS = "recipients"
    CONDUCT_FROM = "conduct_from"
    CONDUCT_TO = "conduct_to"
    OFFENCE = "offence"
    PENALTY = "penalty"
    DECISION_NO = "decision_no"
    DECIDED_ON = "decided_on"
    AUTHORITY = "authority"
    LINKED_NO = "linked_decision_no"
    EVIDENCE_REF = "evidence_ref"


REQUIRED = (Field.NAME, Field.DOCUMENT_NUMBER, Field.GROUND, Field.DECISION_NO, Field.DECIDED_ON)

HEADERS: Mapping[str, Field] = {
    **{field.value: field for field in Field},
    "主体类型": Field.KIND,
    **dict.fromkeys(("姓名/单位名称", "姓名", "单位名称", "姓名或单位名称", "full_name"), Field.NAME),
    "性别": Field.SEX,
    **dict.fromkeys(("出生日期", "出生年月日", "birth_date", "date_of_birth"), Field.BIRTH_ON),
    **dict.fromkeys(("证件类型", "证件种类", "id_type"), Field.DOCUMENT_TYPE),
    **dict.fromkeys(
        ("证件号码/身份证号", "证件号码", "身份证号", "身份证号码", "证件号", "id_number", "document_no"),
        Field.DOCUMENT_NUMBER,
    ),
    "认定事由": Field.GROUND,
    **dict.fromkeys(("行为", "behaviour", "behavior", "behaviors"), Field.BEHAVIOURS),
    "角色": Field.ROLE,
    **dict.fromkeys(("卡种/物品", "卡种", "物品"), Field.ITEM_KINDS),
    "数量": Field.ITEMS,
    "次数": Field.TIMES,
    "对象数": Field.RECIPIENTS,
    "行为起始日": Field.CONDUCT_FROM,
    "行为终止日": Field.CONDUCT_TO,
    "罪名": Field.OFFENCE,
    "处罚类别": Field.PENALTY,
    **dict.fromkeys(("文书号/决定书文号", "文书号", "决定书文号"), Field.DECISION_NO),
    "认定日期": Field.DECIDED_ON,
    "认定单位": Field.AUTHORITY,
    "关联单位文书号": Field.LINKED_NO,
    "证据编号": Field.EVIDENCE_REF,
}

# Where the reader of designations points, and the column that its author must look at.
_POINTERS: Sequence[tuple[str, Field]] = (
    ("/subject/kind", Field.KIND),
    ("/subject/sex", Field.SEX),
    ("/subject/birth_on", Field.BIRTH_ON),
    ("/subject/documents/0/type", Field.DOCUMENT_TYPE),
    ("/subject/documents", Field.DOCUMENT_NUMBER),
    ("/subject", Field.NAME),
    ("/ground", Field.GROUND),
    ("/decided_on", Field.DECIDED_ON),
    ("/decision_no", Field.DECISION_NO),
    ("/conduct/from", Field.CONDUCT_FROM),
    ("/conduct/to", Field.CONDUCT_TO),
    ("/conduct/behaviours", Field.BEHAVIOURS),
    ("/conduct/role", Field.ROLE),
    ("/conduct/items", Field.ITEMS),
    ("/conduct/times", Field.TIMES),
    ("/conduct/recipients", Field.RECIPIENTS),
    ("/conduct/offence", Field.OFFENCE),
    ("/item_kinds", Field.ITEM_KINDS),
    ("/penalty", Field.PENALTY),
    ("/evidence_ref", Field.EVIDENCE_REF),
)


def field_of(pointer: str) -> Field | None:
    """The column behind a fault of a designation."""
    return next((field for prefix, field in _POINTERS if pointer.startswith(prefix)), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with the whole row where `field` is `None`."""

    field: Field | None
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as a designation; `authority` and `linked_no` are still names. `raw` is `None` if faulty."""

    row: int
    raw: dict[str, Any] | None
    authority: str | None
    linked_no: str | None
    faults: tuple[Fault, ...]


def chinese_header(field: Field) -> str:
    """The column's first Chinese name."""
    return next(header for header, known in HEADERS.items() if known is field and not header.isascii())
