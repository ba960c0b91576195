"""What public pages share: the blueprint with its headers, the reader's language, and trouble as a page."""

from pathlib import Path
from typing import Any, get_args

import flask
from flask import Blueprint, Response, g, request, send_from_directory, url_for
from werkzeug.exceptions import HTTPException

from registry.api import problems
from registry.api.guard import FORM_POLICY
from registry.api.respond import VARY, language
from registry.errors import RegistryError
from registry.text import Language

PREFIX = "/public"

_STATIC = Path(__file__).with_name("static")
_KEPT = ("page",)
"""Of a query, what goes along to the other language."""
_HTML = "text/html; charset=utf-8"


def new() -> Blueprint:
    """An empty blueprint; each section adds its routes to it."""
    blueprint = Blueprint("public", __name__, url_prefix=PREFIX, template_folder="templates")
    guard(blueprint)
    blueprint.register_error_handler(RegistryError, lambda error: _as_page(problems.from_registry(error)))
    blueprint.register_error_handler(HTTPException, lambda error: _as_page(problems.from_http(error)))
    blueprint.register_error_handler(Exception, lambda error: _as_page(problems.from_crash(error)))
    blueprint.add_url_rule("/static/<path:name>", "static", _static)
    return blueprint


def guard(blueprint: Blueprint) -> None:
    """Let what `blueprint` answers be in the reader's language, with strict headers."""
    blueprint.before_request(_choose_language)
    blueprint.after_request(_guard)
    blueprint.url_defaults(_keep_language)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """`templates/public/<template>` in the reader's language; `zh` and `language` are known to it.

    What was asked with GET can be had in the other language too: `other_language` is the address. What was
    sent cannot, since it would have to be sent again.
    """
    reader = language()
    html = flask.render_template(
        f"public/{template}",
        language=reader,
        zh=reader != "en",
        other_language=_in_the_other(reader) if request.method == "GET" and request.endpoint else None,
        **values,
    )
    return Response(html, status, content_type=_HTML)


def _in_the_other(reader: Language) -> str:
    other = "en" if reader != "en" else "zh-CN"
    kept = {name: request.args[name] for name in _KEPT if name in request.args}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept, "lang": other})


def _choose_language() -> None:
    chosen = request.args.get("lang")
    if chosen in get_args(Language):
        g.language = chosen


def _keep_language(_: str, values: dict[str, Any]) -> None:
    """A reader who has chosen a language keeps it on the way to other public pages."""
    if "language" in g:
        values.setdefault("lang", g.language)


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = FORM_POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Vary"] = VARY
    return response


def _as_page(problem: Response) -> Response:
    """A problem for people: the same status, headers and words."""
    told = problem.get_json()
    problem.set_data(page("trouble.html", told=told).get_data())
    problem.content_type = _HTML
    return problem


def _static(name: str) -> Response:
    """Files that ship with the product."""
    return send_from_directory(_STATIC, name, max_age=3600)
