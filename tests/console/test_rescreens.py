"""All customers of a partner are screened: upload, progress, result, certificate, again, gone."""

import io
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.access.sessions import IDLE
from tests.conftest import StandingClock
from tests.console.browsing import Browser, form_token, user
from tests.rescreens.uploads import ndjson, of, row, work
from tests.support.world import World

PURPOSE = "review_existing_customer"


@pytest.fixture
def boss(world: World) -> Browser:
    return user(world, "boss", Role.PARTNER_ADMIN)


@pytest.fixture
def rows(world: World) -> list[dict[str, Any]]:
    """One listed, one under another name, one faulty, one unknown."""
    listed = world.people.person()
    world.designate(world.draft_body(listed))
    other = row("C-2", "别人", listed.resident_id)
    return [of(listed, "C-1"), other, row("C-3", "张三", "1"), of(world.people.person(), "C-4")]


def send(boss: Browser, content: bytes, name: str = "c.ndjson", **typed: str) -> TestResponse:
    page = boss.get("/console/rescreens")
    once = re.findall(r'name="once" value="([^"]+)"', page.text)[0]
    data: dict[str, Any] = {"csrf": form_token(page), "once": once, "purpose": PURPOSE} | typed
    data["file"] = (io.BytesIO(content), name)
    return boss.client.post("/console/rescreens", data=data, headers={"Accept-Language": boss.lang})


def started(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_from_the_file_to_the_certificate(world: World, boss: Browser, rows: list[dict[str, Any]]) -> None:
    path = started(send(boss, ndjson(*rows), keep="1"))
    waiting = boss.get(path).text
    assert "排队中" in waiting
    assert "共 4 行" in waiting
    work(world)
    page = boss.get(path).text
    assert "C-1" in page
    assert "C-4" not in page
    assert page.count("须人工核实") == 1
    result = boss.get(f"{path}/result.csv")
    assert result.headers["Content-Disposition"].endswith('.csv"')
    assert result.data.startswith(b"\xef\xbb\xbfline,ref,result")
    assert boss.get(f"{path}/result.ndjson").data.count(b"\n") == 3
    certificate = boss.get(f"{path}/certificate").text
    assert "4，其中有效 3、有误 1" in certificate
    again = started(boss.post(f"{path}/again"))
    work(world)
    assert "与上次相同" in boss.get(again).text
    assert "本机构的筛查" in boss.get("/console/rescreens").text
    assert boss.post(f"{again}/delete").status_code == 303
    assert boss.get(again).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_does_as_well(world: World, boss: Browser, form: str) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    header = ["ref", "name", "document_type", "document_number"]
    cells = ["C-1", person.name, "resident_id", person.resident_id]
    content = "\n".join([",".join(header), ",".join(cells)]).encode()
    if form == "xlsx":
        workbook, file = openpyxl.Workbook(), io.BytesIO()
        for line in (header, cells):
            workbook.active.append(line)
        workbook.save(file)
        content = file.getvalue()
    path = started(send(boss, content, f"客户.{form.upper()}"))
    work(world)
    assert "C-1" in boss.get(path).text


def test_a_file_of_many_blocks_arrives_whole(world: World, boss: Browser) -> None:
    content = b"".join(ndjson(row(f"C-{number}", "张三", "1")) for number in range(3000))
    assert len(content) > 200_000
    path = started(send(boss, content))
    assert "共 3,000 行" in boss.get(path).text


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_begun(world: World, boss: Browser) -> None:
    for content, name, typed, fault in (
        (b"", "", {}, "请选择要上传的文件"),
        (b"x", "customers.pdf", {}, "文件须为 .csv、.xlsx 或 .ndjson"),
        (b"\n", "c.ndjson", {}, "没有"),
        (ndjson(row("1", "张三", "1")), "c.ndjson", {"purpose": "issue_phone_card"}, "请从列表中选择业务"),
    ):
        answer = send(boss, content, name, keep="1", **typed)
        assert answer.status_code == 422, name
        assert fault in answer.text, fault
        assert re.search(r'name="keep"[^>]* checked', answer.text)
    assert "还没有批量筛查" in boss.get("/console/rescreens").text


def test_a_form_sent_twice_is_one_order(boss: Browser) -> None:
    content = ndjson(row("1", "张三", "1"))
    page = boss.get("/console/rescreens")
    data = {"csrf": form_token(page), "once": "x" * 22, "purpose": PURPOSE}

    def press() -> TestResponse:
        file = (io.BytesIO(content), "c.ndjson")
        return boss.client.post("/console/rescreens", data=data | {"file": file})

    assert started(press()) == started(press())


def test_progress_tells_how_long_and_comes_to_an_end(
    standing_clock: StandingClock, app: Flask, world: World, boss: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = started(send(boss, ndjson(*(row(f"{n}", "张三", "1") for n in range(100)))))
    real = world.services.rescreens.get

    def half(*words: Any) -> dict[str, Any]:
        return real(*words) | {"state": "running", "rows_done": 40}

    monkeypatch.setattr(type(world.services.rescreens), "get", lambda _, *words: half(*words))
    at = int(standing_clock().timestamp()) - 60
    part = boss.get(f"{path}/progress?rows=20&at={at}", HX_Request="true").text
    assert "<html" not in part
    assert "已筛查 40 行，共 100 行 · 还需约3分钟" in part
    assert 'hx-trigger="load delay:2s"' in part
    assert "还需" not in boss.get(f"{path}/progress?rows=x&at=y", HX_Request="true").text
    monkeypatch.undo()
    boss.post(f"{path}/cancel")
    over = boss.get(f"{path}/progress", HX_Request="true")
    assert (over.status_code, over.headers["HX-Redirect"]) == (204, path)
    assert "已取消" in boss.get(path).text


def test_a_page_that_asks_by_itself_keeps_no_session_open(
    standing_clock: StandingClock, world: World, boss: Browser
) -> None:
    path = started(send(boss, ndjson(row("1", "张三", "1"))))
    began = standing_clock()
    for minutes in range(1, 16, 2):
        standing_clock._now = began + IDLE * minutes / 15
        answer = boss.get(f"{path}/progress", HX_Request="true")
    assert answer.status_code == 401
