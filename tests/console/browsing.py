"""A browser without scripts: it keeps its cookie, fills in forms of pages it has seen, and sends them."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from tests.support.world import World

PASSWORD = "correct horse battery"


def form_token(page: TestResponse) -> str:
    """What the forms of a page carry."""
    return unescape(re.findall(r'name="csrf" value="([^"]+)"', page.text)[0])


class Browser:
    """Somebody at a screen. `lang`: the language they have chosen."""

    def __init__(self, client: FlaskClient, lang: str = "zh-CN") -> None:
        self.client = client
        self.lang = lang
        self.page: TestResponse | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        named = {"Accept-Language": self.lang} | {key.replace("_", "-"): headers[key] for key in headers}
        self.page = self.client.get(path, headers=named)
        return self.page

    def post(self, path: str, typed: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Send a form with the token of the page seen last."""
        named = {"Accept-Language": self.lang} | {key.replace("_", "-"): headers[key] for key in headers}
        if self.page is None or 'name="csrf"' not in self.page.text:
            self.get("/console/sign-in")
        assert self.page is not None
        data = {"csrf": form_token(self.page)} | (typed or {})
        answer = self.client.post(path, data=data, headers=named)
        if 'name="csrf"' in answer.text:
            self.page = answer
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, code: str = "") -> TestResponse:
        self.get("/console/sign-in")
        typed = {"login": login, "password": password, "code": code}
        answer = self.post("/console/sign-in", typed)
        if answer.status_code == 303:
            self.get("/console/enrol")  # any page with a form of the new session
        return answer


def partner_id(world: World, sector: str) -> str:
    """The id of a partner."""
    return str(world.get(world.partner(sector), "/v1/me").json["id"])


def user(world: World, login: str, *roles: Role, sector: str = "bank") -> Browser:
    """One of a partner's people, or an officer of the city, who has signed in."""
    if set(roles) <= {Role.TELLER, Role.PARTNER_ADMIN}:
        world.services.partner_users.add(OPERATOR, partner_id(world, sector), login, set(roles), PASSWORD)
    else:
        world.services.access.add_officer(OPERATOR, world.city, login, set(roles), PASSWORD)
    browser = Browser(world.app.test_client())
    assert browser.sign_in(login).status_code == 303
    return browser
