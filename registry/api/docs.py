"""What a reader needs, all served from here: OpenAPI, Swagger UI, and a page for each problem."""

from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    render_template,
    send_from_directory,
)
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import INCLUDE, Schema, fields

from registry.api import catalogue
from registry.api.operation import operation
from registry.api.problems import PROBLEM, STATUS
from registry.api.respond import language

_STATIC = Path(__file__).with_name("static")

blueprint = Blueprint("docs", __name__, template_folder="templates")
description = ApiBlueprint(
    "description", __name__, url_prefix="/v1", description="接口描述 · This description"
)

_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "A page that explains the problem"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do"},
        "instance": {"type": "string", "description": "The request's id, as in the log"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class RegistryApi(Api):
    """flask-smorest, with our problems instead of its errors."""

    def _register_error_handlers(self) -> None:
        """`problems.install` has registered ours, which also catch addresses no blueprint knows."""

    def _register_responses(self) -> None:
        self.spec.components.schema("Problem", component=_PROBLEM_SCHEMA)
        problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        described = {"description": "A problem (RFC 9457)", "content": problem}
        for status in (400, 405, 406, 413, 415, *sorted(set(STATUS.values()))):
            self.spec.components.response(_component(status), described)
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, described)


def _component(status: int) -> str:
    return {422: "UNPROCESSABLE_ENTITY"}.get(status, f"PROBLEM_{status}")


def describe(app: Flask) -> RegistryApi:
    """The OpenAPI description of `app`, empty until blueprints are registered with it."""
    app.config |= {
        "API_TITLE": "两卡惩戒名单核查 · Registry of sanctions for traded bank and phone cards",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": {
            "info": {
                "description": "Ask before an account is opened or a card is issued; "
                "designate, decide and import lists. Errors are problems (RFC 9457)."
            },
            "security": [{"bearer": []}],
        },
    }
    api = RegistryApi(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    return api


def description_of(app: Flask) -> RegistryApi:
    """The description that `describe` has made."""
    api: RegistryApi = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return api


@blueprint.get("/docs")
def swagger() -> str:
    """Swagger UI."""
    return render_template("docs.html")


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """Files that ship with the product."""
    return send_from_directory(_STATIC, name, max_age=3600)


@blueprint.get("/problems/<string:slug>")
def problem_page(slug: str) -> str:
    """What a problem means and what to do."""
    if slug not in catalogue.PROBLEMS:
        abort(404)
    reader = language()
    return render_template(
        "problem.html",
        language=reader,
        slug=slug,
        title=catalogue.title(slug).into(reader),
        advice=catalogue.advice(slug).into(reader),
    )


class DescriptionSchema(Schema):
    """An OpenAPI 3.1 document."""

    class Meta:
        """It holds more than is named here."""

        unknown = INCLUDE

    openapi = fields.String(required=True)


@operation(description, "GET", "/openapi.json", None, answer=DescriptionSchema)
def openapi() -> dict[str, Any]:
    """接口描述 · This description"""
    spec: dict[str, Any] = description_of(current_app).spec.to_dict()
    return spec
