"""Appeals: taken in, accepted or refused, decided by two officers; or forwarded to a partner that answers.

A decision for the subject and what follows from it – the sanction's end, the list, the clocks – are one act.
Nobody judges an appeal against what they had a hand in themselves.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import PartnerRow
from registry.access.principals import Officer, Partner
from registry.access.service import not_found, require_four_eyes
from registry.appeals import credit, stored
from registry.appeals.acts import Acts
from registry.appeals.models import AppealRow
from registry.appeals.rules import (
    APPEALABLE,
    CLOCKS,
    DECIDABLE,
    Answer,
    Decision,
    Intake,
    Outcome,
    State,
    Track,
    Verb,
    check_answer,
    check_cause,
    check_decision,
    check_intake,
    require,
)
from registry.audit.service import Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import acts as designation_acts
from registry.designations import stored as designation_stored
from registry.designations.models import DesignationRow
from registry.designations.rules import FROM
from registry.designations.rules import State as DesignationState
from registry.designations.rules import Verb as DesignationVerb
from registry.designations.service import Designations
from registry.errors import Conflict, InvalidState
from registry.text import Text
from registry.vault.vault import Vault
from registry.workdays.service import Workdays


class Appeals:
    """Verbs of an appeal."""

    def __init__(
        self,
        vault: Callable[[], Vault],
        log: Log,
        designations: Designations,
        workdays: Workdays,
    ) -> None:
        self._vault = vault
        self._designations = designations
        self._workdays = workdays
        self._acts = Acts(log, workdays)
        self._designation_acts = designation_acts.Acts(log)

    # -- coming in ---------------------------------------------------------------------------------

    def receive(self, officer: Officer, intake: Intake) -> str:
        """Take an appeal in; its id. The time for accepting it runs from the day it came in.

        Raises Invalid, NotFound, InvalidState (of the designation), RuleNotInForce, Conflict (`appeal-open`).
        """
        check_intake(intake, clock.today())
        appeal_id = ids.new("apl")
        with transaction() as session:
            row = {
                "id": appeal_id,
                "track": intake.track.value,
                "state": State.RECEIVED.value,
                "authority_id": self._addressed(session, officer, intake),
                "designation_id": intake.designation_id,
                "partner_id": intake.partner_id,
                "received_on": intake.received_on,
                "channel": intake.channel.value,
                "asked": _asked(intake),
                "sealed": stored.seal_intake(self._vault(), appeal_id, intake),
                "received_by": officer.id,
                "recorded_at": clock.now(),
                "granted": {},
            }
            try:
                session.execute(insert(AppealRow), [row])
            except IntegrityError as taken:
                raise Conflict(
                    "appeal-open",
                    Text(
                        "对该认定已有申诉在办；请待其办结。",
                        "An appeal against this designation is open already; wait for its end.",
                    ),
                ) from taken
            if rule := CLOCKS.get((intake.track, State.RECEIVED)):
                self._workdays.start(session, officer.actor, rule, appeal_id, intake.received_on)
            facts = {name: row[name] for name in ("track", "designation_id", "partner_id", "channel")}
            facts["received_on"] = intake.received_on.isoformat()
            self._acts.write(session, Tag.APPEAL_RECEIVED, officer.actor, appeal_id, intake.grounds, **facts)
        return appeal_id

    def _addressed(self, session: Session, officer: Officer, intake: Intake) -> str:
        """The authority whose business the appeal is; what it goes against is there, and locked."""
        if intake.track is Track.PARTNER:
            if session.get(PartnerRow, intake.partner_id) is None:
                raise not_found()
            return officer.authority.id
        against = self._designation_acts.locked(session, officer, intake.designation_id or "", APPEALABLE)
        check_cause(intake.received_on, against.decided_on)
        if intake.track is Track.CREDIT:
            credit.require_recorded(self._designations.measures(session, against.id))
        return against.authority_id

    def accept(self, officer: Officer, appeal_id: str) -> None:
        """received → accepted: the time for the decision runs from today.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`).
        """
        with transaction() as session:
            row, _ = self._acts.judged(session, officer, appeal_id, Verb.ACCEPT)
            self._acts.move(session, officer.actor, row, State.ACCEPTED)
            self._acts.write(session, Tag.APPEAL_ACCEPTED, officer.actor, row.id)

    def refuse(self, officer: Officer, appeal_id: str, reason: str) -> None:
        """received → refused. Raises NotFound, InvalidState, Forbidden (`four-eyes`)."""
        with transaction() as session:
            row, _ = self._acts.judged(session, officer, appeal_id, Verb.REFUSE)
            self._acts.move(session, officer.actor, row, State.REFUSED)
            self._acts.write(session, Tag.APPEAL_REFUSED, officer.actor, row.id, reason)

    def pause(self, officer: Officer, appeal_id: str, reason: str) -> None:
        """Stop the clock until the appellant has mended the papers. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._acts.locked(session, officer, appeal_id, Verb.PAUSE)
            self._workdays.pause(session, officer.actor, _clock(row), row.id, clock.today())
            self._acts.write(session, Tag.APPEAL_PAUSED, officer.actor, row.id, reason)

    def resume(self, officer: Officer, appeal_id: str) -> None:
        """Let the rest of the time run on from today. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._acts.locked(session, officer, appeal_id, Verb.RESUME)
            self._workdays.resume(session, officer.actor, _clock(row), row.id, clock.today())
            self._acts.write(session, Tag.APPEAL_RESUMED, officer.actor, row.id)

    def withdraw(self, officer: Officer, appeal_id: str, reason: str) -> None:
        """The appellant takes it back, as `reason` tells. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._acts.locked(session, officer, appeal_id, Verb.WITHDRAW)
            self._forget_proposal(row)
            row.outcome, row.decided_by, row.decided_at = Outcome.WITHDRAWN.value, officer.id, clock.now()
            self._acts.move(session, officer.actor, row, State.WITHDRAWN)
            self._acts.write(session, Tag.APPEAL_WITHDRAWN, officer.actor, row.id, reason)

    # -- decided by the authority ------------------------------------------------------------------

    def propose(self, officer: Officer, appeal_id: str, decision: Decision) -> None:
        """Propose a decision. Nothing changes before another officer approves it.

        Raises Invalid, NotFound, InvalidState, NotLawful (of a variation), Forbidden (`four-eyes`).
        """
        with transaction() as session:
            row, against = self._acts.judged(session, officer, appeal_id, Verb.PROPOSE)
            if row.track == Track.CREDIT:
                mended = self._designations.mended_since(session, against.id, row.received_on)
                credit.check_decision(decision, mended)
            else:
                check_decision(decision)
            if row.proposed_by:
                raise InvalidState(
                    "invalid-state",
                    Text(
                        "已有决定待批准；请先批准或退回。",
                        "A decision waits for approval already; approve or return that one first.",
                    ),
                )
            self._require_changeable(session, officer, against, decision)
            if decision.variation:
                self._designations.foresee(session, against.id, decision.variation)  # refused now, not later
            row.outcome = decision.outcome.value
            row.granted = designation_stored.terms(decision.variation) if decision.variation else {}
            row.sealed_outcome = stored.seal_outcome(self._vault(), row.id, decision)
            row.proposed_by, row.proposed_at = officer.id, clock.now()
            facts = {"outcome": row.outcome, **row.granted}
            self._acts.write(session, Tag.DECISION_PROPOSED, officer.actor, row.id, decision.reason, **facts)

    def approve(self, officer: Officer, appeal_id: str) -> None:
        """To decided, by another officer: what was proposed takes effect, all of it at once.

        An objection to the credit record is also decided by another officer than who received it.
        Raises NotFound, InvalidState, NotLawful, Forbidden (`four-eyes`).
        """
        with transaction() as session:
            self._designations.listing.take_turn(session)
            row, against = self._acts.judged(session, officer, appeal_id, Verb.APPROVE)
            decision = self._proposed(row)
            require_four_eyes(officer, row.proposed_by)
            if row.track == Track.CREDIT:
                require_four_eyes(officer, row.received_by)
            self._give_effect(session, officer, row, against, decision)
            row.decided_by, row.decided_at = officer.id, clock.now()
            self._acts.move(session, officer.actor, row, State.DECIDED)
            facts = {"outcome": row.outcome, **row.granted}
            self._acts.write(session, Tag.APPEAL_DECIDED, officer.actor, row.id, decision.reason, **facts)
            if row.track == Track.DESIGNATION:
                self._designations.tell_decision(
                    session, officer.actor, against.id, decision.outcome.value, decision.reason
                )

    def send_back(self, officer: Officer, appeal_id: str, reason: str) -> None:
        """Turn a proposed decision down, or take back one's own; the appeal stays accepted.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`).
        """
        with transaction() as session:
            row, _ = self._acts.judged(session, officer, appeal_id, Verb.RETURN)
            self._proposed(row)
            self._forget_proposal(row)
            self._acts.write(session, Tag.DECISION_RETURNED, officer.actor, row.id, reason)

    def _proposed(self, row: AppealRow) -> Decision:
        if not row.proposed_by:
            raise InvalidState("invalid-state", Text("没有待批准的决定。", "No decision waits for approval."))
        return stored.decision(self._vault(), row)

    def _forget_proposal(self, row: AppealRow) -> None:
        row.outcome, row.granted, row.sealed_outcome = None, {}, None
        row.proposed_by, row.proposed_at = None, None

    def _require_changeable(
        self, session: Session, officer: Officer, against: DesignationRow, decision: Decision
    ) -> None:
        """Raises InvalidState where the designation's state does not allow what is decided."""
        states = FROM[DesignationVerb.VARY] if decision.variation else DECIDABLE[decision.outcome]
        self._designation_acts.locked(session, officer, against.id, states)

    def _give_effect(
        self, session: Session, officer: Officer, row: AppealRow, against: DesignationRow, decision: Decision
    ) -> None:
        self._require_changeable(session, officer, against, decision)
        if decision.variation:
            self._designations.vary_now(session, officer, against.id, decision.variation, decision.reason)
        elif (
            row.track == Track.DESIGNATION
            and decision.outcome is Outcome.ALLOWED
            and against.state != DesignationState.REVOKED
        ):
            self._designations.revoke_all(session, officer, [against.id], decision.reason)

    # -- answered by a partner ---------------------------------------------------------------------

    def forward(self, officer: Officer, appeal_id: str) -> None:
        """received → forwarded: the partner sees it from now on. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._acts.locked(session, officer, appeal_id, Verb.FORWARD)
            row.forwarded_at = clock.now()
            self._acts.move(session, officer.actor, row, State.FORWARDED)
            self._acts.write(session, Tag.APPEAL_FORWARDED, officer.actor, row.id, partner=row.partner_id)

    def answer(self, partner: Partner, appeal_id: str, answer: Answer) -> None:
        """forwarded → answered, by the partner whose it is. Raises Invalid, NotFound, InvalidState."""
        check_answer(answer, clock.today())
        with transaction() as session:
            row = session.get(AppealRow, appeal_id, with_for_update=True, populate_existing=True)
            if row is None or row.partner_id != partner.id or row.forwarded_at is None:
                raise not_found()
            require(Track(row.track), State(row.state), Verb.ANSWER)
            row.outcome = answer.outcome.value
            row.sealed_outcome = stored.seal_outcome(self._vault(), row.id, answer)
            row.decided_by, row.decided_at = partner.id, clock.now()
            self._acts.move(session, partner.actor, row, State.ANSWERED)
            self._acts.write(
                session, Tag.APPEAL_ANSWERED, partner.actor, row.id, answer.reason, outcome=row.outcome
            )


def _clock(row: AppealRow) -> str:
    return CLOCKS[Track(row.track), State(row.state)]


def _asked(intake: Intake) -> dict[str, Any]:
    if intake.asks is None:
        return {}
    terms = designation_stored.terms(intake.variation) if intake.variation else {}
    return {"asks": intake.asks.value, **terms}
