"""`/v1/designations`: drafted by a clerk, decided by another officer."""

import re
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from registry import clock
from registry.access.rules import Permission
from registry.api.designation_schemas import (
    DesignationDraftSchema,
    DesignationPageSchema,
    DesignationSchema,
    ListQuery,
    ReasonBodySchema,
    SearchSchema,
)
from registry.api.operation import officer, operation, services
from registry.api.respond import respond
from registry.designations.queries import Search
from registry.designations.rules import State
from registry.errors import Invalid, Stale
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.text import Text

blueprint = Blueprint(
    "designations", __name__, url_prefix="/v1", description="认定 · Designations and their sanctions"
)

IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "schema": {"type": "string"},
            "description": "The ETag of the version that was read; another version is refused with 412.",
        }
    ]
}
ID = "/designations/<string(length=30):designation_id>"

_EXAMPLE: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "example": {
                    "subject": {
                        "kind": "person",
                        "name": "张三",
                        "documents": [{"type": "resident_id", "number": "11010519491231002X"}],
                    },
                    "ground": "facilitated",
                    "decided_on": "2025-03-03",
                    "decision_no": "忻公(反诈)认字〔2025〕12号",
                    "conduct": {
                        "from": "2025-01-01",
                        "to": "2025-02-01",
                        "behaviours": ["rent"],
                        "role": "account_holder",
                        "items": 3,
                        "times": 1,
                        "recipients": 1,
                    },
                    "item_kinds": ["bank_account"],
                    "evidence_ref": "E-12",
                    "penalty": "none",
                }
            }
        }
    }
}


@operation(
    blueprint,
    "POST",
    "/designations",
    Permission.DESIGNATION_DRAFT,
    body=DesignationDraftSchema,
    answer=DesignationSchema,
    status=201,
    docs=_EXAMPLE,
)
def draft_designation(body: dict[str, Any]) -> Response:
    """起草认定 · Draft a designation

    Refused at once where the law of its day does not allow it (409 `not-lawful` with the rule).
    """
    designation_id = services().designations.drafts.draft(officer(), body)
    response = shown(designation_id, 201)
    response.headers["Location"] = f"/v1/designations/{designation_id}"
    return response


@operation(
    blueprint,
    "GET",
    "/designations",
    Permission.DESIGNATION_READ,
    query=ListQuery,
    answer=DesignationPageSchema,
)
def list_designations(query: dict[str, Any]) -> dict[str, Any]:
    """认定列表 · Designations of one's own authority and those below it"""
    state = State(query["state"]) if "state" in query else None
    return _page(Search(state=state, import_id=query.get("import_")), query)


@operation(
    blueprint,
    "POST",
    "/designations/search",
    Permission.DESIGNATION_READ,
    body=SearchSchema,
    answer=DesignationPageSchema,
)
def search_designations(body: dict[str, Any]) -> dict[str, Any]:
    """查询认定 · Search by document, name or decision number; numbers never stand in a URL"""
    return _page(read_search(body), body)


@operation(blueprint, "GET", ID, Permission.DESIGNATION_READ, answer=DesignationSchema)
def read_designation(designation_id: str) -> Response:
    """一项认定 · One designation with sanctions, basis and history"""
    return shown(designation_id)


@operation(
    blueprint,
    "POST",
    f"{ID}/submit",
    Permission.DESIGNATION_SUBMIT,
    answer=DesignationSchema,
    docs=IF_MATCH,
)
def submit_designation(designation_id: str) -> Response:
    """提交 · draft → submitted"""
    services().designations.submit(officer(), designation_id, if_match())
    return shown(designation_id)


@operation(
    blueprint,
    "POST",
    f"{ID}/approve",
    Permission.DESIGNATION_APPROVE,
    answer=DesignationSchema,
    docs=IF_MATCH,
)
def approve_designation(designation_id: str) -> Response:
    """批准 · submitted → in_force, by another officer; the sanctions take effect at once"""
    services().designations.approve(officer(), designation_id, if_match())
    return shown(designation_id)


@operation(
    blueprint,
    "POST",
    f"{ID}/reject",
    Permission.DESIGNATION_REJECT,
    body=ReasonBodySchema,
    answer=DesignationSchema,
    docs=IF_MATCH,
)
def reject_designation(designation_id: str, body: dict[str, Any]) -> Response:
    """退回 · draft or submitted → rejected, by another officer, with a reason"""
    services().designations.reject(officer(), designation_id, body["reason"], if_match())
    return shown(designation_id)


def shown(designation_id: str, status: int = 200, **more: Any) -> Response:
    """The designation as it is now, with its ETag."""
    view = assembled(designation_id)
    response = respond(view | more, status)
    response.headers["ETag"] = f'"{view["version"]}"'
    return response


def assembled(designation_id: str) -> dict[str, Any]:
    """The designation with its appeals and the lists it stands on; the look is logged. Raises NotFound."""
    view = services().designation_queries.get(officer(), designation_id)
    exposures = services().exposure_queries.of(designation_id)
    return services().appeal_queries.annotated(view) | {"exposures": exposures}


def read_search(body: dict[str, Any]) -> Search:
    """Whom `body`, of the shape of `SearchSchema`, looks for. Raises Invalid, with pointers."""
    document = body.get("document")
    number = body.get("decision_no")
    try:
        return Search(
            document=parse_document(document["type"], document["number"], clock.today())
            if document
            else None,
            name=normalise_name(body["name"]) if "name" in body else None,
            number_token=services().designations.drafts.number_token(number) if number else None,
            state=State(body["state"]) if "state" in body else None,
        )
    except Invalid as fault:
        prefix = "/name" if fault.slug == "invalid-name" else "/document"
        raise Invalid(fault.slug, fault.sentence, errors=[e.under(prefix) for e in fault.errors]) from None


def _page(search: Search, paging: dict[str, Any]) -> dict[str, Any]:
    page = services().designation_queries.page(officer(), search, paging["limit"], paging.get("cursor"))
    return {"items": page.items, "next": page.next}


def if_match() -> set[int] | None:
    """The versions that the caller would accept, if it says so. Raises Stale for what cannot be one."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    versions = re.findall(r'(?<!W/)"([0-9]{1,9})"', header) or re.findall(r"^([0-9]{1,9})$", header)
    if versions:
        return {int(version) for version in versions}
    raise Stale("stale-version", Text("If-Match 与当前版本不符。", "If-Match is not the current version."))
