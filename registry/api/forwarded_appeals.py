"""`/v1/forwarded-appeals`: appeals about a partner's own risk control, for that partner to answer."""

from typing import Any

from flask_smorest import Blueprint

from registry.access.rules import Permission
from registry.api.appeal_schemas import (
    AnswerBodySchema,
    ForwardedAppealSchema,
    ForwardedPageSchema,
    ForwardedQuery,
)
from registry.api.operation import operation, partner, services
from registry.appeals.rules import Answer, Outcome, State

blueprint = Blueprint(
    "forwarded-appeals",
    __name__,
    url_prefix="/v1",
    description="转交的申诉 · Appeals forwarded to a partner",
)

_ID = "/forwarded-appeals/<string(length=30):appeal_id>"


@operation(
    blueprint,
    "GET",
    "/forwarded-appeals",
    Permission.APPEAL_ANSWER,
    query=ForwardedQuery,
    answer=ForwardedPageSchema,
)
def list_forwarded_appeals(query: dict[str, Any]) -> dict[str, Any]:
    """转交给我方的申诉 · Appeals that were forwarded to the partner"""
    state = State(query["state"]) if "state" in query else None
    page = services().appeal_queries.forwarded_page(partner(), state, query["limit"], query.get("cursor"))
    return {"items": page.items, "next": page.next}


@operation(blueprint, "GET", _ID, Permission.APPEAL_ANSWER, answer=ForwardedAppealSchema)
def read_forwarded_appeal(appeal_id: str) -> dict[str, Any]:
    """一件转交的申诉 · One of them"""
    return services().appeal_queries.forwarded(partner(), appeal_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/answer",
    Permission.APPEAL_ANSWER,
    body=AnswerBodySchema,
    answer=ForwardedAppealSchema,
)
def answer_appeal(appeal_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """答复 · Answer it: reason, channel, papers; who finds for the customer has released at once"""
    answer = Answer(
        outcome=Outcome(body["outcome"]),
        reason=body["reason"],
        channel=body["channel"],
        papers=tuple(body["papers"]),
        released_on=body.get("released_on"),
    )
    services().appeals.answer(partner(), appeal_id, answer)
    return services().appeal_queries.forwarded(partner(), appeal_id)
