"""A registry with a list, filled by the product's own services, and what a bank asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from registry import clock, migrating
from registry.access.rules import PartnerKind, Role
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import engine, transaction
from registry.demo.people import People, SyntheticPerson
from registry.designations.service import Proposal
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.law.words import Level, Purpose
from registry.screening.answers import CheckRequest, Party, PartyRole
from registry.services import Services
from registry.subjects.service import chunks
from registry.vault.keyring import KeyRing

BODIES, HIT_EVERY = 5000, 10
_BATCH = 2000


@dataclass(frozen=True)
class Place:
    """Where it is and what is asked there."""

    url: str
    keys: Path
    token: str
    bodies: list[dict[str, Any]]


def furnish(url: str, folder: Path, people: int) -> Place:
    """A migrated registry with `people` persons on its list."""
    keys = folder / "keys.json"
    KeyRing.create(keys, "intl")
    migrator = create_engine(url)
    migrating.upgrade(migrator)
    migrator.dispose()
    app = create_app(Config(database_url=url, keys=keys))
    with app.app_context():
        services: Services = app.extensions["registry"]
        source = People(1, clock.today())
        listed = [source.person() for _ in range(people)]
        designate(services, listed)
        token = services.access.add_partner(OPERATOR, "bench", PartnerKind.BANK, "140900").secret
        place = Place(url, keys, token, list(_bodies(source, listed)))
        services.screening.check(token, question(place.bodies[1]), "zh-CN")
        engine().dispose()
    return place


def question(body: dict[str, Any]) -> CheckRequest:
    """A body as the service gets it."""
    parties = tuple(
        Party(
            PartyRole(party["role"]),
            normalise_name(party["name"]),
            parse_document(party["document"]["type"], party["document"]["number"], clock.today()),
        )
        for party in body["parties"]
    )
    return CheckRequest(Purpose(body["purpose"]), body["reference"], body["operator"], parties, digest="")


def designate(services: Services, people: list[SyntheticPerson]) -> None:
    """Put `people` on the list, as police would."""
    access, designations = services.access, services.designations
    authority = access.add_authority(OPERATOR, "忻州市公安局", "140900", Level.CITY, "0350-110")
    clerk = access.officer(access.add_officer(OPERATOR, authority, "clerk", {Role.CLERK}).secret)
    approver = access.officer(access.add_officer(OPERATOR, authority, "approver", {Role.APPROVER}).secret)
    decided_on = clock.today() - timedelta(days=30)
    number = 0
    for part in chunks(people, _BATCH):
        proposals = []
        for person in part:
            number += 1
            proposals.append(
                Proposal(
                    designations.drafts.read(
                        {
                            "subject": {
                                "kind": "person",
                                "name": person.name,
                                "documents": [{"type": "resident_id", "number": person.resident_id}],
                            },
                            "ground": "facilitated",
                            "decided_on": decided_on,
                            "decision_no": f"忻公(反诈)认字〔{decided_on.year}〕{number}号",
                            "conduct": {
                                "from": decided_on - timedelta(days=60),
                                "to": decided_on - timedelta(days=30),
                                "behaviours": ["rent"],
                                "role": "account_holder",
                                "items": 3,
                                "times": 1,
                                "recipients": 1,
                            },
                            "item_kinds": ["bank_account"],
                            "penalty": "none",
                        }
                    ),
                    clerk.authority,
                )
            )
        with transaction() as session:
            drafted = designations.drafts.draft_all(session, clerk, proposals)
            designations.submit_all(session, clerk, drafted)
            designations.approve_all(session, approver, drafted)


def _bodies(source: People, listed: list[SyntheticPerson]) -> Iterator[dict[str, Any]]:
    for turn in range(BODIES):
        hit = turn % HIT_EVERY == 0
        person = listed[turn * 7919 % len(listed)] if hit else source.person()
        yield {
            "purpose": "open_bank_account",
            "reference": f"B-{turn}",
            "operator": "t-1",
            "parties": [
                {
                    "role": "applicant",
                    "name": person.name,
                    "document": {"type": "resident_id", "number": person.resident_id},
                }
            ],
        }
