"""Checks are counted from the log: each once, for the day, partner, purpose and direction it had."""

from datetime import date

import pytest
from sqlalchemy import select

from registry import worker
from registry.access.rules import Role
from registry.audit import sealing
from registry.db import reading
from registry.law.words import Direction, Level
from registry.screening import counts
from registry.screening.counts import By, Count, count, count_on
from registry.screening.models import CheckCountRow
from tests.conftest import StandingClock
from tests.support.world import World

YEAR = date(2026, 1, 1), date(2026, 12, 31)


def counted(world: World) -> None:
    world.seal()
    while count_on():
        pass


def by(world: World, key: By, login: str = "", first: date = YEAR[0], last: date = YEAR[1]) -> list[Count]:
    token = world.officer(login) if login else world.clerk
    return count(world.services.access.officer(token), key, first, last)


def test_checks_are_counted_by_partner_purpose_direction_and_month(
    world: World, standing_clock: StandingClock
) -> None:
    listed, other = world.people.person(), world.people.person()
    world.designate(world.draft_body(listed))
    standing_clock.set("2026-11-30T23:59:59.9")
    world.ask("bank", "open_bank_account", listed)
    world.ask("bank", "open_bank_account", other)
    standing_clock.set("2026-12-01T00:00:00")
    world.ask("carrier", "issue_phone_card", listed)
    assert by(world, By.PARTNER) == []
    counted(world)
    assert [(each.checks, each.directions) for each in by(world, By.PURPOSE)] == [
        (1, {Direction.REFUSE: 1}),
        (2, {Direction.LIMIT: 1, Direction.PROCEED: 1}),
    ]
    assert {each.key: each.checks for each in by(world, By.DIRECTION)} == {
        "limit": 1,
        "proceed": 1,
        "refuse": 1,
    }
    assert [(each.key, each.checks) for each in by(world, By.MONTH)] == [("2026-11", 2), ("2026-12", 1)]
    assert sorted(each.checks for each in by(world, By.PARTNER)) == [1, 2]
    assert [each.checks for each in by(world, By.MONTH, first=date(2026, 12, 1))] == [1]
    assert [each.checks for each in by(world, By.MONTH, last=date(2026, 11, 30))] == [2]
    world.ask("bank", "open_bank_account", other)
    counted(world)
    counted(world)
    assert sum(each.checks for each in by(world, By.PARTNER)) == 4


def test_an_authority_sees_the_partners_of_its_territory(world: World) -> None:
    person = world.people.person()
    world.ask("bank", "open_bank_account", person)
    world.ask("carrier", "issue_phone_card", person, "140200")
    counted(world)
    for login, area, level, seen in (
        ("city", "140900", Level.CITY, 1),
        ("neighbour", "140200", Level.CITY, 1),
        ("stranger", "310000", Level.CITY, 0),
        ("county", "140902", Level.COUNTY, 0),
        ("province", "140000", Level.PROVINCE, 2),
        ("ministry", "110000", Level.MINISTRY, 2),
    ):
        authority = world.authority(f"{login}公安机关", area, level)
        world.officer(login, Role.CLERK, authority=authority)
        assert len(by(world, By.PARTNER, login)) == seen, login


def test_a_crash_while_counting_counts_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.ask("bank", "open_bank_account", world.people.person())
        world.seal()
    add = counts._add

    def crash(*given: object) -> None:
        add(*given)  # type: ignore[arg-type]
        raise RuntimeError

    monkeypatch.setattr(counts, "_add", crash)
    with pytest.raises(RuntimeError):
        count_on()
    assert by(world, By.PARTNER) == []
    monkeypatch.setattr(counts, "_add", add)
    counted(world)
    assert [each.checks for each in by(world, By.PARTNER)] == [3]


def test_a_long_log_is_counted_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sealing, counts):
        monkeypatch.setattr(module, "MOST", 2)
    for _ in range(5):
        world.ask("bank", "open_bank_account", world.people.person())
    world.seal()
    parts = 0
    while count_on():
        parts += 1
    assert parts >= 3
    assert [each.checks for each in by(world, By.PARTNER)] == [5]


def test_acts_are_no_checks_and_the_worker_counts(world: World) -> None:
    world.designate(world.draft_body())
    world.seal()
    task = worker.tasks(world.services, world.runner)["counts of checks"]
    assert task.act() and not task.act()
    with reading() as session:
        assert session.scalars(select(CheckCountRow)).all() == []
