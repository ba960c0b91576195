"""`/v1/appeal-submissions`: what came through the public form, for an officer to take in or to set aside."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from registry.access.rules import Permission
from registry.api.appeal_schemas import NamedPartnerSchema, ReliefSchema
from registry.api.appeals import read_variation
from registry.api.designation_schemas import AuthoritySchema, HistorySchema, PageQuery
from registry.api.fields import Line, day, word
from registry.api.operation import officer, operation, services
from registry.api.respond import respond
from registry.appeals.rules import MAX_GROUNDS, Asks, Capacity
from registry.appeals.submission_rules import TRACKS, SetAside, SubmissionState
from registry.appeals.submissions import Taking
from registry.designations.rules import State

blueprint = Blueprint(
    "appeal-submissions",
    __name__,
    url_prefix="/v1",
    description="公众提交的申诉 · Appeals that came through the public form",
)

_ID = "/appeal-submissions/<string(length=30):submission_id>"
_AT = {"format": "date-time"}


class SubmissionsQuery(PageQuery):
    """Which of them."""

    state = word(SubmissionState)


class TakeInBodySchema(Schema):
    """What it goes against: a designation, or a partner's own risk control.

    `asks` is what the sender asked unless it is given; `vary` needs a `variation`.
    """

    designation_id = Line(40)
    asks = word(Asks)
    variation = fields.Nested(ReliefSchema)
    partner_id = Line(40)


class SetAsideBodySchema(Schema):
    """`reason` is what the sender reads; `note` stays in the office."""

    reason = word(SetAside, required=True)
    note = Line(MAX_GROUNDS)


class SubmissionSummarySchema(Schema):
    """公众提交的申诉, without anything that somebody wrote."""

    id = fields.String(required=True)
    state = word(SubmissionState, required=True)
    track = word(TRACKS, required=True)
    authority = fields.Nested(AuthoritySchema, required=True)
    partner = fields.Nested(NamedPartnerSchema, required=True, allow_none=True)
    submitted_at = fields.String(required=True, metadata=_AT)
    appeal_id = fields.String(required=True, allow_none=True)
    reason = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([*map(str, SetAside), None])
    )
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.String(required=True, allow_none=True, metadata=_AT)


class ConcernedSchema(Schema):
    """The person concerned, as entered."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    number = fields.String(required=True)


class CandidateSchema(Schema):
    """A designation that may be meant, and what it has in common with what was entered."""

    id = fields.String(required=True)
    state = word(State, required=True)
    decided_on = day(required=True)
    decision_no = fields.String(required=True)
    name = fields.String(required=True)
    same_document = fields.Boolean(required=True)
    same_decision_no = fields.Boolean(required=True)


class SubmissionSchema(SubmissionSummarySchema):
    """公众提交的申诉. Whether the sender is who they say, nobody has looked at yet."""

    person = fields.Nested(ConcernedSchema, required=True)
    capacity = word(Capacity, required=True)
    representative = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True)
    grounds = fields.String(required=True)
    decision_no = fields.String(required=True, allow_none=True)
    asks = fields.String(required=True, allow_none=True, validate=validate.OneOf([*map(str, Asks), None]))
    candidates = fields.List(fields.Nested(CandidateSchema), required=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)


class SubmissionPageSchema(Schema):
    """A page, newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(SubmissionSummarySchema), required=True)
    next = fields.String(required=True, allow_none=True)


@operation(
    blueprint,
    "GET",
    "/appeal-submissions",
    Permission.APPEAL_RECEIVE,
    query=SubmissionsQuery,
    answer=SubmissionPageSchema,
)
def list_submissions(query: dict[str, Any]) -> dict[str, Any]:
    """收件箱 · What came in for one's own authority and those below it"""
    state = SubmissionState(query["state"]) if "state" in query else None
    page = services().inbox.page(officer(), state, query["limit"], query.get("cursor"))
    return {"items": page.items, "next": page.next}


@operation(blueprint, "GET", _ID, Permission.APPEAL_RECEIVE, answer=SubmissionSchema)
def read_submission(submission_id: str) -> Response:
    """一件提交 · What was entered, beside the designations that may be meant"""
    return _shown(submission_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/take-in",
    Permission.APPEAL_RECEIVE,
    body=TakeInBodySchema,
    answer=SubmissionSchema,
    status=201,
)
def take_in_submission(submission_id: str, body: dict[str, Any]) -> Response:
    """接收 · waiting → taken_in: an appeal that came in on the day on which it was submitted"""
    appeal_id = services().submissions.take_in(officer(), submission_id, read_taking(body))
    response = _shown(submission_id, 201)
    response.headers["Location"] = f"/v1/appeals/{appeal_id}"
    return response


@operation(
    blueprint,
    "POST",
    f"{_ID}/set-aside",
    Permission.APPEAL_RECEIVE,
    body=SetAsideBodySchema,
    answer=SubmissionSchema,
)
def set_aside_submission(submission_id: str, body: dict[str, Any]) -> Response:
    """不予接收 · waiting → set_aside: the sender reads the reason by their receipt code"""
    services().submissions.set_aside(officer(), submission_id, SetAside(body["reason"]), body.get("note"))
    return _shown(submission_id)


def read_taking(body: dict[str, Any]) -> Taking:
    """What a body of the shape of `TakeInBodySchema` says of the appeal that a submission becomes."""
    return Taking(
        designation_id=body.get("designation_id"),
        asks=Asks(body["asks"]) if "asks" in body else None,
        variation=read_variation(body),
        partner_id=body.get("partner_id"),
    )


def _shown(submission_id: str, status: int = 200) -> Response:
    return respond(services().inbox.get(officer(), submission_id), status)
