"""Reading appeals: for officers what is theirs and below them, for a partner what was forwarded to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.history import history
from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow, PartnerRow
from registry.access.principals import Officer, Partner
from registry.access.service import not_found
from registry.appeals import stored
from registry.appeals.credit import CREDIT_RECORD
from registry.appeals.models import AppealRow
from registry.appeals.rules import OPEN, State, Track
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.vault.vault import Vault
from registry.workdays.service import RUNNING, Workdays


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which appeals an officer looks for; what is `None` does not matter."""

    track: Track | None = None
    state: State | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some appeals, the newest first; `next` begins the following page."""

    items: list[dict[str, Any]]
    next: str | None


class AppealQueries:
    """Plain dictionaries, ready for a face. Officers' lists hold nothing that anybody wrote."""

    def __init__(self, vault: Callable[[], Vault], log: Log, workdays: Workdays) -> None:
        self._vault = vault
        self._log = log
        self._workdays = workdays

    def get(self, officer: Officer, appeal_id: str) -> dict[str, Any]:
        """One appeal with grounds, decision and history; the look is logged. Raises NotFound."""
        with transaction() as session:
            row = session.get(AppealRow, appeal_id, populate_existing=True)
            if row is None or row.authority_id not in covered(session, officer):
                raise not_found()
            self._log.write(session, Entry(Tag.APPEAL_VIEWED, officer.actor, facts={"appeal": row.id}))
            return {
                **self._summaries(session, officer, [row])[0],
                **stored.open_intake(self._vault(), row),
                "asks": row.asked.get("asks"),
                "variation": _terms(row.asked),
                "decision": self._decision(row),
                "forwarded_at": row.forwarded_at,
                "answer": self._answer(row),
                "history": history(session, self._log, row.id),
            }

    def page(self, officer: Officer, wanted: Wanted, limit: int, before: str | None) -> Page:
        """A page of what the officer may see."""
        with reading() as session:
            found = select(AppealRow).where(AppealRow.authority_id.in_(covered(session, officer)))
            if wanted.track:
                found = found.where(AppealRow.track == wanted.track.value)
            if wanted.state:
                found = found.where(AppealRow.state == wanted.state.value)
            if wanted.overdue:
                found = found.where(AppealRow.id.in_(self._workdays.overdue_objects(clock.today())))
            rows, following = _page(session, found, limit, before)
            return Page(self._summaries(session, officer, rows), following)

    def waiting(self, officer: Officer, limit: int, after: str | None) -> Page:
        """What waits for its authority, what is due first before the rest, what has no clock at the end.

        Each is `proposed` where a decision waits for another officer. Cursor: due day and id.
        """
        clocks = self._workdays.open_clocks().subquery()
        due = func.coalesce(clocks.c.due_on, literal(date.max, Date))
        wanted = (
            select(AppealRow, due)
            .outerjoin(clocks, clocks.c.object_id == AppealRow.id)
            .where(AppealRow.state.in_(OPEN))
        )
        if place := _place(after):
            day, appeal_id = place
            wanted = wanted.where(or_(due > day, and_(due == day, AppealRow.id > appeal_id)))
        with reading() as session:
            # Found by state: few wait, and an authority's index holds all that it ever decided.
            authority = func.coalesce(AppealRow.authority_id, "")
            wanted = wanted.where(authority.in_(covered(session, officer)))
            rows = session.execute(wanted.order_by(due, AppealRow.id).limit(limit + 1)).all()
            shown = [row for row, _ in rows[:limit]]
            views = self._summaries(session, officer, shown)
            items = [
                view | {"proposed": row.proposed_by is not None}
                for view, row in zip(views, shown, strict=True)
            ]
            return Page(items, f"{rows[limit - 1][1]}/{shown[-1].id}" if len(rows) > limit else None)

    def of(self, designation_id: str) -> list[dict[str, Any]]:
        """The appeals against a designation, the first one first, for whoever may see that."""
        with reading() as session:
            rows = session.scalars(
                select(AppealRow).where(AppealRow.designation_id == designation_id).order_by(AppealRow.id)
            )
            return [
                {
                    "id": row.id,
                    "track": row.track,
                    "state": row.state,
                    "outcome": _outcome(row),
                    "received_on": row.received_on,
                }
                for row in rows
            ]

    def annotated(self, view: dict[str, Any]) -> dict[str, Any]:
        """A designation's view with its appeals; it and its credit record are `objected` while an objection
        is open."""
        appeals = self.of(view["id"])
        objected = any(each["track"] == Track.CREDIT and each["state"] in OPEN for each in appeals)
        sanctions = [
            sanction
            | {
                "measures": [
                    measure | {"objected": objected and measure["code"] == CREDIT_RECORD}
                    for measure in sanction["measures"]
                ]
            }
            for sanction in view["sanctions"]
        ]
        return view | {"sanctions": sanctions, "appeals": appeals, "objected": objected}

    # -- for the partner ---------------------------------------------------------------------------

    def forwarded(self, partner: Partner, appeal_id: str) -> dict[str, Any]:
        """An appeal that was forwarded to this partner; the look is logged. Raises NotFound."""
        with transaction() as session:
            row = session.get(AppealRow, appeal_id, populate_existing=True)
            if row is None or row.partner_id != partner.id or row.forwarded_at is None:
                raise not_found()
            self._log.write(session, Entry(Tag.APPEAL_VIEWED, partner.actor, facts={"appeal": row.id}))
            return self._forwarded(session, row)

    def forwarded_page(self, partner: Partner, state: State | None, limit: int, before: str | None) -> Page:
        """A page of what was forwarded to this partner; the look is logged."""
        found = select(AppealRow).where(
            AppealRow.partner_id == partner.id, AppealRow.forwarded_at.is_not(None)
        )
        if state:
            found = found.where(AppealRow.state == state.value)
        with transaction() as session:
            rows, following = _page(session, found, limit, before)
            entries = [Entry(Tag.APPEAL_VIEWED, partner.actor, facts={"appeal": row.id}) for row in rows]
            self._log.write_all(session, entries)
            return Page([self._forwarded(session, row) for row in rows], following)

    def _forwarded(self, session: Session, row: AppealRow) -> dict[str, Any]:
        authority = session.get_one(AuthorityRow, row.authority_id)
        return {
            "id": row.id,
            "state": row.state,
            "authority": {"name": authority.name, "phone": authority.phone},
            "received_on": row.received_on,
            "forwarded_at": row.forwarded_at,
            **stored.open_intake(self._vault(), row),
            "answer": self._answer(row),
        }

    # -- inside ------------------------------------------------------------------------------------

    def _summaries(
        self, session: Session, officer: Officer, rows: Sequence[AppealRow]
    ) -> list[dict[str, Any]]:
        clocks = self._workdays.of(session, [row.id for row in rows])
        views = []
        for row in rows:
            overdue = any(each["overdue"] and each["state"] == RUNNING for each in clocks[row.id])
            authority = session.get_one(AuthorityRow, row.authority_id)
            partner = session.get_one(PartnerRow, row.partner_id) if row.partner_id else None
            views.append(
                {
                    "id": row.id,
                    "track": row.track,
                    "state": row.state,
                    "outcome": _outcome(row),
                    "authority": {"id": authority.id, "name": authority.name, "level": authority.level},
                    "designation_id": row.designation_id,
                    "partner": partner and {"id": partner.id, "name": partner.name},
                    "received_on": row.received_on,
                    "channel": row.channel,
                    "clocks": [_clock(each) for each in clocks[row.id]],
                    "overdue": overdue,
                    # What is late below comes up to whoever is above.
                    "escalated": overdue and row.authority_id != officer.authority.id,
                }
            )
        return views

    def _decision(self, row: AppealRow) -> dict[str, Any] | None:
        """What the authority decided, or what waits for a second officer (`final` tells)."""
        if not row.proposed_by:
            return None
        return {
            "outcome": row.outcome,
            "reason": stored.open_outcome(self._vault(), row)["reason"],
            "variation": _terms(row.granted),
            "final": row.decided_by is not None,
            "proposed_by": row.proposed_by,
            "proposed_at": row.proposed_at,
            "decided_by": row.decided_by,
            "decided_at": row.decided_at,
        }

    def _answer(self, row: AppealRow) -> dict[str, Any] | None:
        if State(row.state) is not State.ANSWERED:
            return None
        return {
            "outcome": row.outcome,
            **stored.open_outcome(self._vault(), row),
            "answered_at": row.decided_at,
        }


_CLOCK = ("rule", "provisional", "event_on", "due_on", "state", "overdue", "days_left", "counted_in")


def _clock(view: dict[str, Any]) -> dict[str, Any]:
    basis = {name: view["basis"][name] for name in ("instrument", "article")}
    return {"basis": basis, **{name: view[name] for name in _CLOCK}}


def _place(cursor: str | None) -> tuple[date, str] | None:
    day, _, appeal_id = (cursor or "").partition("/")
    try:
        return date.fromisoformat(day), appeal_id
    except ValueError:
        return None


def _outcome(row: AppealRow) -> str | None:
    """How it ended; what is only proposed is none."""
    return row.outcome if row.decided_by else None


def _terms(raw: dict[str, Any]) -> dict[str, Any] | None:
    return {"ends_on": raw["ends_on"], "lifted": raw["lifted"]} if "lifted" in raw else None


def _page(
    session: Session, found: Select[AppealRow], limit: int, before: str | None
) -> tuple[Sequence[AppealRow], str | None]:
    if before:
        found = found.where(AppealRow.id < before)
    rows = session.scalars(found.order_by(AppealRow.id.desc()).limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None
