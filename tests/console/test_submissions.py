"""What the public sent in: compared with the register, taken in, or set aside with a reason to read."""

import re

import pytest

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.console.browsing import Browser, user
from tests.public.test_appeals import PARTNER, about_partner, code_of, fields, look, send, submitted
from tests.support.world import World


@pytest.fixture
def browser(world: World, standing_clock: StandingClock) -> Browser:
    return user(world, "desk", Role.APPEAL_OFFICER)


def first(browser: Browser) -> str:
    """The path of what came in last."""
    page = browser.get("/console/submissions")
    return re.findall(r'href="(/console/submissions/sbm_\w+)"', page.text)[0]


def test_what_fits_the_register_stands_beside_it_and_is_taken_in(world: World, browser: Browser) -> None:
    assert "没有待处理的提交" in browser.get("/console/submissions").text
    person = world.people.person()
    designation = world.designate(world.draft_body(person))["id"]
    code = submitted(world, name=person.name, number=person.resident_id, decision_no="")
    path = first(browser)
    page = browser.get(path)
    assert page.text.count(person.name) >= 2 and "身份尚未核实" in page.text and "惩戒中" in page.text
    answer = browser.post(f"{path}/take-in", {"designation_id": designation, "asks": "vary"})
    assert answer.status_code == 422 and 'id="variation-fault"' in answer.text
    answer = browser.post(f"{path}/take-in", {"designation_id": designation, "asks": "revoke"})
    assert answer.status_code == 303
    assert "公众网页" in browser.get(answer.headers["Location"]).text
    assert "已接收" in browser.get(path).text and "打开申诉" in browser.page.text  # type: ignore[union-attr]
    assert "已接收" in look(world, code).text


def test_what_fits_nothing_says_so_and_is_set_aside(world: World, browser: Browser) -> None:
    code = submitted(world)
    path = first(browser)
    assert "没有证件或者文书号相同的认定" in browser.get(path).text
    answer = browser.post(f"{path}/set-aside", {"reason": "", "note": "打过电话"})
    assert answer.status_code == 422 and 'id="reason-fault"' in answer.text and "打过电话" in answer.text
    assert browser.post(f"{path}/set-aside", {"reason": "incomplete", "note": "打过电话"}).status_code == 303
    assert "内容不足以办理" in browser.get("/console/submissions?state=set_aside").text
    assert "打过电话" in browser.get(path).text and "打过电话" not in look(world, code).text
    answer = browser.post(f"{path}/set-aside", {"reason": "incomplete"})
    assert answer.status_code == 409 and 'role="alert"' in answer.text


def test_what_goes_to_a_partner_names_it_already(world: World, browser: Browser) -> None:
    typed = about_partner(world)
    code_of(send(world, PARTNER, typed))
    path = first(browser)
    assert f'value="{typed["partner_id"]}" selected' in browser.get(path).text
    answer = browser.post(f"{path}/take-in", {"partner_id": typed["partner_id"]})
    assert answer.status_code == 303
    assert "转交，该机构即可看到" in browser.get(answer.headers["Location"]).text


def test_of_several_designations_one_is_chosen_to_stand_beside_it(world: World, browser: Browser) -> None:
    person = world.people.person()
    chosen = [
        world.designate(world.draft_body(person, decision_no=f"忻公(反诈)认字〔2025〕{n}号"))["id"]
        for n in (1, 2)
    ]
    send(world, "/public/appeals/designation", fields(world, number=person.resident_id, decision_no=""))
    path = first(browser)
    assert "可能针对的认定" in browser.get(path).text and "接收为申诉" not in browser.page.text  # type: ignore[union-attr]
    page = browser.get(f"{path}?designation={chosen[0]}")
    assert "接收为申诉" in page.text and f'value="{chosen[0]}"' in page.text
