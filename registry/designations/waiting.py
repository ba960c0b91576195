"""What waits for an officer: designations, changes and notices about which something is to be done.

The oldest first where time runs; the cost of a page depends on the page alone.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.jurisdiction import covered
from registry.access.models import OfficerRow
from registry.access.principals import Officer
from registry.db import reading
from registry.designations.models import ChangeRow, DesignationRow
from registry.designations.queries import DesignationQueries, Page
from registry.designations.rules import ChangeState, State, Verb
from registry.notices.models import DeliveryRow, NoticeRow
from registry.notices.rules import Outcome, is_overdue
from registry.workdays.service import Workdays

MANY = 100
"""Counts stop here: whoever has so much to do need not know exactly how much."""


class Waiting:
    """Plain dictionaries, ready for a face. Looking at a work list is not logged, opening a thing is."""

    def __init__(self, queries: DesignationQueries, workdays: Workdays) -> None:
        self._queries = queries
        self._workdays = workdays

    def counts(self, officer: Officer) -> dict[str, int]:
        """How much of each kind waits, at most `MANY`."""
        with reading() as session:
            here = DesignationRow.authority_id.in_(covered(session, officer))
            wanted: dict[str, Select[Any]] = {
                "drafts": select(DesignationRow.id).where(*_drafts(officer)),
                "approvals": select(DesignationRow.id).where(here, *_approvals(officer)),
                "changes": _changes(officer, here),
                "reviews": _reviews(officer, here),
                "notices": _notices(here),
            }
            return {
                kind: session.scalar(select(func.count()).select_from(found.limit(MANY).subquery())) or 0
                for kind, found in wanted.items()
            }

    def drafts(self, officer: Officer, limit: int, after: str | None) -> Page:
        """The officer's own drafts that were not submitted yet."""
        return self._designations(officer, limit, after, _drafts(officer))

    def approvals(self, officer: Officer, limit: int, after: str | None) -> Page:
        """Submitted designations in which the officer had no hand."""
        return self._designations(officer, limit, after, _approvals(officer))

    def changes(self, officer: Officer, limit: int, after: str | None) -> Page:
        """Changes that somebody else proposed and that take effect only when another officer approves."""
        return self._pending(officer, limit, after, reviews=False)

    def reviews(self, officer: Officer, limit: int, after: str | None) -> Page:
        """Suspensions by somebody else that another officer has to review, with their clocks."""
        return self._pending(officer, limit, after, reviews=True)

    def notices(self, officer: Officer, limit: int, after: str | None) -> Page:
        """Notices that reached nobody yet, the newest first."""
        with reading() as session:
            here = DesignationRow.authority_id.in_(covered(session, officer))
            found = _notices(here)
            if after:
                found = found.where(NoticeRow.id < after)
            rows = session.scalars(found.limit(limit + 1)).all()
            views = self._by_id(session, {row.designation_id for row in rows[:limit]})
            calendar, today = self._workdays.calendar(session), clock.today()
            items = [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "drafted_at": row.drafted_at,
                    "overdue": is_overdue(clock.beijing_day(row.drafted_at), today, calendar),
                    "designation": views[row.designation_id],
                }
                for row in rows[:limit]
            ]
            return Page(items, rows[limit - 1].id if len(rows) > limit else None)

    # -- inside ------------------------------------------------------------------------------------

    def _designations(
        self, officer: Officer, limit: int, after: str | None, waits: tuple[ColumnElement[bool], ...]
    ) -> Page:
        with reading() as session:
            found = select(DesignationRow).where(
                DesignationRow.authority_id.in_(covered(session, officer)), *waits
            )
            if after:
                found = found.where(DesignationRow.id > after)
            rows = session.scalars(found.order_by(DesignationRow.id).limit(limit + 1)).all()
            views = self._queries.views(session, rows[:limit])
            items = [
                view | {"drafted_at": row.drafted_at, "drafted_by": _login(session, row.drafted_by)}
                for row, view in zip(rows[:limit], views, strict=True)
            ]
            return Page(items, rows[limit - 1].id if len(rows) > limit else None)

    def _pending(self, officer: Officer, limit: int, after: str | None, *, reviews: bool) -> Page:
        with reading() as session:
            here = DesignationRow.authority_id.in_(covered(session, officer))
            found = _reviews(officer, here) if reviews else _changes(officer, here)
            if after:
                found = found.where(ChangeRow.id > after)
            rows = session.scalars(found.order_by(ChangeRow.id).limit(limit + 1)).all()
            views = self._by_id(session, {row.designation_id for row in rows[:limit]})
            clocks = self._workdays.of(session, [row.id for row in rows[:limit]])
            items = [
                {
                    "id": row.id,
                    "verb": row.verb,
                    "proposed_at": row.proposed_at,
                    "proposed_by": _login(session, row.proposed_by),
                    "clocks": clocks[row.id],
                    "designation": views[row.designation_id],
                }
                for row in rows[:limit]
            ]
            return Page(items, rows[limit - 1].id if len(rows) > limit else None)

    def _by_id(self, session: Session, designation_ids: set[str]) -> dict[str, dict[str, Any]]:
        rows = session.scalars(select(DesignationRow).where(DesignationRow.id.in_(designation_ids))).all()
        return {view["id"]: view for view in self._queries.views(session, rows)}


def _drafts(officer: Officer) -> tuple[ColumnElement[bool], ...]:
    return DesignationRow.state == State.DRAFT.value, DesignationRow.drafted_by == officer.id


def _approvals(officer: Officer) -> tuple[ColumnElement[bool], ...]:
    return (
        DesignationRow.state == State.SUBMITTED.value,
        DesignationRow.drafted_by != officer.id,
        DesignationRow.submitted_by != officer.id,
    )


def _by_others(officer: Officer, here: ColumnElement[bool]) -> Select[ChangeRow]:
    return (
        select(ChangeRow)
        .join(DesignationRow, DesignationRow.id == ChangeRow.designation_id)
        .where(ChangeRow.state == ChangeState.PENDING.value, ChangeRow.proposed_by != officer.id, here)
    )


def _changes(officer: Officer, here: ColumnElement[bool]) -> Select[ChangeRow]:
    return _by_others(officer, here).where(ChangeRow.verb != Verb.SUSPEND.value)


def _reviews(officer: Officer, here: ColumnElement[bool]) -> Select[ChangeRow]:
    return _by_others(officer, here).where(ChangeRow.verb == Verb.SUSPEND.value)


def _notices(here: ColumnElement[bool]) -> Select[NoticeRow]:
    reached = (
        select(DeliveryRow.id)
        .where(DeliveryRow.notice_id == NoticeRow.id, DeliveryRow.outcome == Outcome.DELIVERED.value)
        .exists()
    )
    # Not a join, which a planner may begin with all designations: most notices were delivered long ago.
    visible = select(DesignationRow.id).where(DesignationRow.id == NoticeRow.designation_id, here).exists()
    return select(NoticeRow).where(~reached, visible).order_by(NoticeRow.id.desc())


def _login(session: Session, officer_id: str) -> str:
    return session.get_one(OfficerRow, officer_id).login
