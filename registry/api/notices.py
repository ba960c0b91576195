"""`/v1/designations/{id}/notices`: what the subject is told, and the proof that it was delivered."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from registry.access.rules import Permission
from registry.api.fields import Line, day, word
from registry.api.operation import officer, operation, services
from registry.api.respond import respond
from registry.db import reading
from registry.notices.rules import MAX_PROOF, Delivery, Form, Kind, Outcome, State

blueprint = Blueprint(
    "notices", __name__, url_prefix="/v1", description="告知书与送达 · Notices and their delivery"
)

PDF = "application/pdf"
_NOTICES = "/designations/<string(length=30):designation_id>/notices"
_ID = f"{_NOTICES}/<string(length=30):notice_id>"


class DeliveryBodySchema(Schema):
    """A delivery, or an attempt that failed or was refused. `delivered_on` is the Beijing day of either."""

    form = word(Form, required=True)
    delivered_on = day(required=True)
    proof = Line(
        MAX_PROOF,
        required=True,
        metadata={"description": "Number of the receipt or the parcel, who signed, why it failed"},
    )
    outcome = word(Outcome, load_default=Outcome.DELIVERED.value)


class DeliverySchema(Schema):
    """送达, as recorded."""

    id = fields.String(required=True)
    form = word(Form, required=True)
    outcome = word(Outcome, required=True)
    delivered_on = day(required=True)
    proof = fields.String(required=True)
    recorded_at = fields.String(required=True, metadata={"format": "date-time"})
    recorded_by = fields.String(required=True)


class NoticeSchema(Schema):
    """告知书. `overdue_delivery` reminds the office: undelivered for more than 7 working days."""

    id = fields.String(required=True)
    kind = word(Kind, required=True)
    template = fields.String(required=True)
    drafted_at = fields.String(required=True, metadata={"format": "date-time"})
    drafted_by = fields.String(required=True)
    state = word(State, required=True)
    delivered_on = day(required=True, allow_none=True)
    overdue_delivery = fields.Boolean(required=True)
    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)


class NoticeListSchema(Schema):
    """All notices of one designation, oldest first."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)


@operation(blueprint, "GET", _NOTICES, Permission.NOTICE_READ, answer=NoticeListSchema)
def list_notices(designation_id: str) -> dict[str, Any]:
    """告知书 · Notices of a designation with their deliveries"""
    _require_visible(designation_id)
    return {"items": _notices(designation_id)}


@operation(
    blueprint,
    "POST",
    f"{_ID}/deliveries",
    Permission.NOTICE_DELIVER,
    body=DeliveryBodySchema,
    answer=NoticeSchema,
    status=201,
)
def record_delivery(designation_id: str, notice_id: str, body: dict[str, Any]) -> Response:
    """记录送达 · Record a delivery with its form, day and proof; the notice as it then stands"""
    _require_visible(designation_id)
    delivery = Delivery(Form(body["form"]), body["delivered_on"], body["proof"], Outcome(body["outcome"]))
    services().notices.deliver(officer().actor, designation_id, notice_id, delivery)
    shown = next(notice for notice in _notices(designation_id) if notice["id"] == notice_id)
    return respond(shown, 201)


@operation(blueprint, "GET", f"{_ID}/document", Permission.NOTICE_READ, answer=None, content_type=PDF)
def read_notice_document(designation_id: str, notice_id: str) -> Response:
    """告知书正文(PDF)· The notice to print; the same bytes each time, and every look is logged"""
    return document(designation_id, notice_id)


def document(designation_id: str, notice_id: str) -> Response:
    """A notice as PDF, for the officer who asks. Raises NotFound."""
    _require_visible(designation_id)
    pdf = services().notices.document(officer().actor, designation_id, notice_id)
    response = Response(pdf, content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{notice_id}.pdf"'
    return response


def _notices(designation_id: str) -> list[dict[str, Any]]:
    with reading() as session:
        return services().notices.of(session, designation_id)


def _require_visible(designation_id: str) -> None:
    with reading() as session:
        services().designation_queries.require_visible(session, officer(), designation_id)
