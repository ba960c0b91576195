"""`/healthz`: the process lives. `/readyz`: it can do its job."""

from collections.abc import Callable
from typing import Any

import flask
from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from registry.api import observability
from registry.api.operation import operation, services
from registry.errors import RegistryError, Unavailable
from registry.readiness import Readiness
from registry.text import Text

scrape = flask.Blueprint("metrics", __name__)
blueprint = Blueprint("health", __name__, description="运行状态 · Health")


class HealthSchema(Schema):
    """It lives."""

    status = fields.String(required=True)


class ReadySchema(Schema):
    """It can do its job; `warnings` do not stop it."""

    status = fields.String(required=True)
    checks = fields.Dict(fields.String(), fields.String(), required=True)
    warnings = fields.List(fields.String(), required=True)


@operation(blueprint, "GET", "/healthz", None, answer=HealthSchema)
def health() -> dict[str, str]:
    """进程存活 · The process lives"""
    return {"status": "ok"}


@operation(blueprint, "GET", "/readyz", None, answer=ReadySchema)
def ready() -> dict[str, Any]:
    """可以服务 · Database writable, migrations at head, keys and law loaded"""
    readiness = Readiness(services())
    states = states_of(readiness)
    if any(state != "ok" for state in states.values()):
        raise Unavailable(
            "not-ready",
            Text("服务尚未就绪；见 checks。", "The service is not ready; see checks."),
            facts={"checks": states},
        )
    return {"status": "ready", "checks": states, "warnings": readiness.warnings()}


@scrape.get("/metrics")
def metrics() -> Response:
    """Prometheus' text form; guarded by REGISTRY_METRICS_TOKEN where it is set."""
    return observability.metrics(services().config.metrics_token)


def states_of(readiness: Readiness) -> dict[str, str]:
    """Each part by name: "ok", or the slug of what is wrong with it."""
    parts: dict[str, Callable[[], None]] = {
        "database": readiness.database,
        "migrations": readiness.migrations,
        "keys": readiness.keys,
        "law": readiness.law,
        "log": readiness.log,
    }
    return {name: _state(part) for name, part in parts.items()}


def _state(part: Callable[[], None]) -> str:
    try:
        part()
    except RegistryError as trouble:
        return trouble.slug
    return "ok"
