"""The counter: `POST /v1/checks` as nearly everybody sends it, answered before Flask begins its work.

For a check Flask's routing, contexts and request objects cost more than all of screening. So this
stands in front of the application and takes the request that is right in the plainest way: a JSON
object in the form that `CheckSchema` would return unchanged, no other headers than usual, names and
documents without fault. Whatever is odd or wrong goes on to Flask untouched, a refusal is handed to it
for its words – so no error is worded here, and a check is made by the same `Screening.check` in
either case. An answered check leaves no line in the service's own log: the registry's log has it.

    request → plainly right? ─ yes → Screening.check (served together, durable) → 201
                  └ no → Flask: the same route with its schema  └ refused → Flask: the problem
"""

import io
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask

from registry.api.body import MAX_JSON
from registry.api.checks import MAX_PARTIES, read_request
from registry.api.guard import ON_EVERY_ANSWER
from registry.api.observability import count_check, count_request
from registry.api.respond import JSON, VARY, language_of
from registry.errors import RegistryError
from registry.law.words import Purpose
from registry.screening.answers import CheckRequest, PartyRole
from registry.services import Services

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

PATH = "/v1/checks"
REFUSAL = "registry.refusal"
"""Where in the WSGI environment Flask finds an error that it shall put into words."""


class Counter:
    """The application `app` with the counter in front, as WSGI."""

    def __init__(self, app: Flask, services: Services) -> None:
        self._app, self._flask = app, app.wsgi_app
        self._screening = services.screening

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and _is_plain(environ):
            began = time.perf_counter()
            raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            asked = _asked(raw)
            answer = self._answer(environ, asked) if asked else None
            if answer is not None:
                content = orjson.dumps(answer)
                start_response("201 CREATED", _headers(answer["id"], len(content)))
                count_check(answer["purpose"], answer["direction"])
                count_request(PATH, "POST", 201, time.perf_counter() - began)
                return [content]
            environ["wsgi.input"] = io.BytesIO(raw)
        return self._flask(environ, start_response)

    def _answer(self, environ: Environ, asked: CheckRequest) -> dict[str, Any] | None:
        """The answer; `None` where there is a refusal that Flask shall put into words."""
        token = environ["HTTP_AUTHORIZATION"].removeprefix(_BEARER).strip()
        language = language_of(environ.get("HTTP_ACCEPT_LANGUAGE"))
        try:
            with self._app.app_context():
                return self._screening.check(token, asked, language)
        except Exception as refusal:
            environ[REFUSAL] = refusal
            return None


def _asked(raw: bytes) -> CheckRequest | None:
    """What a body asks that is plainly right."""
    try:
        body = orjson.loads(raw)
        return read_request(body, raw) if plainly_right(body) else None
    except (orjson.JSONDecodeError, RegistryError):
        return None


_BEARER = "Bearer "


def _is_plain(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == JSON
        and length.isascii()
        and length.isdigit()
        and int(length) <= MAX_JSON
        and not environ.get("QUERY_STRING")
        and environ.get("HTTP_AUTHORIZATION", "").startswith(_BEARER)
        and "HTTP_IDEMPOTENCY_KEY" not in environ
        and "HTTP_CONTENT_ENCODING" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
    )


def _headers(check_id: str, length: int) -> list[tuple[str, str]]:
    return [
        ("Content-Type", JSON),
        ("Content-Length", str(length)),
        ("Vary", VARY),
        ("Cache-Control", "no-store"),
        ("X-Request-Id", check_id),
        *ON_EVERY_ANSWER,
    ]


_PURPOSES, _ROLES = frozenset(map(str, Purpose)), frozenset(map(str, PartyRole))
_CHECK_KEYS = frozenset({"purpose", "reference", "operator", "parties"})
_PARTY_KEYS, _DOCUMENT_KEYS = frozenset({"role", "name", "document"}), frozenset({"type", "number"})


def plainly_right(body: Any) -> bool:
    """Whether `CheckSchema` would return `body` unchanged. «No» only means that the schema must look."""
    return (
        type(body) is dict
        and body.keys() == _CHECK_KEYS
        and type(body["purpose"]) is str
        and body["purpose"] in _PURPOSES
        and _is_line(body["reference"], 64)
        and _is_line(body["operator"], 64)
        and type(body["parties"]) is list
        and 1 <= len(body["parties"]) <= MAX_PARTIES
        and all(map(_is_party, body["parties"]))
        and sum(party["role"] == PartyRole.APPLICANT for party in body["parties"]) == 1
    )


def _is_party(party: Any) -> bool:
    return (
        type(party) is dict
        and party.keys() == _PARTY_KEYS
        and type(party["role"]) is str
        and party["role"] in _ROLES
        and _is_line(party["name"], 100)
        and type(party["document"]) is dict
        and party["document"].keys() == _DOCUMENT_KEYS
        and _is_line(party["document"]["type"], 40)
        and _is_line(party["document"]["number"], 64)
    )


def _is_line(value: Any, longest: int) -> bool:
    return type(value) is str and 0 < len(value) <= longest
