"""A clerk's and an approver's work in a real browser, in both languages, seen by everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_playwright.pytest_playwright import CreateContextCallback

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from tests.console.browsing import PASSWORD
from tests.console.test_browser import sign_in
from tests.imports.list_files import NUMBER, person_row, uploaded
from tests.support.looking import LANGUAGES, SIZES, Watch, violations
from tests.support.serving import serving
from tests.support.world import World

LAWFUL = {"zh-CN": ("不能认定", "可以认定"), "en": ("Not lawful", "Lawful")}
IN_FORCE = {"zh-CN": "惩戒中", "en": "In force"}


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@pytest.fixture
def site(world: World) -> Iterator[str]:
    for login, role in (("clerk-1", Role.CLERK), ("approver-1", Role.APPROVER)):
        world.services.access.add_officer(OPERATOR, world.city, login, {role}, PASSWORD)
    with serving(world.app) as address:
        yield address


def fill(page: Page, world: World, items: str) -> None:
    body = world.draft_body()
    page.fill("#name", body["subject"]["name"])
    page.fill("#document_number_0", body["subject"]["documents"][0]["number"])
    page.fill("#decided_on", "2025-03-03")
    page.fill("#decision_no", body["decision_no"])
    page.check("[name=behaviour_rent]")
    page.check("[name=kind_bank_account]")
    page.fill("#conduct_to", "2025-02-01")
    page.fill("#item_count", items)
    page.keyboard.press("Tab")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_drafts_with_the_law_beside_the_form_and_an_approver_decides(
    world: World, site: str, new_context: CreateContextCallback, language: str
) -> None:
    page = new_context(viewport={"width": 1366, "height": 768}, locale=language).new_page()
    watch = Watch(page)
    sign_in(page, site, "clerk-1")
    page.goto(f"{site}/console/designations/new")
    fill(page, world, "2")
    page.wait_for_selector("#preview .verdict.refuse")
    assert LAWFUL[language][0] in page.inner_text("#preview")
    page.fill("#item_count", "3")
    page.keyboard.press("Tab")
    page.wait_for_selector("#preview .verdict.proceed")
    assert LAWFUL[language][1] in page.inner_text("#preview")
    page.keyboard.press("Enter")  # in the field: the draft is saved
    page.wait_for_url("**/designations/dsg_*")
    page.click(".notice.review button")
    page.wait_for_selector("h1 .status.review")
    second = new_context(viewport={"width": 1366, "height": 768}, locale=language).new_page()
    seen = Watch(second)
    sign_in(second, site, "approver-1")
    second.goto(f"{site}/console/work")
    second.click("tbody .button")
    second.wait_for_url("**/review")
    second.click(".decide .act button")
    second.wait_for_selector("h1 .status.refuse")
    assert IN_FORCE[language] in second.inner_text("h1")
    assert second.locator("svg.timeline rect").count() == 1
    assert watch.complaints == seen.complaints == []
    assert all(address.startswith((f"{site}/console/", "data:")) for address in watch.asked + seen.asked)


def test_drafting_and_deciding_work_without_scripts(
    world: World, site: str, new_context: CreateContextCallback
) -> None:
    page = new_context(java_script_enabled=False, locale="zh-CN").new_page()
    sign_in(page, site, "clerk-1")
    page.goto(f"{site}/console/designations/new")
    fill(page, world, "3")
    page.click("text=预览惩戒")
    assert "可以认定" in page.inner_text("#preview")
    page.click(".draft .act button:not(.small)")
    page.wait_for_url("**/designations/dsg_*")
    page.click("text=提交审批")
    assert "待审批" in page.inner_text("h1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_the_police_is_accessible_and_fits(
    world: World, site: str, new_context: CreateContextCallback, size: str, language: str
) -> None:
    made = world.designate(world.draft_body())
    at = f"/v1/designations/{made['id']}"
    world.post(world.approver, f"{at}/suspend", {"reason": "核对"})
    world.post(world.approver, f"{at}/revoke", {"reason": "有误"})
    waiting = world.draft(world.draft_body())
    world.submit(waiting)
    draft = world.draft(world.draft_body())
    wrong = uploaded(
        world, [person_row(world.people.person()), person_row(world.people.person()) | {NUMBER: "1"}]
    )
    paths = {
        "clerk-1": ["work", "work?what=notices", "designations/new", f"designations/{draft}",
                    "designation-imports", f"designation-imports/{wrong['id']}"],
        "approver-1": ["work?what=reviews", "work?what=changes", "designations",
                       f"designations/{made['id']}", f"designations/{waiting}/review"],
    }  # fmt: skip
    width, height = SIZES[size]
    for login, those in paths.items():
        context = new_context(viewport={"width": width, "height": height}, locale=language, bypass_csp=True)
        page = context.new_page()
        watch = Watch(page)
        sign_in(page, site, login)
        for path in those:
            answer = page.goto(f"{site}/console/{path}")
            assert answer is not None and answer.status == 200, path
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert watch.complaints == []
        context.close()
