"""An appeal against a designation: taken in, accepted or refused, decided by two officers."""

from typing import Any

import pytest

from registry.access.rules import Role
from tests.appeals.appealing import (
    accepted,
    act,
    acts,
    decided,
    done,
    intake,
    judge,
    proposed,
    received,
    shown,
)
from tests.conftest import StandingClock
from tests.designations import acting
from tests.designations.acting import pointers, refused, terms
from tests.designations.test_changes import change, direction
from tests.designations.test_changes import done as changed
from tests.support.world import World


@pytest.fixture
def designation(world: World, standing_clock: StandingClock) -> str:
    return str(world.designate(world.draft_body())["id"])


def test_an_allowed_appeal_takes_the_subject_off_the_list_at_once(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    assert direction(world, person) == "limit"
    appeal_id = proposed(world, designation_id)
    waiting = shown(world, appeal_id)
    assert (waiting["state"], waiting["outcome"], waiting["decision"]["final"]) == ("accepted", None, False)
    assert direction(world, person) == "limit"

    answer = done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    assert (answer["state"], answer["outcome"], answer["decision"]["final"]) == ("decided", "allowed", True)
    assert [clock["state"] for clock in answer["clocks"]] == ["stopped", "stopped"]
    assert direction(world, person) == "proceed"
    view = acting.shown(world, designation_id)
    assert (view["state"], view["history"][-1]["reason"]) == ("revoked", "经查属实")
    assert view["appeals"] == [
        {
            "id": appeal_id,
            "track": "designation",
            "state": "decided",
            "outcome": "allowed",
            "received_on": "2026-11-20",
        }
    ]
    assert acts(shown(world, appeal_id)) == [
        "appeal.received",
        "appeal.accepted",
        "appeal.decision-proposed",
        "appeal.decided",
    ]


def test_a_partly_allowed_appeal_varies_the_designation(world: World, standing_clock: StandingClock) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    lifted = ["payment_account_new_suspend", "payment_account_stop"]
    variation = {"ends_on": "2026-12-31", "lifted": lifted}
    answer = decided(world, designation_id, "partly_allowed", variation=variation)
    assert (answer["outcome"], answer["decision"]["variation"]) == ("partly_allowed", variation)
    view = acting.shown(world, designation_id)
    assert (view["state"], terms(view)) == ("in_force", [("2025-03-03", "2026-12-31")])
    assert direction(world, person, "payment", "open_payment_account") == "proceed"
    assert direction(world, person) == "limit"


def test_a_dismissed_appeal_changes_nothing_and_another_may_follow(world: World, designation: str) -> None:
    answer = decided(world, designation, "dismissed")
    assert (answer["state"], answer["outcome"]) == ("decided", "dismissed")
    view = acting.shown(world, designation)
    assert (view["state"], view["version"]) == ("in_force", 3)
    accepted(world, designation)


def test_an_allowed_appeal_recomputes_the_chain(world: World, standing_clock: StandingClock) -> None:
    person = world.people.person()
    first, second = (
        world.designate(world.draft_body(person, decided_on=day))["id"]
        for day in ("2025-03-03", "2026-03-03")
    )
    assert terms(acting.shown(world, second)) == [("2027-03-04", "2029-03-03")]
    decided(world, first)
    assert terms(acting.shown(world, second)) == [("2026-03-03", "2028-03-03")]


def test_an_appeal_may_be_refused_with_a_reason_and_withdrawn_at_any_time(
    world: World, designation: str
) -> None:
    appeal_id = received(world, intake(designation), world.clerk)
    view = done(world, appeal_id, "refuse", reason="非本人且无委托")
    assert (view["state"], view["outcome"]) == ("refused", None)
    assert (view["history"][-1]["act"], view["history"][-1]["reason"]) == ("appeal.refused", "非本人且无委托")
    for state in ("received", "accepted", "proposed"):
        appeal_id = received(world, intake(designation))
        if state != "received":
            done(world, appeal_id, "accept")
        if state == "proposed":
            done(world, appeal_id, "decide", outcome="allowed", reason="属实")
        view = done(world, appeal_id, "withdraw", world.clerk, reason="书面撤回")
        assert (view["state"], view["outcome"], view["decision"]) == ("withdrawn", "withdrawn", None)
        assert all(clock["state"] == "stopped" for clock in view["clocks"])
    assert acting.shown(world, designation)["state"] == "in_force"


def test_what_was_asked_and_by_whom_is_shown_again(world: World, designation: str) -> None:
    asked = {
        "asks": "vary",
        "variation": {"ends_on": "2026-12-31"},
        "channel": "mail",
        "appellant": {"capacity": "representative", "name": "李四", "contact": "某地址"},
    }
    view = shown(world, received(world, intake(designation, **asked)))
    assert view["variation"] == {"ends_on": "2026-12-31", "lifted": []}
    assert {name: view[name] for name in asked if name != "variation"} == {
        name: value for name, value in asked.items() if name != "variation"
    }
    assert (view["grounds"], view["customer"], view["partner"]) == (
        "账户系被盗用，本人并未出租。",
        None,
        None,
    )
    assert view["authority"]["name"] == "忻州市公安局"


# -- what is refused -------------------------------------------------------------------------------

STEPS = ("accept", "decide", "decision/approve")
BODIES: dict[str, dict[str, Any]] = {
    "refuse": {"reason": "不符"},
    "pause": {"reason": "补正"},
    "decide": {"outcome": "allowed", "reason": "属实"},
    "decision/reject": {"reason": "证据不足"},
    "withdraw": {"reason": "撤回"},
}
POSSIBLE = {
    0: {"accept", "refuse", "pause", "withdraw"},
    1: {"pause", "decide", "withdraw"},
    2: {"pause", "decision/approve", "decision/reject", "withdraw"},
    3: set(),
}


@pytest.mark.parametrize("steps", POSSIBLE)
def test_a_verb_from_a_wrong_state_changes_nothing(world: World, designation: str, steps: int) -> None:
    appeal_id = received(world, intake(designation))
    for verb in STEPS[:steps]:
        done(world, appeal_id, verb, judge(world, verb), **BODIES.get(verb, {}))
    before = shown(world, appeal_id)
    third = world.officer("third", Role.APPEAL_OFFICER)
    every = {"accept", "refuse", "pause", "resume", "decide", "decision/approve", "decision/reject"}
    for verb in sorted((every | {"withdraw", "forward"}) - POSSIBLE[steps]):
        refused(act(world, appeal_id, verb, third, **BODIES.get(verb, {})), 409, "invalid-state")
        assert shown(world, appeal_id) == before, verb


def test_only_what_is_on_the_list_or_was_can_be_appealed_against(
    world: World, standing_clock: StandingClock
) -> None:
    draft = world.draft(world.draft_body())
    submitted = acting.submitted(world)
    rejected = acting.submitted(world)
    assert acting.act(world, "reject", rejected).status_code == 200
    revoked = world.designate(world.draft_body())["id"]
    changed(world, revoked, "revoke")
    for designation_id in (draft, submitted, rejected, revoked):
        refused(world.post(judge(world), "/v1/appeals", intake(designation_id)), 409, "invalid-state")

    person = world.people.person()
    ended = world.designate(world.older_body(person, "2020-06-01"))["id"]
    assert direction(world, person) == "review"  # 85: what has ended still has effects
    decided(world, ended)
    assert direction(world, person) == "proceed"
    suspended = world.designate(world.draft_body())["id"]
    assert change(world, suspended, "suspend").status_code == 200
    decided(world, suspended)
    assert acting.shown(world, suspended)["state"] == "revoked"


def test_an_appeal_is_neither_of_tomorrow_nor_older_than_its_cause(world: World, designation: str) -> None:
    for day in ("2026-11-23", "2025-03-02"):
        response = world.post(judge(world), "/v1/appeals", intake(designation, received_on=day))
        assert pointers(response) == ["/received_on"]
    received(world, intake(designation, received_on="2025-03-03"))


def test_an_appeal_of_a_day_without_a_rule_for_it_is_refused(
    world: World, standing_clock: StandingClock
) -> None:
    designation_id = world.designate(world.older_body(world.people.person(), "2020-06-01"))["id"]
    body = intake(designation_id, received_on="2021-01-04")
    refused(world.post(judge(world), "/v1/appeals", body), 409, "rule-not-in-force")
    assert acting.shown(world, designation_id)["appeals"] == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"asks": "vary"}, ["/variation"]),
        ({"variation": {"ends_on": "2026-12-31"}}, ["/variation"]),
        ({"partner_id": "ptn_1"}, ["/partner_id"]),
        ({"track": "partner"}, ["/designation_id", "/asks", "/partner_id", "/customer"]),
        ({"appellant": {"capacity": "subject"}}, ["/appellant/name"]),
        ({"grounds": ""}, ["/grounds"]),
    ],
)
def test_what_is_wrong_with_an_appeal_is_pointed_at(
    world: World, designation: str, changes: dict[str, Any], where: list[str]
) -> None:
    response = world.post(judge(world), "/v1/appeals", intake(designation, **changes))
    assert sorted(pointers(response)) == sorted(where)


def test_one_appeal_against_a_designation_is_open_at_a_time(world: World, designation: str) -> None:
    appeal_id = received(world, intake(designation))
    for verb in ("accept", None):
        refused(world.post(judge(world), "/v1/appeals", intake(designation)), 409, "appeal-open")
        if verb:
            done(world, appeal_id, verb)
    done(world, appeal_id, "withdraw", reason="撤回")
    received(world, intake(designation))


def test_a_decision_that_cannot_be_carried_out_is_refused_when_proposed(
    world: World, designation: str
) -> None:
    appeal_id = accepted(world, designation)
    too_late = {"outcome": "partly_allowed", "reason": "r", "variation": {"ends_on": "2030-01-01"}}
    refused(act(world, appeal_id, "decide", **too_late), 409, "not-lawful")
    for body in (
        {"outcome": "partly_allowed", "reason": "r"},
        {"outcome": "allowed", "reason": "r", "variation": {"ends_on": "2026-12-31"}},
    ):
        assert pointers(act(world, appeal_id, "decide", **body)) == ["/variation"]
    assert pointers(act(world, appeal_id, "decide", outcome="withdrawn", reason="r")) == ["/outcome"]
    assert shown(world, appeal_id)["decision"] is None


def test_what_was_revoked_meanwhile_is_not_revoked_again(world: World, designation: str) -> None:
    appeal_id = accepted(world, designation)
    changed(world, designation, "revoke")
    partly = {"outcome": "partly_allowed", "reason": "r", "variation": {"ends_on": "2026-12-31"}}
    refused(act(world, appeal_id, "decide", **partly), 409, "invalid-state")
    version = acting.shown(world, designation)["version"]
    done(world, appeal_id, "decide", outcome="allowed", reason="已撤销")
    view = done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    assert (view["outcome"], acting.shown(world, designation)["version"]) == ("allowed", version)
