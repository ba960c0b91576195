"""One decorator for a route: who may, what comes in, what goes out, whether it may be repeated.

It is the only way to add a route under `/v1`, so none can escape the permission table or the
description in OpenAPI.
"""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema

from registry import clock
from registry.access.bearers import require
from registry.access.principals import Officer, Partner, Principal
from registry.access.replies import Reply
from registry.access.rules import Permission
from registry.api import catalogue
from registry.api.body import MAX_JSON, load_json, load_query
from registry.api.respond import respond
from registry.db import transaction
from registry.errors import Unauthenticated, invalid_field
from registry.services import Services
from registry.text import Text

IDEMPOTENCY_LIFE = timedelta(hours=72)
MAX_KEY = 255

PERMISSIONS: dict[str, Permission | None] = {}
"""Endpoint → permission; `None` for the few that anybody may call. Filled by `operation`."""


def services() -> Services:
    """The capabilities of this app."""
    return cast(Services, current_app.extensions["registry"])


def caller() -> Principal:
    """Who asks."""
    return cast(Principal, g.caller)


def officer() -> Officer:
    """The officer who asks, on a route whose permission only officers have."""
    return cast(Officer, g.caller)


def partner() -> Partner:
    """The partner who asks, on a route whose permission only partners have."""
    return cast(Partner, g.caller)


def keep_for_days() -> datetime:
    """Until when an answer is kept for its idempotency key, unless the route says otherwise."""
    return clock.now() + IDEMPOTENCY_LIFE


def operation(
    blueprint: Blueprint,
    method: str,
    path: str,
    permission: Permission | None,
    *,
    answer: type[Schema] | None,
    status: int = 200,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    keep_until: Callable[[], datetime] | None = keep_for_days,
    max_body: int = MAX_JSON,
    content_type: str = "text/html",
    docs: dict[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Register a view that returns plain data (or a finished `Response`) as an operation of the API.

    The view gets `query` and `body`, as far as declared, as keyword arguments beside those of the path.
    `answer` is `None` where the view returns a page, or something else of `content_type`.
    `keep_until` says how long an answer is kept for its idempotency key; `None` where it holds a secret
    that is shown once.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Response]:
        body_schema = body() if body else None
        query_schema = query() if query else None

        def act(path_values: dict[str, Any]) -> Response:
            arguments = dict(path_values)
            if query_schema:
                arguments["query"] = load_query(query_schema)
            if body_schema:
                arguments["body"] = load_json(body_schema)
            result = view(**arguments)
            return result if isinstance(result, Response) else respond(result, status)

        @wraps(view)
        def entry(**path_values: Any) -> Response:
            request.max_content_length = max_body
            if permission is not None:
                admit(permission)
            key = idempotency_key() if method != "GET" and keep_until else None
            if key is not None and keep_until:
                return _once(key, keep_until(), lambda: act(path_values))
            return act(path_values)

        repeatable = method != "GET" and keep_until is not None
        declared = _Declared(permission, answer, status, body, query, repeatable, content_type, docs or {})
        entry._apidoc = _documented(blueprint, view, declared)  # type: ignore[attr-defined]
        blueprint.route(path, methods=[method])(entry)
        PERMISSIONS[f"{blueprint.name}.{view.__name__}"] = permission
        return entry

    return register


KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    "description": "The same key and body get the same answer; nothing is done twice.",
}


@dataclass(frozen=True, slots=True)
class _Declared:
    """What `operation` was told, for the description."""

    permission: Permission | None
    answer: type[Schema] | None
    status: int
    body: type[Schema] | None
    query: type[Schema] | None
    repeatable: bool
    content_type: str
    docs: dict[str, Any]


def bearer_token() -> str:
    """The token that came with the request. Raises Unauthenticated without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("unauthenticated", catalogue.advice("unauthenticated"))
    return token.strip()


def admit(permission: Permission) -> None:
    """Let the caller in. Raises Unauthenticated, Forbidden."""
    principal = services().access.authenticate(bearer_token())
    require(principal, permission)
    g.caller = principal


def idempotency_key() -> str | None:
    """The key that came with the request. Raises Invalid for one of a wrong form."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 0 < len(key) <= MAX_KEY or not key.isprintable()):
        raise invalid_field(
            "invalid-input",
            Text("Idempotency-Key 最长 255 个可见字符。", "Idempotency-Key: up to 255 visible characters."),
        )
    return key


def _once(key: str, until: datetime, act: Callable[[], Response]) -> Response:
    """Act once for this key, caller and route; repeat the kept answer otherwise. Errors are not kept."""
    credential = g.caller.credential if "caller" in g else ""
    scope = _digest(credential, request.method, request.path, key)
    with transaction() as session:
        known = services().replies.reserve(session, scope, _request_digest(), until)
        if known is not None:
            return Response(known.body, known.status, {**known.headers, "Idempotency-Replayed": "true"})
        response = act()
        headers = {
            name: value for name, value in response.headers if name in ("Content-Type", "ETag", "Location")
        }
        services().replies.keep(session, scope, Reply(response.status_code, headers, response.get_data()))
        return response


def _request_digest() -> bytes:
    """What must be equal for a request to be the same one; a multipart boundary is new each time."""
    if request.mimetype == "multipart/form-data":
        parts = [hashlib.sha256(upload.stream.read()).hexdigest() for upload in request.files.values()]
        for upload in request.files.values():
            upload.stream.seek(0)
        return _digest(
            request.query_string.hex(), *request.files.keys(), *parts, str(sorted(request.form.items()))
        )
    return _digest(request.query_string.hex(), hashlib.sha256(request.get_data()).hexdigest())


def _digest(*parts: str) -> bytes:
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).digest()


def _documented(blueprint: Blueprint, view: Callable[..., Any], declared: _Declared) -> dict[str, Any]:
    """flask-smorest's notes on a view; it only describes, the work is done above."""
    if declared.answer:
        described = blueprint.response(declared.status, declared.answer)(view)
    else:
        described = blueprint.response(
            declared.status, {"type": "string"}, content_type=declared.content_type
        )(view)
    if declared.query:
        described = blueprint.arguments(declared.query, location="query")(described)
    if declared.body:
        described = blueprint.arguments(declared.body)(described)
    manual: dict[str, Any] = {"operationId": view.__name__}
    if declared.permission is None:
        manual["security"] = []
    else:
        manual["x-permission"] = declared.permission.value
    parameters = list(declared.docs.get("parameters", []))
    if declared.repeatable:
        parameters.append(KEY_PARAMETER)
    described = blueprint.doc(**{**declared.docs, **manual, "parameters": parameters})(described)
    return deepcopy(described._apidoc)
