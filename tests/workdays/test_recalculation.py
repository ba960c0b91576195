"""What an imported year does to the clocks that run, and the trace that it leaves."""

import signal
import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import delete

from registry.audit.tags import Tag
from registry.config import Config
from registry.db import transaction
from registry.errors import Invalid, NotFound
from registry.workdays.models import CalendarYearRow
from tests.architecture.tools import ROOT
from tests.workdays.acting import ACCEPT, DECIDE, OFFICER, Clocks
from tests.workdays.half_way import OFF


def test_a_missing_year_that_is_imported_moves_due_days_and_leaves_a_trace(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-30")
    clocks.start(DECIDE, "2026-11-02")
    clocks.start(ACCEPT, "2026-12-30", object_id="apl_2")
    with transaction() as session:
        clocks.workdays.stop(session, OFFICER, ACCEPT, "apl_2", date(2026, 12, 31))
    assert clocks.dues() == {ACCEPT: "2027-01-06", DECIDE: "2026-11-30"}

    assert clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知") == 1

    assert clocks.dues() == {ACCEPT: "2027-01-07", DECIDE: "2026-11-30"}
    (trace,) = [act for act in clocks.acts() if act.tag is Tag.CLOCK_RECALCULATED]
    assert trace.actor == OFFICER.id
    assert trace.facts == {
        "clock": clocks.all()[0]["id"],
        "rule": ACCEPT,
        "old_due_on": "2027-01-06",
        "old_provisional": True,
        "due_on": "2027-01-07",
        "provisional": False,
    }
    assert str(clocks.all("apl_2")[0]["due_on"]) == "2027-01-06"  # what is over stays as it was told
    (act,) = clocks.acts("calendar-2027")
    assert act.tag is Tag.CALENDAR_IMPORTED
    assert act.facts == {"year": 2027, "source": "通知", "off": list(map(str, OFF)), "on": []}


def test_a_year_imported_again_replaces_the_first_and_moves_due_days_again(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-30")
    clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知")

    changed = clocks.workdays.import_year(OFFICER, 2027, OFF, [date(2027, 1, 2)], "更正")

    assert changed == 1
    assert clocks.dues() == {ACCEPT: "2027-01-06"}
    assert clocks.workdays.year(2027)["source"] == "更正"
    assert clocks.workdays.import_year(OFFICER, 2027, OFF, [date(2027, 1, 2)], "更正") == 0
    assert len([act for act in clocks.acts() if act.tag is Tag.CLOCK_RECALCULATED]) == 2


def test_a_shipped_year_may_be_overruled(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-23")
    shipped = clocks.workdays.year(2026)

    clocks.workdays.import_year(
        OFFICER, 2026, [*shipped["off"], date(2026, 12, 25)], shipped["on"], "调整通知"
    )

    assert clocks.dues() == {ACCEPT: "2026-12-31"}
    assert [view["year"] for view in clocks.workdays.years()] == list(range(2026, 2016, -1))


def test_a_clock_whose_day_stays_becomes_certain_with_a_trace(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-25")
    clocks.workdays.import_year(OFFICER, 2027, [day for day in OFF if day.month > 1], [], "通知")

    assert clocks.dues() == {ACCEPT: "2027-01-01"}
    trace = clocks.acts()[-1]
    assert (trace.tag, trace.facts["provisional"]) == (Tag.CLOCK_RECALCULATED, False)


def test_a_paused_clock_is_counted_anew_too(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-29")
    clocks.act("pause", ACCEPT, "2026-12-30")
    clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知")

    assert clocks.dues() == {ACCEPT: "2027-01-06"}
    assert clocks.act("resume", ACCEPT, "2027-01-01")["due_on"] == date(2027, 1, 7)


def test_the_worker_counts_by_the_present_calendar_whatever_changed_it(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-12-30")
    clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知")
    with transaction() as session:
        session.execute(delete(CalendarYearRow))  # as if another release knew other years

    assert clocks.workdays.recalculate() == 1
    assert clocks.workdays.recalculate() == 0
    assert clocks.dues() == {ACCEPT: "2027-01-06"}
    assert clocks.acts()[-1].actor == "operator"


def test_a_year_with_faults_changes_nothing(clocks: Clocks) -> None:
    with pytest.raises(Invalid):
        clocks.workdays.import_year(OFFICER, 2027, OFF[:3], [], "通知")
    with pytest.raises(NotFound):
        clocks.workdays.year(2027)
    assert clocks.acts("calendar-2027") == []


def test_an_import_that_dies_half_way_changes_nothing(clocks: Clocks, config: Config) -> None:
    clocks.start(ACCEPT, "2026-12-30")
    before = clocks.all()

    done = subprocess.run(
        [sys.executable, "-m", "tests.workdays.half_way", config.database_url, str(config.keys)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "1\n"), done.stderr
    assert clocks.all() == before
    assert clocks.acts("calendar-2027") == []
    with pytest.raises(NotFound):
        clocks.workdays.year(2027)
    assert clocks.workdays.import_year(OFFICER, 2027, OFF, [], "通知") == 1
