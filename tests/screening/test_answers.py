"""What an answer says and what it leaves out; what is kept of it."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from registry.access.models import RegisterState
from registry.audit.models import LogRecord
from registry.db import reading, transaction
from tests.conftest import StandingClock
from tests.screening.asking import MAY_ASK, SECTORS, ask_about, class_1, party
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")

# law.md §2, by sector.
MEASURES = {
    "bank": {
        "bank_noncounter_stop",
        "new_account_ban",
        "bank_noncounter_outflow_limit",
        "ecny_realname_new_suspend",
        "credit_database_record",
    },
    "payment": {
        "payment_account_stop",
        "new_account_ban",
        "payment_account_new_suspend",
        "ecny_realname_new_suspend",
    },
    "carrier": {"telecom_existing_limit", "telecom_new_ban", "telecom_transfer_ban"},
    "internet": {"internet_account_limit"},
    "public": {"serious_dishonesty_list"},
}
ACCUSING = {
    "zh-CN": ["黑名单", "诈骗", "犯罪", "违法", "涉案", "嫌疑", "失信", "出售", "出租", "判决", "骗子"],
    "en": ["blacklist", "fraud", "crim", "illegal", "suspect", "dishonest", "guilty", "convict", "sold"],
}


def listed_person(world: World) -> tuple[Any, dict[str, Any]]:
    """Somebody with a judgment, an older designation, items, and every case fact that can be recorded."""
    person = world.people.person()
    world.designate(world.older_body(person, "2023-05-05"))
    conduct = {
        "from": "2024-01-17",
        "to": "2024-06-19",
        "behaviours": ["sell", "verify_help"],
        "role": "collector",
        "items": 97,
        "times": 83,
        "recipients": 71,
        "offence": "287-2",
    }
    body = class_1(
        world,
        person,
        conduct=conduct,
        evidence_ref="EV-4711",
        judgment={"court": "忻府区人民法院", "no": "(2025)晋0902刑初88号", "on": "2025-02-27"},
        items=[{"kind": "phone_card", "number": "13800138000", "held_from": "2024-01-17", "held_to": None}],
        penalty="criminal",
    )
    world.designate(body)
    return person, body


def spoken(answer: dict[str, Any]) -> str:
    """Every word of an answer that people read."""
    words = []
    for each in answer["parties"]:
        words += [each["say"], *each["still_allowed"]]
        for sanction in each["sanctions"]:
            words += [part for m in sanction["measures"] for part in (m["text"], *m["exempt"])]
    return "\n".join(words)


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_sees_its_own_measures_and_no_fact_of_the_case(world: World, sector: str) -> None:
    person, body = listed_person(world)
    foreign = set().union(*MEASURES.values()) - MEASURES[sector]
    conduct = body["conduct"]
    facts = [
        body["evidence_ref"],
        "忻府区",
        "刑初",
        "2025-02-27",
        "13800138000",
        conduct["from"],
        conduct["to"],
    ]
    facts += [*conduct["behaviours"], "collector", "97", "83", "71", "287-2", "criminal", "convicted"]
    facts += ["class_1", person.name, person.resident_id, "behaviour", "evidence", "judgment"]
    for purpose in MAY_ASK[sector]:
        answer = world.ask(sector, purpose, person)
        (found,) = answer["parties"]
        shown = {measure["code"] for each in found["sanctions"] for measure in each["measures"]}
        assert shown <= MEASURES[sector]
        assert found["result"] == "match"
        for random in ("id", "checked_at", "receipt"):
            answer.pop(random)
        for sanction in found["sanctions"]:
            sanction.pop("id")
        text = json.dumps(answer, ensure_ascii=False)
        assert [word for word in (*facts, *foreign) if word in text] == []


def test_what_the_bank_is_shown_of_each_sanction(world: World) -> None:
    person, _ = listed_person(world)
    (found,) = world.ask("bank", "open_bank_account", person)["parties"]
    older, joint = found["sanctions"]
    assert (older["regime"], older["direction"]) == ("pboc-2019-85", "refuse")
    assert (joint["regime"], joint["direction"]) == ("joint-2024", "limit")
    assert (joint["state"], joint["starts_on"], joint["ends_on"]) == (
        "in_force",
        "2025-03-03",
        "2028-03-03",
    )
    assert joint["authority"] == "忻州市公安局"
    measures = {measure["code"]: measure for measure in joint["measures"]}
    limit = measures["bank_noncounter_outflow_limit"]
    assert set(limit) >= {"code", "text", "exempt", "basis", "provisional"}
    assert limit["basis"] == {"instrument": "电信网络诈骗及其关联违法犯罪联合惩戒办法", "article": "5"}
    assert limit["provisional"] is False
    for exempt in ("税", "社保", "水", "电", "燃气"):
        assert exempt in "".join(limit["exempt"])


def test_nobody_is_told_of_an_unknown_person_or_of_one_who_is_not_concerned(world: World) -> None:
    person = world.people.person()
    world.designate(world.older_body(person, "2023-05-05"))
    stranger = world.people.person()
    concerned_not, unknown = (
        world.ask("carrier", "issue_phone_card", each)["parties"] for each in (person, stranger)
    )
    assert concerned_not == unknown
    assert (unknown[0]["sanctions"], unknown[0]["still_allowed"]) == ([], [])


# Who, sector, purpose; in Chinese and in English: basis, last day, what stays allowed, where to appeal.
SENTENCES = [
    (
        "joint",
        "bank",
        "open_bank_account",
        ["联合惩戒办法", "2027年3月3日", "功能受限", "基本金融服务", "代扣"],
    ),
    ("joint", "payment", "open_payment_account", ["联合惩戒办法", "2027年3月3日", "同名银行账户"]),
    ("joint", "carrier", "issue_phone_card", ["联合惩戒办法", "2027年3月3日", "基本通信服务"]),
    ("joint", "internet", "register_internet_account", ["联合惩戒办法", "人工核实"]),
    ("older", "bank", "open_bank_account", ["银发〔2019〕85号", "2028年5月5日", "柜面"]),
    ("older", "payment", "open_payment_account", ["银发〔2019〕85号", "2028年5月5日"]),
    ("older", "bank", "open_ecny_wallet", ["银发〔2019〕85号", "人工核实"]),
    ("past", "bank", "open_bank_account", ["银发〔2019〕85号", "人工核实"]),
]
ENGLISH = {
    "联合惩戒办法": "Joint Sanctions",
    "银发〔2019〕85号": "No. 85",
    "2027年3月3日": "3 Mar 2027",
    "2028年5月5日": "5 May 2028",
    "功能受限": "limited functions",
    "基本金融服务": "basic financial services",
    "代扣": "standing debits",
    "同名银行账户": "same name",
    "基本通信服务": "basic telecom service",
    "人工核实": "by hand",
    "柜面": "counter",
}


def test_the_sentence_names_basis_last_day_what_stays_and_where_to_appeal_and_accuses_nobody(
    world: World,
) -> None:
    people = {who: world.people.person() for who in ("joint", "older", "past")}
    world.designate(world.draft_body(people["joint"]))
    world.designate(world.older_body(people["older"], "2023-05-05"))
    world.designate(world.older_body(people["past"], "2020-05-05"))
    for who, sector, purpose, parts in SENTENCES:
        for language, wanted in (
            ("zh-CN", [*parts, "申诉", "忻州市公安局"]),
            ("en", [*(ENGLISH[part] for part in parts), "appeal", "忻州市公安局"]),
        ):
            answer = world.ask(sector, purpose, people[who], Accept_Language=language)
            say = answer["parties"][0]["say"]
            assert [part for part in wanted if part not in say] == [], (who, purpose, say)
            text = spoken(answer).replace("《电信网络诈骗及其关联违法犯罪联合惩戒办法》", "").lower()
            assert [word for word in ACCUSING[language] if word in text] == [], (who, purpose, text)


def test_the_language_changes_the_words_and_nothing_else(world: World) -> None:
    person, _ = listed_person(world)

    def without_words(answer: Any) -> Any:
        if isinstance(answer, dict):
            dropped = {"say", "text", "exempt", "still_allowed", "checked_at", "receipt"}
            return {
                key: without_words(value)
                for key, value in answer.items()
                if key not in dropped and not str(value).startswith("chk_")
            }
        return [without_words(value) for value in answer] if isinstance(answer, list) else answer

    for sector, purposes in MAY_ASK.items():
        zh, en, other = (
            world.ask(sector, purposes[0], person, Accept_Language=language)
            for language in ("zh-CN", "en-GB,en;q=0.8", "fr")
        )
        assert without_words(zh) == without_words(en) == without_words(other)
        assert spoken(zh) == spoken(other)
        assert spoken(zh).isascii() is False
        assert "根据" not in spoken(en)
        assert "Under " in spoken(en)
    assert spoken(world.ask("bank", "open_bank_account", person)) == spoken(
        world.ask("bank", "open_bank_account", person, Accept_Language="zh-CN")
    )


def test_the_list_version_grows_with_every_approval_and_is_the_one_that_was_seen(world: World) -> None:
    person = world.people.person()

    def seen() -> int:
        version = int(world.ask("bank", "open_bank_account", person)["list_version"])
        with reading() as session:
            assert session.scalar(select(RegisterState.list_version)) == version
        return version

    versions = [seen()]
    designation = world.draft(world.draft_body(person))
    world.submit(designation)
    assert seen() == versions[0]
    world.approve(designation)
    versions.append(seen())
    world.designate(world.draft_body())
    versions.append(seen())
    assert versions[0] < versions[1] < versions[2]
    assert seen() == versions[2]


def test_the_law_day_is_a_beijing_day_and_the_instant_is_utc(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.set("2026-11-23T00:30:00.250000")
    answer = world.ask("bank", "open_bank_account", world.people.person())
    assert answer["law"]["as_of"] == "2026-11-23"
    assert answer["checked_at"] == "2026-11-22T16:30:00.250000Z"


def test_the_rules_named_are_those_of_the_law_that_is_shown(world: World) -> None:
    person, _ = listed_person(world)
    law = world.services.book
    for sector in SECTORS:
        answer = world.ask(sector, MAY_ASK[sector][0], person)
        on_the_day = {setting.rule for setting in law.on(date(2026, 11, 22)).settings()}
        assert set(answer["law"]["rules"]) <= on_the_day
        assert "screening/purposes" in answer["law"]["rules"]


def test_an_own_answer_is_read_back_word_for_word_and_nobody_elses(world: World) -> None:
    person, _ = listed_person(world)
    body = world.check_body(person.name, person.resident_id)
    bank = world.partner("bank")
    made = world.post(bank, "/v1/checks", body, Accept_Language="en")
    path = f"/v1/checks/{made.json['id']}"
    world.designate(world.draft_body(person))  # what happens later changes nothing
    for language in ("en", "zh-CN"):
        read = world.get(bank, path, Accept_Language=language)
        assert (read.status_code, read.get_data()) == (200, made.get_data())
    for token in (world.partner("bank", "110000"), world.partner("carrier")):
        assert world.get(token, path).status_code == 404
    missing = world.get(bank, "/v1/checks/chk_00000000000000000000000000")
    elsewhere = world.get(world.partner("carrier"), path)
    assert {k: v for k, v in missing.json.items() if k != "instance"} == {
        k: v for k, v in elsewhere.json.items() if k != "instance"
    }
    assert world.get(world.clerk, path).status_code == 403
    assert world.get(None, path).status_code == 401


def test_acts_in_the_log_that_are_no_checks_are_not_read_as_checks(world: World) -> None:
    partner = world.partner("bank")
    with reading() as session:
        records = session.scalars(select(LogRecord.id).where(LogRecord.tag != "check.answered")).all()
    assert records
    assert {world.get(partner, f"/v1/checks/{record}").status_code for record in records} == {404}


def test_the_log_holds_purpose_and_direction_and_nothing_that_names_anybody(world: World) -> None:
    person, _ = listed_person(world)
    answer = ask_about(world, "bank", "open_bank_account", party(person.name, person.resident_id))
    with reading() as session:
        row = session.scalars(select(LogRecord).where(LogRecord.id == answer["id"])).one()
        assert row.facts == {
            "purpose": "open_bank_account",
            "direction": "refuse",
            "list_version": answer["list_version"],
            "receipt": hashlib.sha256(answer["receipt"].encode()).hexdigest(),
        }
        assert row.tag == "check.answered"
        plain = json.dumps(row.facts, ensure_ascii=False).encode() + (row.sealed or b"")
    for secret in (person.name, person.resident_id, answer["parties"][0]["say"]):
        assert secret.encode() not in plain
    partner = world.services.access.authenticate(world.partner("bank"))
    record = world.services.screening.record(partner, answer["id"])
    assert record["answer"] == answer
    kept = json.dumps(record["request"], ensure_ascii=False)
    assert person.name not in kept
    assert person.resident_id not in kept


def test_every_answer_has_its_record_and_no_refusal_has_one(world: World) -> None:
    def records() -> int:
        with reading() as session:
            count = select(func.count()).select_from(LogRecord).where(LogRecord.tag == "check.answered")
            return session.scalar(count) or 0

    person = world.people.person()
    for _ in range(3):
        world.ask("bank", "open_bank_account", person)
    assert records() == 3
    wrong = world.check_body(person.name, person.resident_id[:-1])
    assert world.post(world.partner("bank"), "/v1/checks", wrong).status_code == 422
    foreign = world.check_body(person.name, person.resident_id, "issue_phone_card")
    assert world.post(world.partner("bank"), "/v1/checks", foreign).status_code == 403
    assert records() == 3


def test_a_database_that_belongs_to_other_keys_gets_no_answer(world: World) -> None:
    bank, person = world.partner("bank"), world.people.person()
    with transaction() as session:
        session.execute(update(RegisterState).values(key_fingerprint=b"\0" * 32))
    body = world.check_body(person.name, person.resident_id)
    response = world.post(bank, "/v1/checks", body)
    assert (response.status_code, response.json["type"]) == (503, "/problems/keys-foreign")
    assert response.headers["Retry-After"]
