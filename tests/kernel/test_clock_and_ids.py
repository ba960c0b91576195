"""Beijing days and opaque identifiers."""

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from registry import clock, ids


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T15:59:59.999999+00:00", date(2026, 11, 22)),
        ("2026-11-22T16:00:00+00:00", date(2026, 11, 23)),
        ("2025-12-31T16:00:00+00:00", date(2026, 1, 1)),
        ("2028-02-28T16:00:00+00:00", date(2028, 2, 29)),
        ("2026-11-22T23:59:59+08:00", date(2026, 11, 22)),
        ("2026-11-22T20:00:00-05:00", date(2026, 11, 23)),
    ],
)
def test_a_law_day_is_the_day_in_beijing(instant: str, day: date) -> None:
    assert clock.beijing_day(datetime.fromisoformat(instant)) == day


def test_the_clock_is_utc_and_moves() -> None:
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
    assert clock.now() >= first


def test_a_test_may_put_another_clock_in_and_take_it_out() -> None:
    stands = datetime(2028, 2, 28, 16, 0, tzinfo=UTC)
    clock.set_source(lambda: stands)
    try:
        assert (clock.now(), clock.today()) == (stands, date(2028, 2, 29))
    finally:
        clock.set_source(None)
    assert clock.now() != stands


def test_beijing_knows_no_summer_time() -> None:
    for month in range(1, 13):
        assert datetime(2026, month, 1, tzinfo=clock.BEIJING).utcoffset() == timedelta(hours=8)
    assert isinstance(clock.BEIJING, timezone)


def test_identifiers_are_unique_and_say_what_they_name() -> None:
    made = [ids.new("chk") for _ in range(20_000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"chk_[0-9a-hjkmnp-tv-z]{26}", each) for each in made)


def test_identifiers_sort_by_the_time_they_were_made() -> None:
    made = []
    for _ in range(20):
        made.append(ids.new("dsg"))
        time.sleep(0.002)
    assert made == sorted(made)
