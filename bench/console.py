"""What the console costs: `python -m bench.console [--rows N] [--rounds R]`.

A teller's check beside the same check by the API, in processor time of the workers for each; then the work
lists of police, with a register of 1,000 designations and with many, in time of a page. On PostgreSQL, behind
gunicorn, interleaved.
"""

import argparse
import contextlib
import re
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bench.place import Place, furnish
from bench.server import Server, serving
from bench.target import Target
from registry.access.rules import PartnerKind, Role
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import engine, transaction
from registry.services import Services
from tests.support import postgres

SHORT = 1_000
SECONDS = 4.0
TELLERS = 1, 16
READERS = 4
_LISTS = (
    "/console/work",
    "/console/designations",
    "/console/designations?state=in_force",
    "/console/designations?state=submitted",
)


@dataclass(frozen=True)
class Office:
    """A registry behind gunicorn, and the cookies of those who are signed in there."""

    place: Place
    server: Server
    cookies: dict[str, str]


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.console")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-console-")))
        running = stack.enter_context(postgres.running(durable=True))
        few, many = (_office(stack, running.url, folder / str(rows), rows) for rows in (SHORT, wanted.rows))
        for tellers in TELLERS:
            checks(few, tellers, wanted.rounds)
        lists(few, many, wanted.rounds)


def _office(stack: contextlib.ExitStack, server_url: str, folder: Path, rows: int) -> Office:
    url = stack.enter_context(postgres.database(server_url))
    folder.mkdir()
    place = furnish(url, folder, rows)
    cookies = _sign_in(place)
    settings = {
        "REGISTRY_DATABASE_URL": place.url,
        "REGISTRY_KEYS": str(place.keys),
        "REGISTRY_SPOOL": str(folder / "spool"),
    }
    return Office(
        place, stack.enter_context(serving("wsgi:app", "/healthz", folder / "log", settings)), cookies
    )


def _sign_in(place: Place) -> dict[str, str]:
    """The cookie of a teller and of an officer."""
    app = create_app(Config(database_url=place.url, keys=place.keys))
    with app.app_context():
        services: Services = app.extensions["registry"]
        partner = services.access.add_partner(OPERATOR, "counter", PartnerKind.BANK, "140900").id
        services.partner_users.add(OPERATOR, partner, "teller", {Role.TELLER})
        with transaction() as session:
            cookies = {
                login: f"console={services.sessions.begin(session, login, OPERATOR)}"
                for login in ("teller", "approver")
            }
        engine().dispose()
    return cookies


def checks(office: Office, tellers: int, rounds: int) -> None:
    """Processor time of a check, asked by a partner's system, and by tellers with and without scripts."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": office.cookies["teller"]}
    token = _form_token(office)
    typed = [urlencode(_typed(body) | {"csrf": token}) for body in office.place.bodies]
    bearer = {"Authorization": f"Bearer {office.place.token}"}
    ways = [
        _asked(office, "API", "/v1/checks", bearer, office.place.bodies, "201"),
        _asked(office, "console", "/console/checks", form | {"HX-Request": "true"}, typed, "200"),
        _asked(office, "console without scripts", "/console/checks", form, typed, "200"),
    ]
    costs: dict[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            costs[way.name].append(way.measure(tellers, SECONDS)["server_us"])
    for name, found in costs.items():
        ratio = statistics.median(one / base for one, base in zip(found, costs[ways[0].name], strict=True))
        print(
            f"{tellers} at once, {name}: {statistics.median(found):.0f} µs a check, {ratio:.2f} of the API's"
        )


def _asked(
    office: Office, name: str, path: str, headers: dict[str, str], bodies: Sequence[Any], right: str
) -> Target:
    job = {"method": "POST", "path": path, "headers": headers, "bodies": bodies}
    return Target(name, office.server, job, right)


def _typed(body: dict[str, Any]) -> dict[str, str]:
    (party,) = body["parties"]
    return {
        "purpose": body["purpose"],
        "reference": body["reference"],
        "name": party["name"],
        "type": party["document"]["type"],
        "number": party["document"]["number"],
    }


def lists(few: Office, many: Office, rounds: int) -> None:
    """Time of a page over a short and a long register."""
    for path in _LISTS:
        times: list[tuple[float, float]] = []
        for _ in range(rounds):
            short, long = (_page(office, path).measure(READERS, SECONDS / 2) for office in (few, many))
            times.append((short["p50_ms"], long["p50_ms"]))
        shorts, longs = zip(*times, strict=True)
        ratio = statistics.median(long / short for short, long in times)
        print(f"{path}: {statistics.median(shorts):.1f} ms, {statistics.median(longs):.1f} ms, {ratio:.2f}")


def _page(office: Office, path: str) -> Target:
    job = {"method": "GET", "path": path, "headers": {"Cookie": office.cookies["approver"]}, "bodies": [None]}
    return Target(path, office.server, job, "200")


def _form_token(office: Office) -> str:
    url = f"http://127.0.0.1:{office.server.port}/console/checks/new"
    with urlopen(Request(url, headers={"Cookie": office.cookies["teller"]}), timeout=60) as page:
        (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', page.read().decode()))
    return str(token)


if __name__ == "__main__":
    main()
