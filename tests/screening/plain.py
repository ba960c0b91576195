"""A check the plain way: one query after the other through the ORM, no batch, no lane, nothing prepared.

What the product's hot path is held against.
"""

import json
from datetime import date
from typing import Any

from sqlalchemy import select

from registry import clock
from registry.access.models import AuthorityRow, RegisterState
from registry.access.principals import Partner
from registry.db import reading
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.law.words import Purpose
from registry.screening.answers import Checked, Party, PartyRole, answer
from registry.screening.lookup import Identity
from registry.screening.rules import Listed, Question, find
from registry.services import Services
from registry.subjects.models import DocumentRow, NameRow

LISTED = {State.IN_FORCE.value, State.ENDED.value, State.SUSPENDED.value}


def check(services: Services, partner: Partner, body: dict[str, Any]) -> dict[str, Any]:
    """The answer, without what differs each time: id, time, receipt."""
    vault, law = services.keys.vault(), services.book.on(clock.today())
    parties = tuple(
        Party(
            PartyRole(each["role"]),
            normalise_name(each["name"]),
            parse_document(each["document"]["type"], each["document"]["number"], clock.today()),
        )
        for each in body["parties"]
    )
    question = Question(Purpose(body["purpose"]), partner.sector, body.get("area") or partner.area, law)
    identities = tuple(
        Identity(vault.token("document", each.document.key), vault.token("name", each.name.key))
        for each in parties
    )
    with reading() as session:
        version = session.scalars(select(RegisterState.list_version)).one()
        findings = tuple(find(_listed(services, identity), question) for identity in identities)
    roles = tuple(party.role for party in parties)
    checked = Checked("", clock.now(), question, version, roles, findings)
    return without_chance(answer(checked, "zh-CN"))


def without_chance(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs each time."""
    return {name: value for name, value in answer.items() if name not in ("id", "checked_at", "receipt")}


def _listed(services: Services, identity: Identity) -> list[Listed]:
    found = []
    with reading() as session:
        for document in session.scalars(select(DocumentRow)):
            if document.token != identity.document:
                continue
            names = session.scalars(select(NameRow).where(NameRow.subject_id == document.subject_id))
            same_name = identity.name in {name.token for name in names}
            of_subject = select(SanctionRow).where(SanctionRow.subject_id == document.subject_id)
            for sanction in session.scalars(of_subject).all():
                designation = session.get_one(DesignationRow, sanction.designation_id)
                authority = session.get_one(AuthorityRow, designation.authority_id)
                if designation.state not in LISTED:
                    continue
                sealed = services.keys.vault().open_text(
                    designation.sealed, f"designations.sealed:{designation.id}"
                )
                found.append(
                    Listed(
                        id=sanction.id,
                        same_name=same_name,
                        regime=sanction.regime,
                        starts_on=sanction.starts_on,
                        ends_on=sanction.ends_on,
                        suspended=designation.state == State.SUSPENDED.value,
                        measures=tuple(
                            (code, date.fromisoformat(until) if until else None)
                            for code, until in sanction.measures
                        ),
                        authority=authority.name,
                        contact=authority.phone,
                        designation_no=json.loads(sealed)["decision_no"],
                    )
                )
    return found
