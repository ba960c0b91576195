"""更正: what was entered wrongly about a subject is set right by two officers, for every check at once."""

from typing import Any

from tests.designations.acting import refused, shown
from tests.designations.test_changes import change, decide, done
from tests.screening.test_evidence import evidence
from tests.support.world import World


def asked(world: World, name: str, number: str) -> Any:
    return world.post(world.partner("bank"), "/v1/checks", world.check_body(name, number)).json


def result(check: Any) -> str:
    return str(check["parties"][0]["result"])


def test_a_name_entered_wrongly_is_set_right_for_the_next_check(world: World) -> None:
    person = world.people.person()
    wrong = person.name + "某"
    body = world.draft_body(person)
    designation_id = world.designate(body | {"subject": body["subject"] | {"name": wrong}})["id"]
    before = asked(world, wrong, person.resident_id)
    assert (result(before), result(asked(world, person.name, person.resident_id))) == (
        "match",
        "possible_match",
    )
    view = done(world, designation_id, "correct", was=wrong, name=person.name)
    assert (view["subject"]["name"], view["subject"]["aliases"]) == (person.name, [])
    assert view["changes"][0]["correction"]["name"] == person.name
    assert result(asked(world, person.name, person.resident_id)) == "match"
    assert result(asked(world, wrong, person.resident_id)) == "possible_match"
    told = evidence(world, check=before["id"]).json
    assert told["reproduced"] and told["now"]["parties"][0]["result"] == "possible_match"
    assert [notice["kind"] for notice in view["notices"]] == ["designation", "variation"]
    assert view["history"][-1]["act"] == "subject.corrected"


def test_sex_and_birth_are_set_right_where_no_document_says_otherwise(world: World) -> None:
    body = world.draft_body()
    passport = {"type": "passport", "number": "E12345678"}
    subject = body["subject"] | {"documents": [passport], "sex": "male", "birth_on": "1990-01-01"}
    designation_id = world.designate(body | {"subject": subject})["id"]
    view = done(world, designation_id, "correct", sex="female", birth_on="1991-02-03")
    assert (view["subject"]["sex"], view["subject"]["birth_on"]) == ("female", "1991-02-03")


def test_a_correction_that_cannot_be_is_refused_when_proposed(world: World) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    other_sex = "female" if person.sex == "male" else "male"
    for body, pointer in (
        ({}, ""),
        ({"sex": person.sex}, ""),
        ({"sex": other_sex}, "/sex"),
        ({"birth_on": "1900-01-01"}, "/birth_on"),
        ({"was": "某某", "name": "某人"}, "/was"),
        ({"was": person.name}, "/name"),
        ({"was": person.name, "name": person.name}, "/name"),
    ):
        problem = refused(change(world, designation_id, "correct", **body), 422, "invalid-input")
        assert problem["errors"][0]["pointer"] == pointer, body
    proposed = change(world, designation_id, "correct", was=person.name, name=person.name + "某")
    refused(decide(world, designation_id, proposed.json["change"], token=world.clerk), 403, "forbidden")
    assert shown(world, designation_id)["subject"]["name"] == person.name
