"""The publisher's pages: a list drafted, looked at, published by another officer, and taken back."""

import re

from registry.access.rules import Role
from tests.console.browsing import Browser, user
from tests.public.listing import designated
from tests.support.world import World

TYPED = {"title": "惩戒曝光名单", "legal_basis": "忻公发〔2026〕3号", "impact_assessment_ref": "PIA-1"}


def draft(browser: Browser, **more: str) -> str:
    """The path of a new list."""
    browser.get("/console/exposure-lists/new")
    answer = browser.post("/console/exposure-lists", TYPED | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_one_officer_drafts_another_publishes_and_a_row_comes_down(world: World) -> None:
    designated(world), designated(world), designated(world, penalty="administrative")
    first, second = user(world, "p1", Role.PUBLISHER), user(world, "p2", Role.PUBLISHER)
    path = draft(first)
    page = first.get(path)
    assert "不得公开 1" in page.text and "可以公开 2" in page.text
    assert "仅有行政处罚的记录" in page.text  # the refused rows are what is looked at first
    preview = first.get(f"{path}/preview")
    assert "预览" in preview.text and "尚未发布" in preview.text
    first.get(path)
    assert first.post(f"{path}/submit").status_code == 303
    page = first.get(path)
    assert "须由另一名民警发布" in page.text and "任何人可见" not in page.text
    page = second.get(path)
    assert "发布后任何人可见" in page.text and "公开 2 人次" in page.text
    assert second.post(f"{path}/publish").status_code == 303
    assert "2026年第1批" in world.get(None, path.replace("/console", "/public")).text

    page = second.get(path)
    row = re.findall(r"/entries/(exe_\w+)/withdraw", page.text)[0]
    answer = second.post(f"{path}/entries/{row}/withdraw", {"reason": "", "verb": row})
    assert answer.status_code == 422 and 'class="sure" open' in answer.text
    assert second.post(f"{path}/entries/{row}/withdraw", {"reason": "信息有误"}).status_code == 303
    assert "由公布机关撤下" in second.get(f"{path}?rows=withdrawn").text
    assert second.post(f"{path}/withdraw", {"reason": "依据有误"}).status_code == 303
    assert "已撤回" in second.get(path).text and "依据有误" in second.page.text


def test_nobody_publishes_what_they_submitted_and_is_told_so(world: World) -> None:
    designated(world)
    browser = user(world, "p1", Role.PUBLISHER)
    path = draft(browser)
    browser.post(f"{path}/submit")
    answer = browser.post(f"{path}/publish")
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text and "惩戒曝光名单" in answer.text


def test_what_is_wrong_with_a_draft_stands_at_its_field_beside_what_was_typed(world: World) -> None:
    designated(world)
    browser = user(world, "p1", Role.PUBLISHER)
    browser.get("/console/exposure-lists/new")
    typed = TYPED | {"title": "", "filter_decided_from": "2026-13-40", "filter_role": "king"}
    answer = browser.post("/console/exposure-lists", typed)
    assert answer.status_code == 422
    for name in ("title", "filter_decided_from", "filter_role"):
        assert f'id="{name}-fault"' in answer.text
    assert 'value="PIA-1"' in answer.text
    answer = browser.post("/console/exposure-lists", TYPED | {"title": "张三13800138000"})
    assert answer.status_code == 422 and 'id="title-fault"' in answer.text
    draft(browser, batch="2026年第7批")
    answer = browser.post("/console/exposure-lists", TYPED | {"batch": "2026年第7批"})
    assert answer.status_code == 409 and 'id="batch-fault"' in answer.text
    answer = browser.post("/console/exposure-lists", TYPED | {"filter_role": "insider"})
    assert answer.status_code == 409 and "没有可以公开的行" in answer.text


def test_a_list_by_state_and_without_any_says_what_to_do_first(world: World) -> None:
    designated(world)
    browser = user(world, "p1", Role.PUBLISHER)
    assert "先起草" in browser.get("/console/exposure-lists").text
    draft(browser)
    assert "惩戒曝光名单" in browser.get("/console/exposure-lists?state=draft").text
    assert "没有此状态的名单" in browser.get("/console/exposure-lists?state=published").text
    assert "惩戒曝光名单" in browser.get("/console/exposure-lists?state=elsewhere").text


def test_a_row_is_dropped_before_anybody_saw_it_and_a_list_returned(world: World) -> None:
    designated(world), designated(world)
    browser = user(world, "p1", Role.PUBLISHER)
    path = draft(browser)
    row = re.findall(r"/entries/(exe_\w+)/withdraw", browser.get(path).text)[0]
    assert browser.post(f"{path}/entries/{row}/withdraw", {"reason": "待核实"}).status_code == 303
    assert "可以公开 1" in browser.get(path).text
    assert browser.post(f"{path}/reject", {"reason": "重做"}).status_code == 303
    page = browser.get(path, Accept_Language="en")
    assert "Returned" in page.text and "重做" in page.text


def test_whoever_may_only_read_finds_no_verbs(world: World) -> None:
    designated(world)
    path = draft(user(world, "p1", Role.PUBLISHER))
    page = user(world, "a", Role.APPROVER).get(path)
    verbs = re.findall(rf'action="{path}/(submit|reject|publish)"', page.text)
    assert page.status_code == 200 and verbs == []
