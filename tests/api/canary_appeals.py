"""The canary appeals on both tracks, and asks what is held about them."""

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
