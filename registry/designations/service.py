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
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.access.service import not_found, require_four_eyes
from registry.audit.service import OPERATOR, Actor, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.acts import Acts
from registry.designations.drafting import Drafting, Proposal
from registry.designations.listing import Listing
from registry.designations.models import ChangeRow, DecisionKeyRow, DesignationRow, SanctionRow
from registry.designations.rules import (
    FROM,
    LISTED,
    Change,
    ChangeState,
    Designator,
    PlannedSanction,
    Standing,
    State,
    Variation,
    Verb,
    plan,
    vary,
)
from registry.designations.telling import Telling
from registry.errors import Conflict, InvalidState
from registry.law.book import Book
from registry.law.terms import next_day
from registry.law.words import Level
from registry.notices.content import AppealOutcome, Content
from registry.notices.rules import Kind
from registry.notices.service import Notices
from registry.subjects.service import Subjects, chunks
from registry.text import Text
from registry.vault.vault import Vault
from registry.workdays.service import Workdays

__all__ = ["Designations", "Proposal"]


_REVIEW = "procedure/suspension-review"

# What notices say; they are in Chinese.
_SUSPENDED = "中止执行惩戒措施，中止期间惩戒期限连续计算。"
_RESUMED = "恢复执行惩戒措施。"
_OVER = "惩戒期限届满。"
# Whether reconsideration lies against a designation is unconfirmed; the notice says so.
_RECONSIDERATION = (
    "可以自知道本决定之日起{days}日内申请行政复议（是否属于行政复议范围，由行政复议机关审查确定）"
)


class Designations:
    """Verbs of a designation. A single one is a batch of one."""

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
        self._notices = notices
        self._workdays = workdays
        self._telling = Telling(vault, book, subjects)
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

    # -- changes -----------------------------------------------------------------------------------

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
            self.listing.take_turn(session)
            change_id = self._propose(session, officer, designation_id, change, version)
            self._move(session, officer, designation_id, Tag.DESIGNATION_SUSPENDED, reason=reason)
            self._workdays.start(session, officer.actor, _REVIEW, change_id, clock.today())
        return change_id

    def propose(
        self,
        officer: Officer,
        designation_id: str,
        change: Change,
        version: Collection[int] | None = None,
    ) -> str:
        """Propose to resume, vary or revoke; the pending change's id. Nothing changes before its approval.

        Raises NotFound, InvalidState, Stale, NotLawful (of a variation), Conflict (`change-pending`).
        """
        with transaction() as session:
            change_id = self._propose(session, officer, designation_id, change, version)
            if change.variation is not None:
                self.foresee(session, designation_id, change.variation)  # refused now, not later
            facts = {"change": change_id, "verb": change.verb.value}
            self._acts.write(
                session, Tag.CHANGE_PROPOSED, officer.actor, [designation_id], change.reason, **facts
            )
        return change_id

    def approve_change(self, officer: Officer, designation_id: str, change_id: str) -> None:
        """Let a pending change take effect, by another officer; a suspension is only confirmed.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`), NotLawful.
        """
        with transaction() as session:
            self.listing.take_turn(session)
            change = self._pending(session, officer, designation_id, change_id)
            require_four_eyes(officer, change.proposed_by)
            verb, reason = Verb(change.verb), self._reason(change)
            self._decide(change, officer, ChangeState.APPROVED)
            if verb is Verb.SUSPEND:
                self._workdays.stop(session, officer.actor, _REVIEW, change_id, clock.today())
                self._acts.write(session, Tag.SUSPENSION_CONFIRMED, officer.actor, [designation_id])
                return
            self._acts.locked(session, officer, designation_id, FROM[verb])
            match verb:
                case Verb.RESUME:
                    self._move(session, officer, designation_id, Tag.DESIGNATION_RESUMED, reason=reason)
                case Verb.VARY:
                    self.vary_now(session, officer, designation_id, stored.variation(change.terms), reason)
                case Verb.REVOKE:
                    self.revoke_all(session, officer, [designation_id], reason)

    def reject_change(self, officer: Officer, designation_id: str, change_id: str, reason: str) -> None:
        """Turn a pending change down, or take back one's own; a suspension turned down ends at once.

        Raises NotFound, InvalidState; Forbidden (`four-eyes`) for one's own suspension: it has taken effect.
        """
        with transaction() as session:
            self.listing.take_turn(session)
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
                self._move(session, officer, designation_id, Tag.DESIGNATION_RESUMED, reason=reason)

    # -- leaving the list --------------------------------------------------------------------------

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

    def foresee(self, session: Session, designation_id: str, variation: Variation) -> tuple[Standing, ...]:
        """The sanctions as `variation` would leave them. Raises NotLawful."""
        return vary(self._standing(session, designation_id), variation)

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
            over = session.scalars(
                select(DesignationRow.id).where(
                    DesignationRow.state == State.IN_FORCE.value, last_day < clock.today()
                )
            ).all()
            if over:
                self._acts.set(session, over, State.ENDED)
                self._acts.write(session, Tag.DESIGNATION_EXPIRED, OPERATOR, over)
                contents = self._telling.contents(session, over)
                self._notices.draft_all(
                    session, OPERATOR, [(each, Kind.RELEASE, _ended(contents[each])) for each in over]
                )
        return len(over)

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
            "sealed": self._vault().seal_text(change.reason, f"designation_changes.sealed:{change_id}"),
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

    def _reason(self, change: ChangeRow) -> str:
        return self._vault().open_text(change.sealed, f"designation_changes.sealed:{change.id}")

    def _move(
        self, session: Session, officer: Officer, designation_id: str, tag: Tag, *, reason: str
    ) -> None:
        """Suspended, or in force again: every check sees it from now on."""
        suspended = tag is Tag.DESIGNATION_SUSPENDED
        state = State.SUSPENDED if suspended else State.IN_FORCE
        list_version = self.listing.begin(session)
        self._acts.set(session, [designation_id], state)
        self.listing.settle(session, list_version, self._subjects_of(session, [designation_id]))
        self._acts.write(session, tag, officer.actor, [designation_id], reason)
        told = f"{_SUSPENDED if suspended else _RESUMED}{reason}"
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
