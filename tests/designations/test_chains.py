"""Repeats are served one after the other, at most five years; what a bank hears around every end."""

import pytest

from registry.demo.people import SyntheticPerson
from tests.conftest import StandingClock
from tests.designations.acting import check, found, shown, terms
from tests.support.world import World

# Decided days, and the terms that follow: class 2 of joint-2024, two years each.
CHAINS = {
    "two": (["2025-03-03", "2025-09-09"], [("2025-03-03", "2027-03-03"), ("2027-03-04", "2029-03-03")]),
    "three, cut at five years": (
        ["2025-03-03", "2025-09-09", "2026-01-01"],
        [("2025-03-03", "2027-03-03"), ("2027-03-04", "2029-03-03"), ("2029-03-04", "2030-03-03")],
    ),
    "a fourth gets nothing": (
        ["2025-03-03", "2025-09-09", "2026-01-01", "2026-02-02"],
        [
            ("2025-03-03", "2027-03-03"),
            ("2027-03-04", "2029-03-03"),
            ("2029-03-04", "2030-03-03"),
            ("2030-03-04", "2030-03-03"),
        ],
    ),
    "decided on the last day": (
        ["2025-03-03", "2027-03-03"],
        [("2025-03-03", "2027-03-03"), ("2027-03-04", "2029-03-03")],
    ),
    "adjacent": (["2025-03-03", "2027-03-04"], [("2025-03-03", "2027-03-03"), ("2027-03-04", "2029-03-03")]),
    "after a gap": (
        ["2025-03-03", "2027-03-05"],
        [("2025-03-03", "2027-03-03"), ("2027-03-05", "2029-03-05")],
    ),
    "from a leap day": (
        ["2026-02-28", "2026-03-01"],
        [("2026-02-28", "2028-02-28"), ("2028-02-29", "2030-02-28")],
    ),
}


def designate_all(world: World, person: SyntheticPerson, days: list[str]) -> list[str]:
    """The ids of designations decided and approved in this order."""
    return [world.designate(world.draft_body(person, decided_on=day))["id"] for day in days]


@pytest.mark.parametrize(("days", "expected"), CHAINS.values(), ids=CHAINS)
def test_repeats_follow_each_other(
    world: World, standing_clock: StandingClock, days: list[str], expected: list[tuple[str, str]]
) -> None:
    standing_clock.day("2027-04-01")
    ids = designate_all(world, world.people.person(), days)
    assert [terms(shown(world, designation_id))[0] for designation_id in ids] == expected


def test_a_bank_hears_the_right_link_on_the_days_around_every_end(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2030-06-01")  # accounts made now are good on the days before
    person = world.people.person()
    ids = designate_all(world, person, ["2025-03-03", "2025-09-09", "2026-01-01"])
    numbers = [shown(world, designation_id)["decision_no"] for designation_id in ids]
    world.partner("bank")
    for day, link in (
        ("2025-03-02", None),
        ("2025-03-03", 0),
        ("2025-09-09", 0),
        ("2027-03-02", 0),
        ("2027-03-03", 0),
        ("2027-03-04", 1),
        ("2029-03-03", 1),
        ("2029-03-04", 2),
        ("2030-03-02", 2),
        ("2030-03-03", 2),
        ("2030-03-04", None),
    ):
        standing_clock.day(day)
        party = check(world, person.name, person.resident_id)
        assert found(party) == ([] if link is None else [numbers[link]]), day
        assert party["direction"] == ("proceed" if link is None else "limit"), day
    standing_clock.day("2027-03-04")
    states = [(view["state"], view["sanctions"][0]["state"]) for view in (shown(world, i) for i in ids)]
    assert states == [("ended", "ended"), ("in_force", "in_force"), ("in_force", "pending")]


def test_no_measure_outlasts_its_sanction(world: World, standing_clock: StandingClock) -> None:
    ids = designate_all(world, world.people.person(), ["2025-03-03", "2025-09-09", "2026-01-01"])
    for designation_id in ids:
        [sanction] = shown(world, designation_id)["sanctions"]
        assert {measure["ends_on"] for measure in sanction["measures"]} == {sanction["ends_on"]}


def test_a_link_decided_earlier_and_approved_later_lengthens_nothing_that_stood(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    [stood] = designate_all(world, person, ["2025-06-01"])
    [late] = designate_all(world, person, ["2025-03-03"])
    assert terms(shown(world, late)) == [("2025-03-03", "2027-03-03")]
    assert terms(shown(world, stood)) == [("2027-03-04", "2027-06-01")]


def test_a_link_approved_between_two_others_lengthens_neither(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    first, last = designate_all(world, person, ["2025-03-03", "2026-01-01"])
    assert terms(shown(world, last)) == [("2027-03-04", "2029-03-03")]
    [between] = designate_all(world, person, ["2025-09-09"])
    assert terms(shown(world, first)) == [("2025-03-03", "2027-03-03")]
    assert terms(shown(world, between)) == [("2027-03-04", "2029-03-03")]
    assert terms(shown(world, last)) == [("2029-03-04", "2029-03-03")]  # nothing is left of it


def test_regimes_run_side_by_side_and_do_not_chain(world: World, standing_clock: StandingClock) -> None:
    person = world.people.person()
    older = [
        world.designate(world.older_body(person, day))["id"]
        for day in ("2018-01-01", "2022-03-03", "2023-03-03")
    ]
    [joint] = designate_all(world, person, ["2025-03-03"])
    assert [terms(shown(world, designation_id)) for designation_id in (*older, joint)] == [
        [("2018-01-01", "2023-01-01")],
        [("2022-03-03", "2027-03-03")],
        [("2023-03-03", "2028-03-03")],
        [("2025-03-03", "2027-03-03")],
    ]
    party = check(world, person.name, person.resident_id)
    assert party["direction"] == "refuse"
    assert {sanction["regime"] for sanction in party["sanctions"]} == {"pboc-2019-85", "joint-2024"}


def test_a_conviction_after_a_class_2_sanction_serves_its_own_years(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    designate_all(world, person, ["2025-03-03"])
    convicted = world.designate(world.draft_body(person, ground="convicted", decided_on="2025-09-09"))
    assert terms(convicted) == [("2027-03-04", "2030-03-03")]
