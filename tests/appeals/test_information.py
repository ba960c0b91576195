"""Somebody asks at the desk what is held about them."""

from typing import Any

from registry.access.rules import Role
from registry.audit.models import LogRecord
from registry.audit.tags import Tag
from registry.db import reading
from registry.demo.people import SyntheticPerson
from registry.law.words import Level
from tests.appeals.appealing import decided, intake, received
from tests.conftest import StandingClock
from tests.designations import acting
from tests.designations.acting import pointers, refused, renamed
from tests.support.world import World


def body(person: SyntheticPerson, **changes: Any) -> dict[str, Any]:
    return {
        "name": person.name,
        "document": {"type": "resident_id", "number": person.resident_id},
        "identity_checked": "original_document",
    } | changes


def told(world: World, person: SyntheticPerson, token: str | None = None) -> dict[str, Any]:
    response = world.post(token or world.clerk, "/v1/information-requests", body(person))
    assert response.status_code == 201, response.json
    return dict(response.json)


def test_a_person_is_told_what_is_held_and_where_to_appeal(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    first = world.designate(world.draft_body(person))["id"]
    second = world.designate(world.draft_body(person, decided_on="2026-03-03"))["id"]
    decided(world, first)
    appeal_id = received(world, intake(second))
    for _ in range(2):
        world.ask("bank", "open_bank_account", person)
    answer = told(world, person)
    (subject,) = answer["subjects"]
    assert (subject["name"], subject["documents"][0]["number"]) == (person.name, person.resident_id)
    assert [(each["id"], each["state"]) for each in answer["designations"]] == [
        (first, "revoked"),
        (second, "in_force"),
    ]
    held = answer["designations"][1]
    assert held["sanctions"] == acting.shown(world, second)["sanctions"]
    assert [each["id"] for each in held["appeals"]] == [appeal_id]
    assert "忻州市公安局" in held["right_to_appeal"]["text"]
    assert held["right_to_appeal"]["basis"] == {"instrument": "反电信网络诈骗法", "article": "31(2)"}
    assert not {"evidence_ref", "conduct", "items", "history", "drafted_by"} & held.keys()
    assert "chk_" not in str(answer) and "bank-140900" not in str(answer)


def test_whatever_authority_designated_and_wherever_they_ask(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    elsewhere = world.authority("大同市公安局", "140200", Level.CITY)
    desk = world.officer("desk", Role.CLERK, authority=elsewhere)
    refused(world.get(desk, f"/v1/designations/{designation_id}"), 404, "not-found")
    assert [each["id"] for each in told(world, person, desk)["designations"]] == [designation_id]


def test_nothing_is_told_about_anybody_else_or_of_what_is_only_drafted(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    world.draft(world.draft_body(person))
    acting.submitted(world, world.draft_body(person))
    assert told(world, person)["designations"] == []
    world.designate(world.draft_body(person))
    stranger = renamed(person, world.people.person().name)
    answer = told(world, stranger)
    assert (answer["subjects"], answer["designations"]) == ([], [])


def test_the_answer_is_in_the_log_without_a_name(world: World, standing_clock: StandingClock) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    answer = told(world, person)
    with reading() as session:
        (row,) = session.query(LogRecord).filter_by(tag=Tag.INFORMATION_GIVEN.value)
        assert (row.object_id, row.facts["designations"]) == (answer["id"], [designation_id])
        assert person.resident_id not in str(row.facts) and person.name not in str(row.facts)


def test_it_needs_a_checked_identity_and_a_right_document(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    asked = body(person)
    path = "/v1/information-requests"
    assert pointers(world.post(world.clerk, path, asked | {"identity_checked": "no"})) == [
        "/identity_checked"
    ]
    del asked["identity_checked"]
    assert pointers(world.post(world.clerk, path, asked)) == ["/identity_checked"]
    wrong = {"type": "resident_id", "number": "11010519491231002Y"}
    assert pointers(world.post(world.clerk, path, body(person, document=wrong))) == ["/document/number"]
    for token in (world.approver, world.partner("bank")):
        refused(world.post(token, path, body(person)), 403, "forbidden")
