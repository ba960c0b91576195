"""`/v1/resolutions`: same number, other name – how it was found out who that is."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from registry.access.rules import Permission
from registry.api.designation_schemas import PageQuery, ReasonBodySchema
from registry.api.fields import Line, Whole, word
from registry.api.operation import officer, operation, partner, services
from registry.api.persons import NamedSchema, read_name, read_person
from registry.designations.intake import MAX_FREE_TEXT
from registry.mismatches.rules import Outcome, State
from registry.mismatches.service import Found

blueprint = Blueprint(
    "resolutions", __name__, url_prefix="/v1", description="姓名不符核实 · Name mismatches resolved"
)

_ID = "/resolutions/<string(length=30):resolution_id>"


class CheckResolutionSchema(Schema):
    """How a partner found out who a party of its check is; the name again, which the check did not keep."""

    party = Whole(0, 9, required=True)
    name = Line(100, required=True)
    outcome = word(Outcome, required=True)
    note = Line(MAX_FREE_TEXT, required=True, metadata={"description": "What was looked at, and by whom"})


class OfficerResolutionSchema(NamedSchema):
    """How the duty officer found out who somebody is."""

    outcome = word(Outcome, required=True)
    note = Line(MAX_FREE_TEXT, required=True)


class ReceivedSchema(Schema):
    """`effective` at once, or `pending` until an officer decides."""

    id = fields.String(required=True)
    state = word(State, required=True)


class ResolutionSchema(ReceivedSchema):
    """A resolution as officers see it."""

    outcome = word(Outcome, required=True)
    designation = fields.String(required=True)
    check = fields.String(required=True, allow_none=True)
    by_partner = fields.Boolean(required=True)
    name = fields.String(required=True)
    note = fields.String(required=True)
    recorded_at = fields.String(required=True, metadata={"format": "date-time"})
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class ResolutionPageSchema(Schema):
    """Resolutions that wait, the oldest first."""

    items = fields.List(fields.Nested(ResolutionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


@operation(
    blueprint,
    "POST",
    "/checks/<string(length=30):check_id>/resolutions",
    Permission.CHECK_RESOLVE,
    body=CheckResolutionSchema,
    answer=ReceivedSchema,
    status=201,
)
def resolve_check(check_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """核实姓名不符 · Record who a party of an own check with a possible match turned out to be

    «another_person» has effect for this partner at once; «same_person» is passed on to the police.
    """
    found = Found(read_name(body["name"], "name"), Outcome(body["outcome"]), body["note"])
    parties = services().screening.record(partner(), check_id)["request"]["parties"]
    return services().mismatches.record_of_check(partner(), check_id, parties, body["party"], found)


@operation(
    blueprint,
    "POST",
    "/resolutions",
    Permission.MISMATCH_RECORD,
    body=OfficerResolutionSchema,
    answer=ReceivedSchema,
    status=201,
)
def record_resolution(body: dict[str, Any]) -> dict[str, Any]:
    """登记核实结果 · Record what the duty officer found out; another officer approves it"""
    name, document = read_person(body)
    found = Found(name, Outcome(body["outcome"]), body["note"])
    return services().mismatches.record(officer(), document, found)


@operation(
    blueprint,
    "GET",
    "/resolutions",
    Permission.MISMATCH_READ,
    query=PageQuery,
    answer=ResolutionPageSchema,
)
def list_resolutions(query: dict[str, Any]) -> dict[str, Any]:
    """待核实的姓名不符 · Resolutions that wait for this authority"""
    items, following = services().mismatches.waiting(officer(), query["limit"], query.get("cursor"))
    return {"items": items, "next": following}


@operation(blueprint, "GET", _ID, Permission.MISMATCH_READ, answer=ResolutionSchema)
def read_resolution(resolution_id: str) -> dict[str, Any]:
    """一项核实 · One resolution"""
    return services().mismatches.get(officer(), resolution_id)


@operation(blueprint, "POST", f"{_ID}/approve", Permission.MISMATCH_DECIDE, answer=ResolutionSchema)
def approve_resolution(resolution_id: str) -> dict[str, Any]:
    """批准核实结果 · pending → effective for everybody, by another than who recorded it"""
    services().mismatches.approve(officer(), resolution_id)
    return services().mismatches.get(officer(), resolution_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/reject",
    Permission.MISMATCH_DECIDE,
    body=ReasonBodySchema,
    answer=ResolutionSchema,
)
def reject_resolution(resolution_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """驳回核实结果 · pending → rejected"""
    services().mismatches.reject(officer(), resolution_id, body["reason"])
    return services().mismatches.get(officer(), resolution_id)
