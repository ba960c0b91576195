"""The console in a real browser: by keyboard only, without scripts, in both languages, seen by everybody."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from registry.demo.people import SyntheticPerson
from tests.console.browsing import PASSWORD, partner_id
from tests.support.looking import LANGUAGES, SIZES, Watch, violations
from tests.support.serving import serving
from tests.support.world import World

WORDS = {"zh-CN": ("限制办理", "可以办理"), "en": ("Limited service", "May proceed")}


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@pytest.fixture
def listed(world: World) -> SyntheticPerson:
    """Somebody whom a bank must serve with limits, and a teller and an administrator at that bank."""
    person = world.people.person()
    world.designate(world.draft_body(person))
    for login, role in (("teller-7", Role.TELLER), ("boss", Role.PARTNER_ADMIN)):
        world.services.partner_users.add(OPERATOR, partner_id(world, "bank"), login, {role}, PASSWORD)
    return person


@pytest.fixture
def site(world: World) -> Iterator[str]:
    with serving(world.app) as address:
        yield address


def sign_in(page: Page, site: str, login: str = "teller-7") -> None:
    page.goto(f"{site}/console/")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".who b")


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def focused(page: Page) -> str:
    """The id of what has the focus, or its text."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def unexpected(watch: Watch) -> list[str]:
    """Complaints but those of the browser itself about the status of a page: a mistake in a form is 422."""
    return [each for each in watch.complaints if not re.search(r"status of (404|422) ", each)]


def wrong(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


# -- the teller's check ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_teller_asks_by_keyboard_only(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback, language: str
) -> None:
    page = new_context(viewport={"width": 1366, "height": 768}, locale=language).new_page()
    watch = Watch(page)
    page.goto(f"{site}/console/")
    page.keyboard.type("teller-7")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    page.wait_for_url("**/checks/new")
    assert focused(page) == "reference"
    page.keyboard.type("B-1")
    keys = press(page, "Tab")
    page.keyboard.type(listed.name)
    keys += press(page, "Tab", "Tab")
    page.keyboard.type(listed.resident_id)
    keys += press(page, "Enter")
    page.wait_for_selector(".verdict.limit")
    assert keys <= 15
    limited, proceed = WORDS[language]
    assert focused(page) == limited == page.inner_text(".verdict h2")
    for seen in (".verdict", ".may", ".may-not", ".say", ".basis", ".verdict .button"):  # above the fold
        box = page.locator(seen).first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 768, seen
    press(page, "Alt+n")
    expect(page.locator("#reference")).to_be_focused()
    expect(page.locator(".verdict")).to_have_count(0)
    assert page.input_value("#name") == page.input_value("#number") == ""
    assert page.locator("#own-checks tr:not(.none)").count() == 1
    page.keyboard.type("B-2")
    press(page, "Tab")
    page.keyboard.type("李平")
    press(page, "Tab", "Tab")
    page.keyboard.type("110101199003077758")
    press(page, "Enter")
    page.wait_for_selector(".verdict.proceed")
    assert page.inner_text(".verdict h2") == proceed
    assert page.locator("#own-checks tr:not(.none)").count() == 2
    assert watch.complaints == []
    assert all(address.startswith((f"{site}/console/", "data:")) for address in watch.asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_teller_asks_without_scripts(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback, language: str
) -> None:
    context = new_context(viewport={"width": 1366, "height": 768}, locale=language, java_script_enabled=False)
    page = context.new_page()
    watch = Watch(page)
    sign_in(page, site)
    page.fill("#reference", "B-1")
    page.fill("#name", listed.name)
    page.fill("#number", wrong(listed.resident_id))
    page.press("#number", "Enter")
    assert page.locator("#number-fault").inner_text() != ""
    assert page.locator("#number").get_attribute("aria-invalid") == "true"
    page.fill("#number", f"{listed.resident_id[:6]} {listed.resident_id[6:]}")
    page.press("#number", "Enter")
    assert page.inner_text(".verdict h2") == WORDS[language][0]
    assert not page.locator("button[data-copy]").first.is_visible()
    page.click("#own-checks a >> nth=0")
    assert page.inner_text(".verdict h2") == WORDS[language][0]
    assert unexpected(watch) == []


def test_a_number_is_grouped_and_looked_at_while_it_is_typed(
    listed: SyntheticPerson, site: str, page: Page
) -> None:
    sign_in(page, site)
    number, field = "110101199003077758", page.locator("#number")
    field.focus()
    page.keyboard.type(number)
    assert field.input_value() == "110101 1990 0307 7758"
    assert page.inner_text("#number-fault") == ""
    press(page, "Backspace")
    page.keyboard.type("9")
    assert "校验码" in page.inner_text("#number-fault") or "check digit" in page.inner_text("#number-fault")
    assert field.get_attribute("aria-invalid") == "true"
    page.keyboard.type("1")
    assert page.inner_text("#number-fault") != ""
    field.fill("")
    # In the middle the caret stays where it was.
    page.keyboard.type("1101199003077758")
    page.evaluate("document.getElementById('number').setSelectionRange(4, 4)")
    page.keyboard.type("01")
    assert field.input_value() == "110101 1990 0307 7758"
    assert field.evaluate("field => field.selectionStart") == 6
    field.fill("".join(chr(ord(each) + 0xFEE0) for each in number))
    assert field.input_value() == "110101 1990 0307 7758"
    page.select_option("#type", "passport")
    field.fill("e12345678")
    assert field.input_value() == "e12345678"
    assert page.inner_text("#number-fault") == ""


def test_a_mistake_takes_the_focus_to_its_field(listed: SyntheticPerson, site: str, page: Page) -> None:
    sign_in(page, site)
    watch = Watch(page)
    press(page, "Enter")
    page.wait_for_selector("#reference-fault")
    assert focused(page) == "reference"
    assert watch.complaints == []


def test_what_the_customer_is_told_can_be_copied(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback
) -> None:
    page = new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"]).new_page()
    sign_in(page, site)
    ask(page, listed)
    page.click("button[data-copy]")
    expect(page.locator("button[data-copy]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == page.inner_text(".say p")


def ask(page: Page, person: SyntheticPerson, name: str | None = None) -> None:
    page.fill("#reference", "B-1")
    page.fill("#name", name or person.name)
    page.fill("#number", person.resident_id)
    page.press("#number", "Enter")
    page.wait_for_selector(".verdict")


def test_somebody_else_with_the_same_number_is_recorded_and_served(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback
) -> None:
    page = new_context(locale="zh-CN").new_page()
    watch = Watch(page)
    sign_in(page, site)
    ask(page, listed, "不相干")
    page.wait_for_selector(".verdict.review")
    page.check("#outcome_0")
    page.fill("#note_0", "核对身份证原件，柜员王")
    page.press("#note_0", "Enter")
    page.wait_for_selector(".resolution .notice.proceed")
    assert page.input_value("#name") == "不相干"  # the form waits for the second question
    page.press("#number", "Enter")
    page.wait_for_selector(".verdict.proceed")
    assert watch.complaints == []


def test_when_nobody_answers_there_is_a_grey_bar_and_what_was_typed_stays(
    listed: SyntheticPerson, site: str, page: Page
) -> None:
    sign_in(page, site)
    page.route("**/console/checks", lambda route: route.abort())
    page.fill("#reference", "B-1")
    page.fill("#name", listed.name)
    page.fill("#number", listed.resident_id)
    page.press("#number", "Enter")
    page.wait_for_selector("#trouble .notice.silent")
    assert page.locator(".verdict").count() == 0
    assert page.input_value("#name") == listed.name
    page.unroute("**/console/checks")
    page.press("#number", "Enter")
    page.wait_for_selector(".verdict.limit")
    assert page.locator("#trouble .notice").count() == 0


# -- the session -----------------------------------------------------------------------------------


def test_the_sessions_end_is_announced_two_minutes_before(
    listed: SyntheticPerson, site: str, page: Page
) -> None:
    page.clock.install()
    sign_in(page, site)
    page.clock.fast_forward(12 * 60 * 1000)
    assert not page.locator("#ending").is_visible()
    page.clock.fast_forward(61 * 1000)
    page.wait_for_selector("#ending", state="visible")
    page.click("#ending button")
    page.wait_for_selector("#ending", state="hidden")
    page.clock.fast_forward(15 * 60 * 1000)
    page.wait_for_url("**/console/sign-in")


# -- every page ------------------------------------------------------------------------------------


def looked_at(page: Page, site: str, listed: SyntheticPerson) -> Iterator[str]:
    """One page of the console after another, in every state that there is."""
    for path in ("sign-in", "enrol"):
        page.goto(f"{site}/console/{path}")
        yield path
    sign_in(page, site, "boss")
    yield "what an administrator does"
    page.goto(f"{site}/console/partner-users")
    yield "people"
    page.fill("#login", "teller-8")
    page.click("main .narrow button")
    page.wait_for_selector(".secret")
    yield "code"
    code = page.inner_text(".secret")
    page.goto(f"{site}/console/partner-users")
    page.click("main .narrow button")
    page.wait_for_selector(".summary")
    yield "people, faulty"
    page.click(".who form button")
    page.goto(f"{site}/console/enrol")
    page.fill("#code", code)
    page.click("main button")
    page.wait_for_selector(".qr")
    yield "second factor"
    sign_in(page, site)
    yield "check"
    press(page, "Enter")
    page.wait_for_selector("#reference-fault")
    yield "check, faulty"
    ask(page, listed)
    yield "limit"
    page.click("details summary")
    yield "limit, with an agent"
    page.fill("#agent_name", "不相干")
    page.fill("#agent_number", listed.resident_id)
    page.press("#number", "Enter")
    page.wait_for_selector(".resolution")
    yield "possible match"
    page.goto(f"{site}/console/checks/{page.inner_text('.after code')}")
    yield "stored"
    page.goto(f"{site}/console/checks/chk_{'0' * 26}")
    yield "missing"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback, size: str, language: str
) -> None:
    width, height = SIZES[size]
    context = new_context(
        viewport={"width": width, "height": height}, locale=language, bypass_csp=True
    )  # for axe alone: that the policy holds is seen above
    page = context.new_page()
    for where in looked_at(page, site, listed):
        assert page.get_attribute("html", "lang") == language
        assert violations(page) == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_complains_or_asks_anybody_else(
    listed: SyntheticPerson, site: str, new_context: CreateContextCallback, language: str
) -> None:
    page = new_context(locale=language).new_page()
    watch = Watch(page)
    for where in looked_at(page, site, listed):
        assert unexpected(watch) == [], where
    assert all(address.startswith((f"{site}/console/", "data:")) for address in watch.asked)
