"""What a row of a published file says, and the bytes of it that are signed: the same in every format.

A row is thirteen texts in the order of `COLUMNS`, in the language of the file: days as YYYY-MM-DD, measures
one after the other with `SEPARATOR` between them, nothing (an empty text) where nothing is known. What is
signed is the SHA-256 over all rows in the order of their serial numbers, each row a JSON array of its texts
without spaces, in UTF-8, and a line feed behind it. Characters outside ASCII stand as themselves; only `"`
and `\\` are escaped, by a backslash. No rows: the SHA-256 of nothing.

    ["3","王某某","男","居民身份证","1409**********1234","出租银行账户",…,"2026-11-03","exe_01…"]⏎
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from registry.exposures.public import PublicRow
from registry.exposures.wording import DOCUMENTS, SEXES
from registry.text import Language, Text


@dataclass(frozen=True, slots=True)
class Column:
    """`key`: its name in JSON. `width`: in a spreadsheet, in characters."""

    key: str
    heading: Text
    width: int


COLUMNS = (
    Column("serial", Text("序号", "No."), 8),
    Column("name", Text("姓名", "Name"), 12),
    Column("sex", Text("性别", "Sex"), 8),
    Column("document", Text("证件类型", "Document"), 14),
    Column("number", Text("证件号码", "Number"), 22),
    Column("ground", Text("认定事由", "Ground"), 30),
    Column("measures", Text("惩戒措施", "Measures"), 46),
    Column("starts_on", Text("惩戒起始日", "First day"), 12),
    Column("ends_on", Text("惩戒终止日", "Last day"), 12),
    Column("authority", Text("认定机关", "Designated by"), 18),
    Column("decided_on", Text("认定日期", "Designated on"), 12),
    Column("shown_until", Text("公开截止日", "Shown until"), 12),
    Column("id", Text("条目编号", "Entry"), 34),
)
SERIAL, ENTRY = 0, len(COLUMNS) - 1
SEPARATOR = Text("；", "; ")

# What no spreadsheet, feed or line of a CSV can hold.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]+")


def plain(text: str) -> str:
    """`text` with every unprintable character made a space, and none at either end."""
    return _UNPRINTABLE.sub(" ", text).strip()


def cells(row: PublicRow, language: Language) -> list[str]:
    """The thirteen texts of a row."""
    texts = (
        str(row.serial),
        row.name,
        word_of_sex(row, language),
        word_of_document(row, language),
        row.number,
        row.ground.into(language),
        SEPARATOR.into(language).join(measure.into(language) for measure in row.measures),
        row.starts_on.isoformat(),
        row.ends_on.isoformat(),
        row.authority,
        row.decided_on.isoformat(),
        row.shown_until.isoformat(),
        row.id,
    )
    return [plain(text) for text in texts]


def as_object(row: PublicRow, texts: Sequence[str], language: Language) -> dict[str, Any]:
    """The row as JSON has it: its texts, codes beside the words, measures one by one."""
    named: dict[str, Any] = dict(zip((column.key for column in COLUMNS), texts, strict=True))
    return named | {
        "serial": row.serial,
        "sex": row.sex,
        "sex_text": named["sex"],
        "document": row.document,
        "document_text": named["document"],
        "measures": [plain(measure.into(language)) for measure in row.measures],
    }


def from_object(said: Any, language: Language) -> list[str]:
    """The thirteen texts of a row as JSON has it. Raises LookupError and TypeError for any other shape."""
    texts = []
    for column in COLUMNS:
        value = said.get(f"{column.key}_text", said[column.key])
        if column.key == "measures":
            value = SEPARATOR.into(language).join(value)
        texts.append(value if isinstance(value, str) else str(value + 0))
    return texts


def word_of_sex(row: PublicRow, language: Language) -> str:
    """男, or nothing where it is not known."""
    return SEXES[row.sex].into(language) if row.sex else ""


def word_of_document(row: PublicRow, language: Language) -> str:
    """居民身份证."""
    return DOCUMENTS[row.document].into(language)


class Digest:
    """The SHA-256 over rows, as the module says."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, texts: Sequence[str]) -> None:
        """The next row."""
        self.rows += 1
        self._hash.update(orjson.dumps(texts, option=orjson.OPT_APPEND_NEWLINE))

    def __str__(self) -> str:
        """In hex."""
        return self._hash.hexdigest()
