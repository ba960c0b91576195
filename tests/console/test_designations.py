"""A clerk drafts with the law beside the form; another officer reviews and decides."""

import pytest

from registry.access.rules import Role
from tests.console.browsing import Browser, user
from tests.console.police import act, drafted, id_of, submitted, typed
from tests.support.world import World


@pytest.fixture
def clerk(world: World) -> Browser:
    return user(world, "clerk-1", Role.CLERK)


@pytest.fixture
def approver(world: World) -> Browser:
    return user(world, "approver-1", Role.APPROVER)


def preview(browser: Browser, fields: dict[str, str], **headers: str) -> str:
    browser.get("/console/designations/new")
    return browser.post("/console/designations/preview", fields, **headers).text


# -- the form --------------------------------------------------------------------------------------


def test_a_clerk_drafts_and_submits_and_another_officer_brings_it_into_force(
    world: World, clerk: Browser, approver: Browser
) -> None:
    person = world.people.person()
    path = drafted(clerk, typed(world, person))
    assert "这是草稿" in clerk.get(path).text
    act(clerk, path, "submit")
    assert "待审批" in clerk.get(path).text
    review = approver.get(f"{path}/review").text
    assert person.name in review and person.resident_id in review
    assert "2027年3月3日" in review and "第二类" in review
    assert act(approver, path, "approve", f"{path}/review").status_code == 303
    page = approver.get(path).text
    assert "惩戒中" in page and "批准认定" in page and "<svg" in page and "惩戒告知书" in page
    answer = world.ask("bank", "open_bank_account", person)
    assert answer["direction"] == "limit"


def test_the_preview_tells_regime_class_term_and_measures_before_anything_is_kept(
    world: World, clerk: Browser
) -> None:
    page = preview(clerk, typed(world))
    assert "可以认定" in page and "第二类" in page and "2025年3月3日" in page and "2027年3月3日" in page
    assert "第5、6、8条" in page and "暂定" in page
    assert 'value="2025-03-03"' in page  # the form keeps what was typed
    assert world.get(world.clerk, "/v1/designations").json["items"] == []


def test_a_script_gets_the_preview_alone_and_is_not_scolded_for_what_is_still_empty(
    world: World, clerk: Browser
) -> None:
    part = preview(clerk, typed(world), HX_Request="true")
    assert "可以认定" in part and "<form" not in part
    begun = preview(clerk, {"ground": "facilitated", "decided_on": "2025-03-03"}, HX_Request="true")
    assert "必填项填好后" in begun and "请填写" not in begun
    slip = typed(world, document_number_0="110105194912310021")
    assert 'href="#document_number_0"' in preview(clerk, slip, HX_Request="true")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item_count": "2"}, ["须由省级及以上机关认定", "报省级及以上", "joint-2024/thresholds"]),
        ({"conduct_to": "2022-11-30", "conduct_from": ""}, ["请核对行为终止日", "joint-2024/conduct-from"]),
        ({"decided_on": "2016-12-31", "conduct_from": "", "conduct_to": ""}, ["2017-01-01", "认定日期"]),
        ({"decided_on": "2020-05-01", "conduct_from": "", "conduct_to": "", "kind_bank_account": "",
          "kind_phone_card": "1"}, ["银行账户", "请核对卡种"]),
    ],
)  # fmt: skip
def test_what_is_not_lawful_is_refused_with_its_rule_and_what_to_do(
    world: World, clerk: Browser, changes: dict[str, str], said: list[str]
) -> None:
    fields = typed(world, **changes)
    for page in (preview(clerk, fields), clerk.post("/console/designations", fields).text):
        assert "不能认定" in page
        assert [each for each in said if each not in page] == []
    assert clerk.post("/console/designations", fields).status_code == 409
    assert "草稿没有保存" in clerk.post("/console/designations", fields).text
    assert world.get(world.clerk, "/v1/designations").json["items"] == []


def test_mistakes_come_back_at_their_fields_with_what_was_typed(world: World, clerk: Browser) -> None:
    clerk.get("/console/designations/new")
    fields = typed(world, name="", item_count="many", evidence_ref="E-77")
    answer = clerk.post("/console/designations", fields)
    assert answer.status_code == 422
    for place in ("name", "item_count"):
        assert f'id="{place}-fault"' in answer.text, place
    assert 'value="E-77"' in answer.text and 'value="many"' in answer.text
    assert 'name="behaviour_rent" value="1" checked' in answer.text
    later = clerk.post("/console/designations", typed(world, conduct_from="2025-02-02"))
    assert later.status_code == 422 and 'id="conduct_to-fault"' in later.text


def test_rows_for_documents_and_items_are_added_without_a_script(world: World, clerk: Browser) -> None:
    clerk.get("/console/designations/new")
    page = clerk.post("/console/designations/preview", typed(world) | {"more": "documents"}).text
    assert 'id="document_number_1"' in page and 'name="documents_rows" value="2"' in page
    held = {"item_kind_1": "phone_card", "item_number_1": "13800138000", "items_rows": "2"}
    wrong = clerk.post("/console/designations", typed(world) | held | {"item_number_1": "138"})
    assert 'id="item_number_1-fault"' in wrong.text  # at its own row, though the first one is empty
    path = drafted(clerk, typed(world) | held)
    assert "13800138000" in clerk.get(path).text


def test_a_designation_known_under_its_number_is_told_before_and_at_saving(
    world: World, clerk: Browser
) -> None:
    fields = typed(world)
    path = drafted(clerk, fields)
    part = preview(clerk, fields, HX_Request="true")
    assert "已有认定" in part and f'href="{path}"' in part
    clerk.get("/console/designations/new")
    assert clerk.post("/console/designations", fields).status_code == 409


def test_a_form_is_filled_in_from_an_earlier_designation(world: World, clerk: Browser) -> None:
    person = world.people.person()
    path = drafted(clerk, typed(world, person))
    page = clerk.get(f"/console/designations/new?from={id_of(path)}").text
    assert f'value="{person.resident_id}"' in page and 'name="behaviour_rent" value="1" checked' in page
    assert 'name="decision_no" type="text" value=""' in page


def test_staff_are_linked_to_their_unit_by_its_decision_number(world: World, clerk: Browser) -> None:
    clerk.get("/console/designations/new")
    answer = clerk.post("/console/designations", typed(world, linked_no="没有的号"))
    assert 'id="linked_no-fault"' in answer.text
    unit = world.people.organisation()
    body = world.draft_body()
    body["subject"] = {
        "kind": "organisation",
        "name": unit.name,
        "documents": [{"type": "uscc", "number": unit.uscc}],
    }
    unit_id = world.draft(body)
    path = drafted(clerk, typed(world, linked_no=body["decision_no"]))
    assert f"/console/designations/{unit_id}" in clerk.get(path).text


# -- review ----------------------------------------------------------------------------------------


def test_whoever_drafted_does_not_approve_whatever_their_roles(world: World) -> None:
    both = user(world, "both", Role.CLERK, Role.APPROVER)
    path = submitted(both, typed(world))
    assert "须由另一名审批民警决定" in both.get(f"{path}/review").text
    refused = act(both, path, "approve")
    assert refused.status_code == 403 and "待审批" in refused.text


def test_an_approver_sees_what_is_known_under_the_same_document(
    world: World, clerk: Browser, approver: Browser
) -> None:
    person = world.people.person()
    earlier = world.designate(world.draft_body(person))
    path = submitted(clerk, typed(world, person))
    review = approver.get(f"{path}/review").text
    assert earlier["decision_no"] in review and f"/console/designations/{earlier['id']}" in review


def test_a_version_that_somebody_changed_is_told_and_nothing_is_done(
    world: World, clerk: Browser, approver: Browser
) -> None:
    path = submitted(clerk, typed(world))
    approver.get(f"{path}/review")
    stale = approver.post(f"{path}/approve", {"version": "1"})
    assert stale.status_code == 412
    assert "您看到的内容已经过时" in stale.text and "待审批" in stale.text
    assert "惩戒中" not in approver.get(path).text


def test_a_return_needs_a_reason_which_the_clerk_reads(
    world: World, clerk: Browser, approver: Browser
) -> None:
    path = submitted(clerk, typed(world))
    empty = act(approver, path, "reject", f"{path}/review")
    assert empty.status_code == 422 and 'id="reason-reject-fault"' in empty.text
    act(approver, path, "reject", f"{path}/review", **{"reason-reject": "证据不足，请补充"})
    page = clerk.get(path).text
    assert "已退回" in page and "证据不足，请补充" in page and "另行起草" in page


# -- search ----------------------------------------------------------------------------------------


def test_a_person_is_found_by_document_name_and_number_and_none_of_them_is_in_an_address(
    world: World, clerk: Browser
) -> None:
    person, other = world.people.person(), world.people.person()
    made = world.designate(world.draft_body(person))
    world.designate(world.draft_body(other))
    clerk.get("/console/designations")
    for fields in (
        {"type": "resident_id", "number": person.resident_id},
        {"name": person.name},
        {"decision_no": made["decision_no"]},
    ):
        page = clerk.post("/console/designations/search", fields).text
        assert made["id"] in page and other.resident_id not in page, fields
    wrong = clerk.post("/console/designations/search", {"type": "resident_id", "number": "123"})
    assert wrong.status_code == 422 and 'id="number-fault"' in wrong.text and 'value="123"' in wrong.text
    nobody = clerk.post("/console/designations/search", {"name": "无此人"}).text
    assert "没有找到" in nobody


def test_results_are_paged_and_the_next_page_repeats_the_search(world: World, clerk: Browser) -> None:
    person = world.people.person()
    for _ in range(21):
        world.draft(world.draft_body(person))
    clerk.get("/console/designations")
    first = clerk.post("/console/designations/search", {"name": person.name}).text
    assert first.count('<th scope="row">') == 20
    cursor = first.split('name="cursor" value="')[1].split('"')[0]
    second = clerk.post("/console/designations/search", {"name": person.name, "cursor": cursor}).text
    assert second.count('<th scope="row">') == 1
    assert clerk.get("/console/designations?state=draft").text.count('<th scope="row">') == 20
    assert "没有" in clerk.get("/console/designations?state=revoked").text


# -- what was typed stays text ---------------------------------------------------------------------


def test_free_text_of_a_designation_is_never_markup(world: World, clerk: Browser, approver: Browser) -> None:
    payload = "<img src=x onerror=alert(1)>"
    fields = typed(world, decision_no=f"{payload}1号", evidence_ref=payload, item_count="3") | {
        "judgment_court": payload,
        "judgment_no": payload,
        "judgment_on": "2025-03-01",
    }
    path = submitted(clerk, fields)
    act(approver, path, "reject", f"{path}/review", **{"reason-reject": payload})
    for page in (path, f"{path}/review", "/console/designations", "/console/work?what=approvals"):
        text = approver.get(page).text
        assert payload not in text, page
    assert "&lt;img src=x" in approver.get(path).text
