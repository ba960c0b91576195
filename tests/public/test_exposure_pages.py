"""Published lists as pages: what they say, in both languages, and what they never say."""

import re

import pytest
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.public.listing import (
    TITLE,
    adult,
    designated,
    drafted,
    entry_ids,
    fetch,
    page_of,
    public_list,
    published,
    publisher,
    take_down,
)
from tests.support.world import World

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def serials(response: TestResponse) -> list[int]:
    return [int(serial) for serial in re.findall(r'data-label="(?:序号|No\.)">(\d+)<', response.text)]


def test_a_list_shows_its_frame_and_the_columns_of_the_law(world: World) -> None:
    person = adult(world)
    list_id = published(world, world.designate(world.draft_body(person, penalty="none"))["id"])
    page = fetch(world, page_of(list_id))
    for said in (
        TITLE,
        "第1批",
        "忻州市公安局",
        "反电信网络诈骗法",
        "忻公(反诈)发〔2026〕3号",
        "惩戒措施以每行所列为准",
    ):
        assert said in page.text
    heads = ["序号", "姓名", "性别", "证件号码", "认定事由", "惩戒措施", "惩戒期限", "认定机关", "认定日期"]
    assert re.findall(r'<th [^>]*scope="col">([^<]+)<', page.text) == heads
    number = person.resident_id
    for cell in (number[:4] + "*" * 10 + number[-4:], "出租银行账户", "2025-03-03", "2027-03-03"):
        assert cell in page.text
    assert person.name not in page.text and number not in page.text
    assert "本批发布 1 人次，现公开 1 人次" in page.text
    assert f'href="{page_of(list_id)}.xlsx"' in page.text
    assert 'href="/public/appeals"' in page.text


def test_english_pages_are_english_but_for_what_officers_wrote(world: World) -> None:
    list_id, _ = public_list(world, 2)
    take_down(world, list_id, 1)
    for path in ("/public/exposure-lists", page_of(list_id)):
        text = re.sub(r'lang="zh-CN"[^>]*>[^<]*<', "", fetch(world, path, Accept_Language="en").text)
        for written in (TITLE, "2026年第1批", "忻州市公安局", "忻公(反诈)发〔2026〕3号", "（", "）"):
            text = text.replace(written, "")
        assert not CHINESE.search(text), CHINESE.findall(text)
    assert "Published: 2 person-times. Shown now: 1." in fetch(world, f"{page_of(list_id)}?lang=en").text


def test_lists_stand_newest_first_and_a_withdrawn_one_is_marked(
    world: World, standing_clock: StandingClock
) -> None:
    first, _ = public_list(world, 1)
    standing_clock.set("2026-11-22T13:00:00")
    second, _ = public_list(world, 1)
    hidden = drafted(world, designated(world))
    path = f"/v1/exposure-lists/{first}/withdraw"
    assert world.post(publisher(world), path, {"reason": "依据有误"}).status_code == 200
    page = fetch(world, "/public/exposure-lists")
    assert re.findall(r"/public/exposure-lists/(exl_\w+)\"", page.text) == [second, first]
    assert page.text.count("已撤回") == 1
    assert hidden not in page.text
    fetch(world, page_of(hidden), 404)


def test_more_lists_than_a_page_lead_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.public.exposure_lists._LISTS", 2)
    made = [public_list(world, 1)[0] for _ in range(3)]
    page = fetch(world, "/public/exposure-lists")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page.text)
    found = [
        each
        for path in ("/public/exposure-lists", following)
        for each in re.findall(r"/(exl_\w+)\"", fetch(world, path).text)
    ]
    assert found == made[::-1]
    fetch(world, "/public/exposure-lists?before=exl_" + "0" * 26, 404)


def test_a_withdrawn_list_says_so_and_shows_nobody(world: World, standing_clock: StandingClock) -> None:
    list_id, _ = public_list(world, 2)
    names = re.findall(r'lang="zh-CN">([^<]+某)<', fetch(world, page_of(list_id)).text)
    assert len(names) == 2
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/withdraw", {"reason": "依据有误"})
    page = fetch(world, page_of(list_id))
    assert "本名单已于2026年11月22日撤回" in page.text
    assert "依据有误" in page.text
    assert serials(page) == [] and "某" not in page.text
    for form in ("json", "csv"):
        assert "某" not in fetch(world, f"{page_of(list_id)}.{form}").text


def test_what_is_taken_down_leaves_a_gap_and_a_notice_without_a_name(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, designations = public_list(world, 5)
    take_down(world, list_id, 2)
    take_down(world, list_id, 4)
    world.post(world.clerk, f"/v1/designations/{designations[4]}/suspend", {"reason": "核实"})
    page = fetch(world, page_of(list_id))
    assert serials(page) == [1, 3]
    assert '第 2、4 号撤下，原因：<span lang="zh-CN">信息有误</span>' in page.text
    assert "第 5 号撤下，原因：惩戒已中止执行" in page.text
    assert "核实" not in page.text  # what an officer wrote for the log
    assert "本批发布 5 人次，现公开 2 人次" in page.text
    assert f"/public/exposure-withdrawals.json?list={list_id}" in page.text


def test_pages_go_by_serial_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("registry.exposures.public.PAGE", "registry.api.exposure_pages.PAGE"):
        monkeypatch.setattr(place, 2)
    list_id, _ = public_list(world, 5)
    take_down(world, list_id, 3)
    path = page_of(list_id)
    assert [serials(fetch(world, f"{path}?page={n}")) for n in (1, 2, 3)] == [[1, 2], [4], [5]]
    second = fetch(world, f"{path}?page=2")
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', second.text) == [path, f"{path}?page=3"]
    assert f'href="{path}?page=2&amp;lang=en"' in second.text  # the other language keeps the page
    for wrong in ("0", "4", "-1", "x", "1.5", "９", "99999999999", ""):
        fetch(world, f"{path}?page={wrong}", 404)


@pytest.mark.parametrize("path", ["exl_" + "0" * 26, "nothing"])
def test_a_list_that_is_not_there_is_404(world: World, path: str) -> None:
    for end in ("", ".json", ".csv", ".xlsx"):
        fetch(world, f"/public/exposure-lists/{path}{end}", 404)


# -- preview ---------------------------------------------------------------------------------------


def test_a_preview_is_the_public_page_before_anybody_else_sees_it(world: World) -> None:
    list_id = drafted(world, designated(world), designated(world))
    preview = world.get(publisher(world), f"/v1/exposure-lists/{list_id}/preview")
    assert preview.status_code == 200
    assert (preview.mimetype, preview.headers["Cache-Control"]) == ("text/html", "no-store")
    assert "预览" in preview.text and "尚未发布" in preview.text
    assert serials(preview) == [1, 2]
    fetch(world, page_of(list_id), 404)
    for token, verb in ((publisher(world), "submit"), (world.officer("p2", Role.PUBLISHER), "publish")):
        assert world.post(token, f"/v1/exposure-lists/{list_id}/{verb}").status_code == 200
    public = fetch(world, page_of(list_id))
    table = re.compile(r"<table.*</table>", re.DOTALL)
    assert table.search(public.text)[0] == table.search(preview.text)[0]  # type: ignore[index]
    assert world.get(publisher(world), f"/v1/exposure-lists/{list_id}/preview").status_code == 404


def test_a_preview_shows_only_who_could_be_published_now(world: World) -> None:
    first, second = designated(world), designated(world)
    list_id = drafted(world, first, second)
    world.post(world.clerk, f"/v1/designations/{first}/suspend", {"reason": "核实"})
    preview = world.get(publisher(world), f"/v1/exposure-lists/{list_id}/preview?lang=en")
    assert serials(preview) == [2]
    assert '<html lang="en">' in preview.text


def test_a_preview_is_for_officers_of_that_authority(world: World) -> None:
    list_id = drafted(world, designated(world))
    path = f"/v1/exposure-lists/{list_id}/preview"
    other = world.authority("大同市公安局", "140200", Level.CITY)
    assert world.get(None, path).status_code == 401
    assert world.get(world.partner("bank"), path).status_code == 403
    assert world.get(world.officer("o", Role.PUBLISHER, authority=other), path).status_code == 404
    assert len(entry_ids(world, list_id)) == 1
