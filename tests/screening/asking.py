"""Asking as partners do, and what law.md says they may ask."""

from typing import Any

from registry.access.rules import Role
from registry.clock import BEIJING
from registry.demo.people import SyntheticPerson
from tests.conftest import StandingClock
from tests.support.world import World

TELECOM = (
    "issue_phone_card",
    "issue_iot_card",
    "install_fixed_line",
    "assign_sms_port",
    "lease_telecom_line",
    "transfer_phone_card",
)

# law.md §3, «Who may ask what».
MAY_ASK = {
    "bank": ("open_bank_account", "open_ecny_wallet", "review_existing_customer"),
    "payment": ("open_payment_account", "open_ecny_wallet", "review_existing_customer"),
    "carrier": (*TELECOM, "review_existing_customer"),
    "internet": ("register_internet_account", "review_existing_customer"),
}
SECTORS = tuple(MAY_ASK)
PURPOSES = tuple(dict.fromkeys(purpose for purposes in MAY_ASK.values() for purpose in purposes))


def long_lived_partners(world: World, clock: StandingClock, last_day: str) -> None:
    """Tokens that still work on `last_day`, to be asked with on any day before it."""
    before = clock().astimezone(BEIJING).replace(tzinfo=None)
    clock.day(last_day)
    for sector in SECTORS:
        world.partner(sector)
    clock.set(before.isoformat())


def directions(world: World, person: SyntheticPerson) -> dict[str, dict[str, str]]:
    """What every sector is told about `person` today, for each purpose it may ask for."""
    return {
        sector: {purpose: world.ask(sector, purpose, person)["direction"] for purpose in purposes}
        for sector, purposes in MAY_ASK.items()
    }


def party(name: str, number: str, role: str = "applicant", type_: str = "resident_id") -> dict[str, Any]:
    """One party of a check."""
    return {"role": role, "name": name, "document": {"type": type_, "number": number}}


def ask_about(
    world: World, sector: str, purpose: str, *parties: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    """The answer about several parties."""
    body = world.check_body("", "", purpose) | {"parties": list(parties)} | changes
    response = world.post(world.partner(sector), "/v1/checks", body)
    assert response.status_code == 201, response.json
    return dict(response.json)


def subject(name: str, number: str, type_: str = "resident_id", kind: str = "person") -> dict[str, Any]:
    """Whom a designation names."""
    documents = [{"type": type_, "number": number}]
    return {"kind": kind, "name": name, "sex": None, "birth_on": None, "documents": documents}


def designate_by(world: World, authority: str, body: dict[str, Any]) -> dict[str, Any]:
    """Draft, submit and approve by two officers of `authority`."""
    clerk = world.officer(f"clerk-{authority[-6:]}", Role.CLERK, authority=authority)
    approver = world.officer(f"approver-{authority[-6:]}", Role.APPROVER, authority=authority)
    drafted = world.post(clerk, "/v1/designations", body)
    assert drafted.status_code == 201, drafted.json
    path = f"/v1/designations/{drafted.json['id']}"
    assert world.post(clerk, f"{path}/submit").status_code == 200
    approved = world.post(approver, f"{path}/approve")
    assert approved.status_code == 200, approved.json
    return dict(approved.json)


def class_1(world: World, person: SyntheticPerson, **changes: Any) -> dict[str, Any]:
    """A designation on a criminal judgment."""
    conduct = {"from": "2024-01-01", "to": "2024-06-01", "behaviours": ["sell"], "offence": "287-2"}
    body = world.draft_body(person, ground="convicted", conduct=conduct)
    return body | changes
