"""The auditor's work: searching the log, who looked at whom, the seals, evidence."""

import re

import pytest
from sqlalchemy import text

from registry.access.rules import Role
from registry.audit.models import ABOUT
from registry.audit.models import ACTS as OF_ACTS
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.console.acts import ACTS
from registry.db import reading, transaction
from registry.demo.people import SyntheticPerson
from tests.console.browsing import Browser, user
from tests.support.world import World


@pytest.fixture
def auditor(world: World) -> Browser:
    return user(world, "auditor", Role.AUDITOR)


def records(page: str) -> list[str]:
    return re.findall(r'/console/log/records/(\w+)"', page)


def acts(page: str) -> list[str]:
    return re.findall(r"</th><td>([^<]+)</td>", page)


def test_every_act_has_a_name_in_both_languages() -> None:
    assert set(ACTS) == set(Tag)


def test_the_log_is_searched_by_act_day_thing_and_actor(world: World, auditor: Browser) -> None:
    designation = world.designate(world.draft_body())["id"]
    everything = acts(auditor.get("/console/log").text)
    assert {"登录", "批准认定", "提交认定", "起草认定"} <= set(everything)
    assert acts(auditor.get("/console/log?act=designation.approved").text) == ["批准认定"]
    about = acts(auditor.get(f"/console/log?object={designation}").text)
    assert about[-1] == "起草认定"
    clerk = world.get(world.clerk, "/v1/me").json["id"]
    assert set(acts(auditor.get(f"/console/log?actor={clerk}").text)) >= {"起草认定", "提交认定"}
    today = re.findall(r"records/[^>]*>(\d+)年(\d+)月(\d+)日", auditor.get("/console/log").text)[0]
    day = "{}-{:>02}-{:>02}".format(*today)
    assert acts(auditor.get(f"/console/log?day={day}&act=designation.approved").text) == ["批准认定"]
    world.services.sealer.seal()
    assert acts(auditor.get(f"/console/log?day={day}&act=designation.approved").text) == ["批准认定"]
    assert "没有符合条件的记录" in auditor.get("/console/log?day=2020-01-01").text
    wrong = auditor.get("/console/log?day=22.11.2026")
    assert wrong.status_code == 422
    assert "日期须如" in wrong.text


def test_pages_of_the_log_follow_each_other_without_gap(world: World, auditor: Browser) -> None:
    for number in range(60):
        world.services.access.add_officer(OPERATOR, world.city, f"o-{number}", {Role.CLERK})
    first = auditor.get("/console/log?act=officer.added").text
    following = re.findall(r'href="([^"]+)" rel="next"', first)[0].replace("&amp;", "&")
    second = auditor.get(following).text
    seen = records(first) + records(second)
    assert len(records(first)) == 50
    assert len(seen) == len(set(seen)) == 61


def test_a_partners_checks_are_searched_by_the_day(world: World, auditor: Browser) -> None:
    world.ask("bank", "open_bank_account", world.people.person())
    bank = world.get(world.partner("bank"), "/v1/me").json["id"]
    answer = auditor.get(f"/console/log?act=check.answered&actor={bank}")
    assert answer.status_code == 422
    assert "请同时选择日期" in answer.text


def test_a_record_shows_its_facts_and_never_what_is_sealed(world: World, auditor: Browser) -> None:
    person = world.people.person()
    check = world.ask("bank", "open_bank_account", person)["id"]
    page = auditor.get(f"/console/log/records/{check}").text
    assert "等待封存" in page
    assert "open_bank_account" in page
    assert "字节，不在此显示" in page
    assert person.name not in page
    assert person.resident_id[-4:] not in page
    world.services.sealer.seal()
    assert "与封存时一致" in auditor.get(f"/console/log/records/{check}").text
    assert auditor.get("/console/log/records/chk_nothing").status_code == 404


def looked_at(world: World) -> tuple[SyntheticPerson, str]:
    person = world.people.person()
    designation = world.designate(world.draft_body(person))["id"]
    assert world.get(world.approver, f"/v1/designations/{designation}").status_code == 200
    document = {"type": "resident_id", "number": person.resident_id}
    world.post(world.clerk, "/v1/designations/search", {"document": document})
    world.designate(world.draft_body())
    return person, designation


def test_who_looked_at_whom_is_found_by_the_document_which_is_never_shown(
    world: World, auditor: Browser
) -> None:
    person, designation = looked_at(world)
    typed = {"type": "resident_id", "number": f" {person.resident_id[:6]} {person.resident_id[6:]}"}
    answer = auditor.post("/console/log/looks", typed)
    assert answer.status_code == 200
    assert person.resident_id not in answer.text
    assert person.resident_id[:6] not in answer.text
    found = acts(answer.text)
    assert found[:3] == ["按证件检索日志", "检索认定", "查看认定"]
    assert found[-1] == "起草认定"
    assert set(re.findall(r"object=(dsg_\w+)", answer.text)) == {designation}
    nobody = world.people.person()
    once = auditor.post("/console/log/looks", {"type": "resident_id", "number": nobody.resident_id}).text
    assert acts(once) == ["按证件检索日志"]


def test_a_wrong_number_is_not_shown_again_either(world: World, auditor: Browser) -> None:
    number = world.people.person().resident_id
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    answer = auditor.post("/console/log/looks", {"type": "resident_id", "number": wrong})
    assert answer.status_code == 422
    assert "校验" in answer.text
    assert wrong not in answer.text
    assert auditor.post("/console/log/looks", {"token": "x", "type": "resident_id"}).status_code == 422


def test_the_search_for_a_document_uses_the_indexes(world: World, auditor: Browser) -> None:
    looked_at(world)
    wanted = f"{OF_ACTS.text} AND {ABOUT.text} IN ('a', 'b')"
    query = f"SELECT * FROM log WHERE {wanted} ORDER BY position DESC LIMIT 51"
    with reading() as session:
        if session.get_bind().dialect.name == "sqlite":
            plan = str(session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
            assert "USING INDEX ix_log_about" in plan
            return
        session.execute(text("SET enable_seqscan = off"))  # a small table is read as a whole otherwise
        try:
            plan = str(session.execute(text(f"EXPLAIN {query}")).all())
        finally:
            session.execute(text("RESET enable_seqscan"))
        assert "Index" in plan and "Seq Scan" not in plan


def test_the_seals_are_verified_and_a_change_is_found(world: World, auditor: Browser) -> None:
    world.designate(world.draft_body())
    world.services.sealer.seal()
    kept = world.services.sealer.checkpoint()
    world.designate(world.draft_body())
    world.services.sealer.seal()
    page = auditor.post("/console/log/verification", {"checkpoint": kept}).text
    assert "与封存一致" in page
    assert "已一并核对" in page
    other = auditor.post("/console/log/verification", {"checkpoint": "no checkpoint"}).text
    assert "与封存不一致" in other
    with transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER log_no_update"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE log SET actor = 'nobody' WHERE tag = 'designation.approved'"))
    assert "与封存不一致" in auditor.post("/console/log/verification").text


def test_only_the_newest_part_is_read(
    world: World, auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.console.log.VERIFIED", 3)
    for _ in range(3):
        world.designate(world.draft_body())
        world.services.sealer.seal()
    page = auditor.post("/console/log/verification").text
    assert "与封存一致" in page
    counted = re.search(r"最近 (\d+) 条记录.*全部 (\d+) 条", page)
    assert counted
    assert 3 <= int(counted[1]) < int(counted[2])


def test_evidence_of_a_check_and_of_a_moment(world: World, auditor: Browser) -> None:
    person = world.people.person()
    check = world.ask("bank", "open_bank_account", person)["id"]
    typed = {"court_request": "（2026）晋0902行初1号", "check": check, "type": "resident_id"}
    page = auditor.post("/console/evidence", typed).text
    assert "与当时的答复逐字相同" in page
    assert page.count("</svg>可以办理") == 3
    supposed = {
        "court_request": "（2026）晋0902行初1号",
        "purpose": "open_bank_account",
        "sector": "bank",
        "area": "140900",
        "at": "2026-11-20T12:00",
        "name": person.name,
        "type": "resident_id",
        "number": person.resident_id,
    }
    answer = auditor.post("/console/evidence", supposed)
    assert answer.status_code == 200, answer.text
    assert "按当时所知" in answer.text
    assert acts(auditor.get("/console/log?act=evidence.given").text) == ["取证", "取证"]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"court_request": "x"}, "请给出 check"),
        ({"check": "chk_nothing"}, "长度须为"),
        ({"court_request": "x", "check": "chk_nothing"}, "没有此对象"),
        ({"court_request": "x", "purpose": "open_bank_account", "sector": "bank"}, "格式不符"),
    ],
)
def test_what_is_missing_of_a_question_is_told(
    world: World, auditor: Browser, typed: dict[str, str], fault: str
) -> None:
    answer = auditor.post("/console/evidence", typed)
    assert answer.status_code == 422
    assert fault in answer.text
