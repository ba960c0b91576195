"""Somebody unmistakable appeals and asks in the console, and is found nowhere afterwards."""

import io
import json
import re
from typing import cast

from werkzeug.test import TestResponse

from registry import clock
from registry.access.rules import Role
from registry.config import Config
from tests.api.canary import Canary, dump, found
from tests.api.test_canary import draft_body, logs  # noqa: F401
from tests.console.browsing import Browser, partner_id, user
from tests.public.test_appeals import DESIGNATION, fields, send
from tests.support.world import World

CANARY = Canary()


def goes_through(world: World) -> list[TestResponse]:
    """What an appeal officer and a publisher type, right and wrong; the answers."""
    both, second = (world.officer(login, Role.CLERK, Role.APPROVER) for login in ("b", "s"))
    designation = str(world.post(both, "/v1/designations", draft_body(world)).json["id"])
    for token, verb in ((both, "submit"), (second, "approve")):
        assert world.post(token, f"/v1/designations/{designation}/{verb}").status_code == 200
    desk, publisher = user(world, "desk", Role.APPEAL_OFFICER), user(world, "p", Role.PUBLISHER)
    answers: list[TestResponse] = []

    def post(browser: Browser, to: str, status: int, **typed: str) -> TestResponse:
        answers.append(browser.post(f"/console/{to}", typed))
        assert answers[-1].status_code == status, (to, answers[-1].text)
        return answers[-1]

    asked = {"name": CANARY.name, "document_type": "resident_id", "document_number": CANARY.number}
    asked["identity_checked"] = "original_document"
    assert CANARY.number in post(desk, "information", 200, **asked).text
    post(desk, "information", 422, **asked | {"document_number": CANARY.wrong_number})
    searched = {"track": "designation", "type": "resident_id", "number": CANARY.number}
    assert CANARY.name in post(desk, "appeals/find", 200, **searched).text
    post(desk, "appeals/find", 200, track=CANARY.name, decision_no=CANARY.decision_no)
    post(desk, "appeals/find", 422, type=CANARY.name, number=CANARY.wrong_number)
    told = {"received_on": clock.today().isoformat(), "channel": "mail", "grounds": CANARY.reason}
    told |= {
        "appellant_capacity": "subject",
        "appellant_name": CANARY.name,
        "appellant_contact": CANARY.phone,
    }
    against = told | {"track": "designation", "designation_id": designation, "asks": "revoke"}
    post(desk, "appeals", 422, **against | {"channel": CANARY.number, CANARY.name: CANARY.number})
    appeal = post(desk, "appeals", 303, **against).headers["Location"].removeprefix("/console/")
    post(desk, f"{appeal}/accept", 303)
    post(desk, f"{appeal}/pause", 303, reason=CANARY.reason)
    post(desk, f"{appeal}/decision", 422, verb="propose", outcome=CANARY.name, reason=CANARY.reason)
    post(desk, f"{appeal}/decision", 303, verb="propose", outcome="dismissed", reason=CANARY.reason)
    about = told | {"track": "partner", "partner_id": partner_id(world, "bank")}
    about |= {f"customer_{name}": asked[name] for name in ("name", "document_type", "document_number")}
    post(desk, "appeals", 303, **about)
    told_ = {"name": CANARY.name, "number": CANARY.number, "decision_no": CANARY.decision_no}
    send(world, DESIGNATION, fields(world, **told_, contact=CANARY.phone, grounds=CANARY.reason))
    (path,) = re.findall(r'href="/console/(submissions/sbm_\w+)"', desk.get("/console/submissions").text)
    assert CANARY.name in desk.get(f"/console/{path}").text
    post(desk, f"{path}/set-aside", 303, reason="incomplete", note=CANARY.reason)
    listed = {"title": CANARY.number, "impact_assessment_ref": "PIA-1", "filter_import": "imp_0"}
    post(publisher, "exposure-lists", 422, **listed)
    post(publisher, "exposure-lists", 422, **listed | {"title": "名单", "filter_role": CANARY.name})
    return answers


def test_what_officers_type_about_somebody_stays_in_sealed_fields(
    world: World,
    config: Config,
    logs: io.TextIOWrapper,  # noqa: F811
) -> None:
    answers = goes_through(world)
    logged = cast(io.BytesIO, logs.buffer).getvalue()
    assert b'"route":"/console/appeals"' in logged
    assert not found(logged, CANARY)
    for answer in answers:
        headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
        assert not found(json.dumps(headers, ensure_ascii=False), CANARY), answer.request.path
    for name, content in dump(config.database_url):
        assert not found(content, CANARY), name
