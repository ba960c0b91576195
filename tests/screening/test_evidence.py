"""What was known then and what is known now: every stored check can be told again, whatever came later."""

import random
from typing import Any

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.designations.acting import refused, shown, terms
from tests.designations.test_changes import done, proposed
from tests.support.world import World

PURPOSES = [
    ("bank", "open_bank_account"),
    ("bank", "open_ecny_wallet"),
    ("payment", "open_payment_account"),
    ("carrier", "issue_phone_card"),
    ("internet", "register_internet_account"),
    ("bank", "review_existing_customer"),
]


def evidence(world: World, **question: Any) -> Any:
    auditor = world.officer("auditor", Role.AUDITOR)
    return world.post(auditor, "/v1/evidence", {"court_request": "(2026)晋09调1号"} | question)


def test_a_thousand_stored_checks_are_reproduced_after_all_that_came_later(
    world: World, standing_clock: StandingClock
) -> None:
    chance = random.Random(45)
    people = [world.people.person() for _ in range(12)]
    standing_clock.day("2026-02-01")
    for sector, _ in PURPOSES:
        world.partner(sector)
    world.officer("auditor", Role.AUDITOR)
    standing: list[str] = []
    asked: list[dict[str, Any]] = []

    def act(day: str) -> None:
        standing_clock.day(day)
        person = chance.choice(people)
        match chance.randrange(6):
            case 0 | 1:
                standing.append(world.designate(world.draft_body(person, decided_on="2026-01-02"))["id"])
            case 2:
                standing.append(world.designate(world.older_body(person, "2022-03-04"))["id"])
            case 3:
                passport = {"type": "passport", "number": f"E{chance.randrange(10**8):08}"}
                body = world.draft_body(person)
                body["subject"]["documents"].append(passport)
                standing.append(world.designate(body)["id"])
            case 4 if standing:
                proposed(world, standing.pop(chance.randrange(len(standing))), "suspend")
            case 5 if standing and chance.random() < 0.5:
                done(world, standing.pop(chance.randrange(len(standing))), "revoke")
            case 5 if standing:
                ends_on = shown(world, chance.choice(standing))["sanctions"][-1]["ends_on"]
                some = [each for each in standing if terms(shown(world, each))[-1][1] == ends_on]
                done(world, some[0], "vary", ends_on=f"{int(ends_on[:4]) - 1}{ends_on[4:]}", lifted=[])

    for day in range(1, 29):
        act(f"2026-02-{day:02}")
        for _ in range(36):
            sector, purpose = chance.choice(PURPOSES)
            person = chance.choice(people)
            name = person.name if chance.random() < 0.8 else "某某"
            body = world.check_body(name, person.resident_id, purpose)
            english = {"Accept_Language": "en"} if chance.random() < 0.3 else {}
            asked.append(world.post(world.partner(sector), "/v1/checks", body, **english).json)
    results = {check["direction"] for check in asked}
    assert len(asked) >= 1000 and results >= {"proceed", "limit", "refuse", "review"}
    standing_clock.day("2026-03-01")
    for check in asked:
        found = evidence(world, check=check["id"]).json
        assert found["reproduced"], (found["then"], found["stored"])
        assert found["stored"] == check
        assert found["law"]["then"] == found["law"]["now"]


def test_what_is_known_now_differs_from_what_was_known_then(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.set("2026-01-05T10:00:00")
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    standing_clock.set("2026-01-05T11:00:00")
    given = world.ask("bank", "open_bank_account", person)
    standing_clock.set("2026-01-05T12:00:00")
    done(world, designation_id, "revoke")
    found = evidence(world, check=given["id"]).json
    assert (found["stored"]["direction"], found["then"]["direction"], found["now"]["direction"]) == (
        "limit",
        "limit",
        "proceed",
    )
    question = {
        "purpose": "open_bank_account",
        "sector": "bank",
        "area": "140900",
        "parties": [{"name": person.name, "document": {"type": "resident_id", "number": person.resident_id}}],
    }
    for at, then in (
        ("2026-01-05T09:59:00+08:00", "proceed"),
        ("2026-01-05T11:30:00+08:00", "limit"),
        ("2026-01-05T04:00:00Z", "proceed"),
    ):
        found = evidence(world, at=at, **question).json
        assert (found["then"]["direction"], found["now"]["direction"]) == (then, "proceed"), at
    refused(evidence(world, at="2026-01-05T12:00:01+08:00", **question), 422, "invalid-input")
    refused(evidence(world, at="1999-01-05T12:00:01+08:00", **question), 409, "rule-not-in-force")
    refused(evidence(world, check=given["id"], **question), 422, "invalid-input")
    refused(evidence(world, check="chk_unknown"), 404, "not-found")
    refused(
        world.post(world.clerk, "/v1/evidence", {"court_request": "x", "check": given["id"]}),
        403,
        "forbidden",
    )
