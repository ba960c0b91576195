"""`/v1/designation-imports`: police lists as spreadsheets."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from registry.access.rules import Permission
from registry.api.body import load_file
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.fields import word
from registry.api.operation import officer, operation, services
from registry.api.respond import respond
from registry.imports.service import STATES
from registry.imports.spreadsheet import MAX_FILE

blueprint = Blueprint(
    "designation-imports", __name__, url_prefix="/v1", description="名单导入 · Police lists as spreadsheets"
)

MAX_UPLOAD = MAX_FILE + (1 << 16)
_ID = "/designation-imports/<string(length=30):import_id>"


class RowProblemSchema(Schema):
    """What is wrong or odd about a row: where, and what to do."""

    severity = fields.String(required=True, validate=validate.OneOf(["refused", "warning"]))
    column = fields.String(required=True, allow_none=True)
    cell = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class RowSchema(Schema):
    """One row of the list, by the number that the spreadsheet program shows."""

    row = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["accepted", "warning", "refused"]))
    problems = fields.List(fields.Nested(RowProblemSchema), required=True)


class ImportSchema(Schema):
    """A list with its report per row."""

    id = fields.String(required=True)
    state = word(STATES, required=True)
    file_sha256 = fields.String(required=True)
    rows_total = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    warnings = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    unknown_columns = fields.List(fields.String(), required=True)
    uploaded_at = fields.String(required=True, metadata={"format": "date-time"})
    uploaded_by = fields.String(required=True)
    submitted_by = fields.String(required=True, allow_none=True)
    recall_by = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    rows = fields.List(fields.Nested(RowSchema), required=True)


_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": ".xlsx, or .csv in UTF-8 or GB18030",
                        }
                    },
                }
            }
        },
    }
}


@operation(
    blueprint,
    "POST",
    "/designation-imports",
    Permission.IMPORT_UPLOAD,
    answer=ImportSchema,
    status=201,
    max_body=MAX_UPLOAD,
    docs=_UPLOAD,
)
def upload_import() -> Response:
    """上传名单 · Upload a list; the answer is a report per row, nothing is created yet"""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    upload = load_file(MAX_FILE)
    import_id = services().imports.upload(officer(), upload.stream, upload.filename or "")
    response = respond(services().imports.get(officer(), import_id), 201)
    response.headers["Location"] = f"/v1/designation-imports/{import_id}"
    return response


@operation(blueprint, "GET", _ID, Permission.IMPORT_READ, answer=ImportSchema)
def read_import(import_id: str) -> dict[str, Any]:
    """一份名单及逐行报告 · A list with its report per row"""
    return services().imports.get(officer(), import_id)


@operation(blueprint, "POST", f"{_ID}/submit", Permission.IMPORT_SUBMIT, answer=ImportSchema)
def submit_import(import_id: str) -> dict[str, Any]:
    """提交 · draft → submitted; every row must have been accepted"""
    services().imports.submit(officer(), import_id)
    return services().imports.get(officer(), import_id)


@operation(blueprint, "POST", f"{_ID}/approve", Permission.IMPORT_RELEASE, answer=ImportSchema)
def approve_import(import_id: str) -> dict[str, Any]:
    """批准 · submitted → released, by another officer: every row takes effect, or none"""
    services().imports.release(officer(), import_id)
    return services().imports.get(officer(), import_id)


@operation(
    blueprint, "POST", f"{_ID}/reject", Permission.IMPORT_REJECT, body=ReasonBodySchema, answer=ImportSchema
)
def reject_import(import_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """退回 · draft or submitted → rejected, by another officer; the rows are deleted"""
    services().imports.reject(officer(), import_id, body["reason"])
    return services().imports.get(officer(), import_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/recall",
    Permission.RECALL_PROPOSE,
    body=ReasonBodySchema,
    answer=ImportSchema,
    status=202,
)
def recall_import(import_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """提请收回 · released → recalling; another officer approves the recall"""
    services().imports.propose_recall(officer(), import_id, body["reason"])
    return services().imports.get(officer(), import_id)


@operation(blueprint, "POST", f"{_ID}/recall/approve", Permission.RECALL_DECIDE, answer=ImportSchema)
def approve_recall(import_id: str) -> dict[str, Any]:
    """批准收回 · recalling → recalled, by another officer: every designation of the list is revoked"""
    services().imports.recall(officer(), import_id)
    return services().imports.get(officer(), import_id)


@operation(
    blueprint,
    "POST",
    f"{_ID}/recall/reject",
    Permission.RECALL_DECIDE,
    body=ReasonBodySchema,
    answer=ImportSchema,
)
def reject_recall(import_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """不予收回 · recalling → released"""
    services().imports.keep(officer(), import_id, body["reason"])
    return services().imports.get(officer(), import_id)
