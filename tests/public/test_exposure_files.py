"""Files that anybody may keep: read back, held to their signature, safe to open, and made one at a time."""

import csv
import hashlib
import io
import json
import threading
from typing import Any

import feedparser
import openpyxl
import pytest
from defusedxml import ElementTree

from registry.errors import Unavailable
from registry.publishing.columns import COLUMNS
from registry.publishing.turns import Turns
from registry.publishing.writing import neutral
from registry.vault.signatures import verify
from tests.conftest import StandingClock
from tests.public.listing import fetch, page_of, public_list, publisher, take_down
from tests.support.world import World


def statement(world: World, token: str, kind: str = "exposure-list+jws") -> dict[str, Any]:
    """What was signed, by the keys that anybody can fetch."""
    keys = fetch(world, "/v1/keys").json
    return dict(json.loads(verify(token, keys, kind)))


def digest(rows: list[list[str]]) -> str:
    """As the verification page tells everybody to compute it."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def rows_of_json(body: dict[str, Any]) -> list[list[str]]:
    mark = "；" if body["language"] == "zh-CN" else "; "
    words = ["sex_text", "document_text"]
    order = ["serial", "name", *words, "number", "ground", "measures", "starts_on", "ends_on"]
    order += ["authority", "decided_on", "shown_until", "id"]
    return [
        [mark.join(row[key]) if key == "measures" else str(row[key]) for key in order] for row in body["rows"]
    ]


def sheet_of_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet_of_xlsx(data: bytes) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    (sheet,) = book.worksheets
    for row in sheet.iter_rows():
        assert all(cell.data_type in ("s", "n") and not isinstance(cell.value, (int, float)) for cell in row)
    return [
        [str(cell) if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)
    ]


def split(sheet: list[list[str]]) -> tuple[list[str], list[list[str]], str]:
    """Headings, rows, and all that stands below them."""
    top = next(n for n, row in enumerate(sheet) if row[:2] in (["序号", "姓名"], ["No.", "Name"]))
    end = next(n for n in range(top + 1, len(sheet)) if not (sheet[n] and sheet[n][0].isdigit()))
    return sheet[top], sheet[top + 1 : end], "\n".join(" ".join(row) for row in sheet[end:])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_three_formats_hold_the_same_rows_under_the_same_signed_digest(world: World, language: str) -> None:
    list_id, _ = public_list(world, 3)
    take_down(world, list_id, 2)
    path, query = page_of(list_id), f"?lang={language}"
    body = fetch(world, f"{path}.json{query}").json
    said = statement(world, body["signature"])
    rows = rows_of_json(body)
    assert said["sha256"] == digest(rows)
    assert (said["list"], said["version"], said["rows"]) == (list_id, body["version"], 2)
    assert (said["day"], said["language"], said["title"]) == (body["day"], language, body["title"])
    assert (body["shown"], body["person_times"], body["state"]) == (2, 3, "published")
    assert [row["serial"] for row in body["rows"]] == [1, 3]
    assert {row["shown_until"] for row in body["rows"]} == {"2027-03-03"}
    assert all(row["document"] == "resident_id" for row in body["rows"])
    assert body["verify"] == "http://127.0.0.1:8000/public/verify"

    for form, sheet in (
        ("csv", sheet_of_csv(fetch(world, f"{path}.csv{query}").data)),
        ("xlsx", sheet_of_xlsx(fetch(world, f"{path}.xlsx{query}").data)),
    ):
        headings, found, below = split(sheet)
        assert headings == [column.heading.into(language) for column in COLUMNS]  # type: ignore[arg-type]
        assert found == rows, form
        token = next(word for word in below.replace("：", " ").split() if word.startswith("eyJ"))
        assert statement(world, token) == said
        for part in (list_id, body["day"], str(body["version"]), body["verify"]):
            assert part in below, form
    assert fetch(world, f"{path}.csv").headers["Content-Disposition"] == f"attachment; filename={list_id}.csv"


def test_the_same_file_has_the_same_bytes_from_every_worker(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, _ = public_list(world, 2)
    for form in ("json", "csv", "xlsx"):
        first = fetch(world, f"{page_of(list_id)}.{form}").data
        world.services.publishing._files.clear()
        assert fetch(world, f"{page_of(list_id)}.{form}").data == first


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_no_cell_is_a_formula(world: World, begins: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.exposures.judging.mask_name", lambda _: begins)
    list_id, _ = public_list(world, 1)
    body = fetch(world, f"{page_of(list_id)}.json").json
    assert body["rows"][0]["name"] == begins.strip()
    _, ((_, name, *_),), _ = split(sheet_of_csv(fetch(world, f"{page_of(list_id)}.csv").data))
    assert name == "'" + begins.strip()
    _, ((_, name, *_),), _ = split(sheet_of_xlsx(fetch(world, f"{page_of(list_id)}.xlsx").data))
    assert name == begins.strip()
    for form in ("csv", "xlsx", "json"):
        kept = fetch(world, f"{page_of(list_id)}.{form}").data
        upload = {"file": (io.BytesIO(kept), f"x.{form}")}
        assert "各行内容与签发时一致" in world.http.post("/public/verify", data=upload).text


def test_neutral_cells_are_told_from_those_that_began_so() -> None:
    assert [neutral(text) for text in ("a", "", "=1", "'=1", "\t")] == ["a", "", "'=1", "''=1", "'\t"]


def test_odd_texts_come_through_every_format(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = 'a"b\\c,d;e<f>&_x0041_ \u3000g\x07\x0bh\u2028某\U00020000'
    monkeypatch.setattr("registry.exposures.judging.mask_name", lambda _: odd)
    list_id, _ = public_list(world, 1)
    (row,) = rows_of_json(fetch(world, f"{page_of(list_id)}.json").json)
    for form, read in (("csv", sheet_of_csv), ("xlsx", sheet_of_xlsx)):
        data = fetch(world, f"{page_of(list_id)}.{form}").data
        upload = {"file": (io.BytesIO(data), f"x.{form}")}
        assert "各行内容与签发时一致" in world.http.post("/public/verify", data=upload).text, form
        if form == "csv":
            assert split(read(data))[1] == [row]


def test_the_catalogue_names_every_list_with_page_and_file(world: World) -> None:
    first, _ = public_list(world, 1)
    second, _ = public_list(world, 1)
    body = fetch(world, "/public/exposure-lists.json?limit=1").json
    assert [item["list"] for item in body["items"]] == [second]
    (item,) = fetch(world, f"/public/exposure-lists.json?cursor={body['next']}").json["items"]
    assert (item["list"], item["person_times"], item["state"]) == (first, 1, "published")
    assert item["page"] == f"http://127.0.0.1:8000{page_of(first)}"
    assert fetch(world, item["file"].removeprefix("http://127.0.0.1:8000")).json["list"] == first


# -- take-downs ------------------------------------------------------------------------------------


def test_a_republisher_reads_on_and_can_prove_each_take_down(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, designations = public_list(world, 4)
    standing_clock.set("2026-11-22T13:00:00")
    take_down(world, list_id, 3)
    standing_clock.set("2026-11-22T14:00:00")
    world.post(world.clerk, f"/v1/designations/{designations[0]}/suspend", {"reason": "核实"})
    first = fetch(world, "/public/exposure-withdrawals.json?limit=1").json
    assert [item["serial"] for item in first["items"]] == [3]
    then = fetch(world, f"/public/exposure-withdrawals.json?cursor={first['next']}").json
    assert ([item["serial"] for item in then["items"]], then["next"]) == ([1], None)

    standing_clock.set("2026-11-22T15:00:00")
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/withdraw", {"reason": "依据有误"})
    later = fetch(world, f"/public/exposure-withdrawals.json?cursor={then['items'][-1]['entry']}").json
    assert [(item["serial"], item["cause"]) for item in later["items"]] == [
        (2, "list_withdrawn"),
        (4, "list_withdrawn"),
    ]
    items = first["items"] + then["items"] + later["items"]
    assert [item["cause"] for item in items[:2]] == ["withdrawn", "suspended"]
    assert [item["reason"] for item in items[:2]] == ["信息有误", None]
    for item in items:
        said = statement(world, item["signature"], "exposure-withdrawal+jws")
        assert said == {key: item[key] for key in ("list", "entry", "serial", "at", "cause", "reason")}
    assert "某" not in json.dumps(items, ensure_ascii=False)
    other = fetch(world, "/public/exposure-withdrawals.json?list=exl_" + "0" * 26).json
    assert other == {"items": [], "next": None}


# -- the feed --------------------------------------------------------------------------------------

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_tells_of_publications_and_withdrawals_with_ids_that_stay(
    world: World, standing_clock: StandingClock
) -> None:
    assert feedparser.parse(fetch(world, "/public/exposure-lists.atom").data).entries == []
    list_id, _ = public_list(world, 3)
    standing_clock.set("2026-11-22T13:00:00")
    take_down(world, list_id, 2, "信息有误 <&>")
    standing_clock.set("2026-11-22T14:00:00")
    before = feedparser.parse(fetch(world, "/public/exposure-lists.atom").data)
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/withdraw", {"reason": "依据有误"})

    answer = fetch(world, "/public/exposure-lists.atom?lang=en")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.data)
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert [entry.updated for entry in feed.entries] == [
        "2026-11-22T06:00:00.000000Z",
        "2026-11-22T05:00:00.000000Z",
        "2026-11-22T04:00:00.000000Z",
    ]
    assert feed.feed.updated == feed.entries[0].updated
    assert [entry.title.split(":")[0] for entry in feed.entries] == ["Withdrawn", "Taken down", "Published"]
    assert feed.entries[1].summary.endswith("信息有误 <&>")
    assert [entry.id for entry in feed.entries[1:]] == [entry.id for entry in before.entries]
    assert len({entry.id for entry in feed.entries} | {feed.feed.id}) == 4
    assert feed.entries[0].link == f"http://127.0.0.1:8000{page_of(list_id)}?lang=en"
    assert "某" not in answer.text


def test_the_feed_has_what_rfc_4287_requires(world: World) -> None:
    public_list(world, 1)
    feed = ElementTree.fromstring(fetch(world, "/public/exposure-lists.atom").data)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for one in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{one}")) == 1
        assert element.find(f"{ATOM}id").text.startswith("urn:uuid:")
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://127.0.0.1:8000/public/exposure-lists.atom"


# -- one at a time ---------------------------------------------------------------------------------


def test_one_has_a_turn_few_wait_and_the_others_are_sent_away() -> None:
    turns, begun, go_on = Turns(waiting=1, patience=20), threading.Event(), threading.Event()
    got: list[str] = []

    def first() -> None:
        with turns.turn():
            begun.set()
            go_on.wait(20)
            got.append("first")

    def second() -> None:
        with turns.turn():
            got.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    begun.wait(20)
    threads[1].start()
    while turns._places.acquire(blocking=False):  # until the second one waits
        turns._places.release()
    with pytest.raises(Unavailable), turns.turn():
        pass
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert got == ["first", "second"]
    with turns.turn():
        pass


def test_who_waits_too_long_is_sent_away() -> None:
    turns = Turns(patience=0.01)
    with turns.turn(), pytest.raises(Unavailable), turns.turn():
        pass
    with turns.turn():
        pass


def test_who_finds_no_room_gets_503_with_retry_after(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id, _ = public_list(world, 1)
    full = Turns(waiting=-1)
    monkeypatch.setattr(world.services.publishing, "turns", full)
    answer = fetch(world, f"{page_of(list_id)}.csv", 503)
    assert answer.json["type"] == "/problems/file-unavailable"
    assert answer.headers["Retry-After"]
    page = world.http.post("/public/verify", data={"signature": "eyJ"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
