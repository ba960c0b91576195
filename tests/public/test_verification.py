"""The verification page with every kind of file, good and bad: a clear sentence each time, never a crash."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from registry.publishing import layout
from registry.publishing.reading import MAX_KEPT
from registry.vault.keyring import KeyRing
from registry.vault.signatures import Signer
from tests.conftest import StandingClock
from tests.public.listing import fetch, page_of, public_list, publisher, take_down
from tests.support.world import World

GENUINE, SAME, CHANGED = "签名有效", "各行内容与签发时一致", "各行内容与签发时不一致"
CURRENT, GONE = "为现行内容", "签发后已有撤下的条目"
FORMS = ["json", "csv", "xlsx"]


def file(world: World, list_id: str, form: str) -> bytes:
    return fetch(world, f"{page_of(list_id)}.{form}").data


def verify(world: World, data: bytes, name: str = "kept", status: int = 200) -> TestResponse:
    answer = world.http.post("/public/verify", data={"file": (io.BytesIO(data), name)})
    assert (answer.status_code, answer.mimetype) == (status, "text/html"), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    return answer


def paste(world: World, text: str, status: int = 200) -> TestResponse:
    answer = world.http.post("/public/verify", data={"signature": text})
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.parametrize("form", FORMS)
def test_a_file_as_it_was_downloaded_is_genuine_unchanged_and_current(
    world: World, standing_clock: StandingClock, form: str
) -> None:
    list_id, _ = public_list(world, 2)
    page = verify(world, file(world, list_id, form)).text
    for said in (GENUINE, "第 2 版", "2026年11月22日", "共 2 行", SAME, CURRENT, "忻州市公安局", list_id):
        assert said in page
    assert "某" not in page


@pytest.mark.parametrize("form", FORMS)
def test_what_was_taken_down_since_is_told_by_serial_number(
    world: World, standing_clock: StandingClock, form: str
) -> None:
    list_id, designations = public_list(world, 4)
    kept = file(world, list_id, form)
    standing_clock.set("2026-11-22T13:00:00")
    take_down(world, list_id, 2)
    world.post(world.clerk, f"/v1/designations/{designations[3]}/suspend", {"reason": "核实"})
    page = verify(world, kept).text
    assert SAME in page and f"{GONE}，不得继续公开：第 2、4 号" in page and CURRENT not in page
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/withdraw", {"reason": "依据有误"})
    page = verify(world, kept).text
    assert "该名单已于2026年11月22日整批撤回" in page and "依据有误" in page


def test_who_ended_at_midnight_is_told_though_no_worker_has_swept(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.set("2027-03-03T12:00:00")
    list_id, _ = public_list(world, 1)
    kept = file(world, list_id, "csv")
    standing_clock.set("2027-03-04T00:00:00")
    assert f"{GONE}，不得继续公开：第 1 号" in verify(world, kept).text


def test_a_day_later_a_file_is_still_true_but_not_the_newest(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, _ = public_list(world, 1)
    kept = file(world, list_id, "json")
    standing_clock.set("2026-11-23T12:00:00")
    page = verify(world, kept).text
    assert SAME in page and "此后没有条目撤下" in page and CURRENT not in page


def tampered(data: bytes, form: str, old: str, new: str) -> bytes:
    if form != "xlsx":
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old.encode(), new.encode()))
    assert made.getvalue() != data
    return made.getvalue()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("old", "new"), [("出租", "出售"), ("2027-03-03", "2028-03-03"), ("exe_", "exf_")])
def test_a_row_that_was_changed_is_found(world: World, form: str, old: str, new: str) -> None:
    list_id, _ = public_list(world, 2)
    page = verify(world, tampered(file(world, list_id, form), form, old, new)).text
    assert GENUINE in page and CHANGED in page and SAME not in page


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_row_left_out_added_or_moved_is_found(world: World, form: str) -> None:
    list_id, _ = public_list(world, 3)
    data = file(world, list_id, form)
    if form == "json":
        body = json.loads(data)
        rows = body["rows"]
        files = [json.dumps(body | {"rows": r}).encode() for r in (rows[:2], rows + rows[:1], rows[::-1], [])]
    else:
        lines = data.splitlines(keepends=True)
        top = next(n for n, line in enumerate(lines) if line.startswith("序号".encode()))
        above, rows, below = lines[: top + 1], lines[top + 1 : top + 4], lines[top + 4 :]
        files = [b"".join(above + r + below) for r in (rows[:2], rows + rows[:1], rows[::-1], [])]
    for each in files:
        page = verify(world, each).text
        assert GENUINE in page and CHANGED in page


def test_a_workbook_saved_again_by_another_program_is_still_the_same(world: World) -> None:
    import openpyxl

    list_id, _ = public_list(world, 2)
    book = openpyxl.load_workbook(io.BytesIO(file(world, list_id, "xlsx")))
    saved = io.BytesIO()
    book.save(saved)
    assert SAME in verify(world, saved.getvalue()).text


def test_a_csv_in_the_encoding_of_older_programs_is_still_the_same(world: World) -> None:
    list_id, _ = public_list(world, 2)
    assert SAME in verify(world, file(world, list_id, "csv").decode("utf-8-sig").encode("gb18030")).text


@pytest.mark.parametrize("form", FORMS)
def test_a_forged_signature_is_no_signature(world: World, tmp_path: Path, form: str) -> None:
    list_id, _ = public_list(world, 1)
    token = json.loads(file(world, list_id, "json"))["signature"]
    head, body, tail = token.split(".")
    foreign = Signer(KeyRing.create(tmp_path / "other.json", "intl")).sign(b"{}", "exposure-list+jws")
    receipt = world.services.keys.signer().sign(b"{}", "check-receipt+jws")
    for other in (f"{head}.{body[:-4]}AAAA.{tail}", f"{head}.{body}.{tail[:-4]}AAAA", foreign, receipt):
        page = verify(world, tampered(file(world, list_id, form), form, token, other), status=422).text
        assert "签名无效" in page and GENUINE not in page


def test_a_pasted_signature_is_enough_to_know_the_list_and_what_fell_since(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, _ = public_list(world, 3)
    token = json.loads(file(world, list_id, "json"))["signature"]
    broken = "\n".join(token[n : n + 60] for n in range(0, len(token), 60))
    page = paste(world, f"  签名：{broken}  ").text
    assert GENUINE in page and "只核验了签名" in page and CURRENT in page
    standing_clock.set("2026-11-22T13:00:00")
    take_down(world, list_id, 3)
    assert "第 3 号" in paste(world, token).text
    for nonsense in ("", "eyJ", token[:-3], token.replace(".", "", 1), "x" * 1000):
        answer = paste(world, nonsense, 422)
        assert 'role="alert"' in answer.text


def test_the_proof_of_a_take_down_can_be_pasted_too(world: World, standing_clock: StandingClock) -> None:
    list_id, _ = public_list(world, 2)
    take_down(world, list_id, 2)
    (item,) = fetch(world, "/public/exposure-withdrawals.json").json["items"]
    page = paste(world, item["signature"]).text
    assert f"名单 {list_id} 第 2 号条目已于2026年11月22日撤下" in page and "信息有误" in page


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    return made.getvalue()


BAD = {
    "empty": b"",
    "nothing but space": b"  \n ",
    "a word": b"hello",
    "another csv": "序号,姓名\n1,某某\n".encode(),
    "headings and no end": ",".join(layout.headings("zh-CN")).encode(),
    "an object": b"{}",
    "half an object": b'{"language": "zh-CN", "rows": [',
    "rows of another shape": b'{"language": "zh-CN", "rows": [1], "signature": "eyJ"}',
    "rows of lists": b'{"language": "zh-CN", "rows": [[]], "signature": "eyJ"}',
    "rows of nulls": b'{"language": "en", "rows": [{"serial": null}], "signature": null}',
    "no list of rows": b'{"language": "zh-CN", "rows": 7, "signature": "eyJ"}',
    "another language": b'{"language": ["zh-CN"], "rows": [], "signature": "eyJ"}',
    "deep": b'{"rows":' + b"[" * 500_000,
    "a pdf": b"%PDF-1.7 x",
    "a broken zip": b"PK\x03\x04" + b"x" * 100,
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a page": b"<html><body>x",
    "NUL": b"a\0b",
    "not any encoding": b"\xff\xff\xfe\x80\x81",
    "lone surrogate": b'{"language": "zh-CN", "rows": [], "signature": "\\ud800"}',
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_file_that_is_none_gets_a_sentence_in_the_readers_language(world: World, data: bytes) -> None:
    for name in ("x.csv", "x.xlsx", "x.json", "张三.csv", "x"):
        answer = verify(world, data, name, 422)
        assert 'role="alert"' in answer.text
        assert "张三" not in answer.text


def test_a_bomb_is_refused(world: World) -> None:
    assert "422" not in verify(world, bomb(), "x.xlsx", 422).text


def test_a_file_too_large_is_refused(world: World) -> None:
    assert "16 MB" in verify(world, b"x" * (MAX_KEPT + 1), "x.csv", 422).text
    larger = {"file": (io.BytesIO(b"x" * (MAX_KEPT + (1 << 20))), "x")}
    assert world.http.post("/public/verify", data=larger).status_code == 413


def test_nothing_sent_is_told(world: World) -> None:
    for body in ({}, {"signature": " "}, {"file": (io.BytesIO(b""), "")}):
        answer = world.http.post("/public/verify", data=body)
        assert answer.status_code == 422
        assert "请选择文件，或粘贴签名" in answer.text
    assert world.http.post("/public/verify", json={}).status_code in (415, 422)
