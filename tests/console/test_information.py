"""Somebody asks at the desk what is held about them."""

from registry.access.rules import Role
from tests.console.browsing import user
from tests.support.world import World


def test_they_are_told_what_is_held_and_where_to_appeal(world: World) -> None:
    person = world.people.person()
    view = world.designate(world.draft_body(person))
    browser = user(world, "desk", Role.CLERK)
    assert "先核对证件原件" in browser.get("/console/information").text
    typed = {"name": person.name, "document_type": "resident_id", "document_number": person.resident_id}
    answer = browser.post("/console/information", typed)
    assert answer.status_code == 422 and 'id="identity_checked-fault"' in answer.text
    assert person.name in answer.text
    answer = browser.post("/console/information", typed | {"identity_checked": "original_document"})
    assert answer.status_code == 200
    for told in (view["decision_no"], "停止支付账户所有业务", "如有异议", "inf_"):
        assert told in answer.text


def test_of_whom_nothing_is_held_is_told_so(world: World) -> None:
    person = world.people.person()
    browser = user(world, "desk", Role.CLERK)
    browser.get("/console/information")
    typed = {"name": person.name, "document_type": "resident_id", "document_number": person.resident_id}
    typed |= {"identity_checked": "original_document"}
    assert "名单上没有有关您的认定" in browser.post("/console/information", typed).text
    answer = browser.post("/console/information", typed | {"document_number": "11"})
    assert answer.status_code == 422 and 'id="document_number-fault"' in answer.text
