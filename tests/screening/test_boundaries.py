"""What partners are told on the day before, on and after every boundary. Expected values are law.md §3."""

import pytest

from tests.conftest import StandingClock
from tests.screening.asking import MAY_ASK, TELECOM, class_1, directions, long_lived_partners
from tests.support.world import World

NOTHING = {sector: dict.fromkeys(purposes, "proceed") for sector, purposes in MAY_ASK.items()}

UNDER_85 = NOTHING | {
    "bank": {
        "open_bank_account": "refuse",
        "open_ecny_wallet": "review",
        "review_existing_customer": "limit",
    },
    "payment": {
        "open_payment_account": "refuse",
        "open_ecny_wallet": "review",
        "review_existing_customer": "limit",
    },
}

AFTER_85 = NOTHING | {
    "bank": {
        "open_bank_account": "review",
        "open_ecny_wallet": "proceed",
        "review_existing_customer": "proceed",
    },
    "payment": {
        "open_payment_account": "review",
        "open_ecny_wallet": "proceed",
        "review_existing_customer": "proceed",
    },
}

UNDER_JOINT = {
    "bank": {"open_bank_account": "limit", "open_ecny_wallet": "refuse", "review_existing_customer": "limit"},
    "payment": {
        "open_payment_account": "refuse",
        "open_ecny_wallet": "refuse",
        "review_existing_customer": "limit",
    },
    "carrier": dict.fromkeys(TELECOM, "refuse") | {"review_existing_customer": "limit"},
    "internet": {"register_internet_account": "review", "review_existing_customer": "limit"},
}

UNDER_BOTH = UNDER_JOINT | {
    "bank": {
        "open_bank_account": "refuse",
        "open_ecny_wallet": "refuse",
        "review_existing_customer": "limit",
    },
}


def test_the_same_person_under_a_2022_and_a_2025_designation(
    world: World, standing_clock: StandingClock
) -> None:
    long_lived_partners(world, standing_clock, "2028-01-01")
    person = world.people.person()
    world.designate(world.older_body(person, "2022-12-10"))  # under 银发〔2019〕85号: five years
    world.designate(world.draft_body(person, decided_on="2025-03-03"))  # joint, class 2: two years
    expected = {
        "2022-12-09": NOTHING,
        "2022-12-10": UNDER_85,
        "2022-12-11": UNDER_85,
        "2025-03-02": UNDER_85,
        "2025-03-03": UNDER_BOTH,
        "2025-03-04": UNDER_BOTH,
        "2027-03-02": UNDER_BOTH,
        "2027-03-03": UNDER_BOTH,
        "2027-03-04": UNDER_85,
        "2027-12-09": UNDER_85,
        "2027-12-10": UNDER_85,
        "2027-12-11": AFTER_85,
        "2027-12-12": AFTER_85,
    }
    for day, answers in expected.items():
        standing_clock.day(day)
        assert (day, directions(world, person)) == (day, answers)


def test_a_judgment_of_2025_is_served_for_three_years(world: World, standing_clock: StandingClock) -> None:
    long_lived_partners(world, standing_clock, "2028-06-01")
    person = world.people.person()
    world.designate(class_1(world, person, decided_on="2025-03-03"))
    for day, answers in {
        "2025-03-02": NOTHING,
        "2025-03-03": UNDER_JOINT,
        "2028-03-02": UNDER_JOINT,
        "2028-03-03": UNDER_JOINT,
        "2028-03-04": NOTHING,
    }.items():
        standing_clock.day(day)
        assert (day, directions(world, person)) == (day, answers)


def test_the_last_day_of_85_and_the_first_of_the_joint_measures(
    world: World, standing_clock: StandingClock
) -> None:
    last, first = world.people.person(), world.people.person()
    world.designate(world.older_body(last, "2024-11-30"))
    conduct = world.draft_body()["conduct"] | {"from": None, "to": "2022-12-01"}
    world.designate(world.draft_body(first, decided_on="2024-12-01", conduct=conduct))
    assert directions(world, last) == UNDER_85
    assert directions(world, first) == UNDER_JOINT


@pytest.mark.parametrize(
    ("instant", "direction", "day"),
    [
        ("2025-03-02T23:59:59.900000", "proceed", "2025-03-02"),
        ("2025-03-03T00:00:00.100000", "refuse", "2025-03-03"),
        ("2027-03-03T23:59:59.900000", "refuse", "2027-03-03"),
        ("2027-03-04T00:00:00.100000", "proceed", "2027-03-04"),
    ],
)
def test_days_turn_at_midnight_in_beijing(
    world: World, standing_clock: StandingClock, instant: str, direction: str, day: str
) -> None:
    long_lived_partners(world, standing_clock, "2027-06-01")
    person = world.people.person()
    world.designate(world.draft_body(person, decided_on="2025-03-03"))
    standing_clock.set(instant)
    answer = world.ask("carrier", "issue_phone_card", person)
    assert (answer["direction"], answer["law"]["as_of"]) == (direction, day)


def test_terms_that_begin_or_end_beside_a_leap_day(world: World, standing_clock: StandingClock) -> None:
    long_lived_partners(world, standing_clock, "2032-06-01")
    standing_clock.day("2028-03-01")
    leap_85, leap_joint, leap_judged, before_leap = (world.people.person() for _ in range(4))
    world.designate(world.older_body(leap_85, "2024-02-29"))  # until 2029-02-28
    world.designate(world.draft_body(leap_joint, decided_on="2028-02-29"))  # until 2030-02-28
    world.designate(class_1(world, leap_judged, decided_on="2028-02-29"))  # until 2031-02-28
    world.designate(world.draft_body(before_leap, decided_on="2026-02-28"))  # until 2028-02-28
    for person, sector, purpose, days in (
        (leap_85, "payment", "open_payment_account", {"2029-02-28": "refuse", "2029-03-01": "review"}),
        (leap_joint, "carrier", "issue_phone_card", {"2028-02-28": "proceed", "2028-02-29": "refuse"}),
        (leap_joint, "carrier", "issue_phone_card", {"2030-02-28": "refuse", "2030-03-01": "proceed"}),
        (leap_judged, "carrier", "issue_phone_card", {"2031-02-28": "refuse", "2031-03-01": "proceed"}),
        (before_leap, "carrier", "issue_phone_card", {"2028-02-28": "refuse", "2028-02-29": "proceed"}),
    ):
        for day, direction in days.items():
            standing_clock.day(day)
            assert (day, world.ask(sector, purpose, person)["direction"]) == (day, direction)


def test_running_the_expiry_changes_no_answer(world: World, standing_clock: StandingClock) -> None:
    long_lived_partners(world, standing_clock, "2028-06-01")
    person = world.people.person()
    world.designate(world.older_body(person, "2022-12-10"))
    standing_clock.day("2027-12-11")
    before = directions(world, person)
    assert world.services.designations.expire() == 1
    assert directions(world, person) == before == AFTER_85


def test_a_designation_whose_term_is_over_may_still_be_recorded(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    shown = world.designate(world.older_body(person, "2020-06-10"))
    assert [sanction["state"] for sanction in shown["sanctions"]] == ["ended"]
    assert directions(world, person) == AFTER_85
