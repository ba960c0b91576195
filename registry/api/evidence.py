"""What proves an answer later: the public keys behind signatures, the sealed log's checkpoints and proofs."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from registry.access.rules import Permission
from registry.api.checks import (
    MAX_PARTIES,
    AnswerSchema,
    CheckAnswerSchema,
    DocumentSchema,
    read_request,
)
from registry.api.fields import Line, Moment, Pattern, word
from registry.api.operation import officer, operation, partner, services
from registry.api.respond import language, respond
from registry.designations.intake import MAX_FREE_TEXT
from registry.law.words import Purpose, Sector
from registry.screening.answers import PartyRole
from registry.screening.evidence import Supposed
from registry.text import Text

blueprint = Blueprint(
    "evidence", __name__, url_prefix="/v1", description="凭证 · Evidence of what was answered"
)

KEYS_MAY_BE_KEPT_SECONDS = 300
MAX_SIZE = (1 << 63) - 1


class KeySchema(Schema):
    """A public signing key as a JWK (RFC 7517). `retired_at` is null for the key that signs now."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    kid = fields.String(required=True, metadata={"description": "Thumbprint of the key (RFC 7638)"})
    use = fields.String(required=True)
    alg = fields.String(required=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    retired_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class KeySetSchema(Schema):
    """A JWK set: every signing key there ever was, newest first."""

    keys = fields.List(fields.Nested(KeySchema), required=True)


class CheckpointSchema(Schema):
    """How many records are sealed and the root of their tree, signed: a note as C2SP's tlog-checkpoint."""

    checkpoint = fields.String(required=True)


class ProofSchema(Schema):
    """That a record is in the sealed log.

    SHA-256 over `columns` as canonical JSON is the record's digest; SHA-256 over 0x00, `position` (8 bytes,
    big-endian) and the digest its leaf; leaf and `path` give the root in `checkpoint` (RFC 9162, 2.1.3.2).
    `facts` among the columns holds the SHA-256 of the receipt.
    """

    record = fields.String(required=True)
    position = fields.Integer(required=True)
    columns = fields.List(fields.Raw(allow_none=True), required=True)
    leaf_index = fields.Integer(required=True)
    tree_size = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)
    checkpoint = fields.String(required=True)


class ConsistencyQuery(Schema):
    """Two sizes of the log, of which checkpoints tell."""

    old = fields.Integer(required=True, validate=validate.Range(1, MAX_SIZE))
    new = fields.Integer(required=True, validate=validate.Range(1, MAX_SIZE))


class ConsistencySchema(Schema):
    """That the log of `new` records begins with that of `old` (RFC 9162, 2.1.4.2)."""

    old = fields.Integer(required=True)
    new = fields.Integer(required=True)
    path = fields.List(fields.String(), required=True)


class RotatedSchema(Schema):
    """The id of the fresh key."""

    id = fields.String(required=True)


@operation(blueprint, "GET", "/keys", None, answer=KeySetSchema)
def list_keys() -> Response:
    """签名公钥 · The public keys that receipts are verified with

    Retired keys stay, so that old receipts can be verified. Whoever meets an unknown `kid` asks again.
    """
    response = respond(services().keys.public_keys())
    response.headers["Cache-Control"] = f"public, max-age={KEYS_MAY_BE_KEPT_SECONDS}"
    return response


@operation(blueprint, "POST", "/keys/rotate", Permission.ACCOUNT_MANAGE, answer=RotatedSchema, status=201)
def rotate_keys() -> dict[str, Any]:
    """更换签名密钥 · A fresh signing key; the present one signs no more and stays known"""
    return {"id": services().keys.rotate(officer().actor, services().log)}


@operation(blueprint, "GET", "/checkpoints/latest", Permission.LOG_PROVE, answer=CheckpointSchema)
def latest_checkpoint() -> dict[str, str]:
    """日志检查点 · The newest signed checkpoint of the log, to be kept by the partner"""
    return {"checkpoint": services().sealer.checkpoint()}


@operation(
    blueprint,
    "GET",
    "/checkpoints/consistency",
    Permission.LOG_PROVE,
    query=ConsistencyQuery,
    answer=ConsistencySchema,
)
def prove_consistency(query: dict[str, int]) -> dict[str, Any]:
    """一致性证明 · That the log of a later checkpoint continues that of an earlier one"""
    return query | {"path": services().sealer.consistency(query["old"], query["new"])}


@operation(
    blueprint,
    "GET",
    "/checks/<string(length=30):check_id>/proof",
    Permission.CHECK_READ,
    answer=ProofSchema,
)
def prove_check(check_id: str) -> dict[str, Any]:
    """核查存证证明 · That an own check is in the sealed log; a few seconds after the check"""
    return services().screening.proof(partner(), check_id)


class EvidencePartySchema(Schema):
    """Somebody about whom it is asked."""

    role = word(PartyRole, load_default=PartyRole.APPLICANT.value)
    name = Line(100, required=True)
    document = fields.Nested(DocumentSchema, required=True)


class EvidenceQuestionSchema(Schema):
    """Either a check that was made, or a question at an instant; and the request of a court that asks."""

    court_request = Line(MAX_FREE_TEXT, required=True)
    check = Line(40)
    purpose = word(Purpose)
    sector = word(Sector)
    area = fields.String(validate=Pattern(r"^[0-9]{6}$"))
    at = Moment()
    parties = fields.List(
        fields.Nested(EvidencePartySchema), validate=validate.Length(min=1, max=MAX_PARTIES)
    )

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        supposed = {"purpose", "sector", "area", "at", "parties"} & data.keys()
        if ("check" in data) == bool(supposed) or len(supposed) not in (0, 5):
            raise ValidationError(
                [
                    Text(
                        "请给出 check,或给出 purpose、sector、area、at、parties 全部五项。",
                        "Give check, or all five of purpose, sector, area, at and parties.",
                    )
                ]
            )


class LawVersionsSchema(Schema):
    """SHA-256 of the law's data, then and now; null where it was not kept."""

    then = fields.String(required=True, allow_none=True)
    now = fields.String(required=True)


class EvidenceSchema(Schema):
    """What was known then, and what is known now, about the same question on the same law day.

    `reproduced`: whether `then`, recomputed, is the stored answer to the letter.
    """

    check = fields.String(required=True, allow_none=True)
    stored = fields.Nested(CheckAnswerSchema, required=True, allow_none=True)
    reproduced = fields.Boolean(required=True, allow_none=True)
    then = fields.Nested(AnswerSchema, required=True)
    now = fields.Nested(AnswerSchema, required=True)
    law = fields.Nested(LawVersionsSchema, required=True)


@operation(
    blueprint,
    "POST",
    "/evidence",
    Permission.EVIDENCE_ASK,
    body=EvidenceQuestionSchema,
    answer=EvidenceSchema,
)
def ask_evidence(body: dict[str, Any]) -> dict[str, Any]:
    """取证 · What was or would have been answered, with what was known then and with what is known now

    A check is recomputed from the versions of the list and the law that it used and compared with the stored
    answer. Each question is in the log with the court's request.
    """
    evidence, court_request = services().evidence, body["court_request"]
    if "check" in body:
        return evidence.of_check(officer(), court_request, body["check"])
    asked = read_request(body | {"reference": "evidence", "operator": "evidence"}, b"")
    supposed = Supposed(asked, Sector(body["sector"]), body["area"], body["at"])
    return evidence.supposed(officer(), court_request, supposed, language())
