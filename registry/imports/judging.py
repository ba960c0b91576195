"""Judging the rows of a police list: what each would become, and what is wrong or odd about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from registry.access.principals import Authority, Officer
from registry.access.service import Access
from registry.designations.intake import Draft
from registry.designations.service import Designations
from registry.errors import Invalid, NotLawful
from registry.imports.columns import Entry, Fault, Field, field_of
from registry.imports.rows import Sheet
from registry.subjects.drafts import SubjectKind
from registry.text import Text

# The column to look at when the law does not allow a row, by the last word of the rule.
_LAWFUL_FIELDS = {
    "decided-on": Field.DECIDED_ON,
    "designating": Field.DECIDED_ON,
    "items": Field.ITEM_KINDS,
    "conduct-from": Field.CONDUCT_TO,
    "thresholds": Field.ITEMS,
    "level": Field.AUTHORITY,
}


@dataclass(slots=True)
class Judged:
    """A row with what it would become, and all that is wrong or odd about it."""

    entry: Entry
    draft: Draft | None
    authority: Authority
    faults: list[Fault]
    warnings: list[Fault]


class Judge:
    """Compares the rows with the law, with each other and with the register."""

    def __init__(self, designations: Designations, access: Access) -> None:
        self._designations = designations
        self._access = access

    def judge(self, session: Session, officer: Officer, entries: Sequence[Entry]) -> list[Judged]:
        """Every row with what it would become; nothing is stored."""
        authorities = self._access.authorities()
        judged = [self._judge_alone(officer, authorities, entry) for entry in entries]
        self._find_duplicates(session, judged)
        self._find_namesakes(judged)
        self._find_units(session, officer, judged)
        return judged

    def _judge_alone(self, officer: Officer, authorities: Mapping[str, Authority], entry: Entry) -> Judged:
        judged = Judged(entry, None, officer.authority, list(entry.faults), [])
        if entry.authority:
            named = authorities.get(entry.authority)
            if named is None or not officer.authority.covers(named):
                judged.faults.append(_FOREIGN_AUTHORITY)
            else:
                judged.authority = named
        if entry.raw is None:
            return judged
        try:
            judged.draft = self._designations.drafts.read(entry.raw)
            self._designations.drafts.planned(judged.draft, judged.authority)
        except Invalid as invalid:
            judged.faults += [Fault(field_of(e.pointer), invalid.slug, e.text) for e in invalid.errors]
        except NotLawful as unlawful:
            field = _LAWFUL_FIELDS.get(str(unlawful.facts["rule"]).rsplit("/", 1)[-1])
            judged.faults.append(Fault(field, unlawful.slug, unlawful.sentence))
        if judged.draft:
            judged.warnings += [Fault(None, "warning", text) for text in judged.draft.warnings]
        return judged

    def _find_duplicates(self, session: Session, judged: Sequence[Judged]) -> None:
        understood = [(each, each.draft) for each in judged if each.draft]
        standing = self._designations.drafts.standing(session, [draft for _, draft in understood])
        seen: dict[bytes, int] = {}
        for position, (each, draft) in enumerate(understood):
            if position in standing:
                each.faults.append(_KNOWN)
            for key in self._designations.drafts.decision_keys(draft):
                if key in seen:
                    each.faults.append(
                        Fault(
                            Field.DOCUMENT_NUMBER,
                            "duplicate-in-file",
                            Text(
                                "与第 {row} 行重复(同一对象、同一文书号)。",
                                "The same subject under the same decision number as in row {row}.",
                            ).format(row=seen[key]),
                        )
                    )
                else:
                    seen[key] = each.entry.row

    def _find_namesakes(self, judged: Sequence[Judged]) -> None:
        """One number under two names may be a duplicate number (重号) or a slip: somebody must look."""
        first: dict[str, Judged] = {}
        for each in judged:
            for document in each.draft.subject.documents if each.draft else ():
                other = first.setdefault(document.key, each)
                if other.draft and each.draft and other.draft.subject.name.key != each.draft.subject.name.key:
                    text = Text(
                        "与第 {row} 行证件号码相同而姓名不同，请核对是否重号。",
                        "The number of row {row} under another name; check whether it is a duplicate number.",
                    ).format(row=other.entry.row)
                    each.warnings.append(Fault(Field.DOCUMENT_NUMBER, "same-number-other-name", text))

    def _find_units(self, session: Session, officer: Officer, judged: Sequence[Judged]) -> None:
        """A row that is linked to a unit needs that unit's designation, in this file or in the register."""
        in_file = {each.draft.decision_no for each in judged if each.draft and is_unit(each.draft)}
        for each in judged:
            number = each.entry.linked_no
            if (
                number
                and number not in in_file
                and not self._designations.drafts.unit_by_number(session, officer, number)
            ):
                each.faults.append(UNKNOWN_UNIT)


def is_unit(draft: Draft) -> bool:
    """Whether the designation is that of an organisation, which people may be linked to."""
    return draft.subject.kind is SubjectKind.ORGANISATION


def report(sheet: Sheet, judged: Sequence[Judged]) -> dict[str, Any]:
    """The report per row, as it is kept: both languages, no content of the list."""
    return {"unknown_columns": sheet.unknown, "rows": [_row_report(sheet, each) for each in judged]}


def _row_report(sheet: Sheet, judged: Judged) -> dict[str, Any]:
    problems = [(fault, "refused") for fault in judged.faults]
    problems += [(fault, "warning") for fault in judged.warnings]
    return {
        "row": judged.entry.row,
        "status": "refused" if judged.faults else "warning" if judged.warnings else "accepted",
        "problems": [
            {
                "severity": severity,
                "column": sheet.title(fault.field),
                "cell": sheet.cell_name(fault.field, judged.entry.row),
                "code": fault.code,
                "detail": [fault.text.zh, fault.text.en],
            }
            for fault, severity in problems
        ],
    }


_FOREIGN_AUTHORITY = Fault(
    Field.AUTHORITY,
    "unknown-authority",
    Text(
        "认定单位未登记，或不是本单位及下级单位。",
        "This authority is not registered, or is neither your own nor one below it.",
    ),
)
_KNOWN = Fault(
    Field.DECISION_NO,
    "duplicate-designation",
    Text(
        "该对象在此文书号下已有认定；如系再次认定，请使用新的文书号。",
        "This subject is designated under this number already; a repeat needs a number of its own.",
    ),
)
UNKNOWN_UNIT = Fault(
    Field.LINKED_NO,
    "unknown-unit",
    Text(
        "找不到该文书号的单位认定：本名单和登记中均无。",
        "No unit is designated under this number, neither in this list nor in the register.",
    ),
)
