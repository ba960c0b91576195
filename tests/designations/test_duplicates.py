"""One subject under one decision number is one designation; another number is a repeat."""

import pytest

from tests.designations.acting import (
    act,
    passport_body,
    post,
    refused,
    renamed,
    shown,
    submitted,
    with_documents,
)
from tests.support.world import World


def test_the_same_subject_and_number_is_a_duplicate_in_every_living_state(world: World) -> None:
    for prepare in (
        world.draft,
        lambda body: submitted(world, body),
        lambda body: world.designate(body)["id"],
    ):
        body = world.draft_body()
        designation_id = prepare(body)
        problem = refused(post(world, body), 409, "duplicate-designation")
        assert problem["designation"] == designation_id


def test_another_number_is_a_repeat_and_another_subject_is_another(world: World) -> None:
    person = world.people.person()
    body = world.draft_body(person)
    first = world.designate(body)
    repeat = world.designate(body | {"decision_no": body["decision_no"] + "之二"})
    assert repeat["subject"]["id"] == first["subject"]["id"]
    other = world.draft_body(decision_no=body["decision_no"])
    assert post(world, other).status_code == 201
    namesake = world.draft_body(renamed(person, "他名"), decision_no=body["decision_no"])
    assert post(world, namesake).status_code == 201


def test_a_number_is_free_again_after_rejection(world: World) -> None:
    body = world.draft_body()
    designation_id = submitted(world, body)
    act(world, "reject", designation_id)
    again = post(world, body)
    assert again.status_code == 201
    refused(post(world, body), 409, "duplicate-designation")


@pytest.mark.parametrize("spelling", ["{} ", " {}"])
def test_spaces_around_a_number_make_no_other_number(world: World, spelling: str) -> None:
    body = world.draft_body(decision_no="X〔2025〕1号")
    world.draft(body)
    spelled = body | {"decision_no": spelling.format("x〔2025〕1号")}
    refused(post(world, spelled), 409, "duplicate-designation")


def test_full_width_brackets_and_digits_make_no_other_number(world: World) -> None:
    """Else a slip of the keyboard would lengthen a sanction as a repeat."""
    body = world.draft_body(decision_no="忻公(反诈)认字〔2025〕12号")
    world.draft(body)
    spelled = body | {"decision_no": "忻公（反诈）认字〔２０２５〕12号"}
    refused(post(world, spelled), 409, "duplicate-designation")


def test_a_duplicate_is_found_through_another_document_of_the_same_designation(world: World) -> None:
    person = world.people.person()
    body = with_documents(
        world.draft_body(person), ("resident_id", person.resident_id), ("passport", "E11112222")
    )
    world.designate(body)
    refused(post(world, with_documents(body, ("passport", "e1111 2222"))), 409, "duplicate-designation")


def test_a_duplicate_is_found_through_a_document_learnt_later(world: World) -> None:
    person = world.people.person()
    first = world.draft_body(person)
    world.designate(first)
    later = with_documents(
        world.draft_body(person), ("resident_id", person.resident_id), ("passport", "E11112222")
    )
    world.designate(later)
    same = passport_body(world, person.name, "E11112222", decision_no=first["decision_no"])
    refused(post(world, same), 409, "duplicate-designation")


def test_two_drafts_found_to_be_one_subject_at_approval_do_not_both_stand(world: World) -> None:
    """One person drafted twice under one number, by two documents, before anybody knew they are one."""
    person = world.people.person()
    by_id = submitted(world, world.draft_body(person, decision_no="同号"))
    by_passport = submitted(world, passport_body(world, person.name, "E11112222", decision_no="同号"))
    world.designate(
        with_documents(
            world.draft_body(person), ("resident_id", person.resident_id), ("passport", "E11112222")
        )
    )
    world.approve(by_id)
    refused(act(world, "approve", by_passport), 409, "duplicate-designation")
    assert shown(world, by_passport)["state"] == "submitted"
