"""The counter, without scripts: what a teller asks, reads, prints and finds again."""

import re
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.api.observability import configure_logging
from registry.audit.models import LogRecord
from registry.audit.service import Record
from registry.db import reading
from registry.demo.people import SyntheticPerson
from registry.errors import Unavailable
from registry.text import Text
from tests.conftest import StandingClock
from tests.console.browsing import Browser, partner_id, user
from tests.support.world import World


@pytest.fixture
def teller(world: World) -> Browser:
    return user(world, "teller-7", Role.TELLER)


def typed(person: SyntheticPerson, **changes: str) -> dict[str, str]:
    return {
        "purpose": "open_bank_account",
        "reference": "B-7",
        "name": person.name,
        "type": "resident_id",
        "number": person.resident_id,
    } | changes


def ask(browser: Browser, person: SyntheticPerson, **changes: str) -> TestResponse:
    browser.get("/console/checks/new")
    return browser.post("/console/checks", typed(person, **changes))


def checks(world: World) -> list[tuple[Record, dict[str, Any]]]:
    """All checks in the log, the first one first, with what is sealed of them."""
    with reading() as session:
        wanted = select(LogRecord.id).where(LogRecord.tag == "check.answered").order_by(LogRecord.position)
        ids = session.scalars(wanted).all()
        records = [world.services.log.record(session, check_id) for check_id in ids]
    return [(record, orjson.loads(record.secret or b"")) for record in records if record]


def test_a_check_of_the_console_is_one_of_the_api_in_log_and_receipt(world: World, teller: Browser) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    by_api = world.ask("bank", "open_bank_account", person)
    assert ask(teller, person).status_code == 200
    (_, api), (row, console) = checks(world)
    bank = partner_id(world, "bank")
    (account,) = world.services.partner_users.all(bank)
    assert (row.actor, row.organisation) == (account.id, bank)
    assert row.facts.keys() == {"purpose", "direction", "list_version", "receipt"}
    assert console["request"]["operator"] == "teller-7"
    assert console["answer"].keys() == by_api.keys() == api["answer"].keys()
    assert console["answer"]["parties"] == by_api["parties"]
    assert console["request"]["parties"] == api["request"]["parties"]
    evidence = world.post(
        world.officer("auditor", Role.AUDITOR), "/v1/evidence", {"check": row.id, "court_request": "C-1"}
    )
    assert evidence.status_code in (200, 201), evidence.json
    assert evidence.json["reproduced"] is True


def test_a_restriction_is_told_first_by_what_may_be_done(world: World, teller: Browser) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    page = ask(teller, person).text
    may, may_not, say = (page.index(word) for word in ("可以办理</h4>", "不能办理", "对客户说"))
    assert page.index("限制办理</h2>") < may < may_not < say
    for said in ("至 2027年3月3日", "《电信网络诈骗及其关联违法犯罪联合惩戒办法》", "忻州市公安局", "第5条"):
        assert said in page
    assert 'class="verdict limit"' in page and 'data-copy="您可以' in page
    assert f'value="{person.name}"' in page  # what was typed stays


def test_nothing_known_is_told_without_judging_anybody(world: World, teller: Browser) -> None:
    page = ask(teller, world.people.person()).text
    assert 'class="verdict proceed"' in page and "未发现限制" in page
    for never in ("无问题", "黑名单", "诈骗分子"):
        assert never not in page


def test_a_carrier_sees_its_own_purposes_and_measures(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person, item_kinds=["phone_card"]))
    agent = user(world, "agent-3", Role.TELLER, sector="carrier")
    form = agent.get("/console/checks/new").text
    assert "办理电话卡" in form and "开立银行账户" not in form
    page = ask(agent, person, purpose="issue_phone_card").text
    assert 'class="verdict refuse"' in page and "暂不办理" in page
    wrong = ask(agent, person)
    assert wrong.status_code == 422 and "请从列表中选择业务" in wrong.text


def test_an_agent_is_asked_about_too(world: World, teller: Browser) -> None:
    customer, agent = world.people.person(), world.people.person()
    world.designate(world.draft_body(agent))
    page = ask(
        teller, customer, agent_name=agent.name, agent_type="resident_id", agent_number=agent.resident_id
    ).text
    assert re.findall(r'class="status (\w+)"', page)[:2] == ["proceed", "limit"]
    assert "代办人" in page and 'class="verdict limit"' in page
    half = ask(teller, customer, agent_name=agent.name)
    assert (
        half.status_code == 422 and 'id="agent_number-fault"' in half.text and "<details open>" in half.text
    )


FAULTS = [
    ({"reference": ""}, "reference", "请填写本机构的业务编号"),
    ({"reference": "x" * 65}, "reference", "最多64个字符"),
    ({"reference": "a\u200bb\u0001"}, "reference", "可见字符"),
    ({"name": ""}, "name", "请填写姓名"),
    ({"number": ""}, "number", "请填写证件号码"),
    ({"number": "110101199003077757"}, "number", "校验码"),
    ({"number": "1101011990"}, "number", "应为18位"),
    ({"type": "library_card"}, "type", "证件类型"),
    ({"purpose": ""}, "purpose", "请从列表中选择业务"),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), FAULTS)
def test_a_mistake_is_said_at_its_field_and_nothing_is_asked(
    world: World, teller: Browser, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = ask(teller, world.people.person(), **changes)
    assert answer.status_code == 422
    (told,) = re.findall(rf'id="{field}-fault"[^>]*>([^<]+)<', answer.text)
    assert sentence in told
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"[^>]*autofocus', answer.text)
    assert answer.text.count("autofocus") == 1
    assert checks(world) == []


def test_a_number_may_come_as_a_reader_types_it(world: World, teller: Browser) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    number = person.resident_id
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number)
    for spelling in (f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}", wide, number.lower()):
        assert 'class="verdict limit"' in ask(teller, person, number=spelling).text


def test_own_checks_of_today_are_found_again_without_the_person(
    world: World, teller: Browser, standing_clock: StandingClock
) -> None:
    person, yesterdays = world.people.person(), world.people.person()
    standing_clock.set("2026-11-21T23:59:59")
    browser = user(world, "t-8", Role.TELLER)
    ask(browser, yesterdays)
    standing_clock.set("2026-11-22T00:00:00")
    ask(browser, person, purpose="review_existing_customer")
    page = browser.get("/console/checks/new").text
    (check_id,) = re.findall(r'href="/console/checks/(chk_\w+)"', page)
    assert person.name not in page and person.resident_id not in page
    assert f"{person.resident_id[:4]}**********{person.resident_id[-4:]}" in page
    assert '<option value="review_existing_customer" selected>' in page  # the business is remembered
    again = browser.get(f"/console/checks/{check_id}")
    assert again.status_code == 200 and 'class="verdict proceed"' in again.text
    slip = browser.get(f"/console/checks/{check_id}/slip")
    assert slip.status_code == 200 and "业务核查告知单" in slip.text
    standing_clock.set("2026-11-22T00:01:00")
    assert check_id not in teller.get("/console/checks/new").text  # another teller's


def test_a_script_gets_the_answer_alone_and_one_row_more(world: World, teller: Browser) -> None:
    teller.get("/console/checks/new")
    part = teller.post("/console/checks", typed(world.people.person()), HX_Request="true")
    assert part.text.lstrip().startswith('<section id="answer"')
    assert "HX-Retarget" not in part.headers
    assert "<html" not in part.text
    assert part.text.count('hx-swap-oob="afterbegin:#own-checks"') == 1
    faulty = teller.post("/console/checks", typed(world.people.person(), name=""), HX_Request="true")
    assert (faulty.status_code, "请填写姓名" in faulty.text) == (200, True)
    assert faulty.headers["HX-Retarget"] == "#desk"
    mended = teller.post("/console/checks", typed(world.people.person(), mended="1"), HX_Request="true")
    assert mended.headers["HX-Retarget"] == "#desk" and "aria-invalid" not in mended.text


@pytest.mark.parametrize("scripted", [False, True])
def test_when_the_registry_cannot_answer_there_is_no_verdict(
    world: World, teller: Browser, monkeypatch: pytest.MonkeyPatch, scripted: bool
) -> None:
    configure_logging()
    person = world.people.person()
    teller.get("/console/checks/new")

    def silent(*_: object) -> None:
        raise Unavailable("database-unavailable", Text("数据库暂时不可用。", "The database cannot answer."))

    monkeypatch.setattr(type(world.services.screening), "check", silent)
    headers = {"HX_Request": "true"} if scripted else {}
    answer = teller.post("/console/checks", typed(person), **headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert 'class="verdict silent"' in answer.text
    assert "系统暂时无法核查，请稍候重试；不得视为无限制" in answer.text
    assert scripted or f'value="{person.resident_id}"' in answer.text  # to be sent again
    shown = answer.text[answer.text.index('id="answer"') : answer.text.index('class="spinner"')]
    for word in ("可以办理", "限制办理", "暂不办理", "人工核实", "未发现"):
        assert word not in shown


# -- same number, other name -----------------------------------------------------------------------


def possible(world: World, teller: Browser) -> tuple[SyntheticPerson, str, TestResponse]:
    listed = world.people.person()
    world.designate(world.draft_body(listed))
    page = ask(teller, listed, name="不相干")
    (check_id,) = re.findall(r"/console/checks/(chk_\w+)/resolutions", page.text)[:1]
    return listed, check_id, page


def test_a_possible_match_discloses_a_telephone_and_three_steps(world: World, teller: Browser) -> None:
    _, _, page = possible(world, teller)
    assert 'class="verdict review"' in page.text and "同证件号、姓名不一致" in page.text
    assert page.text.count("<li>") == 3 and "0350-110" in page.text
    for never in ("认定</dt>", "2027年", "《"):
        assert never not in page.text


def test_somebody_else_is_served_after_it_was_recorded(world: World, teller: Browser) -> None:
    listed, check_id, _ = possible(world, teller)
    path = f"/console/checks/{check_id}/resolutions"
    for wrong, fault in (
        ({}, "请选择核实结果"),
        ({"outcome_0": "another_person"}, "请写明核对了什么"),
        ({"outcome_0": "another_person", "note_0": "看了原件", "name_0": "别人"}, "与该次核查的当事人不符"),
    ):
        answer = teller.post(path, {"party": "0"} | wrong)
        assert answer.status_code == 422 and fault in answer.text
    right = {"party": "0", "name_0": "不相干", "outcome_0": "another_person", "note_0": "核对原件"}
    assert "再次核查" in teller.post(path, right).text
    assert 'class="verdict proceed"' in ask(teller, listed, name="不相干").text
    again = teller.post(path, right | {"outcome_0": "same_person"}, HX_Request="true")
    assert "已转认定机关确认" in again.text and "<html" not in again.text


@pytest.mark.parametrize("party", ["7", "-1", "x", "", "９"])
def test_a_party_that_there_is_not_is_refused(world: World, teller: Browser, party: str) -> None:
    _, check_id, _ = possible(world, teller)
    right = {"outcome_0": "another_person", "note_0": "核对", "name_0": "别人", "party": party}
    right |= {f"{field}_7": right[f"{field}_0"] for field in ("outcome", "note", "name")}
    assert teller.post(f"/console/checks/{check_id}/resolutions", right).status_code == 422
