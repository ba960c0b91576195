"""When what is due: `tests/law/cases/periods.yaml`, each row a test, by the calendar that ships."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.law.workdays import Calendar, Due, Period, Unit, due, working_days_left
from registry.workdays import rules
from registry.workdays.files import shipped
from tests.law import reading

CASES = reading.read("periods")
CALENDAR = rules.calendar(shipped())
PERIODS = [name for name in CASES if name not in ("description", "pauses")]


def rows():
    for name in (*PERIODS, "pauses"):
        for row in CASES[name]:
            yield pytest.param(row.get("rule", name), row, id=f"{name}, {row['what']}")


@pytest.mark.parametrize(("name", "row"), list(rows()))
def test_a_period_ends_on_the_day_of_the_case(name, row):
    period = reading.book().on(row["event"]).period(name).value

    found = due(row["event"], period, CALENDAR, [tuple(pause) for pause in row.get("pauses", ())])

    assert found == Due(row["due"], row.get("provisional", False))


def test_every_period_of_the_law_has_cases():
    rules_of_procedure = {
        setting.rule.removeprefix("procedure/")
        for setting in reading.book().on(date(2026, 11, 22)).settings()
        if setting.rule.startswith("procedure/")
    }

    assert rules_of_procedure == set(PERIODS)


@pytest.mark.parametrize(
    ("event", "period", "day"),
    [
        ("2024-01-31", Period(1, Unit.MONTHS), "2024-02-29"),
        ("2023-01-31", Period(1, Unit.MONTHS), "2023-02-28"),
        ("2025-10-31", Period(4, Unit.MONTHS), "2026-02-28"),
        ("2026-12-15", Period(1, Unit.MONTHS), "2027-01-15"),
        ("2026-07-02", Period(3, Unit.MONTHS), "2026-10-02"),
        ("2026-07-02", Period(3, Unit.MONTHS, moves=True), "2026-10-08"),
        ("2024-02-29", Period(1, Unit.YEARS), "2025-02-28"),
        ("2024-02-29", Period(4, Unit.YEARS), "2028-02-29"),
        ("2025-10-10", Period(1, Unit.YEARS, moves=True), "2026-10-10"),  # a Saturday that is worked
    ],
)
def test_months_and_years_end_on_the_corresponding_day(event, period, day):
    assert due(date.fromisoformat(event), period, CALENDAR).day == date.fromisoformat(day)


def test_working_days_left_are_counted_as_the_period_is():
    friday, sunday, monday = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)

    assert working_days_left(friday, monday, CALENDAR) == 1
    assert working_days_left(sunday, monday, CALENDAR) == 1
    assert working_days_left(monday, monday, CALENDAR) == 0
    assert working_days_left(date(2026, 11, 25), monday, CALENDAR) == -2
    assert working_days_left(date(2026, 9, 30), date(2026, 10, 8), CALENDAR) == 1


days = st.dates(date(2017, 1, 1), date(2027, 12, 31))


@given(days, st.integers(1, 60))
def test_a_period_of_working_days_ends_on_one_and_holds_so_many(event, count):
    found = due(event, Period(count, Unit.WORKING_DAYS), CALENDAR)

    assert CALENDAR.works(found.day)
    assert working_days_left(event, found.day, CALENDAR) == count
    assert found.provisional == (found.day.year > 2026)


@given(days, st.integers(1, 60), st.integers(0, 100), st.integers(0, 40))
def test_a_pause_never_shortens_and_puts_off_by_what_it_holds(event, count, after, length):
    period = Period(count, Unit.WORKING_DAYS)
    paused_on = event + timedelta(after)
    resumed_on = paused_on + timedelta(length)
    plain = due(event, period, CALENDAR)

    found = due(event, period, CALENDAR, [(paused_on, resumed_on)])

    if paused_on >= plain.day:
        assert found == plain
    else:
        used = working_days_left(event, paused_on, CALENDAR)
        assert found.day >= plain.day
        assert working_days_left(resumed_on, found.day, CALENDAR) == count - used


def test_a_calendar_that_knows_nothing_counts_monday_to_friday_and_says_so():
    found = due(date(2026, 9, 30), Period(1, Unit.WORKING_DAYS), Calendar())

    assert found == Due(date(2026, 10, 1), provisional=True)
