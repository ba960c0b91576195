"""From what went wrong to HTTP: the one table of kinds and status codes, rendered as RFC 9457."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import structlog
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from registry import errors
from registry.api import catalogue
from registry.api.respond import respond
from registry.text import Text
from registry.vault.keyring import KeyRingMissing, KeyRingRefused

PROBLEM = "application/problem+json"

STATUS: Mapping[type[errors.RegistryError], int] = MappingProxyType(
    {
        errors.Unauthenticated: 401,
        errors.Forbidden: 403,
        errors.NotFound: 404,
        errors.Conflict: 409,  # InvalidState and NotLawful too
        errors.Stale: 412,
        errors.Invalid: 422,
        errors.TooMany: 429,
        errors.Unavailable: 503,
        KeyRingRefused: 503,
    }
)

RETRY_AFTER_SECONDS = 2

_log = structlog.get_logger()


def install(app: Flask) -> None:
    """Let every error of `app` leave as a problem."""
    app.register_error_handler(errors.RegistryError, from_registry)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, from_crash)


def from_registry(error: errors.RegistryError) -> Response:
    """A problem from one of our own errors."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    sentence = error.sentence
    if isinstance(error, (KeyRingMissing, KeyRingRefused)):
        # Its sentence names a file of the server, which is no business of a caller's.
        sentence = catalogue.advice(error.slug)
    if status >= 500:
        _log.error("unavailable", slug=error.slug, cause=type(error.__cause__).__name__)
    response = problem(status, error.slug, sentence, error.errors, error.facts)
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def from_http(error: HTTPException) -> Response:
    """A problem from one of Flask's errors."""
    status = error.code or 500
    slug = catalogue.HTTP_SLUGS.get(status, "bad-request" if status < 500 else "internal-error")
    response = problem(status, slug, catalogue.advice(slug))
    # 405 must keep Allow, redirects their Location.
    for name, value in error.get_headers():
        if name in ("Allow", "Location", "Retry-After"):
            response.headers[name] = value
    return response


def from_crash(error: Exception) -> Response:
    """A problem from a fault of ours. The log gets the place, never the message: it may hold a name."""
    _log.error("crash", kind=type(error).__name__, at=errors.places(error))
    return problem(500, "internal-error", catalogue.advice("internal-error"))


def problem(
    status: int,
    slug: str,
    detail: Text,
    faults: tuple[errors.FieldError, ...] = (),
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """An `application/problem+json` answer."""
    body: dict[str, Any] = {
        "type": f"/problems/{slug if slug in catalogue.PROBLEMS else catalogue.INPUT}",
        "title": catalogue.title(slug),
        "status": status,
        "detail": detail,
        "instance": g.get("request_id", ""),
    }
    if slug not in catalogue.PROBLEMS:
        body["code"] = slug
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "detail": fault.text} for fault in faults]
    response = respond(body | {k: v for k, v in facts.items() if k not in body}, status, PROBLEM)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
