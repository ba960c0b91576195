"""What was stored is text on every page that shows it, also past the content policy, and in every notice."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext
from pytest_playwright.pytest_playwright import CreateContextCallback

from registry.access.rules import PartnerKind, Role
from registry.audit.service import OPERATOR
from registry.law.words import Level
from registry.screening.counts import count_on
from tests.appeals.appealing import accepted, partner_intake, proposed, received
from tests.console.browsing import PASSWORD
from tests.console.test_browser import sign_in
from tests.imports.list_files import NUMBER, person_row, uploaded
from tests.public.listing import designated, published
from tests.public.test_appeals import submitted
from tests.support.serving import serving
from tests.support.world import World

RUNS = "\"'><script>ran=1</script><img src=x onerror=ran=1>"
"""Would set `ran` wherever it were markup, in a text or in an attribute."""
MARK = "ran=1"
_ONE_OF_MANY = re.compile(r"[a-z]{3}_[0-9a-z]{26}|(?<=/law/).*")
_FILES = re.compile(r"sign-out|lang=|/report$|\.(csv|xlsx|json|pdf|ndjson|xml|atom)\b")


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


@pytest.fixture
def stored(world: World) -> World:
    """A register in which everything that somebody can write is `RUNS`."""
    world.__dict__["city"] = world.authority(f"公安局{RUNS}", "140900", Level.CITY, "0350-110")
    partner = world.services.access.add_partner(OPERATOR, f"银行{RUNS}", PartnerKind.BANK, "140900")
    for login, role in (("teller", Role.TELLER), ("boss", Role.PARTNER_ADMIN)):
        world.services.partner_users.add(OPERATOR, partner.id, login, {role}, PASSWORD)
    for role in set(Role) - {Role.PARTNER, Role.TELLER, Role.PARTNER_ADMIN}:
        world.services.access.add_officer(OPERATOR, world.city, f"o-{role}", {role}, PASSWORD)

    person = world.people.person()
    made = [
        world.designate(world.draft_body(*who, decision_no=f"{n}{RUNS}", evidence_ref=RUNS))["id"]
        for n, who in enumerate(([person], [], [], []))
    ]
    world.submit(world.draft(world.draft_body(decision_no=f"9{RUNS}", evidence_ref=RUNS)))
    for verb in ("suspend", "revoke"):
        answer = world.post(world.approver, f"/v1/designations/{made[0]}/{verb}", {"reason": RUNS})
        assert answer.status_code in (200, 202), answer.json
    told = {"grounds": RUNS, "appellant": {"capacity": "representative", "name": RUNS, "contact": RUNS}}
    accepted(world, made[1], **told)
    proposed(world, made[2])
    received(world, partner_intake(world, partner_id=partner.id, **told))
    submitted(world, name="张三", number=person.resident_id, contact=RUNS, grounds=RUNS)
    listed = {"title": RUNS, "legal_basis": RUNS, "impact_assessment_ref": RUNS}
    published(world, designated(world), **listed)
    uploaded(world, [person_row(world.people.person()), person_row(world.people.person()) | {NUMBER: RUNS}])
    body = world.check_body("另一人", person.resident_id) | {"reference": RUNS, "operator": RUNS}
    assert world.post(partner.secret, "/v1/checks", body).status_code == 201
    world.seal()
    count_on()
    return world


@pytest.fixture
def site(stored: World) -> Iterator[str]:
    with serving(stored.app) as address:
        yield address


def kind(path: str) -> str:
    return _ONE_OF_MANY.sub("*", path)


def walked(context: BrowserContext, site: str, start: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """A page of every kind not `known` yet that links lead to from `start`: its kind, what it shows."""
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    ahead = [start]
    known.discard(start)  # each role begins there
    while ahead:
        path = ahead.pop(0)
        if kind(path) in known or _FILES.search(path):
            continue
        known.add(kind(path))
        answer = page.goto(f"{site}{path}")
        if answer is None or "text/html" not in answer.headers["content-type"]:
            continue
        assert answer.status == 200, path
        assert page.evaluate("typeof ran") == "undefined", path
        assert page.locator("img[src=x], script:not([src])").count() == 0, path
        assert dialogs == [], path
        yield kind(path), page.inner_text("body")
        for link in page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)"):
            parts = urlsplit(link)
            if link.startswith(f"{site}/"):
                ahead.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    page.close()


def test_nothing_that_was_stored_runs_on_any_page(
    stored: World, site: str, new_context: CreateContextCallback
) -> None:
    known, telling = set[str](), set[str]()
    # Past the policy, which else would hide that something was not escaped.
    context = new_context(locale="zh-CN", bypass_csp=True)
    context.set_default_timeout(20_000)
    logins = [f"o-{role}" for role in set(Role) - {Role.PARTNER, Role.TELLER, Role.PARTNER_ADMIN}]
    for login in (*sorted(logins), "teller", "boss"):
        page = context.new_page()
        sign_in(page, site, login)
        page.close()
        telling |= {path for path, text in walked(context, site, "/console/", known) if MARK in text}
        context.clear_cookies()
    telling |= {path for path, text in walked(context, site, "/public/", known) if MARK in text}
    assert len(known) > 80 and len(telling) > 70


def test_a_notice_shows_it_and_holds_nothing_that_acts(stored: World) -> None:
    designations = stored.get(stored.clerk, "/v1/designations").json["items"]
    notices = 0
    for each in designations:
        at = f"/v1/designations/{each['id']}/notices"
        for notice in stored.get(stored.clerk, at).json["items"]:
            pdf = stored.get(stored.clerk, f"{at}/{notice['id']}/document").data
            assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|EmbeddedFile)\b", pdf)
            shown = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
            assert MARK in shown
            notices += 1
    assert notices >= 5
