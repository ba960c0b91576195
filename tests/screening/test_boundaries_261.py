"""银发〔2016〕261号: five years, no new account for three of them.

Every such ban was over before anybody could ask (the last on 2022-03-31), so the rules of screening are
dated back for these tests.
"""

from pathlib import Path

import pytest

from registry.config import Config
from tests.conftest import StandingClock
from tests.screening.asking import MAY_ASK, directions, long_lived_partners
from tests.screening.overlays import checks_since_2017
from tests.support.world import World

NOTHING = {sector: dict.fromkeys(purposes, "proceed") for sector, purposes in MAY_ASK.items()}
PAYMENT = {
    "open_payment_account": "refuse",
    "open_ecny_wallet": "review",
    "review_existing_customer": "limit",
}
BANK = {"open_ecny_wallet": "review", "review_existing_customer": "limit"}
THREE_YEARS = NOTHING | {"bank": {"open_bank_account": "refuse", **BANK}, "payment": PAYMENT}
THEN = NOTHING | {"bank": {"open_bank_account": "limit", **BANK}, "payment": PAYMENT}


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    return Config(database_url=database_url, keys=keys, law_dir=checks_since_2017(tmp_path / "law"))


def test_no_new_account_for_three_years_then_limits_until_five(
    world: World, standing_clock: StandingClock
) -> None:
    long_lived_partners(world, standing_clock, "2024-01-01")
    person = world.people.person()
    shown = world.designate(world.older_body(person, "2018-06-10"))
    (sanction,) = shown["sanctions"]
    ends = {measure["code"]: measure["ends_on"] for measure in sanction["measures"]}
    assert (sanction["regime"], sanction["ends_on"]) == ("pboc-2016-261", "2023-06-10")
    assert ends == {
        "bank_noncounter_stop": "2023-06-10",
        "payment_account_stop": "2023-06-10",
        "new_account_ban": "2021-06-10",
    }
    for day, answers in {
        "2018-06-09": NOTHING,
        "2018-06-10": THREE_YEARS,
        "2018-06-11": THREE_YEARS,
        "2021-06-09": THREE_YEARS,
        "2021-06-10": THREE_YEARS,
        "2021-06-11": THEN,
        "2023-06-09": THEN,
        "2023-06-10": THEN,
        "2023-06-11": NOTHING,
    }.items():
        standing_clock.day(day)
        assert (day, directions(world, person)) == (day, answers)


def test_the_day_the_new_account_ban_ends_is_shown_and_it_is_no_longer_shown_afterwards(
    world: World, standing_clock: StandingClock
) -> None:
    long_lived_partners(world, standing_clock, "2024-01-01")
    person = world.people.person()
    world.designate(world.older_body(person, "2018-06-10"))
    standing_clock.day("2021-06-10")
    (sanction,) = world.ask("bank", "open_bank_account", person)["parties"][0]["sanctions"]
    assert {m["code"]: m["ends_on"] for m in sanction["measures"]}["new_account_ban"] == "2021-06-10"
    standing_clock.day("2021-06-11")
    (sanction,) = world.ask("bank", "open_bank_account", person)["parties"][0]["sanctions"]
    assert [measure["code"] for measure in sanction["measures"]] == ["bank_noncounter_stop"]


def test_the_turn_from_261_to_85(world: World, standing_clock: StandingClock) -> None:
    last, first = world.people.person(), world.people.person()
    shown = [world.designate(world.older_body(last, "2019-03-31"))]
    shown += [world.designate(world.older_body(first, "2019-04-01"))]
    assert [each["sanctions"][0]["regime"] for each in shown] == ["pboc-2016-261", "pboc-2019-85"]
    long_lived_partners(world, standing_clock, "2024-06-01")
    standing_clock.day("2022-04-01")
    assert directions(world, last)["bank"]["open_bank_account"] == "limit"
    assert directions(world, first)["bank"]["open_bank_account"] == "refuse"
    standing_clock.day("2024-04-01")
    assert directions(world, last)["bank"]["open_bank_account"] == "proceed"
    assert directions(world, first)["bank"]["open_bank_account"] == "refuse"
    standing_clock.day("2024-04-02")
    assert directions(world, first)["bank"]["open_bank_account"] == "review"
