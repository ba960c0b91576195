"""The one door in and out of the list: submit, approve, reject, suspend, resume, vary, revoke, expire.

Each verb checks its *from*, writes its *to*, its log row and what the list was from then on in one
transaction. Whatever puts somebody on the list, changes that or takes them off needs two officers; only a
suspension takes effect at once, since relief must not wait for the morning, and is reviewed afterwards.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.access.service import require_four_eyes
from registry.audit.service import OPERATOR, Actor, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.acts import Acts
from registry.designations.drafting import Drafting, Proposal
from registry.designations.listing import Listing
from registry.designations.models import ChangeRow, DecisionKeyRow, DesignationRow, SanctionRow
from registry.designations.rules import (
    LISTED,
    ChangeState,
    Designator,
    PlannedSanction,
    State,
    Verb,
    plan,
)
from registry.designations.telling import Telling
from registry.designations.variations import Standing, Variation, vary
from registry.identity.masks import Mask
from registry.law.book import Book
from registry.law.terms import next_day
from registry.law.words import Level
from registry.notices.content import AppealOutcome, Content
from registry.notices.rules import Kind
from registry.notices.service import Notices
from registry.subjects.drafts import Correction
from registry.subjects.service import Subjects, chunks
from registry.vault.vault import Vault

__all__ = ["Designations", "Proposal"]


# What notices say; they are in Chinese.
_SUSPENDED = "中止执行惩戒措施，中止期间惩戒期限连续计算。"
_RESUMED = "恢复执行惩戒措施。"
_CORRECTED = "更正对象信息，惩戒措施和期限不变。"
_OVER = "惩戒期限届满。"
# Whether reconsideration lies against a designation is unconfirmed; the notice says so.
_RECONSIDERATION = (
    "可以自知道本决定之日起{days}日内申请行政复议（是否属于行政复议范围，由行政复议机关审查确定）"
)


class Designations:
    """Verbs of a designation; a single one is a batch of one. `drafts` is what comes before somebody decides.

    What changes a designation after its approval is let happen by `changes.Changes` and by appeals.
    """

    def __init__(
        self,
        vault: Callable[[], Vault],
        book: Book,
        log: Log,
        subjects: Subjects,
        notices: Notices,
        *,
        mask: Mask,
    ) -> None:
        self._vault = vault
        self._book = book
        self._notices = notices
        self._subjects = subjects
        self._telling = Telling(vault, book, subjects, mask)
        self._acts = Acts(log)
        self.listing = Listing(book, subjects)
        self.drafts = Drafting(vault, book, subjects, self._acts)

    # -- coming onto the list ----------------------------------------------------------------------

    def submit(self, officer: Officer, designation_id: str, version: Collection[int] | None = None) -> None:
        """draft → submitted. Raises NotFound, InvalidState, Stale."""
        with transaction() as session:
            row = self._acts.locked(session, officer, designation_id, {State.DRAFT}, version)
            self.submit_all(session, officer, [row.id])

    def submit_all(self, session: Session, officer: Officer, designation_ids: Sequence[str]) -> None:
        """draft → submitted, for drafts that the caller holds."""
        self._acts.set(session, designation_ids, State.SUBMITTED, submitted_by=officer.id)
        self._acts.write(session, Tag.DESIGNATION_SUBMITTED, officer.actor, designation_ids)

    def approve(self, officer: Officer, designation_id: str, version: Collection[int] | None = None) -> None:
        """submitted → in_force, by another officer.

        Raises NotFound, InvalidState, Stale, Forbidden (`four-eyes`), NotLawful.
        """
        with transaction() as session:
            row = self._acts.locked(session, officer, designation_id, {State.SUBMITTED}, version)
            require_four_eyes(officer, row.drafted_by, row.submitted_by)
            self.approve_all(session, officer, [row.id])

    def approve_all(self, session: Session, officer: Officer, designation_ids: Sequence[str]) -> None:
        """submitted → in_force, for designations that the caller holds and has compared for four eyes."""
        list_version = self.listing.begin(session)
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
        merged = self.listing.enter(session, list_version, [row.subject_id for row in rows])
        sanctions = []
        for row in rows:
            authority = authorities[row.authority_id]
            designator = Designator(Level(authority.level), authority.area)
            for planned in plan(
                stored.read_facts(row.facts, row.decided_on), designator, self._book, clock.today()
            ):
                sanctions.append(_sanction_row(planned, row.id, merged.get(row.subject_id, row.subject_id)))
        session.execute(insert(SanctionRow), sanctions)
        self._acts.set(session, designation_ids, State.IN_FORCE, decided_by=officer.id)
        changed = {row["subject_id"] for row in sanctions} | set(merged.values())
        self.listing.settle(session, list_version, changed, fresh=[row["id"] for row in sanctions])
        self._acts.write(session, Tag.DESIGNATION_APPROVED, officer.actor, designation_ids)
        self._tell(session, officer.actor, designation_ids, Kind.DESIGNATION)

    def reject(
        self,
        officer: Officer,
        designation_id: str,
        reason: str,
        version: Collection[int] | None = None,
    ) -> None:
        """draft or submitted → rejected. Raises NotFound, InvalidState, Stale, Forbidden (`four-eyes`)."""
        with transaction() as session:
            row = self._acts.locked(session, officer, designation_id, {State.DRAFT, State.SUBMITTED}, version)
            require_four_eyes(officer, row.drafted_by, row.submitted_by)
            self._free_numbers(session, [row.id])
            self._acts.set(session, [row.id], State.REJECTED, decided_by=officer.id)
            self._acts.write(session, Tag.DESIGNATION_REJECTED, officer.actor, [row.id], reason)

    # -- leaving the list, and changing on it ------------------------------------------------------

    def revoke_all(
        self, session: Session, officer: Officer, designation_ids: Sequence[str], reason: str
    ) -> None:
        """To revoked, as if they had never been, for designations that the caller holds.

        The caller has seen to four eyes. Chains are recomputed without them; their numbers are free again.
        """
        list_version = self.listing.begin(session)
        self._free_numbers(session, designation_ids)
        self._acts.set(session, designation_ids, State.REVOKED)
        self.listing.settle(session, list_version, self._subjects_of(session, designation_ids))
        self._acts.write(session, Tag.DESIGNATION_REVOKED, officer.actor, designation_ids, reason)
        self._tell(session, officer.actor, designation_ids, Kind.RELEASE, reason=reason)

    def revoke_import(self, session: Session, officer: Officer, import_id: str, reason: str) -> int:
        """Revoke what is left of a released list; how many. The caller has seen to four eyes."""
        self.listing.take_turn(session)
        left = session.scalars(
            select(DesignationRow.id)
            .where(DesignationRow.import_id == import_id, DesignationRow.state.in_(LISTED))
            .with_for_update()
        ).all()
        if left:
            self.revoke_all(session, officer, left, reason)
        return len(left)

    def suspend_now(self, session: Session, officer: Officer, designation_id: str, reason: str) -> None:
        """in_force → suspended, for a designation that the caller holds: every check sees it from now on."""
        self._move(session, officer, designation_id, State.SUSPENDED, f"{_SUSPENDED}{reason}")
        self._acts.write(session, Tag.DESIGNATION_SUSPENDED, officer.actor, [designation_id], reason)

    def resume_now(self, session: Session, officer: Officer, designation_id: str, reason: str) -> None:
        """suspended → in_force, likewise. The caller has seen to four eyes."""
        self._move(session, officer, designation_id, State.IN_FORCE, f"{_RESUMED}{reason}")
        self._acts.write(session, Tag.DESIGNATION_RESUMED, officer.actor, [designation_id], reason)

    def vary_now(
        self,
        session: Session,
        officer: Officer,
        designation_id: str,
        variation: Variation,
        reason: str,
    ) -> None:
        """Let a variation take effect. The caller has seen to four eyes. Raises NotLawful."""
        list_version = self.listing.begin(session)
        varied = {each.id: each for each in self.foresee(session, designation_id, variation)}
        for row in session.scalars(select(SanctionRow).where(SanctionRow.id.in_(varied))):
            row.ends_on = varied[row.id].ends_on
            row.measures = [[code, last and last.isoformat()] for code, last in varied[row.id].measures]
        session.flush()
        state = State(session.get_one(DesignationRow, designation_id).state)
        self._acts.set(session, [designation_id], state)
        self.listing.settle(session, list_version, self._subjects_of(session, [designation_id]))
        self._acts.write(
            session,
            Tag.DESIGNATION_VARIED,
            officer.actor,
            [designation_id],
            reason,
            **stored.terms(variation),
        )
        self._tell(session, officer.actor, [designation_id], Kind.VARIATION, reason=reason)

    def correct_now(
        self,
        session: Session,
        officer: Officer,
        designation_id: str,
        correction: Correction,
        reason: str,
    ) -> None:
        """Let a correction take effect on the subject, in all its designations. Raises Invalid.

        The caller has seen to four eyes.
        """
        list_version = self.listing.begin(session)
        row = session.get_one(DesignationRow, designation_id)
        self._subjects.correct(session, row.subject_id, correction)
        self._acts.set(session, [designation_id], State(row.state))
        self.listing.settle(session, list_version, [row.subject_id])
        self._acts.write(session, Tag.SUBJECT_CORRECTED, officer.actor, [designation_id], reason)
        if row.state != State.ENDED:
            self._tell(
                session, officer.actor, [designation_id], Kind.VARIATION, reason=f"{_CORRECTED}{reason}"
            )

    def require_correct(self, session: Session, designation_id: str, correction: Correction) -> None:
        """Raises Invalid for a correction that changes nothing or contradicts the subject's documents."""
        row = session.get_one(DesignationRow, designation_id)
        self._subjects.require_correct(session, row.subject_id, correction)

    def foresee(self, session: Session, designation_id: str, variation: Variation) -> tuple[Standing, ...]:
        """The sanctions as `variation` would leave them. Raises NotLawful."""
        return vary(self._standing(session, designation_id), variation)

    def measures(self, session: Session, designation_id: str) -> set[str]:
        """The codes of all measures that its sanctions impose."""
        return {code for each in self._standing(session, designation_id) for code, _ in each.measures}

    def mended_since(self, session: Session, designation_id: str, day: date) -> bool:
        """Whether its subject was corrected by two officers on that day or later, or it was revoked."""
        if session.get_one(DesignationRow, designation_id).state == State.REVOKED:
            return True
        corrections = select(ChangeRow.decided_at).where(
            ChangeRow.designation_id == designation_id,
            ChangeRow.verb == Verb.CORRECT.value,
            ChangeRow.state == ChangeState.APPROVED.value,
        )
        return any(at is not None and clock.beijing_day(at) >= day for at in session.scalars(corrections))

    def tell_decision(
        self,
        session: Session,
        actor: Actor,
        designation_id: str,
        outcome: AppealOutcome,
        reason: str,
    ) -> None:
        """Draft the notice of an appeal's decision, after it has taken effect."""
        content = self._telling.contents(session, [designation_id])[designation_id]
        if outcome == "allowed":
            content = replace(content, sanctions=(), appeal="")
        else:
            period = self._book.on(clock.today()).period("reconsideration-filing").value
            content = replace(content, appeal=_RECONSIDERATION.format(days=period.count))
        told = replace(content, outcome=outcome, reason=reason, effective_on=clock.today())
        self._notices.draft(session, actor, designation_id, Kind.APPEAL_DECISION, told)

    def expire(self) -> int:
        """in_force → ended for all whose last sanction is over; how many. Idempotent.

        Checks look at the dates themselves: an end takes effect at midnight even if nobody runs this. What is
        suspended stays so: it has no effect, nor those that its end would have.
        """
        with transaction() as session:
            last_day = (
                select(func.max(SanctionRow.ends_on))
                .where(SanctionRow.designation_id == DesignationRow.id)
                .scalar_subquery()
            )
            wanted = select(DesignationRow.id).where(
                DesignationRow.state == State.IN_FORCE.value, last_day < clock.today()
            )
            if session.scalars(wanted.limit(1)).first() is None:
                return 0
            self.listing.take_turn(session)
            over = session.scalars(wanted).all()
            self._acts.set(session, over, State.ENDED)
            self.listing.tell(session, sorted(self._subjects_of(session, over)))
            self._acts.write(session, Tag.DESIGNATION_EXPIRED, OPERATOR, over)
            contents = self._telling.contents(session, over)
            self._notices.draft_all(
                session, OPERATOR, [(each, Kind.RELEASE, _ended(contents[each])) for each in over]
            )
        return len(over)

    # -- inside ------------------------------------------------------------------------------------

    def _move(self, session: Session, officer: Officer, designation_id: str, state: State, told: str) -> None:
        list_version = self.listing.begin(session)
        self._acts.set(session, [designation_id], state)
        self.listing.settle(session, list_version, self._subjects_of(session, [designation_id]))
        self._tell(session, officer.actor, [designation_id], Kind.VARIATION, reason=told)

    def _tell(
        self, session: Session, actor: Actor, designation_ids: Sequence[str], kind: Kind, *, reason: str = ""
    ) -> None:
        """Draft the notice that tells each subject of what was done today."""
        contents = self._telling.contents(session, designation_ids)
        if reason:
            today = clock.today()
            contents = {
                each: replace(content, reason=reason, effective_on=today)
                for each, content in contents.items()
            }
        self._notices.draft_all(session, actor, [(each, kind, contents[each]) for each in designation_ids])

    def _standing(self, session: Session, designation_id: str) -> list[Standing]:
        rows = session.scalars(select(SanctionRow).where(SanctionRow.designation_id == designation_id))
        return [
            Standing(
                row.id,
                row.starts_on,
                row.ends_on,
                tuple((code, date.fromisoformat(last) if last else None) for code, last in row.measures),
            )
            for row in rows
        ]

    def _subjects_of(self, session: Session, designation_ids: Sequence[str]) -> set[str]:
        return {
            subject_id
            for part in chunks(designation_ids)
            for subject_id in session.scalars(
                select(DesignationRow.subject_id).where(DesignationRow.id.in_(part))
            )
        }

    def _free_numbers(self, session: Session, designation_ids: Sequence[str]) -> None:
        for part in chunks(designation_ids):
            session.execute(delete(DecisionKeyRow).where(DecisionKeyRow.designation_id.in_(part)))


def _ended(content: Content) -> Content:
    last_day = max(sanction.ends_on for sanction in content.sanctions)
    return replace(content, reason=_OVER, effective_on=next_day(last_day))


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
