"""Changes of what was approved: one officer proposes, another decides. Only a suspension does not wait.

What a change does to the list is done by `service.Designations`; here is who may let it happen, and when.
"""

from collections.abc import Callable, Collection

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.principals import Officer
from registry.access.service import not_found, require_four_eyes
from registry.audit.service import Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.acts import Acts
from registry.designations.models import ChangeRow
from registry.designations.rules import FROM, ChangeState, State, Verb
from registry.designations.service import Designations
from registry.designations.variations import SERIOUS_LIST, Change, Variation, require_repairable
from registry.errors import Conflict, InvalidState
from registry.law.book import Book
from registry.subjects.drafts import Correction
from registry.text import Text
from registry.vault.vault import Vault
from registry.workdays.service import Workdays

_REVIEW = "procedure/suspension-review"


class Changes:
    """Proposed, approved, rejected; each pending change is decided once."""

    def __init__(
        self,
        vault: Callable[[], Vault],
        book: Book,
        log: Log,
        designations: Designations,
        workdays: Workdays,
    ) -> None:
        self._vault = vault
        self._book = book
        self._list = designations
        self._acts = Acts(log)
        self._workdays = workdays

    def suspend(
        self,
        officer: Officer,
        designation_id: str,
        reason: str,
        version: Collection[int] | None = None,
    ) -> str:
        """in_force → suspended, at once and by one officer; the change that another one reviews.

        The term keeps running. Raises NotFound, InvalidState, Stale.
        """
        change = Change(Verb.SUSPEND, reason)
        with transaction() as session:
            self._list.listing.take_turn(session)
            change_id = self._propose(session, officer, designation_id, change, version)
            self._list.suspend_now(session, officer, designation_id, reason)
            self._workdays.start(session, officer.actor, _REVIEW, change_id, clock.today())
        return change_id

    def propose(
        self,
        officer: Officer,
        designation_id: str,
        change: Change,
        version: Collection[int] | None = None,
    ) -> str:
        """Propose to resume, vary, correct or revoke; the change's id. Nothing changes before its approval.

        Raises NotFound, InvalidState, Stale, NotLawful (of a variation), Invalid (of a correction), Conflict
        (`change-pending`).
        """
        with transaction() as session:
            change_id = self._propose(session, officer, designation_id, change, version)
            # Refused now, not later.
            if change.variation is not None:
                self._list.foresee(session, designation_id, change.variation)
            if change.correction is not None:
                self._list.require_correct(session, designation_id, change.correction)
            facts = {"change": change_id, "verb": change.verb.value}
            self._acts.write(
                session, Tag.CHANGE_PROPOSED, officer.actor, [designation_id], change.reason, **facts
            )
        return change_id

    def repair_credit(
        self,
        officer: Officer,
        designation_id: str,
        reason: str,
        version: Collection[int] | None = None,
    ) -> str:
        """Propose that the list of the seriously dishonest drops the subject (信用修复); the change's id.

        Raises NotFound, InvalidState, Stale, NotLawful before its time or without such an entry, Conflict.
        """
        repair = Change(Verb.VARY, reason, Variation(lifted=frozenset({SERIOUS_LIST})))
        with transaction() as session:
            row = self._acts.locked(session, officer, designation_id, FROM[Verb.VARY], version)
            require_repairable(row.decided_on, self._book.on(clock.today()))
            return self.propose(officer, designation_id, repair, version)

    def approve(self, officer: Officer, designation_id: str, change_id: str) -> None:
        """Let a pending change take effect, by another officer; a suspension is only confirmed.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`), NotLawful.
        """
        with transaction() as session:
            self._list.listing.take_turn(session)
            change = self._pending(session, officer, designation_id, change_id)
            require_four_eyes(officer, change.proposed_by)
            verb, (reason, correction) = Verb(change.verb), self._proposal(change)
            self._decide(change, officer, ChangeState.APPROVED)
            if verb is Verb.SUSPEND:
                self._workdays.stop(session, officer.actor, _REVIEW, change_id, clock.today())
                self._acts.write(session, Tag.SUSPENSION_CONFIRMED, officer.actor, [designation_id])
                return
            self._acts.locked(session, officer, designation_id, FROM[verb])
            match verb:
                case Verb.RESUME:
                    self._list.resume_now(session, officer, designation_id, reason)
                case Verb.VARY:
                    self._list.vary_now(
                        session, officer, designation_id, stored.variation(change.terms), reason
                    )
                case Verb.CORRECT:
                    assert correction is not None  # nosec B101: it was proposed with one
                    self._list.correct_now(session, officer, designation_id, correction, reason)
                case Verb.REVOKE:
                    self._list.revoke_all(session, officer, [designation_id], reason)

    def reject(self, officer: Officer, designation_id: str, change_id: str, reason: str) -> None:
        """Turn a pending change down, or take back one's own; a suspension turned down ends at once.

        Raises NotFound, InvalidState; Forbidden (`four-eyes`) for one's own suspension: it has taken effect.
        """
        with transaction() as session:
            self._list.listing.take_turn(session)
            change = self._pending(session, officer, designation_id, change_id)
            if change.verb == Verb.SUSPEND:
                require_four_eyes(officer, change.proposed_by)
            self._decide(change, officer, ChangeState.REJECTED)
            facts = {"change": change_id, "verb": change.verb}
            self._acts.write(session, Tag.CHANGE_REJECTED, officer.actor, [designation_id], reason, **facts)
            if change.verb != Verb.SUSPEND:
                return
            self._workdays.stop(session, officer.actor, _REVIEW, change_id, clock.today())
            if self._acts.locked(session, officer, designation_id).state == State.SUSPENDED:
                self._list.resume_now(session, officer, designation_id, reason)

    # -- inside ------------------------------------------------------------------------------------

    def _propose(
        self,
        session: Session,
        officer: Officer,
        designation_id: str,
        change: Change,
        version: Collection[int] | None,
    ) -> str:
        self._acts.locked(session, officer, designation_id, FROM[change.verb], version)
        change_id = ids.new("chg")
        row = {
            "id": change_id,
            "designation_id": designation_id,
            "verb": change.verb.value,
            "state": ChangeState.PENDING.value,
            "terms": stored.terms(change.variation) if change.variation else {},
            "sealed": self._vault().seal_text(
                stored.proposal(change), f"designation_changes.sealed:{change_id}"
            ),
            "proposed_by": officer.id,
            "proposed_at": clock.now(),
        }
        try:
            session.execute(insert(ChangeRow), [row])
        except IntegrityError as taken:
            raise Conflict(
                "change-pending",
                Text(
                    "同类变更已在等待批准；请先批准或驳回。",
                    "Such a change is waiting already; approve or reject that one first.",
                ),
            ) from taken
        return change_id

    def _pending(self, session: Session, officer: Officer, designation_id: str, change_id: str) -> ChangeRow:
        self._acts.locked(session, officer, designation_id)
        change = session.get(ChangeRow, change_id, with_for_update=True, populate_existing=True)
        if change is None or change.designation_id != designation_id:
            raise not_found()
        if change.state != ChangeState.PENDING:
            raise InvalidState(
                "invalid-state",
                Text("此变更已经决定：{state}。", "The change is decided already: {state}.").format(
                    state=change.state
                ),
                facts={"state": change.state},
            )
        return change

    def _decide(self, change: ChangeRow, officer: Officer, state: ChangeState) -> None:
        change.state, change.decided_by, change.decided_at = state.value, officer.id, clock.now()

    def _proposal(self, change: ChangeRow) -> tuple[str, Correction | None]:
        opened = self._vault().open_text(change.sealed, f"designation_changes.sealed:{change.id}")
        return stored.read_proposal(opened)
