"""Who may do what, asked of every route of the console; and that only our own pages change something."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from registry.access.models import SessionRow
from registry.access.rules import PERMITTED, Permission, Role
from registry.audit.service import OPERATOR
from registry.console.routing import PERMISSIONS
from registry.db import reading
from tests.api import test_permissions as api
from tests.console.browsing import Browser, user
from tests.support.world import World

OPEN = {"console.show_guide", "console.sign_in", "console.signed_in", "console.enrol", "console.enrolled"}
"""What opens to whoever has not signed in."""

EVERYWHERE = {
    "console.export_statistics",
    "console.show_record",
    "console.show_rule",
    "console.show_officer",
    "console.renew_officer_code",
    "console.disable_officer",
    "console.unlock_officer",
    "console.sign_officer_out",
    "console.rotate_officer_token",
    "console.show_partner",
    "console.suspend_partner",
    "console.rotate_partner_token",
    "console.renew_person_code",
    "console.disable_person",
    "console.unlock_person",
    "console.sign_person_out",
}
"""Pages whose path names something that belongs to no organisation."""

TYPED: dict[str, dict[str, str]] = {"console.receive_appeal": {"track": "partner"}}
"""What must be typed for a form to come so far that it looks for the thing in its path."""


def undeclared(app: Flask) -> list[str]:
    """Routes under /console that nobody has decided about."""
    ours = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/console")]
    return [rule.rule for rule in ours if rule.endpoint not in PERMISSIONS.keys() | {"console.static"}]


def routes(app: Flask, *methods: str) -> Iterator[tuple[Rule, str, Permission | None]]:
    """Every route with its method and permission."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PERMISSIONS:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if not methods or method in methods:
                    yield rule, method, PERMISSIONS[rule.endpoint]


class Others:
    """Other police and another bank, with one of everything that a route can name."""

    def __init__(self, world: World) -> None:
        self.world = world
        ids = api.Others(world).ids
        teller = world.services.partner_users.add(OPERATOR, ids["partner_id"], "other-teller", {Role.TELLER})
        user(world, "signed-in-elsewhere", Role.TELLER, sector="carrier")
        with reading() as session:
            signed_in = session.scalars(select(SessionRow.id)).first() or ""
        self.ids = ids | {
            "user_id": teller.id,
            "session_id": signed_in,
            "record_id": ids["check_id"],
            "name": "exposed-month",
            "rule": "joint-2024/term",
            "ending": "csv",
            "elsewhere": "nowhere/at-all",
        }

    def path(self, rule: Rule) -> str:
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<[^<>]*\b{name}>", self.ids[name], path)
        return path

    def ask(self, browser: Browser, rule: Rule, method: str, **headers: str) -> TestResponse:
        if method == "GET":
            return browser.client.get(self.path(rule), headers=headers)
        return browser.post(self.path(rule), TYPED.get(rule.endpoint), **headers)


@pytest.fixture
def others(world: World) -> Others:
    return Others(world)


# -- no route escapes the table --------------------------------------------------------------------


def test_every_route_has_a_declared_permission(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_route_without_one_is_found(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/console/forgotten", "console.forgotten", lambda: "")
    assert undeclared(app) == ["/console/forgotten"]


def test_only_signing_in_needs_no_permission() -> None:
    assert {endpoint for endpoint, permission in PERMISSIONS.items() if permission is None} == OPEN


# -- the matrix ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARTNER}))
def test_a_role_passes_where_the_table_says_and_never_to_another_organisations_thing(
    app: Flask, world: World, others: Others, role: Role
) -> None:
    browser = user(world, "asker", role)
    for rule, method, permission in routes(app):
        if rule.endpoint == "console.sign_out" or permission is None:
            continue
        answer = others.ask(browser, rule, method)
        where = f"{role} {method} {rule.rule}: {answer.status_code}"
        if role not in PERMITTED[permission]:
            assert answer.status_code == 403, where
        elif rule.arguments and rule.endpoint not in EVERYWHERE:
            assert answer.status_code == 404, where
        else:
            assert answer.status_code in (200, 204, 303, 422), where


def test_whoever_has_not_signed_in_is_asked_to(app: Flask, world: World, others: Others) -> None:
    browser = Browser(world.app.test_client())
    browser.get("/console/sign-in")
    for rule, method, permission in routes(app):
        if permission is None:
            continue
        answer = others.ask(browser, rule, method)
        assert answer.status_code == 303, rule.rule
        assert answer.headers["Location"].startswith("/console/sign-in"), rule.rule
        scripted = others.ask(browser, rule, method, HX_Request="true") if method != "GET" else None
        if scripted:
            assert (scripted.status_code, scripted.text) == (401, "")
            assert scripted.headers["HX-Redirect"].startswith("/console/sign-in")


def test_a_token_of_the_api_opens_no_page_and_a_session_no_operation(world: World) -> None:
    answer = world.get(world.clerk, "/console/")
    assert answer.status_code == 303
    browser = user(world, "t", Role.TELLER)
    assert browser.client.get("/v1/me").status_code == 401


# -- only our own pages send forms -----------------------------------------------------------------

FORGED: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("no token", {"csrf": ""}, {}),
    ("a token of another browser", {"csrf": "x" * 44}, {}),
    ("a token in other letters", {"csrf": "令牌"}, {}),
    ("sent by another site", {}, {"Sec_Fetch_Site": "cross-site"}),
    ("sent by another host of the domain", {}, {"Sec_Fetch_Site": "same-site"}),
    ("of another origin", {}, {"Origin": "https://elsewhere.example"}),
    ("of no origin", {}, {"Origin": "null"}),
]


@pytest.mark.parametrize(("how", "typed", "headers"), FORGED, ids=[each[0] for each in FORGED])
def test_a_form_that_our_own_page_did_not_send_changes_nothing(
    app: Flask, world: World, others: Others, how: str, typed: dict[str, str], headers: dict[str, str]
) -> None:
    browsers = {role: user(world, f"u-{role}", role) for role in sorted(set(Role) - {Role.PARTNER})}
    asked = 0
    for rule, _, permission in routes(app, "POST", "PUT", "PATCH", "DELETE"):
        able = [browsers[role] for role in browsers if permission is None or role in PERMITTED[permission]]
        assert able, f"nobody here may {permission}: add a role that may"
        sent = TYPED.get(rule.endpoint, {}) | typed
        answer = able[0].post(others.path(rule), sent, **headers)
        assert (answer.status_code, "页面已过期" in answer.text) == (403, True), rule.rule
        asked += 1
    assert asked >= 4
    assert browsers[Role.TELLER].get("/console/", Accept="*/*").status_code in (200, 303)


def test_the_same_form_from_our_own_page_passes(world: World) -> None:
    browser = user(world, "boss", Role.PARTNER_ADMIN)
    for number, headers in enumerate(
        [{}, {"Sec_Fetch_Site": "same-origin"}, {"Origin": "http://localhost"}, {"Sec_Fetch_Site": "none"}]
    ):
        browser.get("/console/partner-users")
        typed = {"login": f"t{number}", "role": "teller"}
        assert browser.post("/console/partner-users", typed, **headers).status_code == 200
