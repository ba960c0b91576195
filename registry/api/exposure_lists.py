"""`/v1/exposure-lists`: drafted, submitted, published by another officer, withdrawn whole or in part."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from registry.access.rules import Permission
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.exposure_schemas import (
    CountsQuery,
    CountsSchema,
    EntriesQuery,
    ExposureDraftSchema,
    ExposureEntryPageSchema,
    ExposureListPageSchema,
    ExposureListSchema,
    ExposureListsQuery,
)
from registry.api.operation import officer, operation, services
from registry.api.respond import respond
from registry.errors import invalid_field
from registry.exposures.counts import By, count
from registry.exposures.drafts import Draft, Filter
from registry.exposures.rules import EntryState, State, Template
from registry.law.words import Role
from registry.text import Text

blueprint = Blueprint("exposure-lists", __name__, url_prefix="/v1", description="曝光名单 · Exposure lists")

_LISTS = "/exposure-lists"
_ID = f"{_LISTS}/<string(length=30):list_id>"

_EXAMPLE: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "example": {
                    "title": "电信网络诈骗及其关联违法犯罪惩戒曝光名单",
                    "batch": "2026年第1批",
                    "legal_basis": "忻公(反诈)发〔2026〕3号",
                    "impact_assessment_ref": "PIA-2026-014",
                    "filter": {"decided_from": "2026-01-01", "decided_to": "2026-06-30"},
                }
            }
        }
    }
}


@operation(
    blueprint,
    "POST",
    _LISTS,
    Permission.EXPOSURE_DRAFT,
    body=ExposureDraftSchema,
    answer=ExposureListSchema,
    status=201,
    docs=_EXAMPLE,
)
def draft_exposure_list(body: dict[str, Any]) -> Response:
    """起草名单 · Draft a list from chosen designations or a filter

    Chosen rows that may not be shown refuse the whole list, each with its reasons. From a filter they stay on
    it as `refused` rows, for the officer to see.
    """
    list_id = services().exposures.draft(officer(), read_draft(body))
    response = _shown(list_id, 201)
    response.headers["Location"] = f"/v1/exposure-lists/{list_id}"
    return response


@operation(
    blueprint,
    "GET",
    _LISTS,
    Permission.EXPOSURE_READ,
    query=ExposureListsQuery,
    answer=ExposureListPageSchema,
)
def list_exposure_lists(query: dict[str, Any]) -> dict[str, Any]:
    """名单列表 · Lists of one's own authority and those below it"""
    state = State(query["state"]) if "state" in query else None
    found = services().exposure_queries.page(officer(), state, query["limit"], query.get("cursor"))
    return {"items": found.items, "next": found.next}


@operation(blueprint, "GET", _ID, Permission.EXPOSURE_READ, answer=ExposureListSchema)
def read_exposure_list(list_id: str) -> Response:
    """一份名单 · One list with its paragraphs, counts and history"""
    return _shown(list_id)


@operation(
    blueprint,
    "GET",
    f"{_ID}/entries",
    Permission.EXPOSURE_READ,
    query=EntriesQuery,
    answer=ExposureEntryPageSchema,
)
def list_exposure_entries(list_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """名单各行 · The rows of a list as the public sees them, the refused ones with their reasons"""
    state = EntryState(query["state"]) if "state" in query else None
    found = services().exposure_queries.entries(
        officer(), list_id, state, query["limit"], query.get("cursor")
    )
    return {"items": found.items, "next": found.next}


@operation(blueprint, "POST", f"{_ID}/submit", Permission.EXPOSURE_SUBMIT, answer=ExposureListSchema)
def submit_exposure_list(list_id: str) -> Response:
    """提交 · draft → submitted; every row is judged again"""
    services().exposures.submit(officer(), list_id)
    return _shown(list_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/reject",
    Permission.EXPOSURE_REJECT,
    body=ReasonBodySchema,
    answer=ExposureListSchema,
)
def reject_exposure_list(list_id: str, body: dict[str, Any]) -> Response:
    """退回 · draft or submitted → rejected; its batch is free again"""
    services().exposures.reject(officer(), list_id, body["reason"])
    return _shown(list_id)


@operation(blueprint, "POST", f"{_ID}/publish", Permission.EXPOSURE_PUBLISH, answer=ExposureListSchema)
def publish_exposure_list(list_id: str) -> Response:
    """发布 · submitted → published, by another officer: anybody can see it at once"""
    services().exposures.publish(officer(), list_id)
    return _shown(list_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/withdraw",
    Permission.EXPOSURE_WITHDRAW,
    body=ReasonBodySchema,
    answer=ExposureListSchema,
)
def withdraw_exposure_list(list_id: str, body: dict[str, Any]) -> Response:
    """撤回名单 · published → withdrawn, at once; the public reads the reason, which must name nobody"""
    services().exposures.withdraw(officer(), list_id, body["reason"])
    return _shown(list_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/entries/<string(length=30):entry_id>/withdraw",
    Permission.EXPOSURE_WITHDRAW,
    body=ReasonBodySchema,
    answer=ExposureListSchema,
)
def withdraw_exposure_entry(list_id: str, entry_id: str, body: dict[str, Any]) -> Response:
    """撤下条目 · Take one row off, at once; from a list that is not public yet it is simply dropped

    Of a public one a correction notice says which row it was and why, without the name.
    """
    services().exposures.withdraw_entry(officer(), list_id, entry_id, body["reason"])
    return _shown(list_id)


@operation(
    blueprint,
    "GET",
    "/exposure-counts",
    Permission.EXPOSURE_READ,
    query=CountsQuery,
    answer=CountsSchema,
)
def count_exposures(query: dict[str, Any]) -> dict[str, Any]:
    """曝光人次 · Person-times and persons published in a period, by batch, area, role or month"""
    if query["to"] < query["from"]:
        raise invalid_field(
            "invalid-input", Text("止日早于起日。", "The last day is before the first."), "/to"
        )
    return asdict(count(officer(), By(query["by"]), query["from"], query["to"]))


def _shown(list_id: str, status: int = 200) -> Response:
    return respond(services().exposure_queries.get(officer(), list_id), status)


def read_draft(body: dict[str, Any]) -> Draft:
    """The list that a body of the shape of `ExposureDraftSchema` asks for."""
    wanted = body.get("filter")
    if wanted is not None and "role" in wanted:
        wanted = {**wanted, "role": Role(wanted["role"])}
    return Draft(
        title=body["title"],
        batch=body.get("batch"),
        template=Template(body["template"]),
        basis=body.get("legal_basis"),
        assessment_ref=body["impact_assessment_ref"],
        designation_ids=tuple(body.get("designation_ids", ())),
        wanted=Filter(**wanted) if wanted is not None else None,
    )
