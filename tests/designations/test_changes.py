"""What changes a designation after its approval: by two officers, from the right state, at once for all."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.designations.acting import refused, shown, submitted, terms
from tests.designations.test_concurrency import THREADS, at_once
from tests.imports.list_files import person_row, released
from tests.support.world import World


def change(
    world: World, designation_id: str, verb: str, token: str | None = None, **body: Any
) -> TestResponse:
    path = f"/v1/designations/{designation_id}/{verb}"
    return world.post(token or world.clerk, path, {"reason": "经复核"} | body)


def proposed(world: World, designation_id: str, verb: str, **body: Any) -> str:
    response = change(world, designation_id, verb, **body)
    assert response.status_code == (200 if verb == "suspend" else 202), response.json
    return str(response.json["change"])


def decide(
    world: World, designation_id: str, change_id: str, verdict: str = "approve", token: str | None = None
) -> TestResponse:
    path = f"/v1/designations/{designation_id}/changes/{change_id}/{verdict}"
    return world.post(token or world.approver, path, {"reason": "不同意"} if verdict == "reject" else None)


def done(world: World, designation_id: str, verb: str, **body: Any) -> dict[str, Any]:
    response = decide(world, designation_id, proposed(world, designation_id, verb, **body))
    assert response.status_code == 200, response.json
    return dict(response.json)


def direction(world: World, person: Any, sector: str = "bank", purpose: str = "open_bank_account") -> str:
    return str(world.ask(sector, purpose, person)["direction"])


def test_a_suspension_takes_effect_at_once_and_is_reviewed_by_another(world: World) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    assert direction(world, person) == "limit"
    change_id = proposed(world, designation_id, "suspend")
    assert shown(world, designation_id)["state"] == "suspended"
    assert direction(world, person) == "proceed"
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    refused(change(world, designation_id, "suspend"), 409, "invalid-state")
    answer = decide(world, designation_id, change_id)
    assert (answer.json["state"], answer.json["changes"][0]["state"]) == ("suspended", "approved")
    refused(decide(world, designation_id, change_id, token=both), 409, "invalid-state")
    done(world, designation_id, "resume")
    assert direction(world, person) == "limit"
    acts = [act["act"] for act in shown(world, designation_id)["history"]][3:]
    assert acts == [
        "designation.suspended",
        "designation.suspension-confirmed",
        "designation.change-proposed",
        "designation.resumed",
    ]


def test_a_suspension_that_the_second_officer_turns_down_ends_at_once(world: World) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    change_id = str(change(world, designation_id, "suspend", both).json["change"])
    refused(decide(world, designation_id, change_id, "reject", both), 403, "four-eyes")
    refused(decide(world, designation_id, change_id, "approve", both), 403, "four-eyes")
    assert decide(world, designation_id, change_id, "reject").json["state"] == "in_force"
    assert direction(world, person) == "limit"


def test_the_term_keeps_running_while_it_is_suspended(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-01-05")
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    proposed(world, designation_id, "suspend")
    standing_clock.day("2027-03-04")  # the day after the last one
    token = world.officer("late", Role.APPROVER)
    response = change(world, designation_id, "resume", world.officer("later", Role.CLERK))
    answer = decide(world, designation_id, response.json["change"], token=token)
    assert answer.json["state"] == "ended"
    assert terms(answer.json) == [("2025-03-03", "2027-03-03")]


def test_what_is_revoked_is_as_if_it_had_never_been(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-01-05")
    person = world.people.person()
    ended = world.designate(world.older_body(person, "2020-06-01"))
    assert ended["state"] == "ended"
    assert direction(world, person) == "review"  # 银发〔2019〕85号: closer review afterwards
    assert done(world, ended["id"], "revoke")["state"] == "revoked"
    assert direction(world, person) == "proceed"
    for verb in ("suspend", "resume", "revoke"):
        refused(change(world, ended["id"], verb), 409, "invalid-state")
    again = world.designate(world.older_body(person, "2020-06-01", decision_no=ended["decision_no"]))
    assert again["state"] == "ended"


def test_revoking_a_link_recomputes_the_chain_without_it(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-03-01")
    person = world.people.person()
    days = ("2025-03-03", "2025-09-09", "2026-01-01")
    first, second, third = (world.designate(world.draft_body(person, decided_on=day))["id"] for day in days)
    done(world, first, "revoke")
    assert terms(shown(world, second)) == [("2025-09-09", "2027-09-09")]
    assert terms(shown(world, third)) == [("2027-09-10", "2029-09-09")]
    assert terms(shown(world, first)) == [("2025-03-03", "2027-03-03")]  # as it stood
    done(world, second, "revoke")
    assert terms(shown(world, third)) == [("2026-01-01", "2028-01-01")]


def test_a_variation_is_relief_only(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-01-05")
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    path = f"/v1/designations/{designation_id}/vary"
    for faulty in (
        {"ends_on": "2027-03-04"},
        {"ends_on": "2027-03-03"},
        {"ends_on": "2025-03-02"},
        {"lifted": ["phone_new_ban"]},
        {},
        {"lifted": [m["code"] for m in shown(world, designation_id)["sanctions"][0]["measures"]]},
    ):
        refused(world.post(world.clerk, path, {"reason": "复核"} | faulty), 409, "not-lawful")
    assert shown(world, designation_id)["changes"] == []
    view = done(world, designation_id, "vary", ends_on="2026-06-30", lifted=["payment_account_stop"])
    (sanction,) = view["sanctions"]
    assert (sanction["starts_on"], sanction["ends_on"]) == ("2025-03-03", "2026-06-30")
    assert "payment_account_stop" not in {measure["code"] for measure in sanction["measures"]}
    assert {measure["ends_on"] for measure in sanction["measures"]} == {"2026-06-30"}
    standing_clock.day("2026-06-30")
    assert direction(world, person) == "limit"
    standing_clock.day("2026-07-01")
    assert direction(world, person) == "proceed"


def test_a_variation_moves_the_links_behind_it_forward_and_never_back(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2026-03-01")
    person = world.people.person()
    first, second = (
        world.designate(world.draft_body(person, decided_on=day))["id"]
        for day in ("2025-03-03", "2025-09-09")
    )
    done(world, first, "vary", ends_on="2026-06-30")
    assert terms(shown(world, second)) == [("2026-07-01", "2028-06-30")]
    done(world, second, "vary", ends_on="2027-01-01")
    done(world, first, "revoke")
    assert terms(shown(world, second)) == [("2025-09-09", "2027-01-01")]


def test_nobody_completes_a_change_alone(world: World) -> None:
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    designation_id = world.designate(world.draft_body())["id"]
    change_id = str(change(world, designation_id, "revoke", both).json["change"])
    refused(decide(world, designation_id, change_id, token=both), 403, "four-eyes")
    refused(decide(world, designation_id, change_id, token=world.clerk), 403, "forbidden")
    assert shown(world, designation_id)["state"] == "in_force"
    assert decide(world, designation_id, change_id, "reject", both).json["changes"][0]["state"] == "rejected"
    refused(decide(world, designation_id, change_id), 409, "invalid-state")


def test_one_change_of_a_kind_waits_at_a_time(world: World) -> None:
    designation_id = world.designate(world.draft_body())["id"]
    proposed(world, designation_id, "revoke")
    refused(change(world, designation_id, "revoke"), 409, "change-pending")
    waiting = proposed(world, designation_id, "vary", ends_on="2026-12-31")
    revoking = shown(world, designation_id)["changes"][0]["id"]
    assert decide(world, designation_id, revoking).json["state"] == "revoked"
    refused(decide(world, designation_id, waiting), 409, "invalid-state")


@pytest.mark.parametrize("verb", ["suspend", "resume", "revoke"])
def test_a_verb_from_a_wrong_state_changes_nothing(world: World, verb: str) -> None:
    for designation_id in (world.draft(world.draft_body()), submitted(world)):
        before = shown(world, designation_id)
        refused(change(world, designation_id, verb), 409, "invalid-state")
        after = shown(world, designation_id)
        assert (after["version"], after["changes"]) == (before["version"], [])


def test_other_authorities_and_stale_versions_change_nothing(world: World) -> None:
    designation_id = world.designate(world.draft_body())["id"]
    elsewhere = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.CLERK, Role.APPROVER, authority=elsewhere)
    refused(change(world, designation_id, "suspend", stranger), 404, "not-found")
    change_id = proposed(world, designation_id, "revoke")
    refused(decide(world, designation_id, change_id, token=stranger), 404, "not-found")
    other = world.designate(world.draft_body())["id"]
    refused(decide(world, other, change_id), 404, "not-found")
    path = f"/v1/designations/{designation_id}/suspend"
    refused(world.post(world.clerk, path, {"reason": "急"}, If_Match='"2"'), 412, "stale-version")
    assert world.post(world.clerk, path, {"reason": "急"}, If_Match='"3"').status_code == 200
    above = world.officer("above", Role.APPROVER, authority=world.province)
    assert decide(world, designation_id, change_id, token=above).json["state"] == "revoked"


def test_a_list_is_recalled_by_two_officers_as_a_whole(world: World) -> None:
    batch = released(world, [person_row(world.people.person()) for _ in range(3)])
    designations = world.get(world.clerk, f"/v1/designations?import={batch}").json["items"]
    done(world, designations[0]["id"], "revoke")
    path = f"/v1/designation-imports/{batch}/recall"
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    assert world.post(both, path, {"reason": "批次有误"}).json["state"] == "recalling"
    refused(world.post(both, path, {"reason": "批次有误"}), 409, "invalid-state")
    refused(world.post(both, f"{path}/approve"), 403, "four-eyes")
    assert world.post(world.approver, f"{path}/reject", {"reason": "无误"}).json["state"] == "released"
    world.post(world.clerk, path, {"reason": "批次有误"})
    assert world.post(world.approver, f"{path}/approve").json["state"] == "recalled"
    again = world.get(world.clerk, f"/v1/designations?import={batch}").json["items"]
    assert {each["state"] for each in again} == {"revoked"}


def test_fifty_decide_one_designation_and_one_wins(world: World) -> None:
    designation_id = submitted(world)
    answers = at_once(world, world.approver, [(f"/v1/designations/{designation_id}/approve", None)] * 50)
    assert answers == {(200, ""): 1, (409, "invalid-state"): 49}
    change_id = proposed(world, designation_id, "revoke")
    path = f"/v1/designations/{designation_id}/changes/{change_id}"
    requests = [(f"{path}/approve", None), (f"{path}/reject", {"reason": "否"})] * 25
    answers = at_once(world, world.approver, requests)
    assert answers == {(200, ""): 1, (409, "invalid-state"): 49}
    assert THREADS < 50


def test_two_suspend_at_once_and_one_wins(world: World) -> None:
    designation_id = world.designate(world.draft_body())["id"]
    requests = [(f"/v1/designations/{designation_id}/suspend", {"reason": "急"})] * THREADS
    assert at_once(world, world.clerk, requests) == {(200, ""): 1, (409, "invalid-state"): THREADS - 1}


def test_subjects_found_to_be_one_and_changes_of_them_at_once_wait_for_each_other(world: World) -> None:
    requests: list[tuple[str, Any]] = []
    for number in range(8):
        person = world.people.person()
        passport = {"type": "passport", "number": f"E0000000{number}"}
        resident = {"type": "resident_id", "number": person.resident_id}
        ids = []
        for documents in ([resident], [passport], [resident, passport]):
            body = world.draft_body(person)
            body["subject"]["documents"] = documents
            ids.append(submitted(world, body))
        for each in ids[:2]:
            world.approve(each)
            change_id = proposed(world, each, "revoke")
            requests.append((f"/v1/designations/{each}/changes/{change_id}/approve", None))
        requests.append((f"/v1/designations/{ids[2]}/approve", None))
    assert at_once(world, world.approver, requests) == {(200, ""): len(requests)}
