"""Somebody unmistakable is looked for by an auditor and screened in bulk, and is found nowhere afterwards."""

import io
import json
from typing import Any, cast

import pytest
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.config import Config
from tests.api.canary import Canary, dump, found
from tests.api.test_canary import draft_body, logs  # noqa: F401
from tests.console.browsing import form_token, user
from tests.rescreens.uploads import ndjson, row, work
from tests.support.world import World

CANARY = Canary()


@pytest.fixture
def answers(world: World) -> list[TestResponse]:
    """What the offices do with the number, right and wrong."""
    both, second = (world.officer(login, Role.CLERK, Role.APPROVER) for login in ("b", "s"))
    path = "/v1/designations/" + world.post(both, "/v1/designations", draft_body(world)).json["id"]
    for token, verb in ((both, "submit"), (second, "approve")):
        assert world.post(token, f"{path}/{verb}").status_code == 200
    boss, auditor = user(world, "boss", Role.PARTNER_ADMIN), user(world, "auditor", Role.AUDITOR)
    page = boss.get("/console/rescreens")
    data: dict[str, Any] = {"csrf": form_token(page), "purpose": "review_existing_customer"}
    content = ndjson(row("C-1", CANARY.name, CANARY.number), row("C-2", CANARY.name, CANARY.wrong_number))
    sent = []
    for name in (f"{CANARY.name}.ndjson", f"{CANARY.number}.pdf"):
        file = (io.BytesIO(content), name)
        sent.append(boss.client.post("/console/rescreens", data=data | {"file": file}))
    assert sent[0].status_code == 303
    work(world)
    sent.append(boss.get(sent[0].headers["Location"]))
    looked = {"type": "resident_id", "number": CANARY.number}
    sent.append(auditor.post("/console/log/looks", looked))
    assert "起草认定" in sent[-1].text
    supposed = {
        "court_request": CANARY.court,
        "purpose": "open_bank_account",
        "sector": "bank",
        "area": "140900",
        "at": "2026-01-01T12:00",
        "name": CANARY.name,
    }
    sent.append(auditor.post("/console/evidence", supposed | looked))
    for wrong in ({"number": CANARY.wrong_number}, {"type": CANARY.number}, {"token": CANARY.number}):
        sent.append(auditor.post("/console/log/looks", looked | wrong))
        sent.append(auditor.post("/console/evidence", supposed | looked | wrong))
    for query in ("act", "day", "object", "actor", "before"):
        sent.append(auditor.get(f"/console/log?{query}={CANARY.number}"))
    return sent


def test_what_the_offices_ask_stays_between_them_and_the_sealed_log(
    world: World,
    config: Config,
    logs: io.TextIOWrapper,  # noqa: F811
    answers: list[TestResponse],
) -> None:
    logged = cast(io.BytesIO, logs.buffer).getvalue()
    assert b'"route":"/console/log/looks"' in logged
    assert not found(logged, CANARY)
    for answer in answers:
        assert answer.status_code < 500
        headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
        assert not found(json.dumps(headers, ensure_ascii=False), CANARY)
    for name, content in dump(config.database_url):
        assert not found(content, CANARY), name
