"""Name mismatches: recorded by the partner or by the duty officer, decided by an officer where it matters.

«Another person» found by a partner has effect at once, for that partner only: it answers for its own counter.
For everybody it needs two officers; «same person», which puts another name on the list, needs an officer
beside whoever recorded it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.jurisdiction import covered, is_covered
from registry.access.principals import Officer, Partner
from registry.access.service import not_found, require_four_eyes
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.designations.listing import Listing
from registry.designations.models import DesignationRow
from registry.designations.rules import LISTED
from registry.errors import Conflict, InvalidState, invalid_field
from registry.identity.documents import Document
from registry.identity.names import Name
from registry.mismatches.models import ResolutionRow
from registry.mismatches.rules import Outcome, State
from registry.subjects.models import DocumentRow, NameRow
from registry.subjects.service import Subjects
from registry.text import Text
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Found:
    """The name under which somebody bears a listed number, and how it was found out who that is."""

    name: Name
    outcome: Outcome
    note: str


class Mismatches:
    """Recording and deciding. A resolution takes effect with a version of the list of its own."""

    def __init__(self, vault: Callable[[], Vault], log: Log, subjects: Subjects, listing: Listing) -> None:
        self._vault = vault
        self._log = log
        self._subjects = subjects
        self._listing = listing

    def record(self, officer: Officer, document: Document, found: Found) -> dict[str, str]:
        """What the duty officer found out about a document; the resolution's id and state.

        Raises NotFound, Conflict (`no-mismatch`) where nobody is listed under the number, or somebody of
        that name is.
        """
        return self._record(officer, self._subjects.document_token(document), found)

    def record_of_check(
        self, partner: Partner, check_id: str, parties: Sequence[Mapping[str, Any]], party: int, found: Found
    ) -> dict[str, str]:
        """What a partner found out about one of the `parties` of its check, which are kept as tokens.

        Raises Invalid where it is not the name of that party, Conflict (`no-mismatch`).
        """
        asked = parties[party:]
        if not asked or asked[0]["name"] != self._subjects.name_token(found.name).hex():
            raise invalid_field(
                "invalid-input",
                Text("与该次核查的当事人不符。", "This is not that party of the check."),
                "/party",
            )
        return self._record(partner, bytes.fromhex(asked[0]["document"]), found, check_id)

    def approve(self, officer: Officer, resolution_id: str) -> None:
        """pending → effective, for everybody, by another than who recorded it.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`).
        """
        with transaction() as session:
            version = self._listing.begin(session)
            row = self._pending(session, officer, resolution_id)
            require_four_eyes(officer, row.recorded_by)
            subject_id = session.get_one(DesignationRow, row.designation_id).subject_id
            if row.outcome == Outcome.SAME_PERSON:
                self._subjects.add_name(session, subject_id, self._particulars(row)["name"], row.name)
            self._decide(row, officer, State.EFFECTIVE)
            row.version = version
            session.flush()
            self._listing.settle(session, version, [subject_id])
            facts = {"outcome": row.outcome, "designation": row.designation_id}
            self._log.write(session, Entry(Tag.MISMATCH_RESOLVED, officer.actor, resolution_id, facts))

    def reject(self, officer: Officer, resolution_id: str, reason: str) -> None:
        """pending → rejected. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._pending(session, officer, resolution_id)
            self._decide(row, officer, State.REJECTED)
            secret = json.dumps({"reason": reason}, ensure_ascii=False).encode()
            entry = Entry(Tag.MISMATCH_REJECTED, officer.actor, resolution_id, secret=secret)
            self._log.write(session, entry)

    def get(self, officer: Officer, resolution_id: str) -> dict[str, Any]:
        """One resolution; the look is logged. Raises NotFound."""
        with transaction() as session:
            row = session.get(ResolutionRow, resolution_id, populate_existing=True)
            if row is None or not is_covered(session, officer, row.authority_id):
                raise not_found()
            self._log.write(
                session, Entry(Tag.MISMATCH_VIEWED, officer.actor, facts={"resolution": resolution_id})
            )
            return self._view(row)

    def waiting(
        self, officer: Officer, limit: int, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Those that wait for an officer of this authority, oldest first; where the next page begins."""
        wanted = select(ResolutionRow).where(ResolutionRow.state == State.PENDING.value)
        if after is not None:
            wanted = wanted.where(ResolutionRow.id > after)
        with reading() as session:
            wanted = wanted.where(ResolutionRow.authority_id.in_(covered(session, officer)))
            rows = session.scalars(wanted.order_by(ResolutionRow.id).limit(limit + 1)).all()
            page = [self._view(row) for row in rows[:limit]]
        return page, rows[limit - 1].id if len(rows) > limit else None

    # -- inside ------------------------------------------------------------------------------------

    def _record(
        self, actor: Officer | Partner, document: bytes, found: Found, check_id: str | None = None
    ) -> dict[str, str]:
        by_partner = isinstance(actor, Partner)
        at_once = by_partner and found.outcome is Outcome.ANOTHER_PERSON
        name = self._subjects.name_token(found.name)
        resolution_id = ids.new("rsl")
        with transaction() as session:
            version = self._listing.begin(session) if at_once else None
            behind, subject_ids = self._behind(session, document, name)
            if isinstance(actor, Officer) and not is_covered(session, actor, behind.authority_id):
                raise not_found()
            particulars = {"name": found.name.display, "note": found.note}
            state = State.EFFECTIVE if at_once else State.PENDING
            row = {
                "id": resolution_id,
                "state": state.value,
                "outcome": found.outcome.value,
                "document": document,
                "name": name,
                "designation_id": behind.id,
                "authority_id": behind.authority_id,
                "partner_id": actor.id if by_partner else None,
                "check_id": check_id,
                "sealed": self._vault().seal_text(
                    json.dumps(particulars, ensure_ascii=False), f"resolutions.sealed:{resolution_id}"
                ),
                "version": version,
                "recorded_by": actor.id,
                "recorded_at": clock.now(),
            }
            session.execute(insert(ResolutionRow), [row])
            if version is not None:
                self._listing.settle(session, version, subject_ids)
            facts = {"outcome": found.outcome.value, "effective": at_once}
            self._log.write(session, Entry(Tag.MISMATCH_RECORDED, actor.actor, resolution_id, facts))
        return {"id": resolution_id, "state": state.value}

    def _behind(self, session: Session, document: bytes, name: bytes) -> tuple[DesignationRow, set[str]]:
        """The newest listed designation behind the number, and all who are; nobody may bear the name."""
        holders = select(DocumentRow.subject_id).where(DocumentRow.token == document)
        rows: Sequence[DesignationRow] = session.scalars(
            select(DesignationRow)
            .where(DesignationRow.subject_id.in_(holders), DesignationRow.state.in_(LISTED))
            .order_by(DesignationRow.id.desc())
        ).all()
        subject_ids = {row.subject_id for row in rows}
        names = select(NameRow.token).where(NameRow.subject_id.in_(subject_ids))
        if not rows or name in set(session.scalars(names)):
            raise Conflict(
                "no-mismatch",
                Text(
                    "该号码与姓名之间没有待核实的不符。",
                    "There is no mismatch between this number and this name to resolve.",
                ),
            )
        return rows[0], subject_ids

    def _pending(self, session: Session, officer: Officer, resolution_id: str) -> ResolutionRow:
        row = session.get(ResolutionRow, resolution_id, with_for_update=True, populate_existing=True)
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        if row.state != State.PENDING:
            raise InvalidState(
                "invalid-state",
                Text("已经处理：{state}。", "It is decided already: {state}.").format(state=row.state),
                facts={"state": row.state},
            )
        return row

    def _decide(self, row: ResolutionRow, officer: Officer, state: State) -> None:
        row.state, row.decided_by, row.decided_at = state.value, officer.id, clock.now()

    def _particulars(self, row: ResolutionRow) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            self._vault().open_text(row.sealed, f"resolutions.sealed:{row.id}")
        )
        return found

    def _view(self, row: ResolutionRow) -> dict[str, Any]:
        return {
            "id": row.id,
            "state": row.state,
            "outcome": row.outcome,
            "designation": row.designation_id,
            "check": row.check_id,
            "by_partner": row.partner_id is not None,
            "recorded_at": row.recorded_at,
            "decided_by": row.decided_by,
            "decided_at": row.decided_at,
            **self._particulars(row),
        }
