"""Somebody unmistakable goes through every route, and is found nowhere afterwards.

Not in logs, metrics, headers, addresses or problems, whatever went wrong, and not in a plain dump
of the database. Only an answer to whoever may see it holds a name or a number.
"""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any, cast

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.test import TestResponse

from registry import clock
from registry.access.rules import Role
from registry.api import observability
from registry.config import Config
from registry.errors import Unavailable
from registry.text import Text
from tests.api.canary import Canary, dump, found
from tests.api.canary_appeals import appeals_of_all_kinds, submissions_of_all_kinds, wrong_appeals
from tests.api.canary_exposures import exposures_of_all_kinds
from tests.api.canary_notices import notices_of_all_kinds
from tests.support.world import World

CANARY = Canary()
READ_PATHS = [
    "/{}",
    "/v1/checks/{}",
    "/v1/checks/{}/slip",
    "/v1/rescreens/{0}/result?format={0}",
    "/v1/rescreens?cursor={}",
    "/v1/designations/{}",
    "/v1/designations/{}/notices",
    "/v1/designations/{0}/notices/{0}/document",
    "/v1/appeals/{}",
    "/v1/appeals?cursor={0}&state={0}",
    "/v1/forwarded-appeals/{}",
    "/v1/appeal-submissions/{}",
    "/public/appeals/status?code={}",
    "/public/{}",
    "/public/exposure-lists/{}",
    "/public/exposure-lists/{}.json",
    "/public/exposure-lists?before={}",
    "/public/exposure-withdrawals.json?cursor={}",
    "/v1/exposure-lists/{}",
    "/v1/exposure-lists/{}/preview",
    "/v1/exposure-counts?from={0}&to={0}&by={0}",
    "/v1/designation-imports/{}",
    "/v1/designations?cursor={}",
    "/v1/designations?state={0}&limit={0}",
    "/v1/designations?{}=1",
    "/v1/me?number={}",
    "/v1//{}",
    "/problems/{}",
    "/static/{}",
    "/docs/{}",
]
HEADERS = [
    "AUTHORIZATION",
    "IDEMPOTENCY_KEY",
    "IF_MATCH",
    "ACCEPT_LANGUAGE",
    "USER_AGENT",
    "REFERER",
    "COOKIE",
]
HEADERS += ["X_FORWARDED_FOR", "X_REQUEST_ID", "ACCEPT", "ORIGIN", "HOST"]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.TextIOWrapper]:
    """All that is logged, by structlog and by logging, down to DEBUG."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    forget_loggers()
    yield stream
    forget_loggers()
    root.setLevel(before)
    root.removeHandler(handler)


def forget_loggers() -> None:
    """Loggers keep the stream they first wrote to; let them choose again."""
    proxy = type(structlog.get_logger())
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("registry"):
            for value in list(vars(module).values()):
                if type(value) is proxy:
                    vars(value).pop("bind", None)
    observability.configure_logging()


class Asker:
    """Sends everything and keeps what comes back that must be clean: headers, and bodies of problems."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bank = world.partner("bank")
        self.both = world.officer("both", Role.CLERK, Role.APPROVER)
        self.second = world.officer("second", Role.CLERK, Role.APPROVER)
        self.admin = world.officer("admin", Role.SECURITY_ADMIN)
        self.statuses: list[int] = []
        self.kept: list[str] = []

    def __call__(self, token: str | None, method: str, path: str, **request: Any) -> TestResponse:
        headers = dict(request.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self.world.http.open(path, method=method, headers=headers, **request)
        self.statuses.append(answer.status_code)
        self.kept.append(f"{answer.status_code} " + json.dumps(list(answer.headers), ensure_ascii=False))
        if answer.status_code >= 300:
            self.kept.append(told(answer))
        return answer

    def clean(self) -> None:
        leaks = [text for text in self.kept if found(text, CANARY)]
        assert not leaks, leaks[:9]


def told(answer: TestResponse) -> str:
    """The body, without the pointer to an unknown field: that can only be named as its sender named it."""
    text = answer.get_data(as_text=True)
    if answer.content_type != "application/problem+json":
        return text
    body = json.loads(text)
    for fault in body.get("errors", []):
        if fault["detail"] in ("没有此字段。", "There is no such field."):
            del fault["pointer"]
    return json.dumps(body, ensure_ascii=False)


def party(**changes: Any) -> dict[str, Any]:
    document = {"type": "resident_id", "number": CANARY.number}
    return {"role": "applicant", "name": CANARY.name, "document": document} | changes


def check_body(**changes: Any) -> dict[str, Any]:
    return {
        "purpose": "open_bank_account",
        "reference": CANARY.reference,
        "operator": CANARY.operator,
        "parties": [party()],
    } | changes


def draft_body(world: World, **changes: Any) -> dict[str, Any]:
    body = world.draft_body(
        decision_no=CANARY.decision_no,
        evidence_ref=CANARY.evidence,
        items=[
            {"kind": "bank_account", "number": CANARY.card},
            {"kind": "phone_card", "number": CANARY.phone, "held_from": "2024-01-01"},
        ],
        judgment={"court": CANARY.court, "no": CANARY.judgment, "on": "2025-02-20"},
    )
    body["subject"] |= {"name": CANARY.name, "documents": [{"type": "resident_id", "number": CANARY.number}]}
    return body | changes


REASON = {"reason": CANARY.reason}


def evidence_question() -> dict[str, Any]:
    """About the canary, at a moment that has just passed."""
    at = (clock.now() - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"purpose": "open_bank_account", "sector": "bank", "area": "140900", "at": at}
    return asked | {"parties": [{"name": CANARY.name, "document": party()["document"]}]}


def right_requests(ask: Asker) -> str:
    """The life of a designation, of a list and of checks; the designation's id."""
    drafted = ask(
        ask.both,
        "POST",
        "/v1/designations",
        json=draft_body(ask.world),
        headers={"Idempotency-Key": CANARY.reference},
    )
    assert drafted.status_code == 201, drafted.text
    path = f"/v1/designations/{drafted.json['id']}"
    for token, verb in ((ask.both, "submit"), (ask.second, "approve")):
        assert ask(token, "POST", f"{path}/{verb}").status_code == 200
    assert ask(ask.both, "GET", path).json["subject"]["name"]
    assert ask(ask.both, "GET", "/v1/designations").json["items"]
    for body in (
        {"document": {"type": "resident_id", "number": CANARY.number}},
        {"name": CANARY.name},
        {"decision_no": CANARY.decision_no},
    ):
        assert ask(ask.both, "POST", "/v1/designations/search", json=body).json["items"], body
    matched = ask(
        ask.bank, "POST", "/v1/checks", json=check_body(), headers={"Idempotency-Key": CANARY.operator}
    )
    assert matched.json["parties"][0]["result"] == "match"
    possible = ask(ask.bank, "POST", "/v1/checks", json=check_body(parties=[party(name=CANARY.name + "氏")]))
    assert possible.json["parties"][0]["result"] == "possible_match"
    assert ask(ask.bank, "GET", f"/v1/checks/{matched.json['id']}").status_code == 200
    assert ask(ask.bank, "GET", f"/v1/checks/{matched.json['id']}/slip").status_code == 200
    resolution = {"party": 0, "name": CANARY.name + "氏", "outcome": "same_person", "note": CANARY.reason}
    resolved = ask(ask.bank, "POST", f"/v1/checks/{possible.json['id']}/resolutions", json=resolution)
    assert resolved.status_code == 201, resolved.text
    assert ask(ask.second, "GET", "/v1/resolutions").json["items"]
    assert ask(ask.second, "POST", f"/v1/resolutions/{resolved.json['id']}/approve").status_code == 200
    wrong = {"was": CANARY.name, "name": CANARY.name + "氏族"}
    for verb, more in (
        ("suspend", {}),
        ("revoke", {}),
        ("vary", {"ends_on": "2026-12-01"}),
        ("correct", wrong),
    ):
        change = ask(ask.both, "POST", f"{path}/{verb}", json=REASON | more)
        assert change.status_code in (200, 202), change.text
        decision = f"{path}/changes/{change.json['change']}/reject"
        assert ask(ask.second, "POST", decision, json=REASON).status_code == 200
    appeals_of_all_kinds(ask, CANARY, drafted.json["id"])
    submissions_of_all_kinds(ask, CANARY, drafted.json["id"])
    notices_of_all_kinds(ask, CANARY, drafted.json["id"])
    again = CANARY.decision_no + "之三"
    exposures_of_all_kinds(ask, CANARY, draft_body(ask.world, decision_no=again))
    for question in ({"check": matched.json["id"]}, evidence_question()):
        auditor = ask.world.officer("canary-auditor", Role.AUDITOR)
        told = ask(auditor, "POST", "/v1/evidence", json={"court_request": CANARY.judgment} | question)
        assert told.status_code == 200, told.text
    for verb in ("approve", "reject"):
        uploaded = ask(ask.both, "POST", "/v1/designation-imports", data={"file": csv_file(verb)})
        assert uploaded.status_code == 201, uploaded.text
        imported = f"/v1/designation-imports/{uploaded.json['id']}"
        assert ask(ask.both, "POST", f"{imported}/submit").status_code == 200, uploaded.json
        reason = {"json": {"reason": CANARY.reason}} if verb == "reject" else {}
        assert ask(ask.second, "POST", f"{imported}/{verb}", **reason).status_code == 200
        assert ask(ask.second, "GET", imported).status_code == 200
    customer = {"ref": CANARY.reference, "name": CANARY.name, "document": party()["document"]}
    wrong = customer | {"document": {"type": "resident_id", "number": CANARY.wrong_number}}
    rescreen = ask(
        ask.bank,
        "POST",
        "/v1/rescreens?purpose=review_existing_customer&keep=true",
        data="".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (customer, wrong)).encode(),
        content_type="application/x-ndjson",
    )
    assert rescreen.status_code == 202, rescreen.text
    while ask.world.runner.step():
        pass
    result = ask(ask.bank, "GET", f"/v1/rescreens/{rescreen.json['id']}/result")
    assert [json.loads(line)["result"] for line in result.data.splitlines()] == ["match", "invalid"]
    for path in ask.world.services.config.spool.iterdir():
        assert not found(path.name.encode() + path.read_bytes(), CANARY)
    rejected = ask(
        ask.both,
        "POST",
        "/v1/designations",
        json=draft_body(ask.world, decision_no=CANARY.decision_no + "之二"),
    )
    again = f"/v1/designations/{rejected.json['id']}/reject"
    assert ask(ask.second, "POST", again, json={"reason": CANARY.reason}).status_code == 200
    return str(drafted.json["id"])


def csv_file(suffix: str, **changes: str) -> tuple[io.BytesIO, str]:
    """A list about the canary, whose name the file bears too."""
    name, document = changes.get("name", CANARY.name), changes.get("number", CANARY.number)
    return io.BytesIO(
        "姓名,证件号码,认定事由,行为,卡种,数量,文书号,认定日期,证据编号\n"
        f"{name},{document},涉两卡行为,出租,银行卡,3,{CANARY.decision_no}{suffix},2025-03-03,{CANARY.evidence}\n".encode()
    ), f"{CANARY.name}{CANARY.number}.csv"


def wrong_requests(ask: Asker, designation: str) -> None:
    """Everything that is refused: fields, forms, addresses, headers, methods, duplicates."""
    faults: list[dict[str, Any]] = [
        {"parties": [party(document={"type": "resident_id", "number": CANARY.wrong_number})]},
        {"parties": [party(document={"type": "resident_id", "number": CANARY.impossible})]},
        {"parties": [party(document={"type": CANARY.number, "number": CANARY.number})]},
        {"parties": [party(document={"type": "passport", "number": CANARY.number})]},
        {"parties": [party(role=CANARY.name)]},
        {"parties": [party(name=CANARY.name + "\n")]},
        {"parties": [party()] * 2},
        {"parties": CANARY.name},
        {"purpose": CANARY.number},
        {"purpose": "issue_phone_card"},
        {"area": CANARY.phone},
        {"reference": CANARY.reference * 9},
        {"operator": CANARY.operator + "\u202e"},
    ]
    for change in faults:
        ask(ask.bank, "POST", "/v1/checks", json=check_body(**change))
    both = ask.both
    for change in (
        {},  # a duplicate
        {"decided_on": "2010-01-01"},
        {"linked_to": CANARY.cursor},
        {"ground": CANARY.name},
        {"items": [{"kind": "bank_account", "number": CANARY.card[:-1] + "x"}]},
        {"items": [{"kind": "phone_card", "number": CANARY.phone + "1"}]},
        {"judgment": {"court": CANARY.court, "no": CANARY.judgment, "on": CANARY.judgment}},
        {"evidence_ref": CANARY.evidence + "\n"},
        {"decision_no": CANARY.decision_no * 9},
        {"conduct": {"offence": CANARY.name, "role": CANARY.name, "behaviours": [CANARY.name]}},
        {"penalty": CANARY.name, "item_kinds": [CANARY.name]},
    ):
        ask(both, "POST", "/v1/designations", json=draft_body(ask.world, **change))
    for body in (
        {"document": {"type": "resident_id", "number": CANARY.wrong_number}},
        {"document": {"type": CANARY.name, "number": CANARY.number}},
        {"name": CANARY.name * 30},
        {"cursor": CANARY.number, "name": CANARY.name},
    ):
        ask(both, "POST", "/v1/designations/search", json=body)
    name = CANARY.name.encode()
    for content in (
        csv_file("x", number=CANARY.wrong_number),
        csv_file("x", name=""),
        csv_file("approve"),
        (io.BytesIO(name), f"{CANARY.name}.xlsx"),
        (io.BytesIO(b"PK\x03\x04" + name), f"{CANARY.name}.xlsx"),
        (io.BytesIO(b"\x81" + name + b"\xff"), f"{CANARY.name}.csv"),
    ):
        ask(both, "POST", "/v1/designation-imports", data={"file": content})
    ask(both, "POST", "/v1/designation-imports", data={CANARY.name: CANARY.number})
    ask(both, "POST", f"/v1/designations/{designation}/approve", headers={"If-Match": '"9"'})
    ask(both, "POST", f"/v1/designations/{designation}/reject", json={"reason": CANARY.reason})
    wrong_appeals(ask, CANARY)
    ask(None, "POST", "/v1/enrolments", json={"code": CANARY.number})
    malformed_requests(ask)


def malformed_requests(ask: Asker) -> None:
    plain = json.dumps(check_body(), ensure_ascii=False).encode()
    for body in (
        plain[:-9],
        plain + b"}",
        plain.replace(b'"purpose"', b'"\\u0000purpose"'),
        b"\xff" + plain,
        plain.decode().encode("gb18030", "replace"),
        json.dumps([check_body()]).encode(),
        json.dumps({CANARY.name: CANARY.number, CANARY.card: {CANARY.phone: 1}}).encode(),
        b"[" * 100_000 + plain,
    ):
        for kind in ("application/json", "text/plain", f"text/{CANARY.cursor}"):
            ask(ask.bank, "POST", "/v1/checks", data=body, content_type=kind)
    for secret in CANARY.secrets:
        raw = secret.encode().decode("latin-1")
        for path in READ_PATHS:
            for token in (ask.bank, ask.both):
                ask(token, "GET", path.format(secret))
        ask(ask.admin, "GET", f"/v1/accounts/{secret}/credentials")
        for path in (
            f"/v1/credentials/{secret}/revoke",
            f"/v1/officers/{secret}/disable",
            f"/v1/partners/{secret}/suspend",
        ):
            ask(ask.admin, "POST", path)
        ask(ask.admin, "POST", f"/v1/credentials/{secret}/rotate", json={})
        for header in HEADERS:
            token = None if header == "AUTHORIZATION" else ask.bank
            ask(token, "POST", "/v1/checks", environ_overrides={f"HTTP_{header}": raw}, json={})
        ask(
            ask.bank, "POST", "/v1/checks", json={}, environ_overrides={"HTTP_AUTHORIZATION": f"Bearer {raw}"}
        )
        ask(ask.bank, "POST", "/v1/checks", json={}, environ_overrides={"CONTENT_TYPE": raw})
    for method in ("KANARIE", "kanarie-777", "PATCH", "TRACE"):
        ask(ask.bank, method, "/v1/checks")
        ask(ask.bank, method, f"/v1/checks/{CANARY.number}")


class Odd(Exception):
    """An error that shows its contents in every way an error can."""

    def __init__(self) -> None:
        super().__init__(CANARY.name, {"number": CANARY.number})
        self.add_note(CANARY.card)


def errors() -> list[Callable[[], BaseException]]:
    secrets = f"{CANARY.name} {CANARY.number} {CANARY.card}"
    driver = ValueError(f"DETAIL: Key (name)=({secrets}) already exists.")
    return [
        lambda: ValueError(secrets),
        lambda: KeyError(CANARY.name),
        lambda: UnicodeEncodeError("utf-8", secrets, 0, 1, secrets),
        lambda: IntegrityError(f"INSERT '{secrets}'", {"name": secrets}, driver),
        lambda: OperationalError(f"SELECT '{secrets}'", {"name": secrets}, driver),
        lambda: OSError(2, secrets, f"/{CANARY.name}"),
        lambda: RecursionError(secrets),
        lambda: Unavailable("law-incomplete", Text("制度未加载。", "Not loaded.")),
        Odd,
    ]


def crashing_requests(ask: Asker, monkeypatch: pytest.MonkeyPatch, designation: str) -> None:
    """Every service fails under every route, with the canary in the error, its cause and its context."""
    requests: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("screening", "check_all", ask.bank, "/v1/checks", {"json": check_body()}),
        ("designations.drafts", "draft", ask.both, "/v1/designations", {"json": draft_body(ask.world)}),
        (
            "designation_changes",
            "propose",
            ask.both,
            f"/v1/designations/{designation}/revoke",
            {"json": REASON},
        ),
        ("designations", "approve", ask.both, f"/v1/designations/{designation}/approve", {}),
        ("designation_queries", "page", ask.both, "/v1/designations/search", {"json": {"name": CANARY.name}}),
        ("log", "append", ask.bank, "/v1/checks", {"json": check_body()}),
        ("log", "write_all", ask.both, "/v1/designations/search", {"json": {"name": CANARY.name}}),
        (
            "replies",
            "reserve",
            ask.bank,
            "/v1/checks",
            {"json": check_body(), "headers": {"Idempotency-Key": "x"}},
        ),
        ("imports", "upload", ask.both, "/v1/designation-imports", {}),
        ("access", "authenticate", ask.both, "/v1/designations/search", {"json": {"name": CANARY.name}}),
    ]
    for service, verb, token, path, request in requests:
        for make in errors():

            def crash(*_: Any, make: Callable[[], BaseException] = make, **__: Any) -> None:
                _local = CANARY.number
                try:
                    raise ValueError(CANARY.card)
                except ValueError as cause:
                    raise make() from cause

            with monkeypatch.context() as patched:
                patched.setattr(type(attrgetter(service)(ask.world.services)), verb, crash)
                sent = dict(request)
                if service == "imports":
                    sent["data"] = {"file": csv_file("crash")}
                answer = ask(token, "POST", path, **sent)
                assert answer.status_code in (500, 503), (service, verb, answer.status_code)


def test_nobody_is_found_in_logs_metrics_headers_problems_or_a_dump_of_the_database(
    app: Flask, config: Config, world: World, logs: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker(world)
    designation = right_requests(ask)
    wrong_requests(ask, designation)
    crashing_requests(ask, monkeypatch, designation)
    assert {200, 201, 400, 401, 403, 404, 405, 409, 412, 415, 422, 500} <= set(ask.statuses)

    ask.clean()
    log = cast(io.BytesIO, logs.buffer).getvalue().decode()
    assert '"event":"request"' in log
    assert '"event":"crash"' in log
    leaks = [line for line in log.splitlines() if found(line, CANARY)]
    assert not leaks, leaks[:5]
    assert found(world.get(None, "/metrics").data, CANARY) == []
    for name, content in dump(config.database_url):
        assert content, name
        assert found(content, CANARY) == [], name


def test_the_search_would_find_somebody_in_any_spelling() -> None:
    """The tests above prove something only if this does."""
    for secret in CANARY.secrets:
        for text in (
            f"x{secret}y",
            json.dumps({"a": secret}),
            json.dumps({"a": secret}, ensure_ascii=False),
            f"\\x00{secret.encode().hex()}00",
            repr(secret),
            ascii(secret),
            repr(secret.encode()),
            "-".join(secret),
        ):
            assert secret in found(text, CANARY), text
        assert secret in found(b"\x00" + secret.encode("gb18030") + b"\x00", CANARY)
        assert secret in found(secret.encode("utf-16-le"), CANARY)
    assert found("忻州市公安局 chk_01m82 {}", CANARY) == []
