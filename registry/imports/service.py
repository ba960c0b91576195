"""Police lists: read into a report per row, released as a whole by two officers, or not at all."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import IO, Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.history import history
from registry.access.jurisdiction import covered, is_covered
from registry.access.principals import Officer
from registry.access.service import Access, not_found, require_four_eyes
from registry.audit.service import Entry as LogEntry
from registry.audit.service import Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.designations.service import Designations, Proposal
from registry.errors import Conflict, InvalidState
from registry.imports.judging import UNKNOWN_UNIT, Judge, is_unit, report
from registry.imports.models import ImportRow
from registry.imports.rows import Sheet
from registry.imports.spreadsheet import read_rows
from registry.text import Text
from registry.vault.vault import Vault

MAX_ROWS = 50_000

DRAFT, SUBMITTED, RELEASED, REJECTED = "draft", "submitted", "released", "rejected"
RECALLING, RECALLED = "recalling", "recalled"
STATES = (DRAFT, SUBMITTED, RELEASED, REJECTED, RECALLING, RECALLED)


class Imports:
    """Upload, submit, release, reject, recall. Nothing is created before the release."""

    def __init__(
        self, vault: Callable[[], Vault], log: Log, designations: Designations, access: Access
    ) -> None:
        self._vault = vault
        self._log = log
        self._designations = designations
        self._access = access
        self._judge = Judge(designations, access)

    def upload(self, officer: Officer, stream: IO[bytes], filename: str) -> str:
        """Read a list and keep it with its report; its id. Raises Invalid for a file that is no list."""
        digest = hashlib.sha256(stream.read()).digest()
        stream.seek(0)
        sheet = Sheet(read_rows(stream, filename, max_rows=MAX_ROWS), self._designations.drafts.offences())
        with reading() as session:
            judged = self._judge.judge(session, officer, sheet.entries())
        import_id = ids.new("imp")
        row_report = report(sheet, judged)
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
        counted = [row["status"] for row in row_report["rows"]]
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
                    sealed_report=vault.seal(
                        _json(row_report), f"designation_imports.sealed_report:{import_id}"
                    ),
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

    def propose_recall(self, officer: Officer, import_id: str, reason: str) -> None:
        """released → recalling: all its designations shall be revoked. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._locked(session, officer, import_id, {RELEASED})
            row.state, row.recall_by = RECALLING, officer.id
            row.sealed_recall = self._vault().seal_text(
                reason, f"designation_imports.sealed_recall:{import_id}"
            )
            secret = _json({"reason": reason})
            self._log.write(session, LogEntry(Tag.RECALL_PROPOSED, officer.actor, import_id, secret=secret))

    def recall(self, officer: Officer, import_id: str) -> None:
        """recalling → recalled, by another officer: every designation of the list is revoked, or none is.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`).
        """
        with transaction() as session:
            row = self._locked(session, officer, import_id, {RECALLING})
            require_four_eyes(officer, row.recall_by)
            reason = self._vault().open_text(
                row.sealed_recall or b"", f"designation_imports.sealed_recall:{import_id}"
            )
            revoked = self._designations.revoke_import(session, officer, import_id, reason)
            row.state = RECALLED
            facts = {"designations": revoked}
            self._log.write(session, LogEntry(Tag.IMPORT_RECALLED, officer.actor, import_id, facts))

    def keep(self, officer: Officer, import_id: str, reason: str) -> None:
        """recalling → released: the recall is turned down or taken back. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._locked(session, officer, import_id, {RECALLING})
            row.state, row.recall_by, row.sealed_recall = RELEASED, None, None
            secret = _json({"reason": reason})
            self._log.write(session, LogEntry(Tag.RECALL_REJECTED, officer.actor, import_id, secret=secret))

    def get(self, officer: Officer, import_id: str) -> dict[str, Any]:
        """An import with its report per row. Raises NotFound."""
        with reading() as session:
            row = self._visible(session, officer, session.get(ImportRow, import_id))
            kept = json.loads(
                self._vault().open(row.sealed_report, f"designation_imports.sealed_report:{import_id}")
            )
            return _summary(row) | {
                "unknown_columns": kept["unknown_columns"],
                "rows": [
                    {
                        **each,
                        "problems": [
                            {**problem, "detail": Text(*problem["detail"])} for problem in each["problems"]
                        ],
                    }
                    for each in kept["rows"]
                ],
            }

    def page(
        self, officer: Officer, states: Collection[str], limit: int, before: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Lists in one of `states`, the newest first, without their rows, and where the next page begins."""
        with reading() as session:
            own = ImportRow.authority_id.in_(covered(session, officer))
            wanted = select(ImportRow).where(ImportRow.state.in_(states), own)
            if before:
                wanted = wanted.where(ImportRow.id < before)
            rows = session.scalars(wanted.order_by(ImportRow.id.desc()).limit(limit + 1)).all()
            shown = [_summary(row) for row in rows[:limit]]
        return shown, rows[limit - 1].id if len(rows) > limit else None

    def history(self, officer: Officer, import_id: str) -> list[dict[str, Any]]:
        """Every act on a list, with the reason where its actor gave one. Raises NotFound."""
        with reading() as session:
            self._visible(session, officer, session.get(ImportRow, import_id))
            return history(session, self._log, import_id)

    # -- creating ----------------------------------------------------------------------------------

    def _create(
        self, session: Session, officer: Officer, row: ImportRow, rows: Sequence[Mapping[str, Any]]
    ) -> list[str]:
        """Draft and submit every row in the name of who did so for the list; units before their people."""
        drafts = self._designations.drafts
        authorities = {authority.id: authority for authority in self._access.authorities().values()}
        proposals = [
            (
                Proposal(drafts.read(each["raw"]), authorities[each["authority"]]),
                each["linked_no"],
            )
            for each in rows
        ]
        units = [proposal for proposal, _ in proposals if is_unit(proposal.draft)]
        uploader = replace(officer, id=row.uploaded_by)
        submitter = replace(officer, id=row.submitted_by or row.uploaded_by)
        unit_ids = drafts.draft_all(session, uploader, units, row.id) if units else []
        by_number = dict(zip((unit.draft.decision_no for unit in units), unit_ids, strict=True))
        people = []
        for proposal, number in proposals:
            if not is_unit(proposal.draft):
                linked = number and (
                    by_number.get(number)
                    or self._designations.drafts.unit_by_number(session, officer, number)
                )
                if number and not linked:
                    raise Conflict("unknown-unit", UNKNOWN_UNIT.text)
                people.append(replace(proposal, draft=replace(proposal.draft, linked_to=linked or None)))
        person_ids = drafts.draft_all(session, uploader, people, row.id) if people else []
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
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        return row


def _summary(row: ImportRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "file_sha256": row.file_digest.hex(),
        "rows_total": row.rows_total,
        "accepted": row.rows_accepted,
        "warnings": row.rows_warned,
        "refused": row.rows_refused,
        "uploaded_at": row.uploaded_at,
        "uploaded_by": row.uploaded_by,
        "submitted_by": row.submitted_by,
        "decided_by": row.decided_by,
        "recall_by": row.recall_by,
    }


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, default=date.isoformat).encode()
