"""A start and an end take effect at Beijing midnight to the tenth of a second, with no worker at work."""

from datetime import timedelta

from tests.conftest import StandingClock
from tests.designations.acting import shown
from tests.designations.test_changes import done
from tests.support.world import World

TENTH = timedelta(seconds=0.1)


def around(clock: StandingClock, midnight: str, tenths: int) -> None:
    """`tenths` of a second after (or before) this midnight in Beijing."""
    clock.set(f"{midnight}T00:00:00")
    clock._now += tenths * TENTH


def test_an_end_and_a_start_take_effect_at_midnight(world: World, standing_clock: StandingClock) -> None:
    standing_clock.set("2026-01-05T10:00:00")
    person = world.people.person()
    first, second = (
        world.designate(world.draft_body(person, decided_on=day))["id"]
        for day in ("2025-03-03", "2025-09-09")
    )
    done(
        world,
        first,
        "vary",
        ends_on="2026-01-20",
        lifted=["payment_account_stop", "payment_account_new_suspend"],
    )
    done(world, second, "vary", ends_on="2026-02-28")
    asked = [("bank", "open_bank_account"), ("payment", "open_payment_account")]
    for sector, _ in asked:
        world.partner(sector)
    for midnight, before, after in (
        ("2026-01-21", ["limit", "proceed"], ["limit", "refuse"]),  # the second link's turn comes
        ("2026-03-01", ["limit", "refuse"], ["proceed", "proceed"]),
    ):
        for tenths, expected in ((-1, before), (0, after), (1, after)):
            around(standing_clock, midnight, tenths)
            directions = [world.ask(sector, purpose, person)["direction"] for sector, purpose in asked]
            assert directions == expected, (midnight, tenths)
    assert [shown(world, each)["state"] for each in (first, second)] == ["ended", "ended"]
    assert world.services.designations.expire() == 2
    assert world.services.designations.expire() == 0
    assert [shown(world, each)["state"] for each in (first, second)] == ["ended", "ended"]
