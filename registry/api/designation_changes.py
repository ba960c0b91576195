"""`/v1/designations/{id}/…`: what changes a designation after its approval, by two officers."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from registry.access.rules import Permission
from registry.api.designation_schemas import (
    CorrectionBodySchema,
    DesignationSchema,
    ProposedSchema,
    ReasonBodySchema,
    VariationSchema,
)
from registry.api.designations import ID, IF_MATCH, if_match, shown
from registry.api.operation import officer, operation, services
from registry.api.persons import read_name
from registry.designations.rules import Verb
from registry.designations.variations import Change, Variation
from registry.subjects.drafts import Correction

blueprint = Blueprint(
    "designation-changes", __name__, url_prefix="/v1", description="变更 · Changes of designations"
)

_CHANGE = f"{ID}/changes/<string(length=30):change_id>"


def _proposal(
    verb: str, body: type[Schema] = ReasonBodySchema
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """A route that proposes a change: nothing is altered before another officer approves."""
    return operation(
        blueprint,
        "POST",
        f"{ID}/{verb}",
        Permission.CHANGE_PROPOSE,
        body=body,
        answer=ProposedSchema,
        status=202,
        docs=IF_MATCH,
    )


@operation(
    blueprint,
    "POST",
    f"{ID}/suspend",
    Permission.DESIGNATION_SUSPEND,
    body=ReasonBodySchema,
    answer=ProposedSchema,
    docs=IF_MATCH,
)
def suspend_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """中止 · in_force → suspended, at once and by one officer; another one reviews it afterwards"""
    change = services().designation_changes.suspend(officer(), designation_id, body["reason"], if_match())
    return shown(designation_id, change=change)


@_proposal("resume")
def resume_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """恢复 · Propose suspended → in_force; another officer approves the change"""
    return _proposed(designation_id, Change(Verb.RESUME, body["reason"]))


@_proposal("vary", body=VariationSchema)
def vary_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """变更 · Propose an earlier last day or the lifting of measures; another officer approves the change

    A variation is relief only: whatever is worse for the subject is a new designation.
    """
    variation = Variation(body.get("ends_on"), frozenset(body["lifted"]))
    return _proposed(designation_id, Change(Verb.VARY, body["reason"], variation))


@_proposal("correct", body=CorrectionBodySchema)
def correct_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """更正 · Propose to set right what was entered wrongly about the subject; another officer approves it"""
    names = {field: read_name(body[field], field) for field in ("was", "name") if field in body}
    correction = Correction(**names, sex=body.get("sex"), birth_on=body.get("birth_on"))
    return _proposed(designation_id, Change(Verb.CORRECT, body["reason"], correction=correction))


@_proposal("revoke")
def revoke_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """撤销 · Propose to revoke, as if it had never been; another officer approves the change"""
    return _proposed(designation_id, Change(Verb.REVOKE, body["reason"]))


@_proposal("repair-credit")
def repair_credit(designation_id: str, body: dict[str, Any]) -> Response:
    """信用修复 · Propose that the list of the seriously dishonest drops the subject before the sanction ends

    Possible from `credit_repair.opens_on`; another officer approves the change.
    """
    changes = services().designation_changes
    change_id = changes.repair_credit(officer(), designation_id, body["reason"], if_match())
    return shown(designation_id, 202, change=change_id)


@operation(blueprint, "POST", f"{_CHANGE}/approve", Permission.CHANGE_DECIDE, answer=DesignationSchema)
def approve_change(designation_id: str, change_id: str) -> Response:
    """批准变更 · Let a pending change take effect, by another officer"""
    services().designation_changes.approve(officer(), designation_id, change_id)
    return shown(designation_id)


@operation(
    blueprint,
    "POST",
    f"{_CHANGE}/reject",
    Permission.CHANGE_DECIDE,
    body=ReasonBodySchema,
    answer=DesignationSchema,
)
def reject_change(designation_id: str, change_id: str, body: dict[str, Any]) -> Response:
    """驳回变更 · Turn a pending change down; a suspension turned down ends at once"""
    services().designation_changes.reject(officer(), designation_id, change_id, body["reason"])
    return shown(designation_id)


def _proposed(designation_id: str, change: Change) -> Response:
    change_id = services().designation_changes.propose(officer(), designation_id, change, if_match())
    return shown(designation_id, 202, change=change_id)
