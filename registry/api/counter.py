"""The counter: `POST /v1/checks` as nearly everybody sends it, answered before Flask begins its work.

For a check Flask's routing, contexts and request objects cost more than all of screening. So this
stands in front of the application and takes the request that is right in the plainest way: a JSON
object in the form that `CheckSchema` would return unchanged, no other headers than usual, names and
documents without fault. Whatever is odd or wrong goes on to Flask untouched, a refusal is handed to it
for its words – so no error is worded here, and a check is made by the same `Screening` in either case. An
answered check leaves no line in the service's own log: the registry's log has it.

    request → plainly right? ─ yes → Screening (durable) → 201
                  └ no → Flask: the same route with its schema  └ refused → Flask: the problem

`registry.rounds` hands it many checks at a time; as WSGI it takes one.
"""

import io
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask
from werkzeug.test import create_environ

from registry import ids
from registry.api.body import MAX_JSON
from registry.api.checks import MAX_PARTIES, read_request
from registry.api.guard import ON_EVERY_ANSWER
from registry.api.observability import count_check, count_request
from registry.api.respond import JSON, VARY, language_of
from registry.errors import RegistryError, Unavailable
from registry.law.words import Purpose
from registry.screening.answers import CheckRequest, PartyRole
from registry.screening.service import Asked
from registry.services import Services
from registry.text import Text

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

PATH = "/v1/checks"
REFUSAL = "registry.refusal"
"""Where in the WSGI environment Flask finds an error that it shall put into words."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A plainly right request: what it asks, its body as it came, and when that was (`perf_counter`)."""

    asked: Asked
    body: bytes
    arrived: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as WSGI has it."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes


class Counter:
    """The application `app` with the counter in front, as WSGI."""

    FIRST_LINE = f"POST {PATH} HTTP/1.1\r\n".encode()
    """How a request for the counter begins."""

    def __init__(self, app: Flask, services: Services) -> None:
        self._app, self._flask = app, app.wsgi_app
        self._screening = services.screening

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not _is_plain(environ):
            return self._flask(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        plain = _plain(environ, body)
        if plain is None:
            environ["wsgi.input"] = io.BytesIO(body)
            return self._flask(environ, start_response)
        try:
            (outcome,) = self.serve([plain])
        except Exception as trouble:
            outcome = trouble
        answer = self.refuse(environ, plain, outcome) if isinstance(outcome, Exception) else outcome
        start_response(answer.status, answer.headers)
        return [answer.content]

    def read(self, environ: Environ, body: bytes) -> Plain | None:
        """What a request asks that is plainly right; `None` for any other."""
        return _plain(environ, body) if _is_plain(environ) else None

    def serve(self, requests: Sequence[Plain]) -> list[Answer | Exception]:
        """An answer for each, durable in the log, or the refusal. What concerns all of them is raised."""
        with self._app.app_context():
            outcomes = self._screening.check_all([plain.asked for plain in requests])
        return [
            outcome if isinstance(outcome, Exception) else _answer(outcome, plain.arrived)
            for plain, outcome in zip(requests, outcomes, strict=True)
        ]

    def refuse(self, environ: Environ, plain: Plain, refusal: Exception) -> Answer:
        """`refusal` in the words of Flask."""
        return self._through_flask(environ | {REFUSAL: refusal, "wsgi.input": io.BytesIO(plain.body)})

    def turned_away(self) -> bytes:
        """A whole HTTP answer, written without delay, for whoever finds no room."""
        count_request(PATH, "POST", HTTPStatus.SERVICE_UNAVAILABLE, 0)
        return self._no_room.replace(_NOBODY, ids.new("req").encode())

    @cached_property
    def _no_room(self) -> bytes:
        sentence = Text(
            "系统繁忙，请稍候重试；不得视为无限制。",
            "The registry is busy; try again shortly. This is not a clearance.",
        )
        environ = create_environ(PATH, method="POST")
        answer = self._through_flask(environ | {REFUSAL: Unavailable("overloaded", sentence)})
        request_id = next(value for name, value in answer.headers if name == "X-Request-Id")
        head = [f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]
        whole = "\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + answer.content
        return whole.replace(request_id.encode(), _NOBODY)

    def _through_flask(self, environ: Environ) -> Answer:
        with self._app.request_context(environ):
            response = self._app.full_dispatch_request()
            return Answer(
                response.status, response.get_wsgi_headers(environ).to_wsgi_list(), response.get_data()
            )


_NOBODY = b"req_" + 26 * b"-"


def _answer(answer: dict[str, Any], arrived: float) -> Answer:
    content = orjson.dumps(answer)
    count_check(answer["purpose"], answer["direction"])
    count_request(PATH, "POST", HTTPStatus.CREATED, time.perf_counter() - arrived)
    return Answer("201 CREATED", _headers(answer["id"], len(content)), content)


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
        environ["PATH_INFO"] == PATH
        and environ["REQUEST_METHOD"] == "POST"
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


def _plain(environ: Environ, body: bytes) -> Plain | None:
    """What a request asks whose head is plain, if its body is right too."""
    if len(body) != int(environ["CONTENT_LENGTH"]):
        return None
    request = _asked(body)
    if request is None:
        return None
    token = environ["HTTP_AUTHORIZATION"].removeprefix(_BEARER).strip()
    language = language_of(environ.get("HTTP_ACCEPT_LANGUAGE"))
    return Plain(Asked(token, request, language), body, time.perf_counter())


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
