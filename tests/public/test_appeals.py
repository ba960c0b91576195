"""An appeal through the public form: submitted by anybody, told nothing, taken in or set aside."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access.models import VisitRow
from registry.access.rules import Role
from registry.appeals.models import AppealRow, SubmissionRow
from registry.audit.models import LogRecord
from registry.db import reading
from registry.law.words import Level
from tests.appeals.appealing import judge
from tests.conftest import StandingClock
from tests.designations.acting import shown
from tests.public.test_pages import assert_guarded
from tests.support.world import World

DESIGNATION, PARTNER, STATUS = (
    "/public/appeals/designation",
    "/public/appeals/partner",
    "/public/appeals/status",
)
FORM = "application/x-www-form-urlencoded"
INBOX = "/v1/appeal-submissions"


@pytest.fixture(autouse=True)
def _now(standing_clock: StandingClock) -> StandingClock:
    return standing_clock


def fields(world: World, **changes: str) -> dict[str, str]:
    """A form that is filled in right, by somebody who is on no list."""
    someone = world.people.person()
    return {
        "authority_id": world.city,
        "decision_no": "忻公(反诈)认字〔2025〕99号",
        "name": someone.name,
        "type": "resident_id",
        "number": someone.resident_id,
        "capacity": "subject",
        "representative": "",
        "contact": "0350-7654321",
        "asks": "revoke",
        "grounds": "账户系被盗用。\r\n本人并未出租。",
    } | changes


def about_partner(world: World, **changes: str) -> dict[str, str]:
    told = fields(world)
    del told["decision_no"], told["asks"]
    partner_id = world.get(world.partner("bank"), "/v1/me").json["id"]
    return told | {"partner_id": partner_id} | changes


def send(
    world: World, path: str, sent: dict[str, str], address: str = "114.114.114.7", **more: Any
) -> TestResponse:
    return world.http.post(
        path, data=urlencode(sent), content_type=FORM, environ_overrides={"REMOTE_ADDR": address}, **more
    )


def code_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.text
    found = re.search(r"<strong>([0-9A-Z-]{23})</strong>", response.text)
    assert found
    return found[1]


def submitted(world: World, path: str = DESIGNATION, **changes: str) -> str:
    """The receipt code."""
    told = fields(world, **changes) if path == DESIGNATION else about_partner(world, **changes)
    return code_of(send(world, path, told))


def look(world: World, code: str, **more: Any) -> TestResponse:
    return send(world, STATUS, {"code": code}, **more)


def waiting(world: World) -> str:
    """The id of what waits."""
    (item,) = world.get(judge(world), f"{INBOX}?state=waiting").json["items"]
    return str(item["id"])


def rows(model: Any) -> list[Any]:
    with reading() as session:
        return list(session.execute(select(model.__table__)))


# -- the answer tells nothing ----------------------------------------------------------------------


def test_whoever_is_named_the_answer_is_the_same_but_for_the_code(world: World) -> None:
    person, stranger = world.people.person(), world.people.person()
    listed = world.designate(world.draft_body(person))
    number = listed["decision_no"]
    answers = [
        send(world, DESIGNATION, fields(world, name=name, number=document, decision_no=decision_no))
        for name, document, decision_no in (
            (person.name, person.resident_id, number),
            (stranger.name, stranger.resident_id, number),
            (person.name, person.resident_id, "无此文号"),
            (stranger.name, stranger.resident_id, ""),
        )
    ]
    codes = {code_of(answer) for answer in answers}
    assert len(codes) == 4
    assert len({answer.text.replace(code_of(answer), "") for answer in answers}) == 1
    assert len({str(sorted(answer.headers.keys())) for answer in answers}) == 1


def test_a_submission_reads_nothing_of_the_register(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = fields(world)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("looked at the register")

    for name in ("document_token", "name_token"):
        monkeypatch.setattr(world.services.designation_queries._subjects, name, refuse)
    monkeypatch.setattr(world.services.designations.drafts, "number_token", refuse)
    code_of(send(world, DESIGNATION, told))


def test_nothing_of_it_lies_in_the_clear_and_the_code_is_nowhere(world: World) -> None:
    told = fields(world)
    code = code_of(send(world, DESIGNATION, told))
    (row,) = rows(SubmissionRow)
    kept = repr([value for each in (row, *rows(LogRecord), *rows(VisitRow)) for value in each])
    for secret in (*told.values(), code, code.replace("-", ""), "114.114.114.7"):
        if secret not in ("", "subject", "revoke", "resident_id", world.city):
            assert secret not in kept
    (act,) = [each for each in rows(LogRecord) if each.tag == "submission.received"]
    assert (act.actor, act.object_id) == ("public", row.id)
    assert act.facts == {"track": "designation", "authority": world.city}


# -- taken in --------------------------------------------------------------------------------------


def test_an_officer_compares_and_takes_in_and_the_sender_sees_where_it_stands(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    listed = world.designate(world.draft_body(person))
    other = world.designate(world.draft_body())
    told = fields(
        world, name=person.name, number=person.resident_id, decision_no=other["decision_no"], asks="vary"
    )
    code = code_of(send(world, DESIGNATION, told))
    assert "已提交，等待机关接收" in look(world, code).text
    standing_clock.day("2026-11-25")

    seen = world.get(judge(world), f"{INBOX}/{waiting(world)}").json
    assert seen["person"] == {"name": person.name, "type": "resident_id", "number": person.resident_id}
    assert (seen["grounds"], seen["contact"]) == ("账户系被盗用。\n本人并未出租。", "0350-7654321")
    assert [(each["id"], each["same_document"], each["same_decision_no"]) for each in seen["candidates"]] == [
        (listed["id"], True, False),
        (other["id"], False, True),
    ]
    relief = {"variation": {"lifted": ["payment_account_stop"]}}
    path = f"{INBOX}/{seen['id']}/take-in"
    assert world.post(judge(world), path, {"designation_id": listed["id"]}).status_code == 422
    taken = world.post(judge(world), path, {"designation_id": listed["id"]} | relief)
    assert taken.status_code == 201, taken.json
    appeal = world.get(judge(world), taken.headers["Location"]).json
    assert appeal["id"] == taken.json["appeal_id"]
    assert (appeal["channel"], appeal["received_on"], appeal["asks"]) == ("public_form", "2026-11-22", "vary")
    assert appeal["appellant"] == {"capacity": "subject", "name": person.name, "contact": told["contact"]}
    assert appeal["clocks"][0]["due_on"] == "2026-11-27"
    assert [each["act"] for each in taken.json["history"]] == ["submission.received", "submission.taken-in"]

    page = look(world, code).text
    assert "已收到" in page and "2026年11月27日" in page and "暂定" in page
    assert person.name not in page and person.resident_id not in page
    assert shown(world, listed["id"])["appeals"][0]["id"] == appeal["id"]
    again = world.post(judge(world), path, {"designation_id": listed["id"]} | relief)
    assert (again.status_code, again.json["state"]) == (409, "taken_in")


def test_what_cannot_be_taken_in_stays_waiting(world: World) -> None:
    listed = world.designate(world.draft_body())
    for _ in range(2):
        submitted(world)
    first, second = (each["id"] for each in world.get(judge(world), INBOX).json["items"])
    take = {"designation_id": listed["id"]}
    assert world.post(judge(world), f"{INBOX}/{first}/take-in", take).status_code == 201
    refused = world.post(judge(world), f"{INBOX}/{second}/take-in", take)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/appeal-open")
    assert waiting(world) == second
    assert len(rows(AppealRow)) == 1


def test_an_appeal_about_a_partner_is_forwarded_and_stands_so(world: World) -> None:
    told = about_partner(world, capacity="representative", representative="李四")
    code = code_of(send(world, PARTNER, told))
    seen = world.get(judge(world), f"{INBOX}/{waiting(world)}").json
    assert (seen["track"], seen["partner"]["id"], seen["candidates"]) == ("partner", told["partner_id"], [])
    taken = world.post(judge(world), f"{INBOX}/{seen['id']}/take-in", {"partner_id": told["partner_id"]})
    assert taken.status_code == 201, taken.json
    assert world.post(judge(world), f"{taken.headers['Location']}/forward").status_code == 200
    assert "已转交该机构" in look(world, code).text
    (forwarded,) = world.get(world.partner("bank"), "/v1/forwarded-appeals").json["items"]
    assert forwarded["appellant"]["name"] == "李四"
    assert forwarded["customer"] == seen["person"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, ["/customer", "/partner_id"]),
        ({"designation_id": "dsg_1", "partner_id": "ptn_1"}, ["/partner_id"]),
        ({"designation_id": "dsg_1", "variation": {"ends_on": "2026-12-01"}}, ["/variation"]),
    ],
)
def test_what_an_officer_says_wrongly_is_pointed_at(
    world: World, body: dict[str, Any], where: list[str]
) -> None:
    submitted(world)
    answer = world.post(judge(world), f"{INBOX}/{waiting(world)}/take-in", body)
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json["errors"]} <= set(where)


# -- set aside -------------------------------------------------------------------------------------


def test_a_submission_set_aside_tells_its_sender_the_reason_and_not_the_note(world: World) -> None:
    code = submitted(world)
    body = {"reason": "identity_unproven", "note": "电话无人接听"}
    answer = world.post(judge(world), f"{INBOX}/{waiting(world)}/set-aside", body)
    assert (answer.status_code, answer.json["state"], answer.json["reason"]) == (
        200,
        "set_aside",
        "identity_unproven",
    )
    assert answer.json["history"][-1]["act"] == "submission.set-aside"
    assert answer.json["history"][-1]["reason"] == "电话无人接听"
    page = look(world, code, headers={"Accept-Language": "en"}).text
    assert "Please come in person" in page
    assert "电话" not in page
    again = world.post(judge(world), f"{INBOX}/{answer.json['id']}/set-aside", {"reason": "incomplete"})
    assert (again.status_code, again.json["state"]) == (409, "set_aside")


def test_only_officers_of_that_authority_or_above_it_see_it(world: World) -> None:
    submitted(world)
    submission_id = waiting(world)
    other = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.CLERK, authority=other)
    above = world.officer("above", Role.APPEAL_OFFICER, authority=world.province)
    assert world.get(stranger, INBOX).json["items"] == []
    assert world.get(stranger, f"{INBOX}/{submission_id}").status_code == 404
    assert (
        world.post(stranger, f"{INBOX}/{submission_id}/set-aside", {"reason": "repeated"}).status_code == 404
    )
    assert [each["id"] for each in world.get(above, INBOX).json["items"]] == [submission_id]
    assert world.get(above, f"{INBOX}/{submission_id}").status_code == 200


def test_the_inbox_is_paged_and_holds_nothing_that_anybody_wrote(world: World) -> None:
    for _ in range(3):
        submitted(world)
    first = world.get(judge(world), f"{INBOX}?limit=2").json
    rest = world.get(judge(world), f"{INBOX}?limit=2&cursor={first['next']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert not {"grounds", "person", "contact"} & first["items"][0].keys()


# -- the code --------------------------------------------------------------------------------------


def test_a_code_is_found_however_it_is_typed(world: World) -> None:
    code = submitted(world)
    misread = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for typed in (code, misread, code.replace("-", "")):
        assert "已提交" in look(world, typed).text


@pytest.mark.parametrize("code", ["", "ABC", "0" * 19, "A" * 21, "U" * 20, "<script>", "é" * 20])
def test_what_can_be_no_code_is_said_to_be_none(world: World, code: str) -> None:
    answer = look(world, code)
    assert answer.status_code == 422
    assert "请填写提交时显示的20位回执码" in answer.text
    assert "<script>" not in answer.text


def test_a_code_that_nobody_was_given_is_unknown(world: World) -> None:
    answer = look(world, "0" * 20)
    assert answer.status_code == 422
    assert "没有使用此回执码的提交" in answer.text


def test_a_code_never_stands_in_an_address(world: World) -> None:
    code = submitted(world)
    assert code not in world.get(None, f"{STATUS}?code={code}").text
    assert 'method="post"' in world.get(None, STATUS).text


# -- wrong input -----------------------------------------------------------------------------------

REQUIRED = ["authority_id", "name", "type", "number", "capacity", "contact", "asks", "grounds"]
WRONG: list[tuple[dict[str, str], list[str]]] = [
    ({"authority_id": ""}, ["authority_id"]),
    ({"authority_id": "aut_" + "0" * 26}, ["authority_id"]),
    ({"decision_no": "x" * 81}, ["decision_no"]),
    ({"name": ""}, ["name"]),
    ({"name": "张" * 101}, ["name"]),
    ({"name": "a\nb"}, ["name"]),
    ({"type": "10"}, ["type"]),
    ({"number": ""}, ["number"]),
    ({"number": "11010519491231002Y"}, ["number"]),
    ({"number": "110105194912310021"}, ["number"]),
    ({"number": "440524188001010014"}, ["number"]),
    ({"capacity": ""}, ["capacity"]),
    ({"capacity": "representative"}, ["representative"]),
    ({"representative": "李四"}, ["representative"]),
    ({"contact": ""}, ["contact"]),
    ({"contact": "x" * 201}, ["contact"]),
    ({"contact": "a\nb"}, ["contact"]),
    ({"asks": "free"}, ["asks"]),
    ({"grounds": ""}, ["grounds"]),
    ({"grounds": "字" * 2001}, ["grounds"]),
    (
        dict.fromkeys(
            ("authority_id", "name", "type", "number", "capacity", "contact", "asks", "grounds"), ""
        ),
        ["authority_id", "name", "type", "number", "capacity", "contact", "asks", "grounds"],
    ),
]


@pytest.mark.parametrize(("changes", "wrong"), WRONG, ids=lambda each: str(each)[:40])
@pytest.mark.parametrize("reader", ["zh-CN", "en"])
def test_a_form_with_faults_comes_back_with_what_was_typed_and_each_fault_at_its_field(
    world: World, changes: dict[str, str], wrong: list[str], reader: str
) -> None:
    told = fields(world, **changes)
    answer = send(world, DESIGNATION, told, headers={"Accept-Language": reader})
    assert answer.status_code == 422
    assert_guarded(answer)
    text = answer.text
    assert re.findall(r'class="fault" id="(\w+)-fault"', text) == wrong
    assert re.findall(r'<li><a href="#(\w+)"', text) == wrong
    assert all(f'id="{name}"' in text for name in wrong)
    assert text.count("autofocus") == 1
    assert re.search(rf'(?:id|name)="{wrong[0]}"[^>]*autofocus', text)
    for name in wrong:
        if name not in ("capacity", "asks"):
            assert re.search(
                rf'id="{name}"[^>]*aria-describedby="[^"]*{name}-fault"[^>]*aria-invalid="true"', text
            )
    for name in ("name", "number", "decision_no", "contact"):
        assert f'name="{name}" type="text" value="{told[name]}"' in unescape(text)
    assert told["grounds"].replace("\r\n", "\n") in unescape(text)
    assert rows(SubmissionRow) == []


def test_what_was_typed_is_escaped(world: World) -> None:
    evil = "\"><script>alert(1)</script><a b='{{ 7*7 }}"
    answer = send(world, DESIGNATION, dict.fromkeys(fields(world), evil))
    assert answer.status_code == 422
    assert "<script" not in answer.text and "49" not in re.sub(r"\d{5,}", "", answer.text)
    assert "&lt;script&gt;" in answer.text


def test_the_form_about_a_partner_offers_partners_and_says_what_is_missing(world: World) -> None:
    told = about_partner(world, partner_id="")
    assert "bank-140900" in world.get(None, PARTNER).text
    answer = send(world, PARTNER, told)
    assert re.findall(r'class="fault" id="(\w+)-fault"', answer.text) == ["partner_id"]
    assert send(world, PARTNER, told | {"partner_id": "ptn_x"}).status_code == 422


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"a=1", "text/plain", 415),
        (b"{}", "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"a=1", "", 415),
        (b"name=%00", FORM, 400),
        (b"name=%ff", FORM, 400),
        (b"\xff", FORM, 400),
        (b"name=a&name=b", FORM, 400),
        (b"&".join(b"f%d=1" % n for n in range(31)), FORM, 400),
        (b"name=" + b"x" * (64 << 10), FORM, 413),
        (b"", FORM, 422),
        (b"name=%f0%9f%98%80&x=%", FORM, 422),
    ],
)
@pytest.mark.parametrize("path", [DESIGNATION, PARTNER, STATUS])
def test_a_body_that_is_no_form_is_refused_as_a_page(
    world: World, path: str, data: bytes, kind: str, status: int
) -> None:
    answer = world.http.post(path, data=data, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert_guarded(answer)


def test_a_compressed_form_is_refused(world: World) -> None:
    answer = world.http.post(STATUS, data=b"x", content_type=FORM, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


# -- how often -------------------------------------------------------------------------------------


def test_one_address_submits_ten_times_an_hour_and_another_is_not_held_up(
    world: World, standing_clock: StandingClock
) -> None:
    for _ in range(10):
        submitted(world)
    refused = send(world, DESIGNATION, fields(world))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert_guarded(refused)
    assert "60分钟后再试" in refused.text
    assert len(rows(SubmissionRow)) == 10
    code_of(send(world, DESIGNATION, fields(world), address="114.114.114.8"))
    standing_clock.set("2026-11-22T12:59:30")
    assert send(world, DESIGNATION, fields(world)).headers["Retry-After"] == "60"
    standing_clock.set("2026-11-22T13:00:00")
    code_of(send(world, DESIGNATION, fields(world)))


def test_a_faulty_form_costs_nothing_of_the_limit(world: World) -> None:
    for _ in range(12):
        assert send(world, DESIGNATION, fields(world, name="")).status_code == 422
    submitted(world)


def test_codes_are_looked_up_sixty_times_an_hour(world: World) -> None:
    code = submitted(world)
    assert [look(world, code).status_code for _ in range(61)] == [200] * 60 + [429]


@pytest.mark.parametrize(
    ("peer", "told", "counted"),
    [
        ("114.114.114.7", "223.5.5.5", "114.114.114.7"),  # not a proxy of ours
        ("127.0.0.1", "223.5.5.5, 114.114.114.7", "114.114.114.7"),
        ("10.0.0.2", "114.114.114.7", "114.114.114.7"),
        ("", "114.114.114.7", "114.114.114.7"),  # a socket
        ("10.0.0.2", "", "10.0.0.2"),
        ("2001:db8:1:2:3::1", "", "2001:db8:1:2::/64"),
        ("::ffff:114.114.114.7", "", "114.114.114.7"),
        ("127.0.0.1", "<script>", "unknown"),
    ],
)
def test_who_comes_is_told_by_the_connection_or_by_our_proxy(
    world: World, peer: str, told: str, counted: str
) -> None:
    headers = {"X-Forwarded-For": told} if told else {}
    code_of(send(world, DESIGNATION, fields(world), address=peer, headers=headers))
    token = world.services.keys.vault().token("visit", f"submit an appeal:{counted}")
    assert token in {row.token for row in rows(VisitRow)}


def test_counts_are_forgotten_after_a_day(world: World, standing_clock: StandingClock) -> None:
    submitted(world)
    standing_clock.set("2026-11-23T11:59:00")
    world.services.limits.forget()
    assert len(rows(VisitRow)) == 2
    standing_clock.set("2026-11-23T12:00:00")
    world.services.limits.forget()
    assert rows(VisitRow) == []
