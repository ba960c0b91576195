"""Public pages in a real browser: accessible, silent, self-contained, printable, and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.public.listing import TITLE, fetch, page_of, public_list, publisher, take_down
from tests.support.looking import LANGUAGES, SIZES, Watch, violations
from tests.support.serving import serving
from tests.support.world import World


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What a page looks like depends on no kind of database."""
    copy = tmp_path / "registry.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def list_id(world: World) -> str:
    """A list with rows, gaps and corrections."""
    made, _ = public_list(world, 4)
    take_down(world, made, 2)
    return made


@pytest.fixture
def site(world: World) -> Iterator[str]:
    with serving(world.app) as address:
        yield address


def paths(world: World, list_id: str) -> list[str]:
    """Every public page in every state."""
    down, _ = public_list(world, 1)
    world.post(publisher(world), f"/v1/exposure-lists/{down}/withdraw", {"reason": "依据有误"})
    lists = ["/public/exposure-lists", page_of(list_id), page_of(down), f"{page_of(list_id)}?page=99"]
    appeals = ["", "/designation", "/partner", "/status"]
    return ["/public/", *lists, "/public/verify", *[f"/public/appeals{end}" for end in appeals]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_silent_and_asks_nobody_else(
    world: World, list_id: str, site: str, new_context: CreateContextCallback, size: str, language: str
) -> None:
    width, height = SIZES[size]
    context = new_context(
        viewport={"width": width, "height": height}, locale=language, bypass_csp=True
    )  # for axe alone: that the policy holds is seen below
    for path in paths(world, list_id):
        page = context.new_page()
        watch = Watch(page)
        answer = page.goto(site + path)
        assert answer is not None
        assert page.get_attribute("html", "lang") == language
        assert violations(page) == [], path
        assert all(address.startswith((f"{site}/public/", "data:")) for address in watch.asked), watch.asked
        if answer.status == 200:
            assert watch.complaints == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.close()
    assert context.cookies() == []


def test_a_page_that_is_not_accessible_is_found(page: Page) -> None:
    page.set_content("<img src='data:,'>")
    assert any(found.startswith("image-alt") for found in violations(page))


def test_pages_work_without_scripts_and_under_their_own_policy(
    list_id: str, site: str, new_context: CreateContextCallback, world: World
) -> None:
    context = new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{site}/public/")
    page.click("text=惩戒曝光名单")
    page.click(f"text={TITLE}")
    assert page.locator("tbody tr").count() == 3
    page.click("text=核验文件真伪")
    kept = fetch(world, f"{page_of(list_id)}.xlsx").data
    page.set_input_files("#file", {"name": "list.xlsx", "mimeType": "", "buffer": kept})
    page.click("button")
    assert "各行内容与签发时一致" in page.inner_text(".verdict")
    assert watch.complaints == []
    page.click("button")
    assert "请选择文件" in page.inner_text("[role=alert]")


def test_on_a_phone_rows_are_cards_with_their_columns_named(
    list_id: str, site: str, new_context: CreateContextCallback
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(site + page_of(list_id))
    cell = page.locator("tbody tr").first.locator("td").nth(3)
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"证件号码"'
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "block"


def test_a_list_prints_on_a4_with_its_header_on_every_page(
    world: World, site: str, browser: Browser, tmp_path: Path
) -> None:
    long, _ = public_list(world, 16)
    page = browser.new_page(locale="zh-CN")
    page.goto(site + page_of(long))
    file = tmp_path / "list.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    page.close()
    document = pypdfium2.PdfDocument(file)
    texts = []
    for sheet in document:
        assert [round(side) for side in sheet.get_size()] == [842, 595]
        texts.append(sheet.get_textpage().get_text_bounded())
        sheet.close()
    document.close()
    with_rows = [text for text in texts if "1409" in text]
    assert len(with_rows) >= 2
    assert all("证件号码" in text and "认定日期" in text for text in with_rows)
    assert "下载与核验" not in "".join(texts)
