"""Reading designations for officers: one, a page of many, a search. Plain dictionaries, ready for a face."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.history import history
from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.access.service import not_found
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.models import ChangeRow, DesignationRow, ItemRow, SanctionRow
from registry.designations.rules import LISTED, Designator, PlannedSanction, State, plan, state_on
from registry.designations.variations import SERIOUS_LIST, repair_window
from registry.errors import NotLawful
from registry.identity.documents import Document
from registry.identity.names import Name
from registry.law.book import Book, Regime
from registry.law.terms import when
from registry.law.words import Level
from registry.notices.service import Notices
from registry.subjects.models import DocumentRow, NameRow
from registry.subjects.service import Subjects
from registry.text import Text
from registry.vault.vault import Vault
from registry.workdays.service import Workdays

MOST_OTHERS = 20
"""How many other designations of a subject are shown beside one."""


@dataclass(frozen=True, slots=True)
class Search:
    """What an officer looks for; what is `None` does not matter."""

    document: Document | None = None
    name: Name | None = None
    number_token: bytes | None = None
    state: State | None = None
    import_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some designations, newest first; `next` begins the following page."""

    items: list[dict[str, Any]]
    next: str | None


class DesignationQueries:
    """What officers may read: their own authority's designations and those of authorities below it."""

    def __init__(
        self,
        vault: Callable[[], Vault],
        book: Book,
        log: Log,
        subjects: Subjects,
        *,
        notices: Notices,
        workdays: Workdays,
    ) -> None:
        self._vault = vault
        self._book = book
        self._log = log
        self._subjects = subjects
        self._notices = notices
        self._workdays = workdays

    def get(self, officer: Officer, designation_id: str) -> dict[str, Any]:
        """One designation with sanctions, basis and history; the look is logged. Raises NotFound."""
        with transaction() as session:
            row = self._row(session, officer, designation_id)
            self._log.write(
                session, Entry(Tag.DESIGNATION_VIEWED, officer.actor, facts={"designation": row.id})
            )
            view = self.views(session, [row])[0]
            return view | {
                "items": self._items(session, row.id),
                "changes": self._changes(session, row.id),
                "notices": self._notices.of(session, row.id),
                "credit_repair": self._credit_repair(row.decided_on, view["sanctions"]),
                "history": history(session, self._log, row.id),
            }

    def require_visible(self, session: Session, officer: Officer, designation_id: str) -> None:
        """Raises NotFound where there is no such designation, or none that the officer may see."""
        self._row(session, officer, designation_id)

    def page(self, officer: Officer, search: Search, limit: int, before: str | None) -> Page:
        """A page of what the officer may see; a search for a person is logged, by tokens."""
        wanted = select(DesignationRow)
        facts: dict[str, Any] = {}
        if search.document:
            token = self._subjects.document_token(search.document)
            facts["document"] = token.hex()
            owners = select(DocumentRow.subject_id).where(DocumentRow.token == token)
            wanted = wanted.where(DesignationRow.subject_id.in_(owners))
        if search.name:
            token = self._subjects.name_token(search.name)
            facts["name"] = token.hex()
            bearers = select(NameRow.subject_id).where(NameRow.token == token)
            wanted = wanted.where(DesignationRow.subject_id.in_(bearers))
        if search.number_token:
            wanted = wanted.where(DesignationRow.number_token == search.number_token)
        if search.import_id:
            wanted = wanted.where(DesignationRow.import_id == search.import_id)
        if before:
            wanted = wanted.where(DesignationRow.id < before)
        with transaction() as session:
            wanted = wanted.where(DesignationRow.authority_id.in_(covered(session, officer)))
            if search.state:
                wanted = wanted.where(_in_state(search.state, clock.today()))
            rows = session.scalars(wanted.order_by(DesignationRow.id.desc()).limit(limit + 1)).all()
            if facts:
                self._log.write(session, Entry(Tag.DESIGNATION_SEARCHED, officer.actor, facts=facts))
            views = self.views(session, rows[:limit])
        return Page(views, rows[limit - 1].id if len(rows) > limit else None)

    def about(self, session: Session, document: Document, name: Name) -> list[dict[str, Any]]:
        """Every approved designation of the bearer of this document and this name, of any authority.

        For the subject's own request; the caller logs it.
        """
        bearers = (
            select(DocumentRow.subject_id)
            .join(NameRow, NameRow.subject_id == DocumentRow.subject_id)
            .where(
                DocumentRow.token == self._subjects.document_token(document),
                NameRow.token == self._subjects.name_token(name),
            )
        )
        rows = session.scalars(
            select(DesignationRow)
            .where(
                DesignationRow.subject_id.in_(bearers),
                DesignationRow.state.in_((*LISTED, State.REVOKED.value)),
            )
            .order_by(DesignationRow.id)
        ).all()
        return self.views(session, rows)

    def others(self, officer: Officer, designation_id: str) -> list[dict[str, Any]]:
        """Other designations under a document of the same subject that the officer may see, newest first.

        Drafts are among them, whoever bears the number under another name as well. At most `MOST_OTHERS`;
        each look is logged. Raises NotFound.
        """
        with transaction() as session:
            row = self._row(session, officer, designation_id)
            tokens = select(DocumentRow.token).where(DocumentRow.subject_id == row.subject_id)
            holders = select(DocumentRow.subject_id).where(DocumentRow.token.in_(tokens))
            rows = session.scalars(
                select(DesignationRow)
                .where(
                    DesignationRow.subject_id.in_(holders),
                    DesignationRow.id != row.id,
                    DesignationRow.authority_id.in_(covered(session, officer)),
                )
                .order_by(DesignationRow.id.desc())
                .limit(MOST_OTHERS)
            ).all()
            looks = [Entry(Tag.DESIGNATION_VIEWED, officer.actor, facts={"designation": r.id}) for r in rows]
            self._log.write_all(session, looks)
            return self.views(session, rows)

    def planned(self, sanctions: Sequence[PlannedSanction], decided_on: date) -> list[dict[str, Any]]:
        """What approval would bring, as people and faces read it."""
        return [self._planned_view(sanction, decided_on) for sanction in sanctions]

    # -- inside ------------------------------------------------------------------------------------

    def _row(self, session: Session, officer: Officer, designation_id: str) -> DesignationRow:
        row = session.get(DesignationRow, designation_id, populate_existing=True)
        if row is None or row.authority_id not in covered(session, officer):
            raise not_found()
        return row

    def views(self, session: Session, rows: Sequence[DesignationRow]) -> list[dict[str, Any]]:
        """Designations without items and history; whether they may be seen, the caller has looked at."""
        subjects = self._subjects.views(session, [row.subject_id for row in rows])
        sanctions: dict[str, list[SanctionRow]] = defaultdict(list)
        for sanction in session.scalars(
            select(SanctionRow)
            .where(SanctionRow.designation_id.in_([row.id for row in rows]))
            .order_by(SanctionRow.id)
        ):
            sanctions[sanction.designation_id].append(sanction)
        return [self._view(session, row, subjects[row.subject_id], sanctions[row.id]) for row in rows]

    def _view(
        self, session: Session, row: DesignationRow, subject: Any, sanctions: Sequence[SanctionRow]
    ) -> dict[str, Any]:
        today = clock.today()
        authority = session.get_one(AuthorityRow, row.authority_id)
        sealed = json.loads(self._vault().open_text(row.sealed, f"designations.sealed:{row.id}"))
        facts = row.facts
        return {
            "id": row.id,
            "version": row.version,
            "state": state_on(State(row.state), [s.ends_on for s in sanctions], today).value,
            "subject": {
                "id": subject.id,
                "kind": subject.kind,
                "name": subject.names[0],
                "aliases": list(subject.names[1:]),
                "sex": subject.sex,
                "birth_on": subject.birth_on,
                "documents": [{"type": kind, "number": number} for kind, number in subject.documents],
            },
            "authority": {"id": authority.id, "name": authority.name, "level": authority.level},
            "ground": facts["ground"],
            "decided_on": row.decided_on,
            "decision_no": sealed["decision_no"],
            "conduct": {
                "from": facts["conduct_from"],
                "to": facts["conduct_to"],
                **{
                    name: facts[name]
                    for name in ("behaviours", "role", "items", "times", "recipients", "offence")
                },
            },
            "item_kinds": facts["item_kinds"],
            "evidence_ref": sealed["evidence_ref"],
            "judgment": sealed["judgment"],
            "penalty": facts["penalty"],
            "linked_to": row.linked_to,
            "import": row.import_id,
            "warnings": [Text(*pair) for pair in facts["warnings"]],
            "sanctions": [self._sanction(sanction, row.decided_on, today) for sanction in sanctions],
            "planned": self._planned(row, authority),
        }

    def _planned(self, row: DesignationRow, authority: AuthorityRow) -> list[dict[str, Any]]:
        """What approval would bring, for whoever has to decide; empty once decided."""
        if State(row.state) not in (State.DRAFT, State.SUBMITTED):
            return []
        facts = stored.read_facts(row.facts, row.decided_on)
        try:
            planned = plan(
                facts, Designator(Level(authority.level), authority.area), self._book, clock.today()
            )
        except NotLawful:  # the law's overlay changed since the draft; approving says so
            return []
        return self.planned(planned, row.decided_on)

    def _planned_view(self, sanction: PlannedSanction, decided_on: date) -> dict[str, Any]:
        regime = self._book.on(decided_on).regimes[sanction.regime]
        return {
            "regime": sanction.regime,
            "class": sanction.class_,
            "starts_on": sanction.starts_on,
            "ends_on": sanction.ends_on,
            "measures": [
                self._measure(regime, m.code, m.ends_on or sanction.ends_on) for m in sanction.measures
            ],
            "basis": self._basis(decided_on, sanction.rules),
        }

    def _sanction(self, row: SanctionRow, decided_on: date, today: date) -> dict[str, Any]:
        regime = self._book.on(decided_on).regimes[row.regime]
        return {
            "id": row.id,
            "regime": row.regime,
            "class": row.class_,
            "state": when(today, row.starts_on, row.ends_on).value,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "measures": [
                self._measure(regime, code, date.fromisoformat(ends_on) if ends_on else row.ends_on)
                for code, ends_on in row.measures
            ],
            "basis": self._basis(decided_on, row.rules),
        }

    def _basis(self, day: date, rules: Sequence[str]) -> dict[str, Any]:
        """The rules a sanction rests on, and those among them whose value is unconfirmed."""
        law = self._book.on(day)
        provisional = [rule for rule in rules if (setting := law.find(rule)) and setting.source.provisional]
        return {"as_of": day, "rules": list(rules), "provisional": provisional}

    def _measure(self, regime: Regime, code: str, ends_on: date) -> dict[str, Any]:
        imposed = regime.measures[code]
        return {
            "code": code,
            "text": self._book.on(clock.today()).measures[code].value.name,
            "ends_on": ends_on,
            "basis": {"instrument": imposed.source.instrument, "article": imposed.source.article},
            "provisional": imposed.source.provisional,
        }

    def _items(self, session: Session, designation_id: str) -> list[dict[str, Any]]:
        rows = session.scalars(
            select(ItemRow).where(ItemRow.designation_id == designation_id).order_by(ItemRow.id)
        )
        return [
            {
                "kind": row.kind,
                "number": self._vault().open_text(row.sealed, f"items.sealed:{row.id}"),
                "held_from": row.held_from,
                "held_to": row.held_to,
            }
            for row in rows
        ]

    def _proposed(self, row: ChangeRow) -> dict[str, Any]:
        opened = self._vault().open_text(row.sealed, f"designation_changes.sealed:{row.id}")
        reason, correction = stored.read_proposal(opened)
        return {"reason": reason, "correction": correction and stored.told(correction)}

    def _credit_repair(self, decided_on: date, sanctions: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """When an entry of the list of the seriously dishonest may be repaired, if there is one."""
        entered = any(m["code"] == SERIOUS_LIST for sanction in sanctions for m in sanction["measures"])
        window = repair_window(decided_on, self._book.on(clock.today())) if entered else None
        if window is None:
            return None
        return {"opens_on": window.opens_on, "closes_on": window.closes_on, "rules": list(window.rules)}

    def _changes(self, session: Session, designation_id: str) -> list[dict[str, Any]]:
        rows = session.scalars(
            select(ChangeRow).where(ChangeRow.designation_id == designation_id).order_by(ChangeRow.id)
        ).all()
        clocks = self._workdays.of(session, [row.id for row in rows])
        return [
            {
                "id": row.id,
                "verb": row.verb,
                "state": row.state,
                **self._proposed(row),
                "ends_on": row.terms.get("ends_on"),
                "lifted": row.terms.get("lifted", []),
                "proposed_by": row.proposed_by,
                "proposed_at": row.proposed_at,
                "decided_by": row.decided_by,
                "decided_at": row.decided_at,
                "clocks": clocks[row.id],
            }
            for row in rows
        ]


def _in_state(state: State, today: date) -> Any:
    running = (
        select(SanctionRow.id)
        .where(SanctionRow.designation_id == DesignationRow.id, SanctionRow.ends_on >= today)
        .exists()
    )
    in_force = DesignationRow.state == State.IN_FORCE.value
    if state is State.IN_FORCE:
        return in_force & running
    if state is State.ENDED:
        return (DesignationRow.state == State.ENDED.value) | (in_force & ~running)
    return DesignationRow.state == state.value
