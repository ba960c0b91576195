"""Bulk rescreening over HTTP: uploads in three forms, progress, result, certificate, refusals."""

import csv
import hashlib
import io
import json
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from registry.audit.tags import Tag
from registry.rescreens.service import CERTIFICATE
from registry.vault.signatures import verify
from tests.api.answers import is_chinese, logged, problem
from tests.rescreens.uploads import ndjson, of, row, work
from tests.support.world import World

PATH = "/v1/rescreens?purpose=review_existing_customer"
LINES = "application/x-ndjson"


def send(world: World, content: bytes, path: str = PATH, kind: str = LINES, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named["Authorization"] = f"Bearer {world.partner('bank')}"
    return world.http.post(path, data=content, content_type=kind, headers=named)


def get(world: World, path: str, **headers: str) -> TestResponse:
    return world.get(world.partner("bank"), path, **headers)


@pytest.fixture
def rows(world: World) -> list[dict[str, Any]]:
    """One listed, one under another name, one faulty, one unknown."""
    listed = world.people.person()
    world.designate(world.draft_body(listed))
    return [
        of(listed, "=C-1"),
        row("C-2", "别人", listed.resident_id),
        row("C-3", "张三", "1"),
        of(world.people.person(), "C-4"),
    ]


def done(world: World, content: bytes, **options: Any) -> str:
    """The path of a finished rescreening."""
    answer = send(world, content, **options)
    assert answer.status_code == 202, answer.json
    assert answer.json["state"] == "queued"
    assert answer.headers["Location"] == f"/v1/rescreens/{answer.json['id']}"
    work(world)
    path = str(answer.headers["Location"])
    assert get(world, path).json["state"] == "done", get(world, path).json
    return path


def lines(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.json
    return [json.loads(line) for line in answer.data.splitlines()]


def test_from_upload_to_certificate(world: World, rows: list[dict[str, Any]]) -> None:
    content = ndjson(*rows)
    path = done(world, content)
    told = get(world, path).json
    assert (told["rows_total"], told["rows_done"]) == (4, 4)
    assert (told["matches"], told["possible_matches"], told["invalid"]) == (1, 1, 1)
    result = get(world, f"{path}/result")
    assert result.content_type == LINES
    assert [(each["line"], each["ref"], each["result"]) for each in lines(result)] == [
        (1, "=C-1", "match"),
        (2, "C-2", "possible_match"),
        (3, "C-3", "invalid"),
    ]
    certificate = get(world, f"{path}/certificate").json
    keys: Any = world.http.get("/v1/keys").json
    assert json.loads(verify(certificate.pop("certificate"), keys, CERTIFICATE)) == certificate
    assert certificate["input_sha256"] == hashlib.sha256(content).hexdigest()
    assert (certificate["rows"], certificate["valid"], certificate["invalid"]) == (4, 3, 1)
    assert (certificate["list_version"], certificate["law_day"]) == (1, told["law_day"])
    assert certificate["law_version"] == world.services.book.version


def test_the_result_as_a_table(world: World, rows: list[dict[str, Any]]) -> None:
    path = done(world, ndjson(*rows))
    by_query = get(world, f"{path}/result?format=csv")
    by_header = get(world, f"{path}/result", Accept="text/csv")
    assert by_query.data == by_header.data
    assert by_query.content_type == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(by_query.data.decode("utf-8-sig"))))
    assert [(each["line"], each["ref"], each["result"]) for each in table] == [
        ("1", "'=C-1", "match"),
        ("2", "C-2", "possible_match"),
        ("3", "C-3", "invalid"),
    ]
    assert json.loads(table[0]["sanctions"])[0]["regime"] == "joint-2024"
    assert table[1]["contact"] == "0350-110"
    problem(get(world, f"{path}/result", Accept="image/png"), 406, "not-acceptable")
    problem(get(world, f"{path}/result?format=pdf"), 422)


def test_csv_and_xlsx(world: World, rows: list[dict[str, Any]]) -> None:
    table = [["客户编号", "姓名", "证件类型", "证件号码"]]
    table += [[each["ref"], each["name"], *each["document"].values()] for each in rows]
    text = "\n".join(",".join(cells) for cells in table).encode("gb18030")
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for cells in table:
        book.active.append(cells)
        book.active.cell(book.active.max_row, 1).data_type = "s"
    book.save(stream)
    expected = [(2, "match"), (3, "possible_match"), (4, "invalid")]
    for content, kind in ((text, "text/csv"), (stream.getvalue(), "multipart/form-data")):
        body: Any = {"file": (io.BytesIO(content), "存量.xlsx")} if "form" in kind else content
        found = lines(get(world, done(world, body, kind=kind) + "/result"))
        assert [(each["line"], each["result"]) for each in found] == expected


def test_the_language_is_that_of_the_upload(world: World, rows: list[dict[str, Any]]) -> None:
    for tag, chinese in (("zh-CN", True), ("en", False)):
        path = done(world, ndjson(*rows), Accept_Language=tag)
        found = lines(get(world, f"{path}/result"))
        assert is_chinese(found[1]["say"]) is chinese
        assert is_chinese(found[2]["errors"][0]["detail"]) is chinese


def test_since(world: World, rows: list[dict[str, Any]]) -> None:
    path = done(world, ndjson(*rows), path=f"{PATH}&keep=true")
    late = world.people.person()
    world.designate(world.draft_body(late))
    since = path.rsplit("/", 1)[1]
    again = world.http.post(
        f"{PATH}&since={since}", headers={"Authorization": f"Bearer {world.partner('bank')}"}
    )
    assert again.status_code == 202, again.json
    assert again.json["since"] == since
    work(world)
    found = lines(get(world, f"/v1/rescreens/{again.json['id']}/result"))
    assert [each.get("change") for each in found] == ["same", "same", None]
    problem(send(world, b"{}\n", f"{PATH}&since={since}"), 415)
    problem(world.post(world.partner("bank"), f"{PATH}&since=rsc_{'0' * 26}"), 404)


def test_the_same_key_and_upload_begin_one_rescreening(world: World, rows: list[dict[str, Any]]) -> None:
    content = ndjson(*rows)
    first = send(world, content, Idempotency_Key="k").json["id"]
    assert send(world, content, Idempotency_Key="k").json["id"] == first
    problem(send(world, content + content, Idempotency_Key="k"), 422, "idempotency-key-reused")
    problem(send(world, content, Idempotency_Key="x" * 256), 422)
    work(world)
    assert send(world, content, Idempotency_Key="k").json["state"] == "done"
    assert send(world, content, Idempotency_Key="other").json["id"] != first
    assert logged(Tag.RESCREEN_STARTED) == 2


def test_own_ones_page_by_page(world: World) -> None:
    ids = []
    for _ in range(3):
        ids.append(send(world, ndjson(of(world.people.person(), "C"))).json["id"])
        work(world)
    first = get(world, "/v1/rescreens?limit=2").json
    assert [each["id"] for each in first["items"]] == ids[:0:-1]
    second = get(world, f"/v1/rescreens?limit=2&cursor={first['next']}").json
    assert ([each["id"] for each in second["items"]], second["next"]) == ([ids[0]], None)


def test_cancel_and_delete(world: World, rows: list[dict[str, Any]]) -> None:
    token = world.partner("bank")
    path = str(send(world, ndjson(*rows)).headers["Location"])
    problem(get(world, f"{path}/result"), 409, "invalid-state")
    problem(get(world, f"{path}/certificate"), 409, "invalid-state")
    problem(world.http.delete(path, headers={"Authorization": f"Bearer {token}"}), 409, "invalid-state")
    assert world.post(token, f"{path}/cancel").json["state"] == "cancelled"
    problem(world.post(token, f"{path}/cancel"), 409, "invalid-state")
    assert world.http.delete(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    problem(get(world, path), 404)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/json", 415), ("text/plain", 415), ("", 415), (LINES, 422), ("multipart/form-data", 422)],
)
def test_what_is_no_upload_is_refused(world: World, kind: str, status: int) -> None:
    body: Any = {} if "form" in kind else b""
    problem(send(world, body, kind=kind), status)
    assert get(world, "/v1/rescreens").json["items"] == []


def test_refusals_of_the_query(world: World) -> None:
    problem(send(world, b"{}\n", "/v1/rescreens"), 422)
    problem(send(world, b"{}\n", "/v1/rescreens?purpose=gossip"), 422)
    problem(send(world, b"{}\n", f"{PATH}&keep=yes"), 422)
    problem(send(world, b"{}\n", "/v1/rescreens?purpose=issue_phone_card"), 403, "purpose-not-permitted")
    problem(send(world, b"{}\n", PATH, Content_Encoding="gzip"), 415)


def test_a_body_that_is_said_to_be_too_large_is_refused_unread(world: World) -> None:
    answer = world.http.post(
        PATH,
        content_type=LINES,
        headers={"Authorization": f"Bearer {world.partner('bank')}"},
        environ_overrides={"CONTENT_LENGTH": str(5 << 30)},
    )
    problem(answer, 413)


def test_a_body_that_breaks_off_leaves_nothing(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.partner('bank')}"}
    answer = world.http.post(
        PATH,
        input_stream=io.BytesIO(b'{"ref":'),
        content_type=LINES,
        headers=headers,
        environ_overrides={"CONTENT_LENGTH": "1000"},
    )
    problem(answer, 400)
    assert get(world, "/v1/rescreens").json["items"] == []
    assert not list(world.services.config.spool.iterdir())
