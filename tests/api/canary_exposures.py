"""The canary is exposed, masked, and taken down again."""

from typing import Any

from registry.access.rules import Role
from tests.exposures.exposing import BASIS, list_body

PUBLIC = ("", ".json", ".csv", ".xlsx")


def exposures_of_all_kinds(ask: Any, canary: Any, body: dict[str, Any]) -> None:
    """Drafted, refused, previewed, published, read by the public, withdrawn."""
    first, second = (ask.world.officer(login, Role.PUBLISHER) for login in ("canary-pub", "canary-pub-2"))
    conduct = body["conduct"] | {"from": "2023-06-01", "to": "2023-07-01"}
    # Under the earlier law, whose terms wait for no others.
    exposable = body | {"penalty": "none", "conduct": conduct, "decided_on": "2024-08-01", "judgment": None}
    designation = ask(ask.both, "POST", "/v1/designations", json=exposable)
    assert designation.status_code == 201, designation.text
    drafted = designation.json["id"]
    for token, verb in ((ask.both, "submit"), (ask.second, "approve")):
        assert ask(token, "POST", f"/v1/designations/{drafted}/{verb}").status_code == 200
    for wrong in (
        {"title": canary.number},
        {"title": canary.name, "batch": canary.name},
        {"legal_basis": canary.phone},
        {"impact_assessment_ref": canary.name * 99},
    ):
        ask(first, "POST", "/v1/exposure-lists", json=list_body(drafted, **wrong))
    refused = ask(first, "POST", "/v1/exposure-lists", json=list_body("dsg_" + "0" * 26))
    assert refused.status_code == 422
    listed = ask(first, "POST", "/v1/exposure-lists", json=list_body(drafted, legal_basis=BASIS))
    assert listed.status_code == 201, listed.text
    path = f"/v1/exposure-lists/{listed.json['id']}"
    entry = ask(first, "GET", f"{path}/entries").json["items"][0]["id"]
    assert ask(first, "GET", f"{path}/preview").status_code == 200
    for token, verb in ((first, "submit"), (second, "publish")):
        assert ask(token, "POST", f"{path}/{verb}").status_code == 200
    for suffix in PUBLIC:
        assert ask(None, "GET", f"/public/exposure-lists/{listed.json['id']}{suffix}").status_code == 200
    named = {"reason": canary.name + canary.number}
    assert ask(first, "POST", f"{path}/entries/{entry}/withdraw", json=named).status_code == 422
    assert ask(first, "POST", f"{path}/entries/{entry}/withdraw", json={"reason": "更正"}).status_code == 200
    assert ask(first, "POST", f"{path}/withdraw", json={"reason": "依据有误"}).status_code == 200
    for feed in ("lists.json", "lists.atom", "withdrawals.json"):
        assert ask(None, "GET", f"/public/exposure-{feed}").status_code == 200
