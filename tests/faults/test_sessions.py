"""An account that is disabled, and a session that is ended, are over at once in every worker."""

import re
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from registry.access.rules import PartnerKind, Role
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import engine
from registry.services import Services
from tests.faults.place import Place
from tests.faults.service import WORKERS, serving

PASSWORD = "correct horse battery"
PAGE = "/console/checks/new"


def asked(
    port: int, path: str, cookie: str = "", typed: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Status, cookie and body of an answer, over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if typed else {}
    body = urlencode(typed) if typed else None
    connection.request("POST" if typed else "GET", path, body, {"Cookie": cookie} | form)
    answer = connection.getresponse()
    sent = re.search(r"console=([^;]+)", answer.getheader("Set-Cookie", ""))
    told = answer.status, f"console={sent[1]}" if sent else cookie, answer.read().decode()
    connection.close()
    return told


def signed_in(port: int, login: str) -> str:
    """The cookie of somebody who has signed in."""
    _, cookie, page = asked(port, "/console/sign-in")
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    typed = {"csrf": token, "login": login, "password": PASSWORD}
    status, cookie, _ = asked(port, "/console/sign-in", cookie, typed)
    assert status == 303
    return cookie


def sign_out_everywhere(services: Services, cookie: str) -> None:
    services.sessions.end_everywhere(services.sessions.find(cookie.removeprefix("console=")))


def disable(services: Services, cookie: str) -> None:
    caller = services.sessions.find(cookie.removeprefix("console=")).caller
    services.partner_users.disable(OPERATOR, caller.id, caller.actor.id)


@pytest.mark.parametrize("end", [sign_out_everywhere, disable])
def test_an_end_is_an_end_in_every_worker_at_once(
    place: Place, tmp_path: Path, end: Callable[[Services, str], None]
) -> None:
    app = create_app(Config(database_url=place.url, keys=place.keys))
    services: Services = app.extensions["registry"]
    with app.app_context():
        partner = services.access.add_partner(OPERATOR, "演示银行", PartnerKind.BANK, "140900").id
        services.partner_users.add(OPERATOR, partner, "teller", {Role.TELLER}, PASSWORD)
    with serving(place, tmp_path / "gunicorn.log") as service:
        cookie = signed_in(service.port, "teller")
        for _ in range(8 * WORKERS):
            assert asked(service.port, PAGE, cookie)[0] == 200
        with app.app_context():
            end(services, cookie)
            engine().dispose()
        # From the first request on, whoever takes it.
        answers = [asked(service.port, PAGE, cookie)[0] for _ in range(8 * WORKERS)]
        assert answers == [303] * len(answers)
