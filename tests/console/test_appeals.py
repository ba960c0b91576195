"""The appeal officer's pages: taken in, judged beside the designation, decided by two, first due first."""

import re

import pytest

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from tests.appeals.appealing import accepted, intake, judge, received
from tests.appeals.appealing import partner_intake as about_partner
from tests.conftest import StandingClock
from tests.console.browsing import PASSWORD, Browser, user
from tests.designations.acting import shown
from tests.support.world import World


@pytest.fixture(autouse=True)
def _now(standing_clock: StandingClock) -> StandingClock:
    return standing_clock


def officer(world: World, login: str = "desk") -> Browser:
    return user(world, login, Role.APPEAL_OFFICER)


def of_the_province(world: World) -> Browser:
    roles = {Role.APPEAL_OFFICER}
    world.services.access.add_officer(OPERATOR, world.province, "above", roles, PASSWORD)
    browser = Browser(world.app.test_client())
    browser.sign_in("above")
    return browser


def designated(world: World) -> str:
    return str(world.designate(world.draft_body())["id"])


FORM = {
    "received_on": "2026-11-20",
    "channel": "in_person",
    "appellant_capacity": "subject",
    "appellant_name": "张三",
    "grounds": "账户系被盗用。\n本人并未出租。",
}


def test_an_appeal_is_found_taken_in_accepted_decided_by_two_and_told_to_its_appellant(world: World) -> None:
    person = world.people.person()
    designation = str(world.designate(world.draft_body(person))["id"])
    first, second = officer(world), officer(world, "second")
    first.get("/console/appeals/new")
    found = first.post(
        "/console/appeals/find", {"track": "designation", "type": "resident_id", "number": person.resident_id}
    )
    assert person.name in found.text
    path = re.findall(r'href="(/console/appeals/new\?[^"]*designation=dsg_\w+)"', found.text)[0]
    assert "惩戒中" in first.get(path.replace("&amp;", "&")).text
    typed = FORM | {"track": "designation", "designation_id": designation, "asks": "revoke"}
    answer = first.post("/console/appeals", typed)
    assert answer.status_code == 303, answer.text
    appeal = answer.headers["Location"]
    page = first.get(appeal)
    for told in ("张三", "账户系被盗用", person.name, "还剩", "办理记录"):
        assert told in page.text
    assert first.post(f"{appeal}/accept").status_code == 303
    page = first.get(appeal)
    assert "已按期办结" in page.text and "拟定决定" in page.text
    typed = {"verb": "propose", "outcome": "allowed", "reason": "经查属实"}
    assert first.post(f"{appeal}/decision", typed).status_code == 303
    page = first.get(appeal)
    assert "须由另一名民警批准" in page.text and "批准决定…" not in page.text
    assert "另一名民警批准" in first.get("/console/appeals").text
    refused = first.post(f"{appeal}/decision/approve")
    assert refused.status_code == 403 and "账户系被盗用" in refused.text
    page = second.get(appeal)
    assert "认定即刻撤销" in page.text
    assert second.post(f"{appeal}/decision/approve").status_code == 303
    assert shown(world, designation)["state"] == "revoked"
    page = second.get(appeal)
    assert "申诉决定书" in page.text and "解除告知书" in page.text
    pdf = re.findall(rf'href="({appeal}/notices/\w+)"', page.text)[-1]
    assert second.client.get(pdf).data.startswith(b"%PDF")


def test_what_is_due_first_comes_first_and_lateness_is_told_in_words(
    world: World, standing_clock: StandingClock
) -> None:
    late = received(world, intake(designated(world), received_on="2026-11-02"))
    soon = accepted(world, designated(world))
    waiting = received(world, about_partner(world))
    page = officer(world).get("/console/appeals")
    order = [page.text.index(each) for each in (late, soon, waiting)]
    assert order == sorted(order)
    assert "已超期" in page.text and "还剩" in page.text and 'class="late"' in page.text
    english = Browser(world.app.test_client(), "en")
    english.sign_in("desk")
    assert "overdue (was due by" in english.get("/console/appeals").text
    province = of_the_province(world)
    assert "下级超期" in province.get("/console/appeals").text
    assert "对机构风险管控的申诉" in province.get("/console/appeals?list=all").text


def test_pages_of_what_waits_follow_each_other_without_gap(world: World) -> None:
    ids = {received(world, intake(designated(world))) for _ in range(3)}
    ids |= {received(world, about_partner(world)) for _ in range(2)}
    queries, asker = world.services.appeal_queries, world.services.access.officer(judge(world))
    seen: list[str] = []
    cursor = None
    while True:
        page = queries.waiting(asker, 2, cursor)
        seen += [each["id"] for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == 5 and set(seen) == ids
    assert len(queries.waiting(asker, 5, "2026-02-30/x").items) == 5


def test_the_clock_stops_for_papers_and_runs_on(world: World) -> None:
    path = f"/console/appeals/{accepted(world, designated(world))}"
    browser = officer(world)
    answer = browser.post(f"{path}/pause", {"verb": "pause", "reason": ""})
    assert answer.status_code == 422 and 'class="sure" open' in answer.text
    browser.post(f"{path}/pause", {"verb": "pause", "reason": "缺身份证明"})
    page = browser.get(path)
    assert "补正中，已停止计时" in page.text and "通知补正…" not in page.text
    browser.post(f"{path}/resume")
    assert "还剩" in browser.get(path).text
    browser.post(f"{path}/withdraw", {"verb": "withdraw", "reason": "书面撤回"})
    page = browser.get(path)
    assert "申诉人撤回" in page.text and "通知补正…" not in page.text


def test_what_is_wrong_stands_at_its_field_beside_what_was_typed(world: World) -> None:
    designation = designated(world)
    browser = officer(world)
    browser.get("/console/appeals/new")
    typed = FORM | {"track": "designation", "designation_id": designation, "asks": "vary", "received_on": ""}
    answer = browser.post("/console/appeals", typed)
    assert answer.status_code == 422
    assert 'id="received_on-fault"' in answer.text and "本人并未出租" in answer.text
    answer = browser.post("/console/appeals", typed | {"received_on": "2026-11-20"})
    assert answer.status_code == 422 and 'id="variation-fault"' in answer.text
    answer = browser.post("/console/appeals/find", {"track": "designation", "type": "resident_id"})
    assert answer.status_code == 422 and 'id="number-fault"' in answer.text
    path = f"/console/appeals/{accepted(world, designation)}"
    answer = browser.post(
        f"{path}/decision", {"verb": "propose", "outcome": "partly_allowed", "reason": "理"}
    )
    assert answer.status_code == 422 and 'id="variation-fault"' in answer.text and ">\n理<" in answer.text
    lifted = {"verb": "propose", "outcome": "partly_allowed", "reason": "理由"}
    lifted |= {"variation_lifted_payment_account_stop": "1"}
    assert browser.post(f"{path}/decision", lifted).status_code == 303
    assert "解除：停止支付账户所有业务" in browser.get(path).text
    answer = browser.post("/console/appeals", typed | {"received_on": "2026-11-20", "asks": "revoke"})
    assert answer.status_code == 409 and "已有申诉在办" in answer.text


def test_an_appeal_about_a_partner_is_forwarded_and_an_objection_decided(world: World) -> None:
    browser = officer(world)
    person = world.people.person()
    bank = world.get(world.partner("bank"), "/v1/me").json["id"]
    browser.get("/console/appeals/new?track=partner")
    typed = FORM | {"track": "partner", "partner_id": bank, "customer_name": person.name}
    typed |= {"customer_document_type": "resident_id", "customer_document_number": "110105194912310021"}
    answer = browser.post("/console/appeals", typed)
    assert answer.status_code == 422 and 'id="customer_document_number-fault"' in answer.text
    answer = browser.post("/console/appeals", typed | {"customer_document_number": person.resident_id})
    path = answer.headers["Location"]
    assert "转交，该机构即可看到" in browser.get(path).text
    browser.post(f"{path}/forward")
    assert "已转交机构" in browser.get(path).text

    typed = FORM | {"track": "credit", "designation_id": designated(world)}
    answer = browser.post("/console/appeals", typed)
    path = answer.headers["Location"]
    page = browser.get(path)
    assert "征信记录异议" in page.text and "部分成立" not in page.text.split("拟定决定")[-1].split("办理")[0]
    assert browser.post(f"{path}/decision", {"verb": "propose", "outcome": "dismissed", "reason": "无误"})
    assert "您可以收回" in browser.get(path).text
