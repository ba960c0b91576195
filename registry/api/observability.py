"""Logs and metrics that say how the service is doing and never about whom.

A log line names the route's pattern, never the URL; an error's kind and place, never its message.
"""

import hmac
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Any, BinaryIO, cast

import orjson
import structlog
from flask import Flask, Response, g, request
from prometheus_client import REGISTRY as PROCESS
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from registry import ids
from registry.api import catalogue
from registry.errors import Unauthenticated

_REQUESTS = Counter("registry_requests_total", "Requests answered.", ["route", "method", "status"])
_SECONDS = Histogram(
    "registry_request_seconds",
    "Time from a request's arrival at the application to its answer.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_CHECKS = Counter("registry_checks_total", "Checks answered.", ["purpose", "direction"])

# The library looks a child up under a lock each time; these are few and stay.
_requests = cache(_REQUESTS.labels)
_seconds = cache(_SECONDS.labels)
_checks = cache(_CHECKS.labels)

_log = structlog.get_logger()


class _Lossy:
    """A stream that never fails its writer: a full disk may cost a line of the log, not an answer."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(line)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure_logging() -> None:
    """JSON lines on standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(cast(BinaryIO, _Lossy(sys.stdout.buffer))),
        cache_logger_on_first_use=True,
    )
    # A library's own complaint may quote what a client sent.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)


def install(app: Flask) -> None:
    """Give each request an id, a log line and its place in the metrics."""

    @app.before_request
    def _begin() -> None:
        g.request_id = ids.new("req")
        g.began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        rule, request_id = request.url_rule, g.get("request_id", "")
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route, method = (rule.rule, request.method) if rule else ("unmatched", "any")
        response.headers["X-Request-Id"] = request_id
        count_request(route, method, response.status_code, seconds)
        if "check_answered" not in g or response.status_code >= HTTPStatus.BAD_REQUEST:
            _log.info(
                "request",
                id=request_id,
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                caller=g.caller.actor.id if "caller" in g else None,
            )
        return response


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """One more request answered."""
    _requests(route, method, status).inc()
    _seconds(route).observe(seconds)


def check_answered(answer: Mapping[str, Any]) -> None:
    """The running request has made this check. If it can say so, the registry's own log is its line."""
    count_check(answer["purpose"], answer["direction"])
    g.check_answered = True


def count_check(purpose: str, direction: str) -> None:
    """One more check answered."""
    _checks(purpose, direction).inc()


def metrics(token: str | None) -> Response:
    """All workers' metrics in Prometheus' text form. Raises Unauthenticated without the token that is set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is not None and not hmac.compare_digest(given.encode(), token.encode()):
        raise Unauthenticated("unauthenticated", catalogue.advice("unauthenticated"))
    source: Any = PROCESS
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        source = CollectorRegistry()
        MultiProcessCollector(source)  # type: ignore[no-untyped-call]
    return Response(generate_latest(source), content_type="text/plain; version=0.0.4; charset=utf-8")
