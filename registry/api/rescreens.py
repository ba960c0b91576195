"""`/v1/rescreens`: a partner's whole stock of customers, screened at once."""

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from registry.access.rules import Permission
from registry.api.body import load_file
from registry.api.designation_imports import MAX_UPLOAD as MAX_WORKBOOK
from registry.api.fields import Digits, day, word
from registry.api.operation import KEY_PARAMETER, idempotency_key, operation, partner, services
from registry.api.respond import language, respond
from registry.imports.spreadsheet import MAX_FILE
from registry.law.words import Purpose
from registry.rescreens.orders import Order
from registry.rescreens.service import MAX_UPLOAD, Form, State

blueprint = Blueprint(
    "rescreens",
    __name__,
    url_prefix="/v1",
    description="批量筛查 · Rescreening all customers at once",
)

_ID = "/rescreens/<string(length=30):rescreen_id>"
NDJSON, CSV, MULTIPART = "application/x-ndjson", "text/csv", "multipart/form-data"
_FORMS = {NDJSON: Form.NDJSON, CSV: Form.CSV}
_LEADING = ("line", "ref", "result", "direction", "change")
_COLUMNS = (*_LEADING, "sanctions", "still_allowed", "say", "contact", "errors")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class StartQuerySchema(Schema):
    """What is wanted of an upload, or of the kept rows of an earlier one."""

    purpose = word(Purpose, required=True)
    keep = fields.String(
        validate=validate.OneOf(["true", "false"]),
        metadata={"description": "Keep tokens of the rows for later rescreenings with `since`"},
    )
    since = fields.String(
        validate=validate.Length(min=1, max=40),
        metadata={"description": "Rescreen the kept rows of this one; no body is sent"},
    )


class ListQuerySchema(Schema):
    """A page of the list."""

    limit = Digits(1, 200, load_default=50)
    cursor = fields.String(validate=validate.Length(min=1, max=40))


class ResultQuerySchema(Schema):
    """In which form; without it `Accept` decides."""

    format = fields.String(validate=validate.OneOf(["ndjson", "csv"]))


class FailureSchema(Schema):
    """Why it could not be done."""

    code = fields.String(required=True)
    detail = fields.String(required=True)


class RescreenSchema(Schema):
    """How far a rescreening is, and against what."""

    id = fields.String(required=True)
    state = word(State, required=True)
    purpose = word(Purpose, required=True)
    since = fields.String(required=True, allow_none=True)
    kept = fields.Boolean(required=True)
    rows_done = fields.Integer(required=True)
    rows_total = fields.Integer(required=True, allow_none=True)
    invalid = fields.Integer(required=True)
    matches = fields.Integer(required=True)
    possible_matches = fields.Integer(required=True)
    list_version = fields.Integer(required=True, allow_none=True)
    law_day = day(required=True, allow_none=True)
    failure = fields.Nested(FailureSchema, required=True, allow_none=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    done_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class RescreenListSchema(Schema):
    """A page, the newest first; `next` is the cursor of the next one."""

    items = fields.List(fields.Nested(RescreenSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class RescreenCertificateSchema(Schema):
    """What was screened, against which list and law, and what came of it; and the same signed."""

    id = fields.String(required=True)
    partner = fields.String(required=True)
    purpose = word(Purpose, required=True)
    since = fields.String(required=True, allow_none=True)
    input_sha256 = fields.String(required=True)
    rows = fields.Integer(required=True)
    valid = fields.Integer(required=True)
    invalid = fields.Integer(required=True)
    matches = fields.Integer(required=True)
    possible_matches = fields.Integer(required=True)
    list_version = fields.Integer(required=True)
    law_day = day(required=True)
    law_version = fields.String(required=True)
    done_at = fields.String(required=True, metadata={"format": "date-time"})
    certificate = fields.String(required=True, metadata={"description": "Compact JWS"})


_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "description": "Rows of ref, name and document. Up to 10 million rows and 4 GiB; .xlsx up to 32 MiB.",
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "example": '{"ref":"C-1","name":"张三","document":'
                '{"type":"resident_id","number":"11010519491231002X"}}\n',
            },
            CSV: {
                "schema": {"type": "string"},
                "example": "ref,name,document_type,document_number\n"
                "C-1,张三,resident_id,11010519491231002X\n",
            },
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": ".xlsx with the same columns",
                        }
                    },
                }
            },
        },
    },
    "parameters": [KEY_PARAMETER],
}
_RESULT: dict[str, Any] = {"responses": {200: {"content": {NDJSON: _TEXT, CSV: _TEXT}}}}


@operation(
    blueprint,
    "POST",
    "/rescreens",
    Permission.RESCREEN_START,
    query=StartQuerySchema,
    answer=RescreenSchema,
    status=202,
    # A body of gigabytes is not kept to be compared: the rescreening itself remembers key and digest.
    keep_until=None,
    max_body=MAX_UPLOAD,
    docs=_UPLOAD,
)
def start_rescreen(query: dict[str, Any]) -> Response:
    """上传并开始批量筛查 · Hand in customers to be screened, or screen kept ones again with `since`"""
    rescreens, keep = services().rescreens, query.get("keep") == "true"

    def order(form: Form) -> Order:
        return Order(Purpose(query["purpose"]), form, language(), keep, _repeat())

    if "since" in query:
        if request.content_length or request.mimetype:
            raise UnsupportedMediaType
        rescreen_id = rescreens.start_since(partner(), order(Form.KEPT), query["since"])
    elif request.content_encoding:
        raise UnsupportedMediaType
    elif request.mimetype == MULTIPART:
        rescreen_id = rescreens.start(partner(), order(Form.XLSX), _workbook())
    elif request.mimetype in _FORMS:
        rescreen_id = rescreens.start(partner(), order(_FORMS[request.mimetype]), request.stream)
    else:
        raise UnsupportedMediaType
    response = respond(rescreens.get(partner(), rescreen_id), 202)
    response.headers["Location"] = f"/v1/rescreens/{rescreen_id}"
    return response


@operation(
    blueprint,
    "GET",
    "/rescreens",
    Permission.RESCREEN_READ,
    query=ListQuerySchema,
    answer=RescreenListSchema,
)
def list_rescreens(query: dict[str, Any]) -> dict[str, Any]:
    """本机构的批量筛查 · Own rescreenings, the newest first"""
    page, following = services().rescreens.page(partner(), query["limit"], query.get("cursor"))
    return {"items": page, "next": following}


@operation(blueprint, "GET", _ID, Permission.RESCREEN_READ, answer=RescreenSchema)
def read_rescreen(rescreen_id: str) -> dict[str, Any]:
    """进度 · How far it is"""
    return services().rescreens.get(partner(), rescreen_id)


@operation(
    blueprint,
    "GET",
    f"{_ID}/result",
    Permission.RESCREEN_READ,
    query=ResultQuerySchema,
    answer=None,
    content_type=NDJSON,
    docs=_RESULT,
)
def read_rescreen_result(rescreen_id: str, query: dict[str, Any]) -> Response:
    """结果 · The matches and the rows that could not be screened, by line; nobody else is in it"""
    wanted = query.get("format") or _accepted()
    found = outside(services().rescreens.result(partner(), rescreen_id))
    lines = as_csv(found) if wanted == "csv" else as_ndjson(found)
    kind = f"{CSV}; charset=utf-8" if wanted == "csv" else NDJSON
    return Response(lines, content_type=kind, headers={"Vary": "Accept"})


@operation(blueprint, "GET", f"{_ID}/certificate", Permission.RESCREEN_READ, answer=RescreenCertificateSchema)
def read_rescreen_certificate(rescreen_id: str) -> dict[str, Any]:
    """证明 · What was screened against which list and law, signed"""
    return services().rescreens.certificate(partner(), rescreen_id)


@operation(blueprint, "POST", f"{_ID}/cancel", Permission.RESCREEN_END, answer=RescreenSchema)
def cancel_rescreen(rescreen_id: str) -> dict[str, Any]:
    """取消 · queued or running → cancelled; the upload is deleted"""
    services().rescreens.cancel(partner(), rescreen_id)
    return services().rescreens.get(partner(), rescreen_id)


class DeletedSchema(Schema):
    """It is no more."""

    id = fields.String(required=True)


@operation(blueprint, "DELETE", _ID, Permission.RESCREEN_END, answer=DeletedSchema)
def delete_rescreen(rescreen_id: str) -> dict[str, Any]:
    """删除 · Forget a finished one: its result and whatever was kept of the upload"""
    services().rescreens.delete(partner(), rescreen_id)
    return {"id": rescreen_id}


def _repeat() -> bytes | None:
    """The caller's idempotency key with the caller, as a digest."""
    key = idempotency_key()
    if key is None:
        return None
    query = request.query_string.hex()
    return hashlib.sha256("\n".join((partner().credential, query, key)).encode()).digest()


def _workbook() -> Any:
    request.max_content_length = MAX_WORKBOOK
    return load_file(MAX_FILE).stream


def _accepted() -> str:
    if not request.accept_mimetypes:
        return "ndjson"
    best = request.accept_mimetypes.best_match([NDJSON, CSV])
    if best is None:
        raise NotAcceptable
    return "csv" if best == CSV else "ndjson"


def outside(parts: Iterator[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The rows, read a part at a time while the answer is sent: long after the request itself has ended."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def read() -> Iterator[dict[str, Any]]:
        while True:
            with app.app_context():
                part = next(parts, None)
            if part is None:
                return
            yield from part

    return read()


def as_ndjson(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Rows of a result, a line each."""
    for row in found:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def as_csv(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """With a byte order mark, without which spreadsheet programs take Chinese for something else."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(_COLUMNS)
    yield b"\xef\xbb\xbf" + line.getvalue().encode()
    for row in found:
        line.seek(0)
        line.truncate()
        writer.writerow([_cell(row.get(column)) for column in _COLUMNS])
        yield line.getvalue().encode()


def _cell(value: Any) -> str:
    """Text as it is, lists as JSON; what a spreadsheet program would take for a formula gets a quote mark."""
    if value is None or value == []:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULAS) else text
