"""Appeals that came through the public form: submitted by anybody, taken in or set aside by an officer.

Nothing is looked up when one is submitted, so neither words nor time can tell who is on the register. The
sender holds a code, of which only a keyed token is kept.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry import clock, ids, randomness
from registry.access.jurisdiction import is_covered
from registry.access.limits import Limit, Limits
from registry.access.models import AuthorityRow, PartnerRow
from registry.access.principals import Officer
from registry.access.service import not_found
from registry.appeals.models import AppealRow, SubmissionRow
from registry.appeals.rules import Appellant, Asks, Capacity, Channel, Customer, Intake, Track
from registry.appeals.service import Appeals
from registry.appeals.submission_rules import (
    TOLD,
    SetAside,
    Submission,
    SubmissionState,
    read_code,
    receipt_code,
    require_waiting,
)
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations.variations import Variation
from registry.vault.vault import Vault
from registry.workdays.service import STOPPED, Workdays

PUBLIC = Actor("public")
"""Somebody without a login."""

SUBMITTING = Limit("submit an appeal", each=10, all=1000)
LOOKING = Limit("look after an appeal", each=60, all=20_000)


@dataclass(frozen=True, slots=True)
class Taking:
    """What an officer decides when taking a submission in: what it goes against, and what it asks for.

    `asks` is what the sender said unless the officer says otherwise.
    """

    designation_id: str | None = None
    asks: Asks | None = None
    variation: Variation | None = None
    partner_id: str | None = None


class Submissions:
    """Verbs of a submission."""

    def __init__(
        self, vault: Callable[[], Vault], log: Log, limits: Limits, appeals: Appeals, workdays: Workdays
    ) -> None:
        self._vault = vault
        self._log = log
        self._limits = limits
        self._appeals = appeals
        self._workdays = workdays

    # -- by the public -----------------------------------------------------------------------------

    def submit(self, submission: Submission, address: str) -> str:
        """Keep it for the officers of its authority; the sender's code, told this once.

        Raises NotFound for an authority or a partner that is none, TooMany.
        """
        submission_id, code = ids.new("sbm"), receipt_code(randomness.take(20))
        with transaction() as session:
            self._limits.take(session, SUBMITTING, address)
            _require_known(session, submission)
            row = {
                "id": submission_id,
                "state": SubmissionState.WAITING.value,
                "track": submission.track.value,
                "authority_id": submission.authority_id,
                "partner_id": submission.partner_id,
                "receipt_token": self._token(code),
                "sealed": self._vault().seal_text(
                    json.dumps(asdict(submission), ensure_ascii=False), _context(submission_id)
                ),
                "submitted_at": clock.now(),
            }
            session.execute(insert(SubmissionRow), [row])
            facts = {"track": submission.track.value, "authority": submission.authority_id}
            self._log.write(session, Entry(Tag.SUBMISSION_RECEIVED, PUBLIC, submission_id, facts))
        return code

    def status(self, code: str, address: str) -> dict[str, Any]:
        """What became of the submission with this code; nothing of what was submitted.

        Raises NotFound for a code that nobody was given, TooMany.
        """
        with transaction() as session:
            self._limits.take(session, LOOKING, address)
            row = session.scalars(
                select(SubmissionRow).where(SubmissionRow.receipt_token == self._token(code))
            ).one_or_none()
            if row is None:
                raise not_found()
            return {
                "state": row.state,
                "submitted_on": clock.beijing_day(row.submitted_at),
                "reason": TOLD[SetAside(row.reason)] if row.reason else None,
                "appeal": self._standing(session, row.appeal_id) if row.appeal_id else None,
            }

    def _standing(self, session: Session, appeal_id: str) -> dict[str, Any]:
        """Where an appeal stands. Not its outcome: that is delivered, with the right to go further."""
        appeal = session.get_one(AppealRow, appeal_id)
        clocks = self._workdays.of(session, [appeal_id])[appeal_id]
        return {
            "state": appeal.state,
            "clock": next((each for each in clocks if each["state"] != STOPPED), None),
        }

    # -- by officers -------------------------------------------------------------------------------

    def take_in(self, officer: Officer, submission_id: str, taking: Taking) -> str:
        """waiting → taken_in: it becomes an appeal that came in on the day it was submitted; its id.

        Raises NotFound, InvalidState, and what `Appeals.receive` raises.
        """
        with transaction() as session:
            row = self._waiting(session, officer, submission_id)
            told = self.open(row)
            appeal_id = self._appeals.receive(officer, self._intake(row, told, taking))
            self._decide(row, officer, SubmissionState.TAKEN_IN)
            row.appeal_id = appeal_id
            facts = {"appeal": appeal_id}
            self._log.write(session, Entry(Tag.SUBMISSION_TAKEN_IN, officer.actor, row.id, facts))
        return appeal_id

    def set_aside(self, officer: Officer, submission_id: str, reason: SetAside, note: str | None) -> None:
        """waiting → set_aside: the sender reads the reason, the note is the office's own.

        Raises NotFound, InvalidState.
        """
        with transaction() as session:
            row = self._waiting(session, officer, submission_id)
            self._decide(row, officer, SubmissionState.SET_ASIDE)
            row.reason = reason.value
            secret = json.dumps({"reason": note}, ensure_ascii=False).encode() if note else None
            facts = {"reason": reason.value}
            self._log.write(
                session, Entry(Tag.SUBMISSION_SET_ASIDE, officer.actor, row.id, facts, secret=secret)
            )

    def visible(self, session: Session, officer: Officer, submission_id: str) -> SubmissionRow:
        """The row. Raises NotFound where there is none that the officer may see."""
        row = session.get(SubmissionRow, submission_id, populate_existing=True)
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        return row

    def open(self, row: SubmissionRow) -> dict[str, Any]:
        """What was submitted, as `Submission` has it."""
        told: dict[str, Any] = json.loads(self._vault().open_text(row.sealed, _context(row.id)))
        return told

    # -- inside ------------------------------------------------------------------------------------

    def _waiting(self, session: Session, officer: Officer, submission_id: str) -> SubmissionRow:
        row = self.visible(session, officer, submission_id)
        session.refresh(row, with_for_update=True)
        require_waiting(SubmissionState(row.state))
        return row

    def _decide(self, row: SubmissionRow, officer: Officer, state: SubmissionState) -> None:
        row.state, row.decided_by, row.decided_at = state.value, officer.id, clock.now()

    def _intake(self, row: SubmissionRow, told: dict[str, Any], taking: Taking) -> Intake:
        track = Track.DESIGNATION if taking.designation_id else Track.PARTNER
        asks = taking.asks or (Asks(told["asks"]) if told["asks"] and taking.designation_id else None)
        return Intake(
            track=track,
            received_on=clock.beijing_day(row.submitted_at),
            channel=Channel.PUBLIC_FORM,
            appellant=Appellant(
                Capacity(told["capacity"]), told["representative"] or told["name"], told["contact"]
            ),
            grounds=told["grounds"],
            designation_id=taking.designation_id,
            asks=asks,
            variation=taking.variation,
            partner_id=taking.partner_id,
            customer=Customer(told["name"], told["type"], told["number"]) if track is Track.PARTNER else None,
        )

    def _token(self, code: str) -> bytes:
        return self._vault().token("submission receipt", read_code(code) or "")


def _require_known(session: Session, submission: Submission) -> None:
    if session.get(AuthorityRow, submission.authority_id) is None:
        raise not_found()
    if submission.partner_id is not None and session.get(PartnerRow, submission.partner_id) is None:
        raise not_found()


def _context(submission_id: str) -> str:
    return f"appeal_submissions.sealed:{submission_id}"
