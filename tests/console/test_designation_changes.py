"""What changes a designation after its approval, and the delivery of its notices, on the person's page."""

import re

import pytest

from registry.access.rules import Role
from registry.demo.people import SyntheticPerson
from tests.conftest import StandingClock
from tests.console.browsing import Browser, user
from tests.console.police import act
from tests.support.world import World

CHANGE = re.compile(r"changes/(chg_\w+)/(?:approve|reject)")
NOTICE = re.compile(r"notices/(ntc_\w+)/deliveries")

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def person(world: World) -> SyntheticPerson:
    return world.people.person()


@pytest.fixture
def path(world: World, person: SyntheticPerson) -> str:
    """The page of a designation in force."""
    return f"/console/designations/{world.designate(world.draft_body(person))['id']}"


@pytest.fixture
def first(world: World) -> Browser:
    return user(world, "first", Role.APPROVER)


@pytest.fixture
def second(world: World) -> Browser:
    return user(world, "second", Role.APPROVER)


def pending(page: str) -> str:
    """The id of the change that a page offers for a decision."""
    return CHANGE.findall(page)[0]


def direction(world: World, person: SyntheticPerson) -> str:
    return str(world.ask("bank", "open_bank_account", person)["direction"])


def test_a_suspension_takes_effect_at_once_and_shows_its_clock_to_the_reviewer(
    world: World, person: SyntheticPerson, path: str, first: Browser, second: Browser
) -> None:
    empty = act(first, path, "suspend")
    assert empty.status_code == 422 and 'id="reason-suspend-fault"' in empty.text
    assert act(first, path, "suspend", **{"reason-suspend": "身份可能有误"}).status_code == 303
    assert direction(world, person) == "proceed"
    own = first.get(path).text
    assert "中止执行" in own and "须由另一名民警批准" in own
    page = second.get(path).text
    assert "身份可能有误" in page and "还剩 1 个工作日（2026年11月23日前）" in page
    change = pending(page)
    refused = first.post(f"{path}/changes/{change}/approve")
    assert refused.status_code == 403
    assert second.post(f"{path}/changes/{change}/approve").status_code == 303
    assert "复核并确认中止" in second.get(path).text


def test_a_suspension_not_reviewed_in_time_is_told_as_overdue(
    path: str, first: Browser, second: Browser, standing_clock: StandingClock
) -> None:
    act(first, path, "suspend", **{"reason-suspend": "核对"})
    standing_clock.day("2026-11-26")
    assert second.sign_in("second").status_code == 303
    page = second.get(path).text
    assert 'class="status refuse"' in page and "已超期 3 个工作日" in page


def test_a_revocation_is_proposed_by_one_and_approved_by_another(
    world: World, person: SyntheticPerson, path: str, first: Browser, second: Browser
) -> None:
    typed = {"verb": "revoke", "reason-revoke": "认定错误"}
    assert act(first, path, "changes", **typed).status_code == 303
    assert direction(world, person) == "limit"
    change = pending(second.get(path).text)
    assert second.post(f"{path}/changes/{change}/approve").status_code == 303
    page = second.get(path).text
    assert "已撤销" in page and "解除告知书" in page
    assert direction(world, person) == "proceed"


def test_a_variation_lifts_what_was_ticked_and_one_that_is_not_lawful_is_told(
    world: World, path: str, first: Browser, second: Browser
) -> None:
    later = {"verb": "vary", "reason-vary": "延长", "ends_on-vary": "2030-01-01"}
    refused = act(first, path, "changes", **later)
    assert refused.status_code == 409 and "变更不得延长期限" in refused.text
    assert 'value="2030-01-01"' in refused.text and '<details class="verb" open>' in refused.text
    act(
        first,
        path,
        "changes",
        **{"verb": "vary", "reason-vary": "部分成立", "lift-payment_account_stop": "1"},
    )
    page = second.get(path).text
    assert "解除：停止支付账户所有业务" in page
    second.post(f"{path}/changes/{pending(page)}/approve")
    assert "停止支付账户所有业务" not in second.get(path).text.split("<h2>认定内容")[0]


def test_a_wrong_name_is_corrected(
    world: World, person: SyntheticPerson, path: str, first: Browser, second: Browser
) -> None:
    typed = {
        "verb": "correct",
        "reason-correct": "录入错误",
        "was-correct": person.name,
        "name-correct": "欧阳测试",
    }
    act(first, path, "changes", **typed)
    page = second.get(path).text
    assert f"{person.name} 更正为 欧阳测试" in page
    second.post(f"{path}/changes/{pending(page)}/approve")
    assert "欧阳测试" in second.get(path).text


def test_a_change_is_turned_down_with_a_reason(path: str, first: Browser, second: Browser) -> None:
    act(first, path, "changes", **{"verb": "revoke", "reason-revoke": "认定错误"})
    change = pending(second.get(path).text)
    empty = second.post(f"{path}/changes/{change}/reject")
    assert empty.status_code == 422 and f'id="reason-{change}-fault"' in empty.text
    second.post(f"{path}/changes/{change}/reject", {f"reason-{change}": "事实清楚"})
    page = second.get(path).text
    assert "事实清楚" in page and "等待决定" not in page and "惩戒中" in page


def test_a_delivery_is_recorded_and_a_notice_is_printed(path: str, first: Browser) -> None:
    notice = NOTICE.findall(first.get(path).text)[0]
    document = first.get(f"{path}/notices/{notice}/document")
    assert document.mimetype == "application/pdf" and document.data.startswith(b"%PDF")
    first.get(path)
    wrong = {
        f"form-{notice}": "mail",
        f"outcome-{notice}": "delivered",
        f"delivered_on-{notice}": "2027-01-01",
    }
    early = first.post(f"{path}/notices/{notice}/deliveries", wrong | {f"proof-{notice}": "EMS-1"})
    assert early.status_code == 422 and f'id="delivered_on-{notice}-fault"' in early.text
    right = wrong | {f"delivered_on-{notice}": "2026-11-22", f"proof-{notice}": "EMS-1"}
    assert first.post(f"{path}/notices/{notice}/deliveries", right).status_code == 303
    page = first.get(path).text
    assert "已送达 2026年11月22日" in page and "EMS-1" in page and f"form-{notice}" not in page


def test_the_time_line_and_the_page_tell_of_every_designation_under_the_document(
    world: World, person: SyntheticPerson, path: str, first: Browser
) -> None:
    older = world.designate(world.older_body(person, "2024-05-01"))
    page = first.get(path).text
    drawing = page.split('<svg class="timeline"')[1].split("</svg>")[0]
    assert older["decision_no"] in drawing and drawing.count("<rect") >= 2
    assert f"/console/designations/{older['id']}" in page
