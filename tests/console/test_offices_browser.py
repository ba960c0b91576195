"""A partner's administrator, the auditor and both administrators do their main job in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_playwright.pytest_playwright import CreateContextCallback

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from tests.console.browsing import PASSWORD, partner_id
from tests.console.test_browser import sign_in
from tests.rescreens.uploads import ndjson, of, row, work
from tests.support.looking import LANGUAGES, SIZES, Watch, violations
from tests.support.serving import serving
from tests.support.world import World

PAGES = {
    "boss": ["/rescreens", "/account", "/account/factor", "/law", "/law/joint-2024/thresholds"],
    "security": ["/accounts/officers", "/accounts/partners", "/signing-keys"],
    "auditor": ["/log", "/log/looks", "/log/verification", "/evidence"],
    "system": ["/system", "/calendar"],
}


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@pytest.fixture
def site(world: World) -> Iterator[str]:
    bank = partner_id(world, "bank")
    world.services.partner_users.add(OPERATOR, bank, "boss", {Role.PARTNER_ADMIN}, PASSWORD)
    for role in (Role.SECURITY_ADMIN, Role.AUDITOR, Role.SYSTEM_ADMIN):
        login = str(role).removesuffix("_admin")
        world.services.access.add_officer(OPERATOR, world.city, login, {role}, PASSWORD)
    with serving(world.app) as address:
        yield address


@pytest.mark.parametrize("login", PAGES)
def test_every_page_is_accessible_and_silent_in_both_languages_wide_and_on_a_phone(
    site: str, new_context: CreateContextCallback, login: str
) -> None:
    for language, size in zip(LANGUAGES, SIZES.values(), strict=True):
        for lang in (language, *(set(LANGUAGES) - {language})):
            width, height = size
            context = new_context(viewport={"width": width, "height": height}, locale=lang, bypass_csp=True)
            page = context.new_page()
            watch = Watch(page)
            sign_in(page, site, login)
            for path in PAGES[login]:
                page.goto(f"{site}/console{path}")
                assert page.get_attribute("html", "lang") == lang
                assert violations(page) == [], (path, lang)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert watch.complaints == []
            assert all(address.startswith((site, "data:")) for address in watch.asked)
            context.close()


@pytest.fixture
def page(new_context: CreateContextCallback, request: pytest.FixtureRequest) -> Page:
    """A browser of the language that the test is for, under the pages' own policy."""
    return new_context(locale=request.getfixturevalue("language")).new_page()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_customers_are_screened(world: World, site: str, page: Page, language: str) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    watch = Watch(page)
    sign_in(page, site, "boss")
    page.goto(f"{site}/console/rescreens")
    content = ndjson(of(person, "C-1"), row("C-2", "张三", "1"))
    page.set_input_files("#file", {"name": "c.ndjson", "mimeType": "text/plain", "buffer": content})
    page.check("#keep")
    page.click(".act button")
    page.wait_for_selector("#progress progress")
    work(world)
    page.wait_for_selector(".figures")  # the page finds out by itself
    assert page.locator("tbody tr").count() == 2
    with page.expect_download() as download:
        page.click("a.button >> nth=0")
    assert download.value.suggested_filename.endswith(".csv")
    assert watch.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_is_added(site: str, page: Page, language: str) -> None:
    watch = Watch(page)
    sign_in(page, site, "security")
    page.goto(f"{site}/console/accounts/officers")
    page.fill("#name", "clerk-9")
    page.select_option("#authority", index=1)
    page.check("input[name=role-clerk]")
    page.keyboard.press("Enter")
    page.wait_for_selector("code.secret")
    assert page.inner_text("code.secret >> nth=0").startswith("rge_")
    assert watch.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_auditor_finds_who_looked_and_verifies(
    world: World, site: str, page: Page, language: str
) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    world.services.sealer.seal()
    watch = Watch(page)
    sign_in(page, site, "auditor")
    page.click(".tabs a >> nth=1")
    page.fill("#number", person.resident_id)
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")
    assert person.resident_id not in page.content()
    assert person.resident_id not in page.url
    page.click(".tabs a >> nth=2")
    page.click(".act button")
    page.wait_for_selector(".verdict.proceed")
    assert watch.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_system_administrator_sees_health_and_takes_in_a_year(
    site: str, page: Page, language: str
) -> None:
    watch = Watch(page)
    sign_in(page, site, "system")
    page.goto(f"{site}/console/system")
    assert page.locator(".verdict").count() == 1
    page.goto(f"{site}/console/calendar")
    days = "".join(f"2027-10-{day:02},off\n" for day in range(1, 13))
    content = f"day,kind\n{days}".encode()
    page.set_input_files("#file", {"name": "y.csv", "mimeType": "text/csv", "buffer": content})
    page.fill("#source", "国办发明电")
    page.click(".act button")
    page.wait_for_selector(".notice.proceed")
    assert watch.complaints == []
