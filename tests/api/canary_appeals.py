"""The canary appeals on both tracks, and asks what is held about them."""

import re
from typing import Any

from registry import clock
from registry.access.rules import Role
from tests.api.canary import Canary


def appeals_of_all_kinds(ask: Any, canary: Canary, designation: str) -> None:
    """To their ends, against the canary's designation and about a bank; `ask` keeps what must be clean."""
    judge, second = (ask.world.officer(login, Role.APPEAL_OFFICER) for login in ("judge", "second judge"))
    reason = {"reason": canary.reason}
    told = {"received_on": clock.today().isoformat(), "channel": "mail", "grounds": canary.reason}
    told["appellant"] = {"capacity": "subject", "name": canary.name, "contact": canary.phone}
    against = told | {"track": "designation", "designation_id": designation, "asks": "revoke"}
    partner = ask(ask.bank, "GET", "/v1/me").json["id"]
    customer = {"name": canary.name, "document": {"type": "resident_id", "number": canary.number}}
    about = told | {"track": "partner", "partner_id": partner, "customer": customer}
    decision = reason | {"outcome": "dismissed"}

    def received(body: dict[str, Any]) -> str:
        return f"/v1/appeals/{ask(judge, 'POST', '/v1/appeals', json=body).json['id']}"

    appeal = received(against)
    for token, verb, body in (
        (judge, "pause", reason),
        (judge, "resume", None),
        (judge, "accept", None),
        (judge, "decide", decision),
        (second, "decision/reject", reason),
        (judge, "decide", decision),
        (second, "decision/approve", None),
    ):
        assert ask(token, "POST", f"{appeal}/{verb}", json=body).status_code in (200, 202), verb
    for verb in ("refuse", "withdraw"):
        assert ask(judge, "POST", f"{received(against)}/{verb}", json=reason).status_code == 200
    appeal = received(about)
    assert ask(judge, "POST", f"{appeal}/forward").status_code == 200
    answer = decision | {"channel": canary.phone, "papers": [canary.evidence]}
    path = appeal.replace("appeals", "forwarded-appeals")
    assert ask(ask.bank, "POST", f"{path}/answer", json=answer).json["customer"]["name"] == canary.name
    request = customer | {"identity_checked": "original_document"}
    assert ask(judge, "POST", "/v1/information-requests", json=request).json["designations"]


def submitted_fields(ask: Any, canary: Canary) -> dict[str, str]:
    """The public form as the canary fills it in."""
    return {
        "authority_id": ask.world.city,
        "decision_no": canary.decision_no,
        "name": canary.name,
        "type": "resident_id",
        "number": canary.number,
        "capacity": "representative",
        "representative": canary.name + "氏",
        "contact": canary.phone,
        "asks": "revoke",
        "grounds": canary.reason,
    }


def submissions_of_all_kinds(ask: Any, canary: Canary, designation: str) -> None:
    """The canary comes through the public form on both tracks, and looks where it stands."""
    judge, inbox = ask.world.officer("judge", Role.APPEAL_OFFICER), "/v1/appeal-submissions"
    partner = ask(ask.bank, "GET", "/v1/me").json["id"]
    told = submitted_fields(ask, canary)
    codes = []
    for path, more in (("designation", {}), ("designation", {}), ("partner", {"partner_id": partner})):
        page = ask(None, "POST", f"/public/appeals/{path}", data=told | more)
        assert page.status_code == 200
        assert canary.name not in page.text
        codes += re.findall(r"<strong>([0-9A-Z-]{23})</strong>", page.text)
    third, second, first = (each["id"] for each in ask(judge, "GET", inbox).json["items"])
    assert ask(judge, "GET", f"{inbox}/{first}").json["candidates"][0]["name"].startswith(canary.name)
    for submission, verb, body in (
        (first, "take-in", {"designation_id": designation}),
        (second, "set-aside", {"reason": "repeated", "note": canary.reason}),
        (third, "take-in", {"partner_id": partner}),
    ):
        answer = ask(judge, "POST", f"{inbox}/{submission}/{verb}", json=body)
        assert answer.status_code in (200, 201), answer.text
        withdrawn = {"reason": canary.reason}
        if "Location" in answer.headers:
            assert (
                ask(judge, "POST", f"{answer.headers['Location']}/withdraw", json=withdrawn).status_code
                == 200
            )
    for code in codes:
        status = ask(None, "POST", "/public/appeals/status", data={"code": code})
        assert (status.status_code, canary.name in status.text) == (200, False)


def wrong_appeals(ask: Any, canary: Canary) -> None:
    """The canary where it does not belong."""
    body = {"track": "partner", "grounds": canary.reason, "received_on": "2026-01-01", "channel": "mail"}
    body |= {"appellant": {"capacity": "subject", "name": canary.name}, "partner_id": canary.name}
    for change in (
        {"customer": {"name": canary.name, "document": {"type": canary.name, "number": canary.wrong_number}}},
        {"track": canary.name, "received_on": canary.number},
        {"partner_id": canary.card},
        {"grounds": canary.reason * 999},
    ):
        ask(ask.both, "POST", "/v1/appeals", json=body | change)
    # A form comes back to its sender with what was typed: only its status is looked at, and the log.
    told = submitted_fields(ask, canary)
    for change in ({"number": canary.wrong_number}, {"type": canary.name}, {"authority_id": canary.number}):
        form = ask.world.http.post("/public/appeals/designation", data=told | change)
        assert form.status_code == 422
    ask(None, "POST", "/public/appeals/designation", json=told)
    ask(
        None,
        "POST",
        "/public/appeals/status",
        data={"code": canary.number},
        headers={"Content-Encoding": "x"},
    )
