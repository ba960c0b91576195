"""Police lists: read into a report per row, released as a whole by two officers, or not at all."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import AuthorityRow
from registry.access.principals import Authority, Officer
from registry.access.service import Access, not_found, require_four_eyes
from registry.audit.service import Entry as LogEntry
from registry.audit.service import Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.designations.intake import Draft
from registry.designations.service import Designations, Proposal
from registry.errors import Conflict, Invalid, InvalidState, NotLawful
from registry.imports.columns import Entry, Fault, Field, Sheet, field_of
from registry.imports.models import ImportRow
from registry.imports.spreadsheet import read_rows
from registry.law.words import Level
from registry.text import Text
from registry.vault.vault import Vault

MAX_ROWS = 50_000

DRAFT, SUBMITTED, RELEASED, REJECTED = "draft", "submitted", "released", "rejected"
STATES = (DRAFT, SUBMITTED, RELEASED, REJECTED)

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
class _Judged:
    """A row with what it would become, and all that is wrong or odd about it."""

    entry: Entry
    draft: Draft | None
    authority: Authority
    faults: list[Fault]
    warnings: list[Fault]


class Imports:
    """Upload, submit, release, reject. Nothing is created before the release."""

    def __init__(
        self, vault: Callable[[], Vault], log: Log, designations: Designations, access: Access
    ) -> None:
        self._vault = vault
        self._log = log
        self._designations = designations
        self._access = access

    def upload(self, officer: Officer, stream: IO[bytes], filename: str) -> str:
        """Read a list and keep it with its report; its id. Raises Invalid for a file that is no list."""
        digest = hashlib.sha256(stream.read()).digest()
        stream.seek(0)
        sheet = Sheet(read_rows(stream, filename, max_rows=MAX_ROWS), self._designations.offences())
        with reading() as session:
            judged = self._judge(session, officer, sheet.entries())
        import_id = ids.new("imp")
        report = _report(sheet, judged)
        rows = [
            {
                "row": each.entry.row,
                "raw": each.entry.raw,
                "linked_no": each.entry.linked_no,
                "authority": each.authority.id,
            }
            for each in judged
        ]
        vault = self._vault()
        counted = [row["status"] for row in report["rows"]]
        with transaction() as session:
            session.execute(
                insert(ImportRow).values(
                    id=import_id,
                    state=DRAFT,
                    authority_id=officer.authority.id,
                    file_digest=digest,
                    rows_total=len(judged),
                    rows_accepted=counted.count("accepted"),
                    rows_warned=counted.count("warning"),
                    rows_refused=counted.count("refused"),
                    sealed_report=vault.seal(_json(report), f"designation_imports.sealed_report:{import_id}"),
                    sealed_rows=vault.seal(_json(rows), f"designation_imports.sealed_rows:{import_id}"),
                    uploaded_by=officer.id,
                    uploaded_at=clock.now(),
                )
            )
            facts = {"file": digest.hex(), "rows": len(judged)}
            self._log.write(session, LogEntry(Tag.IMPORT_UPLOADED, officer.actor, import_id, facts))
        return import_id

    def submit(self, officer: Officer, import_id: str) -> None:
        """draft → submitted. Raises NotFound, InvalidState, Conflict (`import-has-refused-rows`)."""
        with transaction() as session:
            row = self._locked(session, officer, import_id, {DRAFT})
            if row.rows_refused:
                raise Conflict(
                    "import-has-refused-rows",
                    Text(
                        "名单中有 {n} 行未通过；请更正后重新上传，整批提交。",
                        "{n} rows are refused; mend them and upload the whole list again.",
                    ).format(n=row.rows_refused),
                    facts={"refused": row.rows_refused},
                )
            row.state, row.submitted_by = SUBMITTED, officer.id
            self._log.write(session, LogEntry(Tag.IMPORT_SUBMITTED, officer.actor, import_id))

    def release(self, officer: Officer, import_id: str) -> None:
        """submitted → released, by another officer: every row becomes a designation in force, or none does.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`), and what drafting and approving raise.
        """
        with transaction() as session:
            row = self._locked(session, officer, import_id, {SUBMITTED})
            require_four_eyes(officer, row.uploaded_by, row.submitted_by)
            opened = self._vault().open(
                row.sealed_rows or b"", f"designation_imports.sealed_rows:{import_id}"
            )
            designation_ids = self._create(session, officer, row, json.loads(opened))
            self._designations.approve_all(session, officer, designation_ids)
            row.state, row.decided_by, row.sealed_rows = RELEASED, officer.id, None
            facts = {"designations": len(designation_ids)}
            self._log.write(session, LogEntry(Tag.IMPORT_RELEASED, officer.actor, import_id, facts))

    def reject(self, officer: Officer, import_id: str, reason: str) -> None:
        """draft or submitted → rejected, by another officer. Raises NotFound, InvalidState, Forbidden."""
        with transaction() as session:
            row = self._locked(session, officer, import_id, {DRAFT, SUBMITTED})
            require_four_eyes(officer, row.uploaded_by, row.submitted_by)
            row.state, row.decided_by, row.sealed_rows = REJECTED, officer.id, None
            secret = _json({"reason": reason})
            self._log.write(session, LogEntry(Tag.IMPORT_REJECTED, officer.actor, import_id, secret=secret))

    def get(self, officer: Officer, import_id: str) -> dict[str, Any]:
        """An import with its report per row. Raises NotFound."""
        with reading() as session:
            row = self._visible(session, officer, session.get(ImportRow, import_id))
            report = json.loads(
                self._vault().open(row.sealed_report, f"designation_imports.sealed_report:{import_id}")
            )
            return {
                "id": row.id,
                "state": row.state,
                "file_sha256": row.file_digest.hex(),
                "rows_total": row.rows_total,
                "accepted": row.rows_accepted,
                "warnings": row.rows_warned,
                "refused": row.rows_refused,
                "unknown_columns": report["unknown_columns"],
                "uploaded_at": row.uploaded_at,
                "uploaded_by": row.uploaded_by,
                "submitted_by": row.submitted_by,
                "decided_by": row.decided_by,
                "rows": [
                    {
                        **each,
                        "problems": [
                            {**problem, "detail": Text(*problem["detail"])} for problem in each["problems"]
                        ],
                    }
                    for each in report["rows"]
                ],
            }

    # -- judging -----------------------------------------------------------------------------------

    def _judge(self, session: Session, officer: Officer, entries: Sequence[Entry]) -> list[_Judged]:
        authorities = self._access.authorities()
        judged = [self._judge_alone(officer, authorities, entry) for entry in entries]
        self._find_duplicates(session, judged)
        self._find_namesakes(judged)
        self._find_units(session, officer, judged)
        return judged

    def _judge_alone(self, officer: Officer, authorities: Mapping[str, Authority], entry: Entry) -> _Judged:
        judged = _Judged(entry, None, officer.authority, list(entry.faults), [])
        if entry.authority:
            named = authorities.get(entry.authority)
            if named is None or not officer.authority.covers(named):
                judged.faults.append(_FOREIGN_AUTHORITY)
            else:
                judged.authority = named
        if entry.raw is None:
            return judged
        try:
            judged.draft = self._designations.read(entry.raw)
            self._designations.planned(judged.draft, judged.authority)
        except Invalid as invalid:
            judged.faults += [Fault(field_of(e.pointer), invalid.slug, e.text) for e in invalid.errors]
        except NotLawful as unlawful:
            field = _LAWFUL_FIELDS.get(str(unlawful.facts["rule"]).rsplit("/", 1)[-1])
            judged.faults.append(Fault(field, unlawful.slug, unlawful.sentence))
        if judged.draft:
            judged.warnings += [Fault(None, "warning", text) for text in judged.draft.warnings]
        return judged

    def _find_duplicates(self, session: Session, judged: Sequence[_Judged]) -> None:
        keys = {id(each): self._designations.decision_keys(each.draft) for each in judged if each.draft}
        known = self._designations.known_decisions(session, (key for each in keys.values() for key in each))
        seen: dict[bytes, int] = {}
        for each in judged:
            for key in keys.get(id(each), ()):
                if key in known:
                    each.faults.append(_KNOWN)
                elif key in seen:
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

    def _find_namesakes(self, judged: Sequence[_Judged]) -> None:
        """One number under two names may be a duplicate number (重号) or a slip: somebody must look."""
        first: dict[str, _Judged] = {}
        for each in judged:
            for document in each.draft.subject.documents if each.draft else ():
                other = first.setdefault(document.key, each)
                if other.draft and each.draft and other.draft.subject.name.key != each.draft.subject.name.key:
                    text = Text(
                        "与第 {row} 行证件号码相同而姓名不同，请核对是否重号。",
                        "The number of row {row} under another name; check whether it is a duplicate number.",
                    ).format(row=other.entry.row)
                    each.warnings.append(Fault(Field.DOCUMENT_NUMBER, "same-number-other-name", text))

    def _find_units(self, session: Session, officer: Officer, judged: Sequence[_Judged]) -> None:
        """A row that is linked to a unit needs that unit's designation, in this file or in the register."""
        in_file = {each.draft.decision_no for each in judged if each.draft and _is_unit(each.draft)}
        for each in judged:
            number = each.entry.linked_no
            if (
                number
                and number not in in_file
                and not self._designations.unit_by_number(session, officer, number)
            ):
                each.faults.append(_UNKNOWN_UNIT)

    # -- creating ----------------------------------------------------------------------------------

    def _create(
        self, session: Session, officer: Officer, row: ImportRow, rows: Sequence[Mapping[str, Any]]
    ) -> list[str]:
        """Draft and submit every row in the name of who did so for the list; units before their people."""
        authorities = {authority.id: authority for authority in self._access.authorities().values()}
        proposals = [
            (
                Proposal(self._designations.read(each["raw"]), authorities[each["authority"]]),
                each["linked_no"],
            )
            for each in rows
        ]
        units = [proposal for proposal, _ in proposals if _is_unit(proposal.draft)]
        uploader = replace(officer, id=row.uploaded_by)
        submitter = replace(officer, id=row.submitted_by or row.uploaded_by)
        unit_ids = self._designations.draft_all(session, uploader, units, row.id) if units else []
        by_number = dict(zip((unit.draft.decision_no for unit in units), unit_ids, strict=True))
        people = []
        for proposal, number in proposals:
            if not _is_unit(proposal.draft):
                linked = number and (
                    by_number.get(number) or self._designations.unit_by_number(session, officer, number)
                )
                people.append(replace(proposal, draft=replace(proposal.draft, linked_to=linked or None)))
        person_ids = self._designations.draft_all(session, uploader, people, row.id) if people else []
        created = unit_ids + person_ids
        self._designations.submit_all(session, submitter, created)
        return created

    def _locked(self, session: Session, officer: Officer, import_id: str, states: set[str]) -> ImportRow:
        row = self._visible(
            session,
            officer,
            session.get(ImportRow, import_id, with_for_update=True, populate_existing=True),
        )
        if row.state not in states:
            raise InvalidState(
                "invalid-state",
                Text(
                    "当前状态为 {state}，不能执行此操作。", "The import is {state}; this is not possible now."
                ).format(state=row.state),
                facts={"state": row.state},
            )
        return row

    def _visible(self, session: Session, officer: Officer, row: ImportRow | None) -> ImportRow:
        if row is None:
            raise not_found()
        owner = session.get_one(AuthorityRow, row.authority_id)
        if not officer.authority.covers(
            Authority(owner.id, owner.name, Level(owner.level), owner.area, owner.phone)
        ):
            raise not_found()
        return row


def _is_unit(draft: Draft) -> bool:
    return draft.subject.kind == "organisation"


def _report(sheet: Sheet, judged: Sequence[_Judged]) -> dict[str, Any]:
    return {"unknown_columns": sheet.unknown, "rows": [_row_report(sheet, each) for each in judged]}


def _row_report(sheet: Sheet, judged: _Judged) -> dict[str, Any]:
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


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, default=date.isoformat).encode()


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
_UNKNOWN_UNIT = Fault(
    Field.LINKED_NO,
    "unknown-unit",
    Text(
        "找不到该文书号的单位认定：本名单和登记中均无。",
        "No unit is designated under this number, neither in this list nor in the register.",
    ),
)
