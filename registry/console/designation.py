"""`/console/designations/{id}`: everything about one designation, what may be done, and its approval."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from marshmallow import Schema

from registry.access.rules import Permission
from registry.api.body import load
from registry.api.designation_schemas import CorrectionBodySchema, ReasonBodySchema, VariationSchema
from registry.api.notices import PDF, DeliveryBodySchema
from registry.api.operation import officer, services
from registry.api.persons import read_name
from registry.console.designation_page import shown_page
from registry.console.designations import ID
from registry.console.pages import go_to
from registry.console.routing import fields, route
from registry.db import reading
from registry.designations.rules import Verb
from registry.designations.variations import Change, Variation
from registry.errors import Conflict, Forbidden, Invalid, Stale
from registry.notices.rules import Delivery, Form, Outcome
from registry.subjects.drafts import Correction

_CHANGE = f"{ID}/changes/<string(length=30):change_id>"
_NOTICE = f"{ID}/notices/<string(length=30):notice_id>"


@route("GET", ID, Permission.DESIGNATION_READ)
def show_designation(designation_id: str) -> Response:
    """The person's page: state, time line, measures, notices, changes, appeals, lists, history."""
    return shown_page(designation_id)


@route("GET", f"{ID}/review", Permission.DESIGNATION_APPROVE)
def review_designation(designation_id: str) -> Response:
    """For the approver: what was entered, what follows by law, and what is known, side by side."""
    return shown_page(designation_id, template="review")


@route("POST", f"{ID}/submit", Permission.DESIGNATION_SUBMIT)
def submit_designation(designation_id: str) -> Response:
    """draft → submitted."""
    return _act(designation_id, lambda: services().designations.submit(officer(), designation_id, _seen()))


@route("POST", f"{ID}/approve", Permission.DESIGNATION_APPROVE)
def approve_designation(designation_id: str) -> Response:
    """submitted → in_force, if it still is what the approver saw."""
    return _act(
        designation_id,
        lambda: services().designations.approve(officer(), designation_id, _seen()),
        template="review",
    )


@route("POST", f"{ID}/reject", Permission.DESIGNATION_REJECT)
def reject_designation(designation_id: str) -> Response:
    """submitted → rejected, with a reason for whoever drafted it."""

    def reject() -> None:
        reason = _typed(ReasonBodySchema(), "reject", ("reason",))["reason"]
        services().designations.reject(officer(), designation_id, reason, _seen())

    return _act(designation_id, reject, template="review", of="reject")


@route("POST", f"{ID}/suspend", Permission.DESIGNATION_SUSPEND)
def suspend_designation(designation_id: str) -> Response:
    """in_force → suspended, at once; another officer reviews it afterwards."""

    def suspend() -> None:
        reason = _typed(ReasonBodySchema(), "suspend", ("reason",))["reason"]
        services().designation_changes.suspend(officer(), designation_id, reason, _seen())

    return _act(designation_id, suspend, of="suspend")


@route("POST", f"{ID}/changes", Permission.CHANGE_PROPOSE)
def propose_change(designation_id: str) -> Response:
    """Propose to resume, vary, correct, repair or revoke; nothing changes before another officer approves."""
    verb = fields().get("verb", "")
    propose = _PROPOSALS.get(verb, _PROPOSALS["revoke"])
    return _act(designation_id, lambda: propose(designation_id), of=verb)


@route("POST", f"{_CHANGE}/approve", Permission.CHANGE_DECIDE)
def approve_change(designation_id: str, change_id: str) -> Response:
    """Let a pending change take effect, by another officer."""
    changes = services().designation_changes
    return _act(designation_id, lambda: changes.approve(officer(), designation_id, change_id))


@route("POST", f"{_CHANGE}/reject", Permission.CHANGE_DECIDE)
def reject_change(designation_id: str, change_id: str) -> Response:
    """Turn a pending change down."""

    def reject() -> None:
        reason = _typed(ReasonBodySchema(), change_id, ("reason",))["reason"]
        services().designation_changes.reject(officer(), designation_id, change_id, reason)

    return _act(designation_id, reject, of=change_id)


@route("POST", f"{_NOTICE}/deliveries", Permission.NOTICE_DELIVER)
def record_delivery(designation_id: str, notice_id: str) -> Response:
    """A delivery of a notice, or a vain attempt."""
    _require_visible(designation_id)

    def deliver() -> None:
        names = ("form", "delivered_on", "proof", "outcome")
        body = _typed(DeliveryBodySchema(), notice_id, names)
        delivery = Delivery(Form(body["form"]), body["delivered_on"], body["proof"], Outcome(body["outcome"]))
        services().notices.deliver(officer().actor, designation_id, notice_id, delivery)

    return _act(designation_id, deliver, of=notice_id)


@route("GET", f"{_NOTICE}/document", Permission.NOTICE_READ)
def notice_document(designation_id: str, notice_id: str) -> Response:
    """The notice to print."""
    _require_visible(designation_id)
    pdf = services().notices.document(officer().actor, designation_id, notice_id)
    response = Response(pdf, content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{notice_id}.pdf"'
    return response


# -- acting ----------------------------------------------------------------------------------------


def _seen() -> set[int] | None:
    """The version that the officer had on the screen."""
    version = fields().get("version", "")
    return {int(version)} if version.isascii() and version.isdigit() and len(version) < 10 else None


def _typed(schema: Schema, of: str, names: tuple[str, ...]) -> Any:
    """The fields `<name>-<of>` of one of the page's forms, as the API would read them. Raises Invalid."""
    typed = fields()
    return load(schema, {name: typed[f"{name}-{of}"] for name in names if typed.get(f"{name}-{of}")})


def _act(
    designation_id: str, verb: Callable[[], object], *, template: str = "page", of: str = ""
) -> Response:
    """Do it and show the page anew; what is refused is told on the page, with what was typed."""
    try:
        verb()
    except (Conflict, Forbidden, Invalid, Stale) as refused:
        return shown_page(designation_id, template=template, refused=refused, of=of)
    return go_to("console.show_designation", designation_id=designation_id)


def _vary(designation_id: str) -> None:
    codes = [name.removeprefix("lift-") for name in fields() if name.startswith("lift-")]
    body = _typed(VariationSchema(), "vary", ("reason", "ends_on"))
    variation = Variation(body.get("ends_on"), frozenset(codes))
    _propose(designation_id, Change(Verb.VARY, body["reason"], variation))


def _correct(designation_id: str) -> None:
    body = _typed(CorrectionBodySchema(), "correct", ("reason", "was", "name", "sex", "birth_on"))
    if "name" not in body:
        body.pop("was", None)
    names = {field: read_name(body[field], field) for field in ("was", "name") if field in body}
    correction = Correction(**names, sex=body.get("sex"), birth_on=body.get("birth_on"))
    _propose(designation_id, Change(Verb.CORRECT, body["reason"], correction=correction))


def _plainly(verb: Verb) -> Callable[[str], None]:
    def propose(designation_id: str) -> None:
        reason = _typed(ReasonBodySchema(), verb.value, ("reason",))["reason"]
        _propose(designation_id, Change(verb, reason))

    return propose


def _repair(designation_id: str) -> None:
    reason = _typed(ReasonBodySchema(), "repair", ("reason",))["reason"]
    services().designation_changes.repair_credit(officer(), designation_id, reason, _seen())


def _propose(designation_id: str, change: Change) -> None:
    services().designation_changes.propose(officer(), designation_id, change, _seen())


_PROPOSALS: Mapping[str, Callable[[str], None]] = {
    "resume": _plainly(Verb.RESUME),
    "vary": _vary,
    "correct": _correct,
    "repair": _repair,
    "revoke": _plainly(Verb.REVOKE),
}


def _require_visible(designation_id: str) -> None:
    with reading() as session:
        services().designation_queries.require_visible(session, officer(), designation_id)
