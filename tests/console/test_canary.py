"""Somebody unmistakable goes through the console and is found nowhere afterwards: no log, header or table."""

import io
import json
import re
from typing import cast

import pytest
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.config import Config
from tests.api.canary import Canary, dump, found
from tests.api.test_canary import draft_body, logs  # noqa: F401
from tests.console.browsing import Browser, user
from tests.support.world import World

CANARY = Canary()


def typed(**changes: str) -> dict[str, str]:
    return {
        "purpose": "open_bank_account",
        "reference": CANARY.reference,
        "name": CANARY.name,
        "type": "resident_id",
        "number": CANARY.number,
    } | changes


@pytest.fixture
def answers() -> list[TestResponse]:
    return []


def goes_through(world: World, answers: list[TestResponse]) -> None:
    """What tellers, administrators and strangers do, right and wrong."""
    both, second = (world.officer(login, Role.CLERK, Role.APPROVER) for login in ("b", "s"))
    path = "/v1/designations/" + world.post(both, "/v1/designations", draft_body(world)).json["id"]
    for token, verb in ((both, "submit"), (second, "approve")):
        assert world.post(token, f"{path}/{verb}").status_code == 200
    teller, boss = user(world, "t", Role.TELLER), user(world, "boss", Role.PARTNER_ADMIN)
    agent = {
        f"agent_{field}": value for field, value in typed().items() if field in ("name", "type", "number")
    }

    def send(browser: Browser, to: str, **fields: str) -> TestResponse:
        answers.append(browser.post(f"/console/{to}", fields))
        return answers[-1]

    assert 'class="verdict limit"' in send(teller, "checks", **typed()).text
    assert send(teller, "checks", **typed(**agent)).status_code == 200
    possible = send(teller, "checks", **typed(name=CANARY.name + "氏")).text
    (check_id,) = re.findall(r'action="/console/checks/(chk_\w+)/resolutions', possible)
    resolution = {
        "party": "0",
        "name_0": CANARY.name + "氏",
        "outcome_0": "another_person",
        "note_0": CANARY.reason,
    }
    send(teller, f"checks/{check_id}/resolutions", **resolution | {"name_0": CANARY.court})
    assert "已登记" in send(teller, f"checks/{check_id}/resolutions", **resolution).text
    for wrong in (
        {"number": CANARY.wrong_number},
        {"type": CANARY.number},
        {"purpose": CANARY.name},
        {"name": CANARY.name * 99},
        {"reference": CANARY.reference * 9},
        {CANARY.name: CANARY.number},
        {"csrf": CANARY.number},
    ):
        send(teller, "checks", **typed(**wrong))
    send(boss, "partner-users", login=CANARY.number * 9, role=CANARY.name)
    stranger = Browser(world.app.test_client())
    for login, password in ((CANARY.name, CANARY.number), ("t", CANARY.number), (CANARY.number, "x")):
        for _ in range(6):
            send(stranger, "sign-in", login=login, password=password, code=CANARY.phone, next=CANARY.name)
    send(stranger, "enrol", code=CANARY.number)
    for browser in (teller, stranger):
        for header in ("COOKIE", "REFERER", "HX_CURRENT_URL", "ORIGIN", "ACCEPT_LANGUAGE", "USER_AGENT"):
            for secret in (CANARY.name.encode().decode("latin-1"), CANARY.number):
                odd = {f"HTTP_{header}": secret}
                answers.append(browser.client.get("/console/checks/new", environ_overrides=odd))


def test_what_is_typed_into_the_console_stays_between_the_teller_and_the_sealed_log(
    world: World,
    config: Config,
    logs: io.TextIOWrapper,  # noqa: F811
    answers: list[TestResponse],
) -> None:
    goes_through(world, answers)
    logged = cast(io.BytesIO, logs.buffer).getvalue()
    assert b'"route":"/console/checks"' in logged
    assert not found(logged, CANARY)
    for answer in answers:
        headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
        assert not found(json.dumps(headers, ensure_ascii=False), CANARY), answer.request.path
    for name, content in dump(config.database_url):
        assert not found(content, CANARY), name
