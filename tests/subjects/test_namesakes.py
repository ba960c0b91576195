"""Duplicate numbers (重号): one number, several names, several people."""

from tests.designations.acting import act, check, found, renamed, submitted, with_documents, with_subject
from tests.support.world import World


def test_one_number_under_two_names_stays_two_people(world: World) -> None:
    one = world.people.person()
    other = renamed(one, "重号人")
    first = world.designate(world.draft_body(one))
    second = world.designate(world.draft_body(other, decided_on="2025-09-09"))
    assert first["subject"]["id"] != second["subject"]["id"]
    assert second["sanctions"][0]["starts_on"] == "2025-09-09"  # no chain across two people
    for person, view in ((one, first), (other, second)):
        party = check(world, person.name, person.resident_id)
        assert (party["result"], found(party)) == ("match", [view["decision_no"]])


def test_a_third_name_under_the_number_is_a_possible_match_that_tells_nothing(world: World) -> None:
    one = world.people.person()
    world.designate(world.draft_body(one))
    world.designate(world.draft_body(renamed(one, "重号人")))
    party = check(world, "第三人", one.resident_id)
    assert (party["result"], party["direction"], party["sanctions"]) == ("possible_match", "review", [])
    assert party["contact"] == "0350-110"
    shown_text = str(party)
    assert one.name not in shown_text and "忻公" not in shown_text and "2027" not in shown_text


def test_a_name_alone_is_never_a_match(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    assert check(world, person.name, world.people.person().resident_id)["result"] == "no_match"


def test_spellings_of_one_name_are_one_person(world: World) -> None:
    person = renamed(world.people.person(), "古丽·买买提")
    first = world.designate(world.draft_body(person))
    second = world.designate(with_subject(world.draft_body(person), name="古丽 • 买买提"))
    assert second["subject"]["id"] == first["subject"]["id"]
    assert check(world, "古丽.买买提", person.resident_id)["result"] == "match"


def test_a_rejected_namesake_leaves_no_trace(world: World) -> None:
    one = world.people.person()
    act(world, "reject", submitted(world, world.draft_body(renamed(one, "重号人"))))
    assert check(world, one.name, one.resident_id)["result"] == "no_match"
    world.designate(world.draft_body(one))
    assert check(world, "重号人", one.resident_id)["result"] == "possible_match"


def test_an_organisation_is_matched_by_code_and_name(world: World) -> None:
    unit, person = world.people.organisation(), world.people.person()
    body = with_documents(world.draft_body(), ("uscc", unit.uscc))
    view = world.designate(with_subject(body, kind="organisation", name=unit.name))
    party = check(world, unit.name, unit.uscc.lower(), "uscc")
    assert (party["result"], party["direction"], found(party)) == ("match", "limit", [view["decision_no"]])
    assert check(world, "别的有限公司", unit.uscc, "uscc")["result"] == "possible_match"
    assert check(world, unit.name, world.people.organisation().uscc, "uscc")["result"] == "no_match"
    assert check(world, unit.name, person.resident_id)["result"] == "no_match"


def test_the_legal_representative_is_checked_beside_his_unit(world: World) -> None:
    unit, person = world.people.organisation(), world.people.person()
    world.designate(world.draft_body(person))
    body = world.check_body(unit.name, unit.uscc)
    body["parties"][0]["document"]["type"] = "uscc"
    listed = {"type": "resident_id", "number": person.resident_id}
    body["parties"].append({"role": "legal_representative", "name": person.name, "document": listed})
    answer = world.post(world.partner("bank"), "/v1/checks", body).json
    assert [party["result"] for party in answer["parties"]] == ["no_match", "match"]
    assert answer["direction"] == "limit"


def test_a_passport_and_a_credit_code_of_equal_letters_are_two_things(world: World) -> None:
    """Number spaces are kept apart by type."""
    name = "同名"
    body = with_subject(world.draft_body(), name=name)
    world.designate(with_documents(body, ("passport", "12345678")))
    assert check(world, name, "12345678", "passport")["result"] == "match"
    assert check(world, name, "12345678", "taiwan_travel_permit")["result"] == "no_match"
