"""Same number, other name: once it is found out who that is, the next check is right at once."""

from typing import Any

from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.law.words import Level
from tests.designations.acting import refused
from tests.screening.test_evidence import evidence
from tests.support.world import World

OTHER = "某某"


def asked(world: World, person: Any, name: str = OTHER, sector: str = "bank", area: str = "140900") -> Any:
    purpose = {"bank": "open_bank_account", "carrier": "issue_phone_card"}[sector]
    body = world.check_body(name, person.resident_id, purpose)
    return world.post(world.partner(sector, area), "/v1/checks", body).json


def resolved(world: World, check: Any, outcome: str, **changes: Any) -> TestResponse:
    body = {"party": 0, "name": OTHER, "outcome": outcome, "note": "核对原件与本人"} | changes
    return world.post(world.partner("bank"), f"/v1/checks/{check['id']}/resolutions", body)


def result(check: Any) -> tuple[str, str]:
    return check["parties"][0]["result"], check["direction"]


def test_another_person_is_served_at_once_by_the_partner_that_found_it_out(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    first = asked(world, person)
    assert result(first) == ("possible_match", "review")
    answer = resolved(world, first, "another_person")
    assert (answer.status_code, answer.json["state"]) == (201, "effective")
    assert result(asked(world, person)) == ("no_match", "proceed")
    assert result(asked(world, person, person.name)) == ("match", "limit")
    assert result(asked(world, person, "第三人")) == ("possible_match", "review")
    assert result(asked(world, person, area="140200")) == ("possible_match", "review")  # another bank
    assert result(asked(world, person, sector="carrier")) == ("possible_match", "review")
    told = evidence(world, check=first["id"]).json
    assert told["reproduced"] and told["now"]["direction"] == "proceed"
    served = evidence(world, check=asked(world, person)["id"]).json
    assert served["reproduced"]


def test_the_same_person_under_another_name_is_listed_when_an_officer_agrees(world: World) -> None:
    person = world.people.person()
    view = world.designate(world.draft_body(person))
    first = asked(world, person)
    answer = resolved(world, first, "same_person")
    assert answer.json["state"] == "pending"
    assert result(asked(world, person)) == ("possible_match", "review")
    (waiting,) = world.get(world.approver, "/v1/resolutions").json["items"]
    assert (waiting["name"], waiting["designation"], waiting["by_partner"]) == (OTHER, view["id"], True)
    path = f"/v1/resolutions/{waiting['id']}"
    elsewhere = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.APPROVER, authority=elsewhere)
    refused(world.post(stranger, f"{path}/approve"), 404, "not-found")
    refused(world.post(world.clerk, f"{path}/approve"), 403, "forbidden")
    assert world.post(world.approver, f"{path}/approve").json["state"] == "effective"
    assert result(asked(world, person)) == ("match", "limit")
    assert world.get(world.clerk, f"/v1/designations/{view['id']}").json["subject"]["aliases"] == [OTHER]
    refused(world.post(world.approver, f"{path}/approve"), 409, "invalid-state")
    assert evidence(world, check=first["id"]).json["reproduced"]


def test_what_the_duty_officer_found_out_needs_a_second_one_and_holds_for_everybody(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    body = {
        "name": OTHER,
        "document": {"type": "resident_id", "number": person.resident_id},
        "outcome": "another_person",
        "note": "电话核实",
    }
    recorded = world.post(both, "/v1/resolutions", body)
    assert (recorded.status_code, recorded.json["state"]) == (201, "pending")
    path = f"/v1/resolutions/{recorded.json['id']}"
    refused(world.post(both, f"{path}/approve"), 403, "four-eyes")
    assert result(asked(world, person)) == ("possible_match", "review")
    assert world.post(world.approver, f"{path}/approve").status_code == 200
    for sector in ("bank", "carrier"):
        assert result(asked(world, person, sector=sector)) == ("no_match", "proceed")
    again = world.post(both, "/v1/resolutions", body)
    assert (
        world.post(world.approver, f"/v1/resolutions/{again.json['id']}/reject", {"reason": "重复"}).json[
            "state"
        ]
        == "rejected"
    )


def test_nothing_is_resolved_where_there_is_no_mismatch(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    match = asked(world, person, person.name)
    refused(resolved(world, match, "another_person", name=person.name), 409, "no-mismatch")
    refused(resolved(world, match, "another_person"), 422, "invalid-input")  # not who was asked about
    refused(resolved(world, match, "another_person", party=1), 422, "invalid-input")
    foreign = world.post(
        world.partner("carrier"),
        f"/v1/checks/{match['id']}/resolutions",
        {"party": 0, "name": person.name, "outcome": "another_person", "note": "x"},
    )
    refused(foreign, 404, "not-found")
    nobody = world.people.person()
    refused(resolved(world, asked(world, nobody), "another_person"), 409, "no-mismatch")
