"""Two officers without a hand in the matter decide an appeal; of many at once one wins."""

from typing import Any

import pytest

from registry.access.rules import Role
from tests.appeals.appealing import accepted, act, done, intake, judge, proposed, received, shown
from tests.conftest import StandingClock
from tests.designations import acting
from tests.designations.acting import refused
from tests.designations.test_changes import change
from tests.designations.test_concurrency import THREADS, at_once
from tests.support.world import World

ALLOW = {"outcome": "allowed", "reason": "属实"}


@pytest.fixture
def designation(world: World, standing_clock: StandingClock) -> str:
    return str(world.designate(world.draft_body())["id"])


def test_nobody_judges_what_they_had_a_hand_in(world: World, standing_clock: StandingClock) -> None:
    drafter, submitter, approver = (
        world.officer(login, Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER) for login in "甲乙丙"
    )
    designation_id = world.post(drafter, "/v1/designations", world.draft_body()).json["id"]
    assert acting.act(world, "submit", designation_id, submitter).status_code == 200
    assert acting.act(world, "approve", designation_id, approver).status_code == 200
    involved = (drafter, submitter, approver)
    appeal_id = received(world, intake(designation_id), drafter)  # whoever sits at the desk may take it in
    for officer in involved:
        refused(act(world, appeal_id, "accept", officer), 403, "four-eyes")
        refused(act(world, appeal_id, "refuse", officer, reason="r"), 403, "four-eyes")
    done(world, appeal_id, "accept")
    for officer in involved:
        refused(act(world, appeal_id, "decide", officer, outcome="dismissed", reason="r"), 403, "four-eyes")
    done(world, appeal_id, "decide", outcome="allowed", reason="r")
    for officer in (*involved, judge(world)):
        refused(act(world, appeal_id, "decision/approve", officer), 403, "four-eyes")
    for officer in involved:
        refused(act(world, appeal_id, "decision/reject", officer, reason="r"), 403, "four-eyes")
    view = done(world, appeal_id, "decision/reject", reason="证据待查")  # one's own may be taken back
    assert (view["state"], view["decision"]) == ("accepted", None)
    done(world, appeal_id, "decide", judge(world, "second-judge"), outcome="dismissed", reason="r")
    assert done(world, appeal_id, "decision/approve")["outcome"] == "dismissed"


def test_an_approver_without_a_hand_in_it_may_approve_a_decision_and_nothing_else(
    world: World, designation: str
) -> None:
    other = world.officer("other-approver", Role.APPROVER)
    appeal_id = accepted(world, designation)
    for verb, body in (("accept", {}), ("decide", ALLOW), ("withdraw", {"reason": "撤回"})):
        refused(act(world, appeal_id, verb, other, **body), 403, "forbidden")
    refused(act(world, appeal_id, "decide", world.clerk, **ALLOW), 403, "forbidden")
    done(world, appeal_id, "decide", outcome="allowed", reason="r")
    assert done(world, appeal_id, "decision/approve", other)["state"] == "decided"


# -- many at once ----------------------------------------------------------------------------------


def test_twenty_approve_one_decision_and_one_wins(world: World, designation: str) -> None:
    path = f"/v1/appeals/{proposed(world, designation)}/decision"
    second = judge(world, "second-judge")
    requests: list[tuple[str, Any]] = [(f"{path}/approve", None), (f"{path}/reject", {"reason": "否"})]
    answers = at_once(world, second, requests * (THREADS // 2))
    assert answers == {(200, ""): 1, (409, "invalid-state"): THREADS - 1}


def test_twenty_propose_a_decision_and_one_wins(world: World, designation: str) -> None:
    path = f"/v1/appeals/{accepted(world, designation)}/decide"
    answers = at_once(world, judge(world), [(path, ALLOW)] * THREADS)
    assert answers == {(202, ""): 1, (409, "invalid-state"): THREADS - 1}


def test_twenty_take_in_an_appeal_against_one_designation_and_one_wins(
    world: World, designation: str
) -> None:
    answers = at_once(world, judge(world), [("/v1/appeals", intake(designation))] * THREADS)
    assert answers == {(201, ""): 1, (409, "appeal-open"): THREADS - 1}


def test_an_appeal_is_decided_while_a_change_of_its_designation_is(world: World, designation: str) -> None:
    """Whatever comes first: both are answered, none waits for the other for ever."""
    appeal_id = proposed(world, designation)
    change_id = change(world, designation, "revoke").json["change"]
    both = world.officer("both", Role.APPROVER, Role.APPEAL_OFFICER)
    requests: list[tuple[str, Any]] = [
        (f"/v1/appeals/{appeal_id}/decision/approve", None),
        (f"/v1/designations/{designation}/changes/{change_id}/approve", None),
        ("/v1/appeals", intake(designation)),
    ]
    answers = at_once(world, both, requests * 6)
    assert {status for status, _ in answers} == {200, 409}
    assert acting.shown(world, designation)["state"] == "revoked"
    assert shown(world, appeal_id)["state"] == "decided"
