"""A clock that runs past its day is told in the log: once, whoever dies or works beside."""

import threading
from datetime import date

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from registry import clock, ids
from registry.audit.tags import Tag
from registry.db import engine, reading, transaction
from registry.workdays.models import UNTOLD, ClockRow
from registry.workdays.service import TOLD_AT_ONCE
from tests.conftest import StandingClock
from tests.support.world import World
from tests.workdays.acting import ACCEPT, DECIDE, OFFICER, Clocks
from tests.workdays.half_way import OFF

COURT = "procedure/reconsideration-decision"


def test_an_overdue_clock_is_told_once_with_what_is_due_and_by_what_rule(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    started = clocks.start(ACCEPT, "2026-11-09")  # due 2026-11-16
    standing_clock.day("2026-11-16")
    assert not clocks.workdays.tell_overdue()
    assert clocks.told_overdue() == []
    standing_clock.day("2026-11-17")
    for _ in range(3):
        assert not clocks.workdays.tell_overdue()
    act = clocks.acts()[-1]
    assert (act.tag, act.actor, act.object_id) == (Tag.CLOCK_OVERDUE, "operator", "apl_1")
    assert act.facts == {
        "clock": started["id"],
        "rule": ACCEPT,
        "due_on": "2026-11-16",
        "provisional": True,  # the count is unconfirmed
    }
    assert clocks.told_overdue() == [("apl_1", "2026-11-16", True)]


def test_what_fell_due_while_no_worker_ran_is_told_afterwards_the_longest_overdue_first(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    clocks.start(ACCEPT, "2026-11-10", object_id="apl_2")  # due 2026-11-17
    clocks.start(ACCEPT, "2026-11-09")  # due 2026-11-16
    clocks.start(COURT, "2026-11-09", object_id="apl_3")  # due 2027-01-08, confirmed
    clocks.start(DECIDE, "2026-11-09")
    clocks.act("pause", DECIDE, "2026-11-10")
    clocks.start(ACCEPT, "2026-11-09", object_id="apl_4")
    with transaction() as session:
        clocks.workdays.stop(session, OFFICER, ACCEPT, "apl_4", date(2026, 11, 10))
    standing_clock.day("2027-03-01")
    clocks.workdays.tell_overdue()
    assert clocks.told_overdue() == [
        ("apl_1", "2026-11-16", True),
        ("apl_2", "2026-11-17", True),
        ("apl_3", "2027-01-08", False),
    ]


def test_a_clock_that_gets_a_later_day_is_told_again_when_that_is_over_and_not_for_an_earlier_one(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    clocks.start(ACCEPT, "2026-12-30")  # due 2027-01-06, provisional
    standing_clock.day("2027-01-07")
    clocks.workdays.tell_overdue()
    clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知")  # due 2027-01-07
    clocks.workdays.tell_overdue()
    assert [day for _, day, _ in clocks.told_overdue()] == ["2027-01-06"]
    standing_clock.day("2027-01-08")
    clocks.workdays.tell_overdue()
    assert [day for _, day, _ in clocks.told_overdue()] == ["2027-01-06", "2027-01-07"]
    clocks.workdays.import_year(OFFICER, 2027, OFF, [date(2027, 1, 2)], "更正")  # due 2027-01-06 again
    clocks.workdays.tell_overdue()
    assert len(clocks.told_overdue()) == 2


def test_a_clock_resumed_after_it_was_told_is_told_for_its_new_day(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    clocks.start(ACCEPT, "2026-11-09")
    standing_clock.day("2026-11-17")
    clocks.workdays.tell_overdue()
    clocks.act("pause", ACCEPT, "2026-11-16")
    clocks.act("resume", ACCEPT, "2026-11-23")
    due_on = clocks.dues()[ACCEPT]
    standing_clock.day("2026-12-30")
    clocks.workdays.tell_overdue()
    assert [day for _, day, _ in clocks.told_overdue()] == sorted({"2026-11-16", due_on})


def test_broken_off_before_its_end_nothing_is_told_and_the_next_time_everything(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    clocks.start(ACCEPT, "2026-11-09")
    with pytest.raises(RuntimeError), transaction():
        clocks.workdays.tell_overdue()
        raise RuntimeError
    assert clocks.told_overdue() == []
    clocks.workdays.tell_overdue()
    assert len(clocks.told_overdue()) == 1


def fill(count: int) -> None:
    with transaction() as session:
        row = {"rule": ACCEPT, "event_on": date(2026, 11, 9), "due_on": date(2026, 11, 16)}
        row |= {"provisional": False, "calendar_version": "", "pauses": []}
        rows = [row | {"id": ids.new("clk"), "object_id": f"apl_{n}"} for n in range(count)]
        session.execute(insert(ClockRow), rows)


def test_two_workers_at_once_tell_each_clock_once(world: World, clocks: Clocks) -> None:
    count = 3 * TOLD_AT_ONCE + 7
    fill(count)
    troubles: list[Exception] = []

    def work() -> None:
        try:
            with world.app.app_context():
                while clocks.workdays.tell_overdue():
                    pass
        except Exception as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    while clocks.workdays.tell_overdue():  # the last one of a part may have met the other's locks
        pass
    told = [object_id for object_id, _, _ in clocks.told_overdue()]
    assert (len(told), len(set(told))) == (count, count)


def test_the_search_goes_by_an_index_that_holds_only_what_is_untold(clocks: Clocks) -> None:
    fill(3)
    wanted = select(ClockRow.id).where(UNTOLD, ClockRow.due_on < clock.today()).order_by(ClockRow.due_on)
    on_postgres = engine().dialect.name == "postgresql"
    dialect = postgresql.dialect() if on_postgres else sqlite.dialect()
    statement = str(wanted.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with reading() as session:
        if on_postgres:
            session.execute(text("SET enable_seqscan = off"))
        plan = session.execute(text(f"{'EXPLAIN' if on_postgres else 'EXPLAIN QUERY PLAN'} {statement}"))
        assert "ix_clocks_untold" in str(plan.all())
        if on_postgres:
            session.execute(text("RESET enable_seqscan"))
