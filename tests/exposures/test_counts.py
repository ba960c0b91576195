"""Person-times and persons, as a press briefing counts them."""

from typing import Any

import pytest

from registry.access.rules import Role
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.exposures.exposing import adult, designated, entries, exposable, list_body, published, publisher
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")


def counted(world: World, token: str | None = None, **query: str) -> Any:
    asked = {"from": "2026-01-01", "to": "2026-12-31"} | query
    path = "/v1/exposure-counts?" + "&".join(f"{name}={value}" for name, value in asked.items())
    response = world.get(token or publisher(world), path)
    assert response.status_code == 200, response.json
    return response.json


def test_person_times_are_counted_and_persons_beside_them(
    world: World, standing_clock: StandingClock
) -> None:
    twice, once = adult(world), adult(world)
    dealer = exposable(world)["conduct"] | {"role": "dealer"}
    standing_clock.set("2026-10-31T23:59:59")
    first = published(world, designated(world, twice), designated(world, once, conduct=dealer))
    standing_clock.set("2026-11-01T00:00:00")
    conduct = exposable(world)["conduct"] | {"to": "2024-07-01"}
    second = published(world, designated(world, twice, decided_on="2024-11-30", conduct=conduct))
    entry = entries(world, first)[0]["id"]
    world.post(publisher(world), f"/v1/exposure-lists/{first}/entries/{entry}/withdraw", {"reason": "更正"})
    everything = counted(world)
    assert (everything["person_times"], everything["persons"]) == (3, 2), "also what was taken down since"
    assert {group["key"]: group["person_times"] for group in everything["groups"]} == {first: 2, second: 1}
    by_role = {group["key"]: group["person_times"] for group in counted(world, by="role")["groups"]}
    assert by_role == {"account_holder": 2, "dealer": 1}
    assert counted(world, by="area")["groups"] == [{"key": "140900", "person_times": 3, "persons": 2}]
    assert counted(world, by="month")["groups"] == [
        {"key": "2026-10", "person_times": 2, "persons": 2},
        {"key": "2026-11", "person_times": 1, "persons": 1},
    ]


def test_the_period_is_of_beijing_days_both_included(world: World, standing_clock: StandingClock) -> None:
    standing_clock.set("2026-10-31T23:59:59")
    published(world, designated(world))
    assert counted(world, **{"from": "2026-10-31", "to": "2026-10-31"})["person_times"] == 1
    assert counted(world, **{"from": "2026-11-01"})["person_times"] == 0
    assert counted(world, to="2026-10-30") == {"person_times": 0, "persons": 0, "groups": []}


def test_drafts_do_not_count_nor_what_another_authority_published(world: World) -> None:
    world.post(publisher(world), "/v1/exposure-lists", list_body(designated(world)))
    published(world, designated(world))
    neighbour = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.PUBLISHER, authority=neighbour)
    above = world.officer("above", Role.PUBLISHER, authority=world.province)
    assert counted(world)["person_times"] == 1
    assert counted(world, stranger)["person_times"] == 0
    assert counted(world, above)["person_times"] == 1


def test_a_period_that_ends_before_it_begins_is_refused(world: World) -> None:
    response = world.get(publisher(world), "/v1/exposure-counts?from=2026-02-01&to=2026-01-01")
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/to")
