"""Notices: drafted in the transaction of the act they tell of, printed on demand, delivered with proof."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.models import OfficerRow
from registry.access.service import not_found
from registry.audit.service import OPERATOR, Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.law.workdays import Calendar
from registry.notices import printing
from registry.notices.content import Content
from registry.notices.models import DeliveryRow, NoticeRow
from registry.notices.rules import (
    Delivery,
    Kind,
    Outcome,
    State,
    check,
    is_overdue,
    lacking,
    last_overdue,
    reminded_on,
)
from registry.vault.vault import Vault
from registry.workdays.service import Workdays

TOLD_AT_ONCE = 200


class Notices:
    """What may be done with notices. Who may see the designation they belong to, the caller has looked at."""

    def __init__(self, vault: Callable[[], Vault], log: Log, workdays: Workdays) -> None:
        self._vault = vault
        self._log = log
        self._workdays = workdays

    # -- drafting ----------------------------------------------------------------------------------

    def draft(self, session: Session, actor: Actor, designation_id: str, kind: Kind, content: Content) -> str:
        """Draft one notice; its id. As `draft_all`."""
        return self.draft_all(session, actor, [(designation_id, kind, content)])[0]

    def draft_all(
        self, session: Session, actor: Actor, notices: Iterable[tuple[str, Kind, Content]]
    ) -> list[str]:
        """Draft notices (designation, kind, content) in the caller's transaction; their ids in order.

        Raises ValueError for one that lacks what the law wants in it: that is our own mistake.
        """
        now = clock.now()
        today = clock.beijing_day(now)
        rows: list[dict[str, Any]] = []
        entries: list[Entry] = []
        for designation_id, kind, content in notices:
            if missing := lacking(kind, content):
                raise ValueError(f"a notice of {kind} lacks {', '.join(missing)}")
            notice_id, template = ids.new("ntc"), printing.newest(kind, today)
            said = orjson.dumps(content)
            rows.append(
                {
                    "id": notice_id,
                    "designation_id": designation_id,
                    "kind": kind.value,
                    "template": template,
                    "drafted_by": actor.id,
                    "drafted_at": now,
                    "sealed": self._vault().seal(said, f"notices.sealed:{notice_id}"),
                    "awaited_on": today,
                }
            )
            facts = {"designation": designation_id, "kind": kind.value, "template": template}
            entries.append(Entry(Tag.NOTICE_DRAFTED, actor, notice_id, facts, secret=_digest(said)))
        if rows:
            session.execute(insert(NoticeRow), rows)
            self._log.write_all(session, entries)
        return [row["id"] for row in rows]

    # -- delivering --------------------------------------------------------------------------------

    def deliver(self, actor: Actor, designation_id: str, notice_id: str, delivery: Delivery) -> str:
        """Record a delivery or a vain attempt at one; its id. Raises NotFound, Invalid."""
        now = clock.now()
        delivery_id = ids.new("dlv")
        with transaction() as session:
            notice = self._row(session, designation_id, notice_id)
            check(delivery, clock.beijing_day(notice.drafted_at), clock.beijing_day(now))
            session.execute(
                insert(DeliveryRow).values(
                    id=delivery_id,
                    notice_id=notice_id,
                    form=delivery.form.value,
                    outcome=delivery.outcome.value,
                    delivered_on=delivery.delivered_on,
                    sealed=self._vault().seal_text(delivery.proof, f"deliveries.sealed:{delivery_id}"),
                    recorded_by=actor.id,
                    recorded_at=now,
                )
            )
            if delivery.outcome is Outcome.DELIVERED:
                notice.awaited_on = None
            facts = {
                "designation": designation_id,
                "delivery": delivery_id,
                "form": delivery.form.value,
                "outcome": delivery.outcome.value,
                "delivered_on": delivery.delivered_on.isoformat(),
            }
            secret = json.dumps({"proof": delivery.proof}, ensure_ascii=False).encode()
            self._log.write(session, Entry(Tag.NOTICE_DELIVERED, actor, notice_id, facts, secret=secret))
        return delivery_id

    def tell_overdue(self) -> bool:
        """Let the log tell, once, of notices undelivered past their reminder; whether more may wait."""
        with transaction() as session:
            calendar = self._workdays.calendar(session)
            rows = session.scalars(
                select(NoticeRow)
                .where(NoticeRow.awaited_on <= last_overdue(clock.today(), calendar))
                .order_by(NoticeRow.awaited_on, NoticeRow.id)
                .limit(TOLD_AT_ONCE)
                .with_for_update(skip_locked=True)  # what somebody delivers or tells just now
                .execution_options(populate_existing=True)
            ).all()
            self._log.write_all(session, [_overdue_act(row, calendar) for row in rows])
            for row in rows:
                row.awaited_on = None
        return len(rows) == TOLD_AT_ONCE

    # -- reading -----------------------------------------------------------------------------------

    def of(self, session: Session, designation_id: str) -> list[dict[str, Any]]:
        """The notices of a designation, oldest first, each with its deliveries in the order of recording."""
        notices = session.scalars(
            select(NoticeRow).where(NoticeRow.designation_id == designation_id).order_by(NoticeRow.id)
        ).all()
        deliveries: dict[str, list[DeliveryRow]] = defaultdict(list)
        for row in session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.notice_id.in_([notice.id for notice in notices]))
            .order_by(DeliveryRow.id)
        ):
            deliveries[row.notice_id].append(row)
        calendar = self._workdays.calendar(session) if notices else Calendar()
        return [self._view(session, notice, deliveries[notice.id], calendar) for notice in notices]

    def document(self, actor: Actor, designation_id: str, notice_id: str) -> bytes:
        """A notice as PDF, the same bytes each time; the log gets look and digest. Raises NotFound."""
        with reading() as session:
            row = self._row(session, designation_id, notice_id)
            said = self._vault().open(row.sealed, f"notices.sealed:{row.id}")
        # Between the two, so that nobody waits for the typesetter with the database in his hands.
        pdf = printing.pdf(row.template, row.id, row.drafted_at, said)
        facts = {"designation": designation_id, "notice": notice_id}
        with transaction() as session:
            self._log.write(session, Entry(Tag.NOTICE_VIEWED, actor, facts=facts, secret=_digest(pdf)))
        return pdf

    # -- inside ------------------------------------------------------------------------------------

    def _row(self, session: Session, designation_id: str, notice_id: str) -> NoticeRow:
        row = session.get(NoticeRow, notice_id)
        if row is None or row.designation_id != designation_id:
            raise not_found()
        return row

    def _view(
        self, session: Session, notice: NoticeRow, deliveries: Sequence[DeliveryRow], calendar: Calendar
    ) -> dict[str, Any]:
        reached = [row.delivered_on for row in deliveries if row.outcome == Outcome.DELIVERED]
        drafted_on = clock.beijing_day(notice.drafted_at)
        return {
            "id": notice.id,
            "kind": notice.kind,
            "template": notice.template,
            "drafted_at": notice.drafted_at,
            "drafted_by": self._login(session, notice.drafted_by),
            "state": (State.DELIVERED if reached else State.UNDELIVERED).value,
            "delivered_on": min(reached, default=None),
            "overdue_delivery": not reached and is_overdue(drafted_on, clock.today(), calendar),
            "deliveries": [
                {
                    "id": row.id,
                    "form": row.form,
                    "outcome": row.outcome,
                    "delivered_on": row.delivered_on,
                    "proof": self._vault().open_text(row.sealed, f"deliveries.sealed:{row.id}"),
                    "recorded_at": row.recorded_at,
                    "recorded_by": self._login(session, row.recorded_by),
                }
                for row in deliveries
            ],
        }

    def _login(self, session: Session, actor_id: str) -> str:
        officer = session.get(OfficerRow, actor_id)
        return officer.login if officer else actor_id


def _overdue_act(row: NoticeRow, calendar: Calendar) -> Entry:
    last = reminded_on(clock.beijing_day(row.drafted_at), calendar)
    facts = {
        "designation": row.designation_id,
        "kind": row.kind,
        "due_on": str(last.day),
        "provisional": last.provisional,
    }
    return Entry(Tag.NOTICE_OVERDUE, OPERATOR, row.id, facts)


def _digest(content: bytes) -> bytes:
    """What the log keeps of a text, sealed: a bare digest of so little could be guessed."""
    return json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode()
