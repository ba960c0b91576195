"""`/v1/checks`: the main job."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates

from registry import clock
from registry.access.rules import Permission
from registry.api import slips
from registry.api.fields import Line, Pattern, day, word
from registry.api.observability import check_answered
from registry.api.operation import bearer_token, operation, partner, services
from registry.api.respond import language
from registry.errors import FieldError, Invalid
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.law.words import Direction, Purpose, When
from registry.screening.answers import CheckRequest, Party, PartyRole
from registry.screening.rules import Result
from registry.text import Text

blueprint = Blueprint(
    "checks", __name__, url_prefix="/v1", description="核查 · Screening of parties before business"
)

MAX_PARTIES = 10
KEPT = timedelta(minutes=10)


class DocumentSchema(Schema):
    """An identity document. `type` is the registry's word or a code that partners' systems use."""

    type = Line(40, required=True)
    number = Line(64, required=True)


class PartySchema(Schema):
    """One party of the business."""

    role = word(PartyRole, required=True)
    name = Line(100, required=True)
    document = fields.Nested(DocumentSchema, required=True)


class CheckSchema(Schema):
    """What a partner asks."""

    purpose = word(Purpose, required=True)
    reference = Line(64, required=True, metadata={"description": "The partner's own business number"})
    operator = Line(64, required=True, metadata={"description": "The teller's or agent's id at the partner"})
    area = fields.String(
        validate=Pattern(r"^[0-9]{6}$"),
        metadata={"description": "Area of the branch; default the partner's"},
    )
    parties = fields.List(
        fields.Nested(PartySchema), required=True, validate=validate.Length(min=1, max=MAX_PARTIES)
    )

    @validates("parties")
    def _one_applicant(self, parties: list[Any], **_: Any) -> None:
        # This runs even where a party itself is faulty; then its own fault is told first.
        roles = [party.get("role") if isinstance(party, dict) else None for party in parties]
        if set(roles) <= set(PartyRole) and roles.count(PartyRole.APPLICANT) != 1:
            raise ValidationError([Text("须有且仅有一名申请人。", "There must be exactly one applicant.")])


class BasisSchema(Schema):
    """Where a value of the law comes from."""

    instrument = fields.String(required=True)
    article = fields.String(required=True)


class ReasonSchema(BasisSchema):
    """The rule that decided a direction."""

    rule = fields.String(required=True)
    provisional = fields.Boolean(required=True)


class MeasureSchema(Schema):
    """A measure of the asking sector, in force today."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    ends_on = day(required=True)
    exempt = fields.List(fields.String(), required=True)
    basis = fields.Nested(BasisSchema, required=True)
    provisional = fields.Boolean(required=True)


class ShownSanctionSchema(Schema):
    """A sanction that has an effect for this purpose and sector."""

    id = fields.String(required=True)
    regime = fields.String(required=True)
    state = word([When.IN_FORCE, When.ENDED], required=True)
    starts_on = day(required=True)
    ends_on = day(required=True)
    authority = fields.String(required=True)
    designation_no = fields.String(required=True)
    direction = word(Direction, required=True)
    basis = fields.Nested(ReasonSchema, required=True)
    measures = fields.List(fields.Nested(MeasureSchema), required=True)


class PartyAnswerSchema(Schema):
    """The answer for one party, in the order asked. `contact` comes with a possible match only."""

    role = word(PartyRole, required=True)
    result = word(Result, required=True)
    direction = word(Direction, required=True)
    sanctions = fields.List(fields.Nested(ShownSanctionSchema), required=True)
    still_allowed = fields.List(fields.String(), required=True)
    say = fields.String(required=True)
    contact = fields.String(allow_none=True)


class LawSchema(Schema):
    """The law day, the rules an answer rests on, and those among them whose value is unconfirmed."""

    as_of = day(required=True)
    rules = fields.List(fields.String(), required=True)
    provisional = fields.List(fields.String(), required=True)


class AnswerSchema(Schema):
    """What the registry answers to a check."""

    id = fields.String(required=True)
    checked_at = fields.String(required=True, metadata={"format": "date-time"})
    purpose = word(Purpose, required=True)
    direction = word(Direction, required=True)
    parties = fields.List(fields.Nested(PartyAnswerSchema), required=True)
    list_version = fields.Integer(required=True)
    law = fields.Nested(LawSchema, required=True)


class CheckAnswerSchema(AnswerSchema):
    """What the registry answered; durable in its log before it was sent."""

    receipt = fields.String(
        required=True, metadata={"description": "Signed proof of question and answer, a compact JWS"}
    )


_EXAMPLE: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "example": {
                    "purpose": "open_bank_account",
                    "reference": "B-20261122-0007",
                    "operator": "teller-7",
                    "parties": [
                        {
                            "role": "applicant",
                            "name": "张三",
                            "document": {"type": "resident_id", "number": "11010519491231002X"},
                        }
                    ],
                }
            }
        }
    }
}


def kept_until() -> datetime:
    """Ten minutes, and never past midnight in Beijing: yesterday's «proceed» is no answer today."""
    now = clock.now()
    tomorrow = clock.beijing_day(now) + timedelta(days=1)
    return min(now + KEPT, clock.midnight(tomorrow))


@operation(
    blueprint,
    "POST",
    "/checks",
    Permission.CHECK_MAKE,
    body=CheckSchema,
    answer=CheckAnswerSchema,
    status=201,
    keep_until=kept_until,
    docs=_EXAMPLE,
)
def make_check(body: dict[str, Any]) -> dict[str, Any]:
    """核查一笔业务的各方 · Check the parties of one piece of business

    The answer holds the measures of the asking partner's sector only. A known number under another
    name is a `possible_match`: nothing of the record is disclosed but a telephone number.
    """
    answer = services().screening.check(bearer_token(), read_request(body, request.get_data()), language())
    check_answered(answer)
    return answer


@operation(
    blueprint, "GET", "/checks/<string(length=30):check_id>", Permission.CHECK_READ, answer=CheckAnswerSchema
)
def read_check(check_id: str) -> dict[str, Any]:
    """一次核查的原答复 · The answer of an own check, word for word"""
    return services().screening.stored(partner(), check_id)


@operation(blueprint, "GET", "/checks/<string(length=30):check_id>/slip", Permission.CHECK_READ, answer=None)
def read_slip(check_id: str) -> Response:
    """客户告知单 · A printable page for the customer: what, why, until when, how to appeal"""
    return slips.page(services().screening.record(partner(), check_id))


def read_request(body: dict[str, Any], raw: bytes) -> CheckRequest:
    """What a body that `CheckSchema` accepts asks; `raw` is that body as it came.

    Raises Invalid with the faults of all names and documents.
    """
    today = clock.today()
    parties, faults = [], []
    for position, party in enumerate(body["parties"]):
        pointer = f"/parties/{position}"
        try:
            name = normalise_name(party["name"])
        except Invalid as fault:
            name = None
            faults += [error.under(f"{pointer}/name") for error in fault.errors]
        try:
            document = parse_document(party["document"]["type"], party["document"]["number"], today)
        except Invalid as fault:
            document = None
            faults += [error.under(f"{pointer}/document") for error in fault.errors]
        if name and document:
            parties.append(Party(PartyRole(party["role"]), name, document))
    for field in ("reference", "operator"):
        if not body[field].isprintable() or not body[field].strip():
            text = Text("须为可见字符，不能为空白。", "It needs visible characters and may not be blank.")
            faults.append(FieldError(f"/{field}", text))
    if faults:
        raise Invalid(
            "invalid-parties",
            Text("当事人信息有误，请按提示逐项更正。", "The parties have faults; mend each one named."),
            errors=faults,
        )
    return CheckRequest(
        purpose=Purpose(body["purpose"]),
        reference=body["reference"],
        operator=body["operator"],
        parties=tuple(parties),
        digest=hashlib.sha256(raw).hexdigest(),
        area=body.get("area"),
    )
