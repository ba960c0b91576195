"""The publisher and the appeal officer do their main jobs in a real browser, in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_playwright.pytest_playwright import CreateContextCallback

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from tests.appeals.appealing import accepted, intake, judge, received
from tests.appeals.appealing import partner_intake as about_partner
from tests.console.browsing import PASSWORD
from tests.console.test_browser import sign_in, unexpected
from tests.public.listing import designated, published
from tests.public.test_appeals import submitted
from tests.support.looking import LANGUAGES, SIZES, Watch, violations
from tests.support.serving import serving
from tests.support.world import World


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@pytest.fixture
def site(world: World) -> Iterator[str]:
    with serving(world.app) as address:
        yield address


@pytest.fixture(autouse=True)
def _officers(world: World) -> None:
    for login, role in (
        ("publisher", Role.PUBLISHER),
        ("publisher-2", Role.PUBLISHER),
        ("appeals", Role.APPEAL_OFFICER),
        ("appeals-2", Role.APPEAL_OFFICER),
    ):
        world.services.access.add_officer(OPERATOR, world.city, f"c-{login}", {role}, PASSWORD)


def signed_in(new_context: CreateContextCallback, site: str, login: str, language: str) -> tuple[Page, Watch]:
    page = new_context(viewport={"width": 1366, "height": 768}, locale=language).new_page()
    watch = Watch(page)
    sign_in(page, site, f"c-{login}")
    return page, watch


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_is_drafted_by_one_publisher_and_published_by_another(
    world: World, site: str, new_context: CreateContextCallback, language: str
) -> None:
    zh = language == "zh-CN"
    designated(world), designated(world, penalty="administrative")
    page, watch = signed_in(new_context, site, "publisher", language)
    page.goto(f"{site}/console/exposure-lists")
    page.click("text=起草名单" if zh else "text=Draft a list")
    page.fill("#title", "惩戒曝光名单")
    page.fill("#legal_basis", "忻公发〔2026〕3号")
    page.keyboard.press("Enter")
    page.wait_for_selector("#impact_assessment_ref-fault")
    assert page.input_value("#title") == "惩戒曝光名单"
    page.fill("#impact_assessment_ref", "PIA-1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verbs")
    path = page.url
    assert page.locator("tbody tr").count() == 1  # the refused one, with its reason
    with page.expect_popup() as opened:
        page.click("text=预览公众页面" if zh else "text=Preview as the public")
    assert opened.value.locator("tbody tr").count() == 1
    page.click(".verbs form button >> nth=0")
    page.wait_for_selector(".status.limit")
    second, watched = signed_in(new_context, site, "publisher-2", language)
    second.goto(path)
    assert not second.is_visible("text=发布后任何人可见" if zh else "text=Anybody can see it at once")
    second.click("text=发布…" if zh else "text=Publish…")
    second.click("text=公开 1 人次" if zh else "text=Show 1 person-times")
    second.wait_for_selector("h1 .status.proceed")
    assert second.locator("tbody tr").count() == 1
    assert [*unexpected(watch), *unexpected(watched)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_appeal_is_judged_by_one_officer_and_approved_by_another(
    world: World, site: str, new_context: CreateContextCallback, language: str
) -> None:
    zh = language == "zh-CN"
    received(world, intake(str(world.designate(world.draft_body())["id"])))
    page, watch = signed_in(new_context, site, "appeals", language)
    page.goto(f"{site}/console/appeals")
    page.click("tbody a")
    page.click("text=受理，自今日起" if zh else "text=Accept: the time")
    page.click("text=拟定决定 >> nth=0" if zh else "text=Propose a decision >> nth=0")
    page.check("#outcome")
    page.fill("#reason", "经查属实")
    page.click("#deciding button")
    page.wait_for_selector("text=您可以收回" if zh else "text=You may take it back")
    second, watched = signed_in(new_context, site, "appeals-2", language)
    second.goto(page.url)
    second.click("text=批准决定…" if zh else "text=Approve…")
    second.click("details[open] button")
    second.wait_for_selector("h1 .status.proceed")
    assert second.is_visible("text=申诉决定书" if zh else "text=Decision on an appeal")
    assert [*unexpected(watch), *unexpected(watched)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_silent_and_asks_nobody_else(
    world: World, site: str, new_context: CreateContextCallback, size: str, language: str
) -> None:
    made = published(world, designated(world), designated(world))
    appeal = accepted(world, str(world.designate(world.draft_body())["id"]))
    other = received(world, about_partner(world))
    person = world.people.person()
    world.designate(world.draft_body(person))
    submitted(world, name=person.name, number=person.resident_id)
    (submission,) = world.get(judge(world), "/v1/appeal-submissions").json["items"]
    lists = ["exposure-lists", "exposure-lists/new", f"exposure-lists/{made}"]
    appeals = ["appeals", "appeals?list=all", f"appeals/{appeal}", f"appeals/{other}", "submissions"]
    appeals += ["appeals/new", "appeals/new?track=partner", f"submissions/{submission['id']}", "information"]
    topics = [f"statistics?topic={topic}" for topic in ("exposed", "in_force", "appeals", "releases")]
    width, height = SIZES[size]
    context = new_context(viewport={"width": width, "height": height}, locale=language, bypass_csp=True)
    for login, paths in (("publisher", lists), ("appeals", [*appeals, *topics])):
        page = context.new_page()
        watch = Watch(page)
        sign_in(page, site, f"c-{login}")
        for path in paths:
            answer = page.goto(f"{site}/console/{path}")
            assert answer is not None and answer.status == 200, path
            assert page.get_attribute("html", "lang") == language
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert watch.complaints == []
        assert all(address.startswith((f"{site}/console/", "data:")) for address in watch.asked), watch.asked
        page.close()
        context.clear_cookies()


def test_what_is_held_about_somebody_prints_without_the_frame(
    world: World, site: str, new_context: CreateContextCallback
) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    page, _ = signed_in(new_context, site, "appeals", "zh-CN")
    page.goto(f"{site}/console/information")
    page.fill("#name", person.name)
    page.fill("#document_number", person.resident_id)
    page.check("#identity_checked")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[data-print]:visible")
    page.emulate_media(media="print")
    assert page.is_visible("text=如有异议")
    assert not page.is_visible("header.top") and not page.is_visible("button[data-print]")
