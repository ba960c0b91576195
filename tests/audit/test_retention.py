"""Months whose time is over go whole, and the log stays provable without them."""

import pytest
from sqlalchemy import func, select, text

from registry.audit import export
from registry.audit.models import LogRecord, TombstoneRow
from registry.audit.retention import add_months, retire
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.audit.verification import verified
from registry.db import engine, reading
from registry.errors import Conflict
from tests.audit.test_sealing import as_owner, audit, checks
from tests.conftest import StandingClock
from tests.support.world import World


def retired(world: World, years: int = 5) -> list[str]:
    return retire(OPERATOR, world.services.log, world.services.keys.signer, years)


def living(world: World, clock: StandingClock, *months: str) -> None:
    """Some checks in each of these months, sealed."""
    for month in months:
        clock.day(f"{month}-15")
        checks(world, 3)
    world.seal()


@pytest.mark.parametrize("apart", [False, True], ids=["default partition", "own partition"])
def test_a_month_goes_after_five_years_and_everything_else_still_verifies(
    world: World, standing_clock: StandingClock, apart: bool
) -> None:
    if apart and engine().dialect.name == "postgresql":
        with engine().begin() as connection:
            connection.execute(text("SELECT log_add_month('2025-02-01')"))
    living(world, standing_clock, "2025-01", "2025-02", "2025-03")
    kept = world.services.sealer.checkpoint()
    standing_clock.day("2030-02-28")
    assert retired(world) == ["2025-01"]
    assert retired(world) == []
    standing_clock.day("2030-03-01")
    assert retired(world) == ["2025-02"]
    world.seal()
    report = audit(world, kept)
    assert report.faults == []
    assert report.retired >= 6
    with reading() as session:
        assert session.scalars(select(TombstoneRow.month).order_by(TombstoneRow.month)).all() == [
            "2025-01",
            "2025-02",
        ]
        acts = session.scalars(select(LogRecord.facts).where(LogRecord.tag == Tag.LOG_RETIRED)).all()
        assert sorted(act["month"] for act in acts) == ["2025-01", "2025-02"]
        assert session.scalar(select(func.count()).where(LogRecord.tag == Tag.CHECK_ANSWERED)) == 3


def test_the_log_guards_itself_again_afterwards(world: World, standing_clock: StandingClock) -> None:
    living(world, standing_clock, "2025-01")
    standing_clock.day("2031-01-01")
    retired(world)
    for statement in ("DELETE FROM log", "UPDATE log SET tag = tag"):
        with pytest.raises(Exception, match="append-only"), engine().begin() as connection:
            connection.execute(text(statement))


def test_deleting_without_a_tombstone_or_more_than_it_says_is_found(
    world: World, standing_clock: StandingClock
) -> None:
    living(world, standing_clock, "2025-01", "2025-02")
    standing_clock.day("2030-02-15")
    retired(world)
    as_owner("DELETE FROM log WHERE at < '2025-02-20' AND tag = 'check.answered'")
    assert len(audit(world).faults) == 3
    as_owner("DELETE FROM log_tombstones")
    assert len(audit(world).faults) > 3


def test_a_forged_tombstone_is_no_excuse(world: World, standing_clock: StandingClock) -> None:
    living(world, standing_clock, "2025-01")
    standing_clock.day("2030-02-15")
    retired(world)
    keys = world.services.keys
    lines = list(export.lines(keys.log_name()))
    for line in lines:
        if "tombstone" in line:
            line["tombstone"] = line["tombstone"][:-4] + "AAAA"
    assert "a tombstone whose signature does not hold" in {
        fault.what for fault in verified(lines, keys.public_keys()).faults
    }


def test_nothing_goes_before_it_is_sealed_and_nothing_that_was_altered(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2025-01-15")
    checks(world, 2)
    standing_clock.day("2031-01-01")
    with pytest.raises(Conflict, match="not-sealed-yet"):
        retired(world)
    world.seal()
    as_owner("UPDATE log SET digest = sealed WHERE tag = 'check.answered'")
    with pytest.raises(Conflict, match="log-altered"):
        retired(world)


def test_months_are_ready_before_they_begin(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2028-11-30")
    add_months()
    add_months()
    living(world, standing_clock, "2028-12", "2029-01")
    if engine().dialect.name == "postgresql":
        with engine().connect() as connection:
            places = connection.execute(
                text("SELECT DISTINCT tableoid::regclass::text FROM log WHERE at > '2028-12-01'")
            ).scalars()
            assert sorted(places) == ["log_months.m2028_12", "log_months.m2029_01"]
    assert audit(world).faults == []


def test_no_year_is_too_short_to_keep(world: World) -> None:
    with pytest.raises(ValueError, match="a year at least"):
        retired(world, years=0)
