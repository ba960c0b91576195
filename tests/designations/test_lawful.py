"""What the law of the day allows, and with which rule the rest is refused."""

from typing import Any

import pytest

from registry.access.rules import Role
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.designations.acting import post, refused, with_conduct
from tests.support.world import World

BELOW = {"items": 2, "times": 2, "recipients": 2}
UNCOUNTED = {"items": None, "times": None, "recipients": None}
OLD = {"from": None, "to": None, "items": None, "times": None, "recipients": None}


def clerk_of(world: World, level: str) -> str:
    if level == "county":
        county = world.authority("忻府区公安分局", "140902", Level.COUNTY)
        return world.officer("clerk-county", Role.CLERK, authority=county)
    return (
        world.officer("clerk-province", Role.CLERK, authority=world.province)
        if level == "province"
        else world.clerk
    )


@pytest.mark.parametrize(
    ("level", "conduct", "changes", "rule", "needed"),
    [
        ("city", BELOW, {}, "joint-2024/thresholds", "province"),
        ("city", UNCOUNTED, {}, "joint-2024/thresholds", "province"),
        ("city", BELOW | {"behaviours": ["organise"]}, {}, "joint-2024/thresholds", "province"),
        ("county", {}, {}, "joint-2024/thresholds", "city"),
        ("county", {"behaviours": ["impersonate"]}, {}, "joint-2024/thresholds", "city"),
        ("county", UNCOUNTED, {"ground": "convicted"}, "joint-2024/level", "city"),
        ("county", OLD, {"decided_on": "2022-03-03"}, "pboc-2019-85/level", "city"),
        ("city", {"to": "2022-11-30", "from": None}, {}, "joint-2024/conduct-from", None),
        (
            "city",
            {"to": "2022-11-30", "from": None},
            {"ground": "convicted"},
            "joint-2024/conduct-from",
            None,
        ),
        ("city", OLD, {"decided_on": "2022-03-03", "item_kinds": ["phone_card"]}, "pboc-2019-85/items", None),
        ("city", OLD, {"decided_on": "2022-03-03", "item_kinds": []}, "pboc-2019-85/items", None),
        ("city", OLD, {"decided_on": "2018-03-03", "item_kinds": ["iot_card"]}, "pboc-2016-261/items", None),
        ("city", OLD, {"decided_on": "2016-12-31"}, "designating", None),
        ("city", {}, {"decided_on": "2026-11-23"}, "decided-on", None),
    ],
)
def test_what_is_not_lawful_is_refused_with_its_rule(
    world: World,
    standing_clock: StandingClock,
    level: str,
    conduct: dict[str, Any],
    changes: dict[str, Any],
    rule: str,
    needed: str | None,
) -> None:
    clerk = clerk_of(world, level)
    response = post(world, with_conduct(world.draft_body(**changes), **conduct), clerk)
    problem = refused(response, 409, "not-lawful")
    assert (problem["rule"], problem.get("level")) == (rule, needed)
    assert problem["detail"]
    assert world.get(clerk, "/v1/designations").json["items"] == []


@pytest.mark.parametrize(
    ("level", "conduct", "changes", "expected"),
    [
        ("city", BELOW | {"items": 3}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", BELOW | {"times": 3}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", BELOW | {"recipients": 3}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", UNCOUNTED | {"behaviours": ["impersonate"]}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", UNCOUNTED | {"behaviours": ["fake_agent"]}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("province", BELOW, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", UNCOUNTED, {"ground": "convicted"}, ("joint-2024", "class_1", "2028-03-03")),
        ("city", {"to": "2022-12-01", "from": None}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", {"to": None, "from": None}, {}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", {}, {"item_kinds": ["phone_card"]}, ("joint-2024", "class_2", "2027-03-03")),
        ("city", OLD, {"decided_on": "2017-01-01"}, ("pboc-2016-261", None, "2022-01-01")),
        ("city", OLD, {"decided_on": "2019-03-31"}, ("pboc-2016-261", None, "2024-03-31")),
        ("city", OLD, {"decided_on": "2019-04-01"}, ("pboc-2019-85", None, "2024-04-01")),
        ("city", OLD, {"decided_on": "2024-11-30"}, ("pboc-2019-85", None, "2029-11-30")),
        (
            "city",
            OLD,
            {"decided_on": "2024-12-01", "ground": "convicted"},
            ("joint-2024", "class_1", "2027-12-01"),
        ),
        (
            "city",
            OLD,
            {"decided_on": "2022-03-03", "item_kinds": ["payment_account"]},
            ("pboc-2019-85", None, "2027-03-03"),
        ),
        (
            "city",
            OLD,
            {"decided_on": "2022-03-03", "item_kinds": ["corporate_account", "phone_card"]},
            ("pboc-2019-85", None, "2027-03-03"),
        ),
        ("city", {}, {"decided_on": "2026-11-22"}, ("joint-2024", "class_2", "2028-11-22")),
    ],
)
def test_what_is_lawful_is_planned_under_the_regime_of_its_day(
    world: World,
    standing_clock: StandingClock,
    level: str,
    conduct: dict[str, Any],
    changes: dict[str, Any],
    expected: tuple[str, str | None, str],
) -> None:
    body = with_conduct(world.draft_body(**changes), **conduct)
    response = post(world, body, clerk_of(world, level))
    assert response.status_code == 201, response.json
    planned = [(each["regime"], each["class"], each["ends_on"]) for each in response.json["planned"]]
    assert planned == [expected]
