"""What a designation says about its subject, items, judgment and unit, and what contradicts itself."""

from typing import Any

import pytest

from registry.demo.people import SyntheticPerson
from tests.designations.acting import (
    pointers,
    post,
    refused,
    shown,
    with_conduct,
    with_documents,
    with_subject,
)
from tests.support.world import World

OTHER = {"male": "female", "female": "male"}


def unit_body(world: World, **changes: Any) -> dict[str, Any]:
    """A designation of an organisation."""
    unit = world.people.organisation()
    body = with_documents(world.draft_body(**changes), ("uscc", unit.uscc))
    return with_subject(body, kind="organisation", name=unit.name)


def test_sex_and_birth_come_from_the_document_where_nobody_states_them(world: World) -> None:
    person = world.people.person()
    subject = shown(world, world.draft(world.draft_body(person)))["subject"]
    assert (subject["sex"], subject["birth_on"]) == (person.sex, person.birth_on.isoformat())
    stated = with_subject(world.draft_body(person), sex=person.sex, birth_on=person.birth_on.isoformat())
    assert post(world, stated).status_code == 201


def test_what_contradicts_the_document_is_pointed_at(world: World) -> None:
    person = world.people.person()
    body = world.draft_body(person)
    for changes, expected in (
        ({"sex": OTHER[person.sex]}, ["/subject/sex"]),
        ({"birth_on": "1900-01-02"}, ["/subject/birth_on"]),
        ({"sex": OTHER[person.sex], "birth_on": "1900-01-02"}, ["/subject/sex", "/subject/birth_on"]),
    ):
        response = post(world, with_subject(body, **changes))
        assert pointers(response) == expected
        assert refused(response, 422, "invalid-designation")["errors"][0]["detail"]


def test_two_documents_may_not_contradict_each_other(world: World) -> None:
    man, woman = (
        next(p for p in iter(world.people.person, None) if p.sex == sex) for sex in ("male", "female")
    )
    body = with_documents(
        world.draft_body(man), ("resident_id", man.resident_id), ("resident_id", woman.resident_id)
    )
    assert set(pointers(post(world, body))) == {"/subject/sex", "/subject/birth_on"}


def test_documents_are_read_with_their_faults(world: World) -> None:
    wrong = world.people.person().resident_id
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    right = world.people.person().resident_id
    for documents, expected in (
        ([("resident_id", wrong)], "/subject/documents/0/number"),
        ([("resident_id", "440524188001010014")], "/subject/documents/0/number"),
        ([("resident_id", right), ("resident_id", wrong)], "/subject/documents/1/number"),
        ([("resident_id", right), ("10", f" {right} ")], "/subject/documents"),
        ([("library_card", "1")], "/subject/documents/0/type"),
        ([("uscc", "91350100M000100Y43")], "/subject/documents/0/type"),
        ([], "/subject/documents"),
    ):
        response = post(world, with_documents(world.draft_body(), *documents))
        assert pointers(response) == [expected], response.json


def test_an_organisation_is_designated_under_its_credit_code(world: World) -> None:
    body = unit_body(world)
    view = world.designate(body)
    assert view["subject"]["kind"] == "organisation"
    assert view["subject"]["documents"] == body["subject"]["documents"]
    assert (view["subject"]["sex"], view["subject"]["birth_on"]) == (None, None)


def test_an_organisation_has_no_sex_no_birth_and_no_personal_document(world: World) -> None:
    body = unit_body(world)
    assert pointers(post(world, with_subject(body, sex="male"))) == ["/subject"]
    assert pointers(post(world, with_subject(body, birth_on="1990-01-01"))) == ["/subject"]
    personal = with_documents(body, ("resident_id", world.people.person().resident_id))
    assert pointers(post(world, personal)) == ["/subject/documents/0/type"]


def test_birth_after_today_is_refused_where_no_document_tells(world: World) -> None:
    body = with_documents(world.draft_body(), ("passport", "E12345678"))
    assert pointers(post(world, with_subject(body, birth_on="2100-01-01"))) == ["/subject/birth_on"]


def test_every_fault_of_a_draft_is_told_at_once(world: World) -> None:
    body = with_conduct(world.draft_body(), **{"from": "2025-02-02", "to": "2025-02-01", "offence": None})
    body |= {
        "item_kinds": ["bank_account"],
        "items": [
            {"kind": "phone_card", "number": "12345"},
            {
                "kind": "phone_card",
                "number": "13800000000",
                "held_from": "2024-02-02",
                "held_to": "2024-02-01",
            },
        ],
        "judgment": {"court": " ", "no": "1", "on": "2025-03-04"},
    }
    assert set(pointers(post(world, body))) == {
        "/conduct/to",
        "/items/0/number",
        "/items/1/held_to",
        "/judgment/court",
        "/judgment/on",
    }


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ground": "suspected"}, "/ground"),
        ({"decided_on": "2025-02-30"}, "/decided_on"),
        ({"decision_no": ""}, "/decision_no"),
        ({"decision_no": "号" * 81}, "/decision_no"),
        ({"decision_no": "a\nb"}, "/decision_no"),
        ({"item_kinds": ["cash"]}, "/item_kinds/0"),
        ({"penalty": "fine"}, "/penalty"),
        ({"judgement": None}, "/judgement"),
        ({"evidence_ref": "x" * 201}, "/evidence_ref"),
        ({"subject": None}, "/subject"),
    ],
)
def test_a_wrong_field_is_pointed_at(world: World, changes: dict[str, Any], pointer: str) -> None:
    assert pointers(post(world, world.draft_body() | changes)) == [pointer]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"behaviours": []}, "/conduct/behaviours"),
        ({"behaviours": ["steal"]}, "/conduct/behaviours/0"),
        ({"role": "king"}, "/conduct/role"),
        ({"items": -1}, "/conduct/items"),
        ({"items": True}, "/conduct/items"),
        ({"times": 1.5}, "/conduct/times"),
        ({"recipients": 10**9}, "/conduct/recipients"),
        ({"offence": "theft"}, "/conduct/offence"),
        ({"to": "2025-03-04"}, "/conduct/to"),
        ({"place": "忻州"}, "/conduct/place"),
    ],
)
def test_wrong_conduct_is_pointed_at(world: World, changes: dict[str, Any], pointer: str) -> None:
    assert pointers(post(world, with_conduct(world.draft_body(), **changes))) == [pointer]


def test_an_unlisted_offence_and_a_missing_one_are_warnings(world: World) -> None:
    for offence in ("133-1", None):
        body = with_conduct(world.draft_body(ground="convicted"), offence=offence)
        assert len(world.designate(body)["warnings"]) == 1
    body = with_conduct(world.draft_body(ground="convicted"), offence="287-2")
    assert world.designate(body)["warnings"] == []


ITEMS = [
    {"kind": "phone_card", "number": "13812345678", "held_from": "2024-01-01", "held_to": None},
    {"kind": "bank_account", "number": "6222020000000000002", "held_from": None, "held_to": None},
    {"kind": "iot_card", "number": "1064812345678", "held_from": None, "held_to": "2024-05-05"},
    {
        "kind": "phone_card",
        "number": "89860012345678901234",
        "held_from": "2024-01-01",
        "held_to": "2024-01-01",
    },
    {"kind": "payment_account", "number": "甲-Ab@pay.example", "held_from": None, "held_to": None},
]


def test_items_are_kept_with_the_days_on_which_they_were_held(world: World) -> None:
    people = world.people
    items = [
        *ITEMS,
        {"kind": "bank_account", "number": people.bank_card(), "held_from": None, "held_to": None},
    ]
    items.pop(1)  # its check digit is anybody's guess
    kept = world.designate(world.draft_body(items=items))["items"]
    assert sorted(map(str, kept)) == sorted(map(str, items))


def test_items_and_documents_come_back_in_the_order_given(world: World) -> None:
    numbers = [f"1380000{n:04}" for n in range(12)]
    held = {"held_from": None, "held_to": None}
    body = world.draft_body(items=[{"kind": "phone_card", "number": number} | held for number in numbers])
    documents = [("passport", f"E{n:08}") for n in range(8)]
    view = shown(world, world.draft(with_documents(body, *documents)))
    assert [item["number"] for item in view["items"]] == numbers
    assert [document["number"] for document in view["subject"]["documents"]] == [n for _, n in documents]


def test_the_judgment_stands_beside_the_decision(world: World) -> None:
    judgment = {"court": "忻州市忻府区人民法院", "no": "(2025)晋0902刑初1号", "on": "2025-03-03"}
    body = with_conduct(world.draft_body(ground="convicted", penalty="criminal"), offence="287-2")
    view = world.designate(body | {"judgment": judgment})
    assert (view["judgment"], view["penalty"], view["warnings"]) == (judgment, "criminal", [])


def linked(world: World, person: SyntheticPerson, unit: str) -> dict[str, Any]:
    return world.draft_body(person, linked_to=unit)


def test_a_manager_is_linked_to_his_unit(world: World) -> None:
    unit = world.designate(unit_body(world))["id"]
    view = world.designate(linked(world, world.people.person(), unit))
    assert view["linked_to"] == unit
    assert shown(world, unit)["linked_to"] is None


def test_a_link_to_nothing_is_refused(world: World) -> None:
    response = post(world, linked(world, world.people.person(), "dsg_unknown"))
    assert response.status_code in (404, 422)
    assert world.get(world.clerk, "/v1/designations").json["items"] == []


def test_a_link_leads_to_a_living_designation_of_a_unit(world: World) -> None:
    person = world.designate(world.draft_body())["id"]
    dead = world.draft(unit_body(world))
    world.post(world.approver, f"/v1/designations/{dead}/reject", {"reason": "误报"})
    for target in (person, dead):
        response = post(world, linked(world, world.people.person(), target))
        assert response.status_code in (404, 409, 422), "linked to what is no unit, or was rejected"
