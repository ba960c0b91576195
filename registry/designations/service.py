"""The one door in and out of the list: draft, submit, approve, reject, expire.

Single designations and whole import batches take the same way; a single one is a batch of one.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import AuthorityRow, RegisterState
from registry.access.principals import Authority, Officer
from registry.access.service import as_authority, not_found, require_four_eyes
from registry.audit.service import OPERATOR, Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.intake import Draft, read
from registry.designations.models import (
    DecisionKeyRow,
    DesignationRow,
    ItemRow,
    ListChangeRow,
    SanctionRow,
)
from registry.designations.rules import Designator, Link, PlannedSanction, State, chain, plan
from registry.errors import Conflict, InvalidState, Stale, invalid_field
from registry.law.book import Book
from registry.law.words import Level
from registry.subjects.drafts import SubjectKind
from registry.subjects.models import SubjectRow
from registry.subjects.service import UNSYNCED, Subjects, chunks
from registry.text import Text
from registry.vault.vault import Vault

_GONE = [State.REJECTED.value, State.REVOKED.value]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft and the authority that designates."""

    draft: Draft
    authority: Authority


class Designations:
    """Verbs of a designation. Each checks its *from*, writes its *to* and its log row in one transaction."""

    def __init__(self, vault: Callable[[], Vault], book: Book, log: Log, subjects: Subjects) -> None:
        self._vault = vault
        self._book = book
        self._log = log
        self._subjects = subjects

    # -- drafting ----------------------------------------------------------------------------------

    def read(self, raw: Mapping[str, Any]) -> Draft:
        """What `raw` (the shape of the API) describes. Raises Invalid."""
        return read(raw, clock.today(), self.offences())

    def offences(self) -> Mapping[str, Text]:
        """The offences of class 1 by article, as the law lists them today."""
        listed = self._book.on(clock.today()).find("joint-2024/offences")
        return listed.value if listed else {}

    def planned(self, draft: Draft, authority: Authority) -> tuple[PlannedSanction, ...]:
        """The sanctions that would follow. Raises NotLawful."""
        designator = Designator(authority.level, authority.area)
        return plan(draft.facts, designator, self._book, clock.today())

    def draft(self, officer: Officer, raw: Mapping[str, Any]) -> str:
        """Store a draft; its id. Raises Invalid, NotLawful, Conflict (`duplicate-designation`)."""
        proposal = Proposal(self.read(raw), officer.authority)
        self.planned(proposal.draft, proposal.authority)
        with transaction() as session:
            return self.draft_all(session, officer, [proposal])[0]

    def draft_all(
        self, session: Session, officer: Officer, proposals: Sequence[Proposal], import_id: str | None = None
    ) -> list[str]:
        """Store lawful proposals as drafts, in order. Raises Conflict, NotFound (of `linked_to`)."""
        now = clock.now()
        subject_ids = self._subjects.add(session, [proposal.draft.subject for proposal in proposals])
        rows: list[dict[str, Any]] = []
        keys: list[dict[str, Any]] = []
        items: list[dict[str, Any]] = []
        for proposal, subject_id in zip(proposals, subject_ids, strict=True):
            draft, designation_id = proposal.draft, ids.new("dsg")
            if draft.linked_to is not None:
                self._require_unit(session, officer, draft.linked_to)
            rows.append(
                {
                    "id": designation_id,
                    "version": 1,
                    "state": State.DRAFT.value,
                    "subject_id": subject_id,
                    "authority_id": proposal.authority.id,
                    "import_id": import_id,
                    "linked_to": draft.linked_to,
                    "decided_on": draft.facts.decided_on,
                    "number_token": self.number_token(draft.decision_no),
                    "facts": stored.facts(draft),
                    "sealed": self._vault().seal_text(
                        stored.particulars(draft), f"designations.sealed:{designation_id}"
                    ),
                    "drafted_by": officer.id,
                    "drafted_at": now,
                }
            )
            keys += [{"token": key, "designation_id": designation_id} for key in self.decision_keys(draft)]
            items += [self._item_row(held, designation_id) for held in draft.items]
        if standing := self.standing(session, [proposal.draft for proposal in proposals]):
            raise _duplicate(next(iter(standing.values())))
        session.execute(insert(DesignationRow), rows)
        try:
            session.execute(insert(DecisionKeyRow), keys)
        except IntegrityError as taken:  # by somebody who drafted the same at the same time
            raise _duplicate(None) from taken
        if items:
            session.execute(insert(ItemRow), items)
        self._write(session, Tag.DESIGNATION_DRAFTED, officer, [row["id"] for row in rows])
        return [row["id"] for row in rows]

    def decision_keys(self, draft: Draft) -> list[bytes]:
        """What makes another designation a duplicate: a document, the name, the decision number."""
        subject = draft.subject
        return [
            self._vault().token(
                "decision", json.dumps([document.key, subject.name.key, _plain(draft.decision_no)])
            )
            for document in subject.documents
        ]

    def standing(self, session: Session, drafts: Sequence[Draft]) -> dict[int, str]:
        """Which of `drafts`, by position, are designated already under their number: by which designation.

        The same subject is recognised by any document that this or an earlier designation names.
        """
        keys = {key: position for position, draft in enumerate(drafts) for key in self.decision_keys(draft)}
        found: dict[int, str] = {}
        for part in chunks(keys):
            for row in session.execute(
                select(DecisionKeyRow.token, DecisionKeyRow.designation_id).where(
                    DecisionKeyRow.token.in_(part)
                )
            ):
                found[keys[row.token]] = row.designation_id
        registered = self._subjects.registered(session, [draft.subject for draft in drafts])
        numbers = {
            (subject_id, self.number_token(drafts[position].decision_no)): position
            for position, known in registered.items()
            for subject_id in known
        }
        live = select(DesignationRow.id, DesignationRow.subject_id, DesignationRow.number_token)
        for subject_ids in chunks({subject_id for subject_id, _ in numbers}):
            wanted = DesignationRow.subject_id.in_(subject_ids) & DesignationRow.state.not_in(_GONE)
            for designation in session.execute(live.where(wanted)):
                position = numbers.get((designation.subject_id, designation.number_token))
                if position is not None:
                    found[position] = designation.id
        return found

    def number_token(self, decision_no: str) -> bytes:
        """The token by which a decision number is searched."""
        return self._vault().token("decision_no", _plain(decision_no))

    def unit_by_number(self, session: Session, officer: Officer, decision_no: str) -> str | None:
        """The live designation of an organisation under this number, among those the officer may see."""
        rows = session.execute(
            select(DesignationRow.id, DesignationRow.authority_id)
            .join(SubjectRow, SubjectRow.id == DesignationRow.subject_id)
            .where(
                DesignationRow.number_token == self.number_token(decision_no),
                DesignationRow.state.not_in(_GONE),
                SubjectRow.kind == SubjectKind.ORGANISATION.value,
            )
            .order_by(DesignationRow.id)
        )
        return next((row.id for row in rows if self._visible(session, officer, row.authority_id)), None)

    def _require_unit(self, session: Session, officer: Officer, designation_id: str) -> None:
        unit = session.execute(
            select(DesignationRow.authority_id)
            .join(SubjectRow, SubjectRow.id == DesignationRow.subject_id)
            .where(
                DesignationRow.id == designation_id,
                DesignationRow.state.not_in(_GONE),
                SubjectRow.kind == SubjectKind.ORGANISATION.value,
            )
        ).one_or_none()
        if unit is None or not self._visible(session, officer, unit.authority_id):
            raise invalid_field(
                "unknown-unit",
                Text("没有此单位的有效认定。", "There is no live designation of a unit by this id."),
                "/linked_to",
            )

    def _item_row(self, held: Any, designation_id: str) -> dict[str, Any]:
        item_id, vault = ids.new("itm"), self._vault()
        return {
            "id": item_id,
            "designation_id": designation_id,
            "kind": held.item.kind.value,
            "token": vault.token("item", held.item.key),
            "sealed": vault.seal_text(held.item.number, f"items.sealed:{item_id}"),
            "held_from": held.held_from,
            "held_to": held.held_to,
        }

    # -- deciding ----------------------------------------------------------------------------------

    def submit(self, officer: Officer, designation_id: str, version: set[int] | None = None) -> None:
        """draft → submitted. Raises NotFound, InvalidState, Stale."""
        with transaction() as session:
            row = self._locked(session, officer, designation_id, {State.DRAFT}, version)
            self.submit_all(session, officer, [row.id])

    def submit_all(self, session: Session, officer: Officer, designation_ids: Sequence[str]) -> None:
        """draft → submitted, for drafts that the caller holds."""
        self._set(session, designation_ids, State.SUBMITTED, submitted_by=officer.id)
        self._write(session, Tag.DESIGNATION_SUBMITTED, officer, designation_ids)

    def approve(self, officer: Officer, designation_id: str, version: set[int] | None = None) -> None:
        """submitted → in_force, by another officer.

        Raises NotFound, InvalidState, Stale, Forbidden (`four-eyes`), NotLawful.
        """
        with transaction() as session:
            row = self._locked(session, officer, designation_id, {State.SUBMITTED}, version)
            require_four_eyes(officer, row.drafted_by, row.submitted_by)
            self.approve_all(session, officer, [row.id])

    def approve_all(self, session: Session, officer: Officer, designation_ids: Sequence[str]) -> None:
        """submitted → in_force, for designations that the caller holds and has compared for four eyes."""
        now = clock.now()
        version = self._new_list_version(session)
        columns = select(
            DesignationRow.id,
            DesignationRow.subject_id,
            DesignationRow.authority_id,
            DesignationRow.decided_on,
            DesignationRow.facts,
        )
        rows = [
            row
            for part in chunks(designation_ids)
            for row in session.execute(columns.where(DesignationRow.id.in_(part)).order_by(DesignationRow.id))
        ]
        authorities = {row.id: row for row in session.scalars(select(AuthorityRow))}
        merged = self._subjects.register(session, [row.subject_id for row in rows], now)
        self._repoint(session, merged)
        self._refuse_doubles(session, set(merged.values()))
        sanctions = []
        for row in rows:
            authority = authorities[row.authority_id]
            designator = Designator(Level(authority.level), authority.area)
            for planned in plan(
                stored.read_facts(row.facts, row.decided_on), designator, self._book, clock.today()
            ):
                sanctions.append(_sanction_row(planned, row.id, merged.get(row.subject_id, row.subject_id)))
        session.execute(insert(SanctionRow), sanctions)
        self._rechain(session, set(merged.values()), {row["id"] for row in sanctions})
        changed = {row["subject_id"] for row in sanctions} | set(merged.values())
        self._note_changes(session, version, changed)
        self._set(session, designation_ids, State.IN_FORCE, decided_by=officer.id)
        self._write(session, Tag.DESIGNATION_APPROVED, officer, designation_ids)

    def reject(
        self, officer: Officer, designation_id: str, reason: str, version: set[int] | None = None
    ) -> None:
        """draft or submitted → rejected. Raises NotFound, InvalidState, Stale, Forbidden (`four-eyes`)."""
        with transaction() as session:
            row = self._locked(session, officer, designation_id, {State.DRAFT, State.SUBMITTED}, version)
            require_four_eyes(officer, row.drafted_by, row.submitted_by)
            session.execute(delete(DecisionKeyRow).where(DecisionKeyRow.designation_id == row.id))
            self._set(session, [row.id], State.REJECTED, decided_by=officer.id)
            self._write(session, Tag.DESIGNATION_REJECTED, officer, [row.id], reason)

    def expire(self) -> int:
        """in_force → ended for all whose last sanction is over; how many. Idempotent.

        Checks look at the dates themselves: an end takes effect at midnight even if nobody runs this.
        """
        with transaction() as session:
            last_day = (
                select(func.max(SanctionRow.ends_on))
                .where(SanctionRow.designation_id == DesignationRow.id)
                .scalar_subquery()
            )
            over = session.scalars(
                select(DesignationRow.id).where(
                    DesignationRow.state == State.IN_FORCE.value, last_day < clock.today()
                )
            ).all()
            if over:
                self._set(session, over, State.ENDED)
                self._log.write_all(
                    session,
                    [Entry(Tag.DESIGNATION_EXPIRED, OPERATOR, designation_id) for designation_id in over],
                )
        return len(over)

    # -- inside ------------------------------------------------------------------------------------

    def _locked(
        self,
        session: Session,
        officer: Officer,
        designation_id: str,
        states: set[State],
        version: set[int] | None,
    ) -> DesignationRow:
        """The row, locked, visible to the officer, in one of `states`, and of one of `version` if given."""
        row = session.get(DesignationRow, designation_id, with_for_update=True, populate_existing=True)
        if row is None or not self._visible(session, officer, row.authority_id):
            raise not_found()
        if version is not None and row.version not in version:
            raise Stale(
                "stale-version",
                Text(
                    "该认定已被他人更改，请重新读取后再试。",
                    "Somebody has changed this designation since; read it again first.",
                ),
            )
        if State(row.state) not in states:
            raise InvalidState(
                "invalid-state",
                Text(
                    "当前状态为 {state}，不能执行此操作。",
                    "The designation is {state}; this is not possible now.",
                ).format(state=row.state),
                facts={"state": row.state},
            )
        return row

    def _visible(self, session: Session, officer: Officer, authority_id: str) -> bool:
        if authority_id == officer.authority.id:
            return True
        row = session.get_one(AuthorityRow, authority_id)
        return officer.authority.covers(as_authority(row))

    def _set(self, session: Session, designation_ids: Sequence[str], state: State, **columns: Any) -> None:
        for part in chunks(designation_ids):
            session.execute(
                update(DesignationRow)
                .where(DesignationRow.id.in_(part))
                .values(state=state.value, version=DesignationRow.version + 1, **columns),
                execution_options=UNSYNCED,
            )

    def _write(
        self,
        session: Session,
        tag: Tag,
        officer: Officer,
        object_ids: Sequence[str],
        reason: str | None = None,
    ) -> None:
        secret = json.dumps({"reason": reason}, ensure_ascii=False).encode() if reason else None
        self._log.write_all(
            session, [Entry(tag, officer.actor, object_id, secret=secret) for object_id in object_ids]
        )

    def _new_list_version(self, session: Session) -> int:
        # First of all writes: it also queues everything that changes the list, one after the other.
        raised = update(RegisterState).values(list_version=RegisterState.list_version + 1)
        return session.execute(raised.returning(RegisterState.list_version)).scalar_one()

    def _note_changes(self, session: Session, version: int, subject_ids: Iterable[str]) -> None:
        """Say whose answers may differ since `version`; those of a merged subject are its successor's."""
        rows = [{"version": version, "subject_id": subject_id} for subject_id in sorted(subject_ids)]
        session.connection().execute(insert(ListChangeRow), rows)

    def _repoint(self, session: Session, merged: Mapping[str, str]) -> None:
        if merged:
            pairs = [{"source": source, "target": target} for source, target in merged.items()]
            for table in (DesignationRow, SanctionRow):
                move = update(table).where(table.subject_id == bindparam("source"))
                session.connection().execute(move.values(subject_id=bindparam("target")), pairs)
            self._subjects.absorb(session, merged)

    def _refuse_doubles(self, session: Session, subject_ids: Iterable[str]) -> None:
        """Subjects found to be one may bring the same decision twice; it counts once."""
        for part in chunks(sorted(subject_ids)):
            double = session.execute(
                select(func.min(DesignationRow.id))
                .where(DesignationRow.subject_id.in_(part), DesignationRow.state.not_in(_GONE))
                .group_by(DesignationRow.subject_id, DesignationRow.number_token)
                .having(func.count() > 1)
            ).first()
            if double is not None:
                raise _duplicate(double[0])

    def _rechain(self, session: Session, subject_ids: Iterable[str], fresh: set[str]) -> None:
        """Recompute the chains of these subjects; sanctions in `fresh` have not stood before."""
        for part in chunks(sorted(subject_ids)):
            rows = session.execute(
                select(SanctionRow, DesignationRow.decided_on)
                .join(DesignationRow, DesignationRow.id == SanctionRow.designation_id)
                .where(SanctionRow.subject_id.in_(part), DesignationRow.state != State.REVOKED.value)
            )
            chains: dict[tuple[str, str], list[tuple[SanctionRow, date]]] = defaultdict(list)
            for row, decided_on in rows:
                chains[row.subject_id, row.regime].append((row, decided_on))
            for linked in chains.values():
                self._rechain_one(linked, fresh)

    def _rechain_one(self, linked: Sequence[tuple[SanctionRow, date]], fresh: set[str]) -> None:
        regimes = {decided_on: self._book.on(decided_on).regimes[row.regime] for row, decided_on in linked}
        cap = regimes[max(regimes)].cap
        if cap is None:
            return
        terms = chain(
            [
                Link(row.id, day, regimes[day].years(row.class_), None if row.id in fresh else row.ends_on)
                for row, day in linked
            ],
            cap.value,
        )
        for row, _ in linked:
            row.starts_on, row.ends_on = terms[row.id].starts_on, terms[row.id].ends_on


def _duplicate(designation_id: str | None) -> Conflict:
    return Conflict(
        "duplicate-designation",
        Text(
            "该对象在同一文书号下已有认定；如系再次认定，请使用新的文书号。",
            "This subject is already designated under this decision number; "
            "a repeated designation needs a number of its own.",
        ),
        facts={"designation": designation_id} if designation_id else {},
    )


def _plain(decision_no: str) -> str:
    """A decision number as it is compared: width of brackets and digits, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", decision_no).casefold().split())


def _sanction_row(planned: PlannedSanction, designation_id: str, subject_id: str) -> dict[str, Any]:
    return {
        "id": ids.new("snc"),
        "designation_id": designation_id,
        "subject_id": subject_id,
        "regime": planned.regime,
        "class_": planned.class_,
        "starts_on": planned.starts_on,
        "ends_on": planned.ends_on,
        "measures": [[m.code, m.ends_on and m.ends_on.isoformat()] for m in planned.measures],
        "rules": list(planned.rules),
    }
