"""The law's clocks: started, paused, resumed and stopped by whoever acts, counted by the calendar known here.

The verbs take the session of the act of which they are a part, and write their own row in the log.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.audit.service import OPERATOR, Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import inserting, reading, transaction
from registry.errors import InvalidState, NotFound, invalid_field
from registry.law.book import Book, Setting
from registry.law.workdays import Calendar, Period, Unit, due, working_days_left
from registry.text import Text
from registry.workdays import rules
from registry.workdays.files import shipped
from registry.workdays.models import UNTOLD, CalendarYearRow, ClockRow
from registry.workdays.rules import Year

RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"
STATES = (RUNNING, PAUSED, STOPPED)
TOLD_AT_ONCE = 200


class Workdays:
    """Which days are worked, and when what is due. A clock is named by its object and its rule."""

    def __init__(self, book: Book, log: Log) -> None:
        self._book = book
        self._log = log

    # -- years -------------------------------------------------------------------------------------

    def calendar(self, session: Session) -> Calendar:
        """Every year that is known: the shipped ones, and over them those imported."""
        imported = {row.year: _year(row) for row in session.scalars(select(CalendarYearRow))}
        return rules.calendar({**shipped(), **imported})

    def years(self) -> list[dict[str, Any]]:
        """Every known year with its days and where they come from, the newest first."""
        with reading() as session:
            views = {number: _year_view(number, year) for number, year in shipped().items()}
            for row in session.scalars(select(CalendarYearRow)):
                views[row.year] = _year_view(row.year, _year(row), row.imported_by, row.imported_at)
        return [views[number] for number in sorted(views, reverse=True)]

    def year(self, number: int) -> dict[str, Any]:
        """One of `years`. Raises NotFound for one whose notice is not known."""
        for view in self.years():
            if view["year"] == number:
                return view
        raise NotFound(
            "not-found",
            Text(
                "该年放假安排尚未导入；该年的期限暂按周一至周五计算。",
                "The notice of this year was not imported; its days are counted Monday to Friday so far.",
            ),
        )

    def import_year(
        self, actor: Actor, number: int, off: Sequence[date], on: Sequence[date], source: str
    ) -> int:
        """Take in a year, or another version of it, and recalculate; how many clocks have another due day.

        Raises Invalid.
        """
        year = rules.checked(number, off, on, source)
        days = {"off": list(map(str, year.off)), "on": list(map(str, year.on))}
        told = {"days": days, "source": year.source, "imported_by": actor.id, "imported_at": clock.now()}
        with transaction() as session:
            session.execute(
                inserting(session, CalendarYearRow)
                .values(year=number, **told)
                .on_conflict_do_update(index_elements=["year"], set_=told)
            )
            facts = {"year": number, "source": year.source, **days}
            self._log.write(session, Entry(Tag.CALENDAR_IMPORTED, actor, f"calendar-{number}", facts))
            return self.recalculate(actor)

    def recalculate(self, actor: Actor = OPERATOR) -> int:
        """Count every clock anew that runs by another calendar than the present one; how many changed."""
        with transaction() as session:
            calendar = self.calendar(session)
            rows = session.scalars(
                select(ClockRow)
                .where(ClockRow.stopped_on.is_(None), ClockRow.calendar_version != calendar.version)
                .order_by(ClockRow.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).all()
            changed = []
            for row in rows:
                before = row.due_on, row.provisional
                self._count(row, calendar)
                if before != (row.due_on, row.provisional):
                    old = {"old_due_on": str(before[0]), "old_provisional": before[1]}
                    changed.append(Entry(Tag.CLOCK_RECALCULATED, actor, row.object_id, _facts(row) | old))
            self._log.write_all(session, changed)
        return len(changed)

    # -- clocks ------------------------------------------------------------------------------------

    def start(
        self, session: Session, actor: Actor, rule: str, object_id: str, event_on: date
    ) -> dict[str, Any]:
        """Let the period of `rule` run from an event on `event_on`. Raises InvalidState, RuleNotInForce."""
        if self._open(session, rule, object_id) is not None:
            raise _wrong_state("期限已在计算中。", "This clock runs already.")
        row = ClockRow(id=ids.new("clk"), object_id=object_id, rule=rule, event_on=event_on, pauses=[])
        self._count(row, self.calendar(session))
        session.add(row)
        return self._done(session, Tag.CLOCK_STARTED, actor, row, event_on)

    def pause(self, session: Session, actor: Actor, rule: str, object_id: str, on: date) -> dict[str, Any]:
        """running → paused; `on` is the last day that counts. Raises InvalidState, Invalid."""
        row = self._in(session, rule, object_id, {RUNNING})
        _require_order(_last(row), on)
        row.paused_on = on
        return self._done(session, Tag.CLOCK_PAUSED, actor, row, on)

    def resume(self, session: Session, actor: Actor, rule: str, object_id: str, on: date) -> dict[str, Any]:
        """paused → running: the rest runs from the day after `on`. Raises InvalidState, Invalid."""
        row = self._in(session, rule, object_id, {PAUSED})
        _require_order(_last(row), on)
        row.pauses = [*row.pauses, [str(row.paused_on), str(on)]]
        row.paused_on = None
        self._count(row, self.calendar(session))
        return self._done(session, Tag.CLOCK_RESUMED, actor, row, on)

    def stop(self, session: Session, actor: Actor, rule: str, object_id: str, on: date) -> dict[str, Any]:
        """running or paused → stopped: what was due was done. Raises InvalidState, Invalid."""
        row = self._in(session, rule, object_id, {RUNNING, PAUSED})
        _require_order(_last(row), on)
        row.stopped_on = on
        return self._done(session, Tag.CLOCK_STOPPED, actor, row, on)

    def of(self, session: Session, object_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """The clocks of each of these objects, in the order in which they were started."""
        calendar, today = self.calendar(session), clock.today()
        views: dict[str, list[dict[str, Any]]] = {object_id: [] for object_id in object_ids}
        wanted = select(ClockRow).where(ClockRow.object_id.in_(list(views))).order_by(ClockRow.id)
        for row in session.scalars(wanted):
            views[row.object_id].append(self._view(row, calendar, today))
        return views

    def open_clocks(self) -> Select[str, date]:
        """Object and due day of every clock that has not stopped, for a query of whoever lists objects."""
        return select(ClockRow.object_id, ClockRow.due_on).where(ClockRow.stopped_on.is_(None))

    def late_objects(self) -> Select[str]:
        """The objects of which a clock stopped after its due day."""
        return select(ClockRow.object_id).where(ClockRow.stopped_on > ClockRow.due_on)

    def overdue_objects(self, today: date) -> Select[str]:
        """The objects of the clocks that run past their due day, for a query of whoever lists objects."""
        return select(ClockRow.object_id).where(*_overdue(today))

    def tell_overdue(self) -> bool:
        """Let the log tell, once, of clocks that run past their due day; whether more of them may wait.

        One that is told and gets a later due day is told again when that is over as well.
        """
        with transaction() as session:
            rows = session.scalars(
                select(ClockRow)
                .where(UNTOLD, ClockRow.due_on < clock.today())
                .order_by(ClockRow.due_on, ClockRow.id)
                .limit(TOLD_AT_ONCE)
                .with_for_update(skip_locked=True)  # what somebody stops or tells just now
                .execution_options(populate_existing=True)
            ).all()
            self._log.write_all(session, [self._overdue_act(row) for row in rows])
            for row in rows:
                row.told_due_on = row.due_on
        return len(rows) == TOLD_AT_ONCE

    # -- inside ------------------------------------------------------------------------------------

    def _setting(self, row: ClockRow) -> Setting[Period]:
        return self._book.on(row.event_on).get(row.rule)

    def _count(self, row: ClockRow, calendar: Calendar) -> None:
        pauses = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in row.pauses]
        last = due(row.event_on, self._setting(row).value, calendar, pauses)
        row.due_on, row.provisional, row.calendar_version = last.day, last.provisional, calendar.version

    def _overdue_act(self, row: ClockRow) -> Entry:
        provisional = row.provisional or self._setting(row).source.provisional
        facts = _facts(row) | {"provisional": provisional}
        return Entry(Tag.CLOCK_OVERDUE, OPERATOR, row.object_id, facts)

    def _open(self, session: Session, rule: str, object_id: str) -> ClockRow | None:
        return session.scalars(
            select(ClockRow)
            .where(ClockRow.object_id == object_id, ClockRow.rule == rule, ClockRow.stopped_on.is_(None))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()

    def _in(self, session: Session, rule: str, object_id: str, states: set[str]) -> ClockRow:
        row = self._open(session, rule, object_id)
        if row is None or _state(row) not in states:
            raise _wrong_state("期限当前状态不允许此操作。", "The state of this clock does not allow it.")
        return row

    def _done(self, session: Session, tag: Tag, actor: Actor, row: ClockRow, on: date) -> dict[str, Any]:
        session.flush()
        self._log.write(session, Entry(tag, actor, row.object_id, _facts(row) | {"on": str(on)}))
        return self._view(row, self.calendar(session), clock.today())

    def _view(self, row: ClockRow, calendar: Calendar, today: date) -> dict[str, Any]:
        setting = self._setting(row)
        until = row.paused_on or row.stopped_on or today
        if setting.value.unit is Unit.WORKING_DAYS:
            counted_in, left = Unit.WORKING_DAYS, working_days_left(until, row.due_on, calendar)
        else:
            counted_in, left = Unit.CALENDAR_DAYS, (row.due_on - until).days
        return {
            "id": row.id,
            "object_id": row.object_id,
            "rule": row.rule,
            "basis": {
                "instrument": setting.source.instrument,
                "article": setting.source.article,
                "mark": setting.source.mark,
                "provisional": setting.source.provisional,
            },
            "provisional": row.provisional or setting.source.provisional,
            "event_on": row.event_on,
            "due_on": row.due_on,
            "state": _state(row),
            "overdue": until > row.due_on,
            "days_left": left,
            "counted_in": counted_in.value,
        }


def _overdue(today: date) -> tuple[ColumnElement[bool], ...]:
    return ClockRow.stopped_on.is_(None), ClockRow.paused_on.is_(None), ClockRow.due_on < today


def _state(row: ClockRow) -> str:
    if row.stopped_on is not None:
        return STOPPED
    return RUNNING if row.paused_on is None else PAUSED


def _last(row: ClockRow) -> date:
    """The day of what happened last to the clock."""
    if row.paused_on is not None:
        return row.paused_on
    return date.fromisoformat(row.pauses[-1][1]) if row.pauses else row.event_on


def _require_order(earlier: date, on: date) -> None:
    if on < earlier:
        raise invalid_field(
            "invalid-input",
            Text("不得早于 {day}。", "It cannot be before {day}.").format(day=earlier),
            "/on",
        )


def _wrong_state(zh: str, en: str) -> InvalidState:
    return InvalidState("invalid-state", Text(zh, en))


def _facts(row: ClockRow) -> dict[str, Any]:
    return {
        "clock": row.id,
        "rule": row.rule,
        "due_on": str(row.due_on),
        "provisional": row.provisional,
    }


def _year(row: CalendarYearRow) -> Year:
    off, on = (tuple(map(date.fromisoformat, row.days[kind])) for kind in ("off", "on"))
    return Year(off, on, row.source)


def _year_view(
    number: int, year: Year, imported_by: str | None = None, imported_at: datetime | None = None
) -> dict[str, Any]:
    return {
        "year": number,
        "off": list(year.off),
        "on": list(year.on),
        "source": year.source,
        "imported_by": imported_by,
        "imported_at": imported_at,
    }
