"""Draft, submitted, in force, ended; rejected: one designation's life over HTTP."""

import json

import pytest

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.designations.acting import act, both, check, found, post, refused, shown, submitted
from tests.support.world import World


def test_a_designation_is_drafted_submitted_approved_and_ends_by_itself(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2027-06-01")  # accounts made on this day are good on earlier ones
    person, _ = world.people.person(), world.partner("bank")
    body = world.draft_body(person)
    response = post(world, body)
    view = response.json
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/designations/{view['id']}"
    assert (view["state"], view["version"], view["sanctions"]) == ("draft", 1, [])
    [planned] = view["planned"]
    assert (planned["regime"], planned["class"]) == ("joint-2024", "class_2")
    assert (planned["starts_on"], planned["ends_on"]) == ("2025-03-03", "2027-03-03")

    view = act(world, "submit", view["id"]).json
    assert (view["state"], view["version"], view["sanctions"]) == ("submitted", 2, [])

    standing_clock.day("2027-03-03")
    view = world.approve(view["id"])
    assert (view["state"], view["version"], view["planned"]) == ("in_force", 3, [])
    [sanction] = view["sanctions"]
    assert sanction["id"].startswith("snc_") and sanction["state"] == "in_force"
    assert (sanction["starts_on"], sanction["ends_on"]) == ("2025-03-03", "2027-03-03")
    assert sanction["basis"]["as_of"] == "2025-03-03" and sanction["basis"]["rules"]
    assert {measure["ends_on"] for measure in sanction["measures"]} == {"2027-03-03"}
    assert found(check(world, person.name, person.resident_id)) == [body["decision_no"]]

    standing_clock.set("2027-03-03T23:59:59")
    assert shown(world, view["id"])["state"] == "in_force"
    standing_clock.set("2027-03-04T00:00:00")
    view = shown(world, view["id"])
    assert (view["state"], view["sanctions"][0]["state"]) == ("ended", "ended")
    assert check(world, person.name, person.resident_id)["direction"] == "proceed"


def test_expiring_is_idempotent_and_logged_once(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2027-06-01")
    over = world.designate(world.draft_body())["id"]
    running = world.designate(world.draft_body(decided_on="2025-06-01"))["id"]
    runner = world.app.test_cli_runner()

    def expired() -> int:
        result = runner.invoke(args=["designations", "expire", "--json"])
        assert result.exit_code == 0, result.output
        return int(json.loads(result.stdout)["expired"])

    assert [expired(), expired()] == [1, 0]
    standing_clock.day("2027-06-02")
    assert [expired(), expired()] == [1, 0]
    for designation_id in (over, running):
        view = shown(world, designation_id)
        assert (view["state"], view["version"]) == ("ended", 4)
        assert [act["act"] for act in view["history"]].count("designation.expired") == 1
    assert [item["id"] for item in world.get(world.clerk, "/v1/designations?state=ended").json["items"]] == [
        running,
        over,
    ]


def test_a_rejected_designation_keeps_the_reason_and_does_nothing(world: World) -> None:
    person = world.people.person()
    designation_id = submitted(world, world.draft_body(person))
    view = act(world, "reject", designation_id).json
    assert (view["state"], view["sanctions"], view["planned"]) == ("rejected", [], [])
    assert view["history"][-1]["act"] == "designation.rejected"
    assert view["history"][-1]["reason"] == "材料不全"
    assert check(world, person.name, person.resident_id)["result"] == "no_match"


def test_a_draft_may_be_rejected_before_it_is_submitted(world: World) -> None:
    assert act(world, "reject", world.draft(world.draft_body())).json["state"] == "rejected"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": None}, {"reason": "x" * 201}])
def test_rejecting_needs_a_reason(world: World, body: dict[str, object]) -> None:
    designation_id = submitted(world)
    response = world.post(world.approver, f"/v1/designations/{designation_id}/reject", body)
    assert [error["pointer"] for error in refused(response, 422, "invalid-input")["errors"]] == ["/reason"]
    assert shown(world, designation_id)["state"] == "submitted"


def test_a_verb_in_the_wrong_state_is_refused_and_changes_nothing(world: World) -> None:
    draft, waiting = world.draft(world.draft_body()), submitted(world)
    running = world.designate(world.draft_body())["id"]
    thrown = submitted(world)
    act(world, "reject", thrown)
    over = world.designate(world.older_body(world.people.person(), "2018-05-05"))["id"]
    wrong = [(draft, "draft", ["approve"]), (waiting, "submitted", ["submit"])]
    wrong += [
        (designation_id, state, ["submit", "approve", "reject"])
        for designation_id, state in ((running, "in_force"), (thrown, "rejected"), (over, "ended"))
    ]
    for designation_id, state, verbs in wrong:
        before = shown(world, designation_id)
        for verb in verbs:
            refused(act(world, verb, designation_id), 409, "invalid-state")
        after = shown(world, designation_id)
        assert after["state"] == state
        assert (after["version"], after["history"]) == (before["version"], before["history"])


def test_nobody_decides_what_he_drafted_or_submitted_whatever_his_roles(world: World) -> None:
    one, other, third = both(world, "one"), both(world, "other"), both(world, "third")

    def prepared(drafter: str, submitter: str | None) -> str:
        designation_id = post(world, world.draft_body(), drafter).json["id"]
        if submitter:
            assert act(world, "submit", designation_id, submitter).status_code == 200
        return str(designation_id)

    for verb in ("approve", "reject"):
        alone, shared = prepared(one, one), prepared(one, other)
        for designation_id, officer in ((alone, one), (shared, one), (shared, other)):
            refused(act(world, verb, designation_id, officer), 403, "four-eyes")
            assert shown(world, designation_id)["state"] == "submitted"
        for designation_id, officer in ((alone, other), (shared, third)):
            assert act(world, verb, designation_id, officer).status_code == 200
    refused(act(world, "reject", prepared(one, None), one), 403, "four-eyes")


def test_roles_are_kept_apart(world: World) -> None:
    designation_id = submitted(world)
    refused(act(world, "approve", designation_id, world.clerk), 403, "forbidden")
    refused(act(world, "reject", designation_id, world.clerk), 403, "forbidden")
    refused(post(world, world.draft_body(), world.approver), 403, "forbidden")
    refused(act(world, "submit", world.draft(world.draft_body()), world.approver), 403, "forbidden")
    for role in (Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN):
        token = world.officer(role.value, role)
        refused(world.get(token, f"/v1/designations/{designation_id}"), 403, "forbidden")
    refused(world.get(world.partner("bank"), f"/v1/designations/{designation_id}"), 403, "forbidden")
    assert shown(world, designation_id)["state"] == "submitted"


def test_if_match_is_honoured_by_every_verb(world: World) -> None:
    designation_id = world.draft(world.draft_body())
    assert world.get(world.clerk, f"/v1/designations/{designation_id}").headers["ETag"] == '"1"'
    for stale in ('"2"', '"0"', '"x"', "1x"):
        refused(act(world, "submit", designation_id, If_Match=stale), 412, "stale-version")
    response = act(world, "submit", designation_id, If_Match='"1"')
    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    for verb in ("approve", "reject"):
        refused(act(world, verb, designation_id, If_Match='"1"'), 412, "stale-version")
    assert shown(world, designation_id)["state"] == "submitted"
    assert act(world, "approve", designation_id, If_Match='"2"').status_code == 200
    other = world.draft(world.draft_body())
    assert act(world, "submit", other, If_Match="*").status_code == 200


def test_a_list_of_versions_matches_if_one_of_them_does(world: World) -> None:
    designation_id = world.draft(world.draft_body())
    assert act(world, "submit", designation_id, If_Match='"7", "1"').status_code == 200


def test_the_history_tells_who_did_what_in_order(world: World, standing_clock: StandingClock) -> None:
    designation_id = world.draft(world.draft_body())
    standing_clock.set("2026-11-22T13:00:00")
    world.submit(designation_id)
    standing_clock.set("2026-11-22T14:00:00")
    world.approve(designation_id)
    assert [
        (act["act"], act["by"], act["at"], act["reason"]) for act in shown(world, designation_id)["history"]
    ] == [
        ("designation.drafted", "clerk", "2026-11-22T04:00:00Z", None),
        ("designation.submitted", "clerk", "2026-11-22T05:00:00Z", None),
        ("designation.approved", "approver", "2026-11-22T06:00:00Z", None),
    ]


def test_a_term_already_over_is_recorded_as_ended_from_the_start(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    view = world.designate(world.older_body(person, "2020-05-05"))
    assert (view["state"], view["sanctions"][0]["state"]) == ("ended", "ended")
    assert (view["sanctions"][0]["starts_on"], view["sanctions"][0]["ends_on"]) == (
        "2020-05-05",
        "2025-05-05",
    )
    party = check(world, person.name, person.resident_id)
    assert (party["direction"], party["sanctions"][0]["state"]) == ("review", "ended")
    for state, listed in (("ended", [view["id"]]), ("in_force", [])):
        items = world.get(world.clerk, f"/v1/designations?state={state}").json["items"]
        assert [item["id"] for item in items] == listed


def test_an_unknown_designation_is_not_found(world: World) -> None:
    for designation_id in ("dsg_0", "x" * 300, "dsg_%00", "%F0%9F%92%A9"):
        refused(world.get(world.clerk, f"/v1/designations/{designation_id}"), 404, "not-found")
        refused(act(world, "approve", designation_id), 404, "not-found")
