"""The check as anybody would first write it: one ORM session a request, models, a schema, `jsonify`.

The same question, rules, wording and log row as the product; nothing of its hot path. A yardstick only.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from registry import clock, ids
from registry.access.models import AuthorityRow, CredentialRow, PartnerRow, RegisterState
from registry.access.rules import SECTOR_OF, PartnerKind
from registry.audit.models import LogRecord
from registry.audit.tags import Tag
from registry.config import Config
from registry.db import Base
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.law.book import Book
from registry.law.words import Purpose
from registry.screening.answers import Checked, CheckRequest, Party, PartyRole, answer, logged
from registry.screening.lookup import Identity
from registry.screening.rules import Listed, Question, find
from registry.subjects.models import DocumentRow, NameRow
from registry.vault.keyring import KeyRing
from registry.vault.vault import Vault

LISTED = [State.IN_FORCE.value, State.ENDED.value, State.SUSPENDED.value]


class DocumentSchema(Schema):
    """An identity document."""

    type = fields.String(required=True, validate=validate.Length(1, 40))
    number = fields.String(required=True, validate=validate.Length(1, 64))


class PartySchema(Schema):
    """One party."""

    role = fields.Enum(PartyRole, by_value=True, required=True)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    document = fields.Nested(DocumentSchema, required=True)


class CheckSchema(Schema):
    """What a partner asks."""

    purpose = fields.Enum(Purpose, by_value=True, required=True)
    reference = fields.String(required=True, validate=validate.Length(1, 64))
    operator = fields.String(required=True, validate=validate.Length(1, 64))
    parties = fields.List(fields.Nested(PartySchema), required=True, validate=validate.Length(1, 10))


app = Flask(__name__, static_folder=None)
config = Config.from_env()
app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 16}
database = SQLAlchemy(app, metadata=Base.metadata)
book = Book.load()
vault = Vault(KeyRing.load(config.keys, config.suite))


@app.get("/healthz")
def health() -> Response:
    """A sign of life."""
    return jsonify(status="ok")


@app.post("/v1/checks")
def check() -> tuple[Response, int]:
    """Look up, judge, log, answer."""
    session = database.session
    token = request.headers["Authorization"].removeprefix("Bearer ")
    digest = hashlib.sha256(token.encode()).digest()
    credential = session.scalar(select(CredentialRow).where(CredentialRow.digest == digest))
    if credential is None or credential.revoked_at or credential.expires_at < datetime.now(UTC):
        abort(401)
    partner = session.get_one(PartnerRow, credential.partner_id)
    body = CheckSchema().load(request.get_json())

    now = clock.now()
    law = book.on(clock.beijing_day(now))
    sector = SECTOR_OF[PartnerKind(partner.kind)]
    if not law.permits(body["purpose"], sector):
        abort(403)
    question = Question(body["purpose"], sector, partner.area, law)
    parties = tuple(_party(each) for each in body["parties"])
    identities = tuple(
        Identity(vault.token("document", party.document.key), vault.token("name", party.name.key))
        for party in parties
    )
    checked = Checked(
        id=ids.new("chk"),
        at=now,
        question=question,
        list_version=session.scalars(select(RegisterState)).one().list_version,
        roles=tuple(party.role for party in parties),
        findings=tuple(find(_listed(identity), question) for identity in identities),
    )
    asked = CheckRequest(body["purpose"], body["reference"], body["operator"], parties, digest="")
    given = answer(checked, "zh-CN")
    secret = json.dumps(
        {"language": "zh-CN", "request": logged(asked, question, identities), "answer": given}
    )
    sealed = vault.seal_text(secret, f"log.sealed:{checked.id}")
    session.add(
        LogRecord(
            id=checked.id,
            at=now,
            tag=Tag.CHECK_ANSWERED.value,
            actor=partner.id,
            organisation=partner.id,
            facts={"purpose": body["purpose"].value, "direction": checked.direction.value},
            sealed=sealed,
            digest=hashlib.sha256(sealed).digest(),
        )
    )
    session.commit()
    return jsonify(given), 201


def _party(raw: dict[str, Any]) -> Party:
    document = parse_document(raw["document"]["type"], raw["document"]["number"], clock.today())
    return Party(raw["role"], normalise_name(raw["name"]), document)


def _listed(identity: Identity) -> list[Listed]:
    """The sanctions behind a document."""
    session, listed = database.session, []
    for document in session.scalars(select(DocumentRow).where(DocumentRow.token == identity.document)):
        names = session.scalars(select(NameRow).where(NameRow.subject_id == document.subject_id)).all()
        same_name = any(name.token == identity.name for name in names)
        sanctions = (
            select(SanctionRow, DesignationRow, AuthorityRow)
            .join(DesignationRow, DesignationRow.id == SanctionRow.designation_id)
            .join(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
            .where(SanctionRow.subject_id == document.subject_id, DesignationRow.state.in_(LISTED))
        )
        for sanction, designation, authority in session.execute(sanctions):
            particulars = json.loads(
                vault.open_text(designation.sealed, f"designations.sealed:{designation.id}")
            )
            listed.append(
                Listed(
                    id=sanction.id,
                    same_name=same_name,
                    regime=sanction.regime,
                    starts_on=sanction.starts_on,
                    ends_on=sanction.ends_on,
                    suspended=designation.state == State.SUSPENDED.value,
                    measures=tuple(
                        (code, datetime.fromisoformat(until).date() if until else None)
                        for code, until in sanction.measures
                    ),
                    authority=authority.name,
                    contact=authority.phone,
                    designation_no=particulars["decision_no"],
                )
            )
    return listed
