"""`/v1/appeals`: taken in at the desk, judged by whoever had no hand in the matter, decided by two."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from registry.access.rules import Permission
from registry.api.appeal_schemas import (
    AppealIntakeSchema,
    AppealPageSchema,
    AppealSchema,
    AppealsQuery,
    DecisionBodySchema,
)
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.operation import officer, operation, services
from registry.api.persons import read_person
from registry.api.respond import respond
from registry.appeals.queries import Wanted
from registry.appeals.rules import (
    Appellant,
    Asks,
    Capacity,
    Channel,
    Customer,
    Decision,
    Intake,
    Outcome,
    State,
    Track,
)
from registry.designations.variations import Variation

blueprint = Blueprint("appeals", __name__, url_prefix="/v1", description="申诉 · Appeals on both tracks")

_ID = "/appeals/<string(length=30):appeal_id>"

_EXAMPLE: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "example": {
                    "track": "designation",
                    "designation_id": "dsg_00000000000000000000000000",
                    "asks": "vary",
                    "variation": {"lifted": ["payment_account_stop"]},
                    "received_on": "2026-11-20",
                    "channel": "in_person",
                    "appellant": {"capacity": "subject", "name": "张三"},
                    "grounds": "涉案账户系被盗用。",
                }
            }
        }
    }
}


@operation(
    blueprint,
    "POST",
    "/appeals",
    Permission.APPEAL_RECEIVE,
    body=AppealIntakeSchema,
    answer=AppealSchema,
    status=201,
    docs=_EXAMPLE,
)
def receive_appeal(body: dict[str, Any]) -> Response:
    """登记申诉 · Take an appeal in, against a designation or about a partner's own risk control"""
    appeal_id = services().appeals.receive(officer(), read_intake(body))
    response = _shown(appeal_id, 201)
    response.headers["Location"] = f"/v1/appeals/{appeal_id}"
    return response


@operation(blueprint, "GET", "/appeals", Permission.APPEAL_READ, query=AppealsQuery, answer=AppealPageSchema)
def list_appeals(query: dict[str, Any]) -> dict[str, Any]:
    """申诉列表 · Appeals of one's own authority and those below it, with their clocks

    `overdue=true`: those whose time is over; `escalated` are those of an authority below.
    """
    wanted = Wanted(
        track=Track(query["track"]) if "track" in query else None,
        state=State(query["state"]) if "state" in query else None,
        overdue="overdue" in query,
    )
    page = services().appeal_queries.page(officer(), wanted, query["limit"], query.get("cursor"))
    return {"items": page.items, "next": page.next}


@operation(blueprint, "GET", _ID, Permission.APPEAL_READ, answer=AppealSchema)
def read_appeal(appeal_id: str) -> Response:
    """一件申诉 · One appeal with grounds, clocks, decision and history"""
    return _shown(appeal_id)


@operation(blueprint, "POST", f"{_ID}/accept", Permission.APPEAL_JUDGE, answer=AppealSchema)
def accept_appeal(appeal_id: str) -> Response:
    """受理 · received → accepted; the time for the decision runs from today"""
    services().appeals.accept(officer(), appeal_id)
    return _shown(appeal_id)


@operation(
    blueprint, "POST", f"{_ID}/refuse", Permission.APPEAL_JUDGE, body=ReasonBodySchema, answer=AppealSchema
)
def refuse_appeal(appeal_id: str, body: dict[str, Any]) -> Response:
    """不予受理 · received → refused, with a reason"""
    services().appeals.refuse(officer(), appeal_id, body["reason"])
    return _shown(appeal_id)


@operation(
    blueprint, "POST", f"{_ID}/pause", Permission.APPEAL_JUDGE, body=ReasonBodySchema, answer=AppealSchema
)
def pause_appeal(appeal_id: str, body: dict[str, Any]) -> Response:
    """补正 · Stop the clock until the appellant has mended the papers"""
    services().appeals.pause(officer(), appeal_id, body["reason"])
    return _shown(appeal_id)


@operation(blueprint, "POST", f"{_ID}/resume", Permission.APPEAL_JUDGE, answer=AppealSchema)
def resume_appeal(appeal_id: str) -> Response:
    """恢复计算期限 · Let the rest of the time run on from today"""
    services().appeals.resume(officer(), appeal_id)
    return _shown(appeal_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/decide",
    Permission.APPEAL_JUDGE,
    body=DecisionBodySchema,
    answer=AppealSchema,
    status=202,
)
def decide_appeal(appeal_id: str, body: dict[str, Any]) -> Response:
    """拟定决定 · Propose a decision; another officer approves it"""
    services().appeals.propose(officer(), appeal_id, read_decision(body))
    return _shown(appeal_id, 202)


@operation(blueprint, "POST", f"{_ID}/decision/approve", Permission.APPEAL_DECIDE, answer=AppealSchema)
def approve_decision(appeal_id: str) -> Response:
    """批准决定 · accepted → decided, by another officer

    What follows is one act: the sanction ends or changes, the list, the clocks, the appeal.
    """
    services().appeals.approve(officer(), appeal_id)
    return _shown(appeal_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/decision/reject",
    Permission.APPEAL_DECIDE,
    body=ReasonBodySchema,
    answer=AppealSchema,
)
def reject_decision(appeal_id: str, body: dict[str, Any]) -> Response:
    """退回决定 · Turn a proposed decision down; the appeal stays accepted"""
    services().appeals.send_back(officer(), appeal_id, body["reason"])
    return _shown(appeal_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/withdraw",
    Permission.APPEAL_RECEIVE,
    body=ReasonBodySchema,
    answer=AppealSchema,
)
def withdraw_appeal(appeal_id: str, body: dict[str, Any]) -> Response:
    """撤回 · The appellant takes it back before it is decided"""
    services().appeals.withdraw(officer(), appeal_id, body["reason"])
    return _shown(appeal_id)


@operation(blueprint, "POST", f"{_ID}/forward", Permission.APPEAL_RECEIVE, answer=AppealSchema)
def forward_appeal(appeal_id: str) -> Response:
    """转交 · received → forwarded: the partner sees it and answers it"""
    services().appeals.forward(officer(), appeal_id)
    return _shown(appeal_id)


def _shown(appeal_id: str, status: int = 200) -> Response:
    return respond(services().appeal_queries.get(officer(), appeal_id), status)


def read_intake(body: dict[str, Any]) -> Intake:
    """The appeal that a body of the shape of `AppealIntakeSchema` tells of. Raises Invalid."""
    appellant = body["appellant"]
    return Intake(
        track=Track(body["track"]),
        received_on=body["received_on"],
        channel=Channel(body["channel"]),
        appellant=Appellant(Capacity(appellant["capacity"]), appellant["name"], appellant.get("contact")),
        grounds=body["grounds"],
        designation_id=body.get("designation_id"),
        asks=Asks(body["asks"]) if "asks" in body else None,
        variation=read_variation(body),
        partner_id=body.get("partner_id"),
        customer=_customer(body["customer"]) if "customer" in body else None,
    )


def read_decision(body: dict[str, Any]) -> Decision:
    """The decision that a body of the shape of `DecisionBodySchema` proposes."""
    return Decision(Outcome(body["outcome"]), body["reason"], read_variation(body))


def _customer(raw: dict[str, Any]) -> Customer:
    name, document = read_person(raw, "/customer")
    return Customer(name.display, document.type.value, document.number)


def read_variation(body: dict[str, Any]) -> Variation | None:
    """The relief in the field `variation`, of the shape of `ReliefSchema`."""
    raw = body.get("variation")
    return Variation(raw.get("ends_on"), frozenset(raw["lifted"])) if raw else None
