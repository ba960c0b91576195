"""What all pages share: their frame, the reader's language, strict headers, and trouble as a page."""

from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode, urlsplit

import flask
from flask import Blueprint, Response, g, request, send_from_directory, url_for
from werkzeug.exceptions import HTTPException

from registry import clock
from registry.access.principals import Officer
from registry.access.rules import permits
from registry.access.sessions import SignedIn
from registry.api import problems
from registry.api.guard import CONSOLE_POLICY
from registry.api.respond import language
from registry.console import cookies, navigation, words
from registry.errors import RegistryError, Unauthenticated, Unavailable
from registry.text import Language, Text

PREFIX = "/console"

_STATIC = Path(__file__).with_name("static")
_LANGUAGES = get_args(Language)
_HTML = "text/html; charset=utf-8"

blueprint = Blueprint("console", __name__, url_prefix=PREFIX, template_folder="templates")


def page(template: str, status: int = 200, **values: Any) -> Response:
    """`templates/console/<template>` in the reader's language.

    Known to it beside `values`: `zh`, `language`, `csrf` (see `_token.html`), `me` (who is signed in, or
    none), `jobs` (what they may open), `fragment` (whether htmx asks, who replaces a part of the page: then
    there is no frame, and neither `me` nor `jobs`).
    """
    reader = language()
    scripted = is_fragment()
    # Past Flask, which would look for what no page of ours needs.
    html = flask.current_app.jinja_env.get_template(f"console/{template}").render(
        language=reader,
        zh=reader != "en",
        other_language=None if scripted else _in_the_other(reader),
        csrf=cookies.form_token(),
        me=None if scripted else _me(reader),
        jobs=[] if scripted else _jobs(reader),
        fragment=scripted,
        **{"faults": {}, "values": {}} | values,
    )
    # A browser complains on its console where a script's request ends with the status of a typing mistake.
    return Response(html, 200 if status == 422 and scripted else status, content_type=_HTML)


def is_fragment() -> bool:
    """Whether a script of the page asks, who will replace a part of it."""
    return request.headers.get("HX-Request") == "true"


def go_to(endpoint: str, **values: Any) -> Response:
    """Send the browser to another page, with GET."""
    return Response(status=303, headers={"Location": url_for(endpoint, **values)})


def said(texts: Any) -> dict[str, str]:
    """A mapping of texts by the plain word, in the reader's language."""
    reader = language()
    return {str(key): text.into(reader) for key, text in texts.items()}


def _me(reader: Language) -> dict[str, Any] | None:
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        return None
    caller = signed_in.caller
    return {
        "login": signed_in.login,
        "unit": caller.authority.name if isinstance(caller, Officer) else caller.name,
        "roles": [words.ROLES[role].into(reader) for role in sorted(caller.roles)],
        "until": signed_in.ends_at.astimezone(clock.BEIJING).strftime("%H:%M"),
        "seconds": seconds_left(signed_in),
    }


def seconds_left(signed_in: SignedIn) -> int:
    """Until the session ends if nothing more is done."""
    return max(0, int((signed_in.ends_at - clock.now()).total_seconds()))


def _jobs(reader: Language) -> list[dict[str, Any]]:
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        return []
    return [
        {
            "href": url_for(f"console.{job.endpoint}"),
            "title": job.title.into(reader),
            "hint": job.hint.into(reader),
            "here": request.endpoint in {f"console.{each}" for each in (job.endpoint, *job.within)},
        }
        for job in navigation.JOBS
        if permits(signed_in.caller.roles, job.permission)
    ]


def _in_the_other(reader: Language) -> str:
    """What was asked with GET can be had in the other language; from what was sent one goes home."""
    other = "en" if reader != "en" else "zh-CN"
    if request.method != "GET" or not request.url_rule:
        return url_for("console.home", lang=other)
    # Not through `url_for`, to which some names mean something else.
    path = url_for(request.url_rule.endpoint, **request.view_args or {})
    query = request.args.to_dict() | {"lang": other}
    return f"{path}?{urlencode(query)}"


@blueprint.before_request
def _choose_language() -> None:
    kept = request.cookies.get(cookies.LANGUAGE)
    asked = request.args.get("lang") if request.query_string else None
    if asked in _LANGUAGES:
        g.language = g.console_language = asked
    elif kept in _LANGUAGES:
        g.language = kept


@blueprint.after_request
def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONSOLE_POLICY
    # Without it a browser names no origin when it sends a form.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Vary"] = "Cookie, Accept-Language, HX-Request"
    if signed_in := g.get("signed_in"):
        response.headers["Session-Seconds"] = str(seconds_left(signed_in))
    cookies.send(response)
    return response


# -- trouble ---------------------------------------------------------------------------------------


def trouble(problem: Response, sentence: Text | None = None) -> Response:
    """A problem for people: the same status and headers. A script puts it above what was typed."""
    told = problem.get_json()
    rendered = page(
        "_trouble.html" if is_fragment() else "trouble.html",
        told=told,
        silent=problem.status_code >= 500,
        sentence=sentence and sentence.into(language()),
    )
    problem.set_data(rendered.get_data())
    problem.content_type = _HTML
    problem.headers.pop("WWW-Authenticate", None)
    if is_fragment():
        problem.headers["HX-Retarget"], problem.headers["HX-Reswap"] = "#trouble", "innerHTML"
    return problem


@blueprint.errorhandler(RegistryError)
def _of_registry(error: RegistryError) -> Response:
    if isinstance(error, Unauthenticated):
        return _to_sign_in()
    sentence = words.SILENT if isinstance(error, Unavailable) else None
    return trouble(problems.from_registry(error), sentence)


@blueprint.errorhandler(HTTPException)
def _of_http(error: HTTPException) -> Response:
    return trouble(problems.from_http(error))


@blueprint.errorhandler(Exception)
def _of_crash(error: Exception) -> Response:
    return trouble(problems.from_crash(error), words.SILENT)


def _to_sign_in() -> Response:
    """Ask who it is, and come back afterwards to what can be asked for again."""
    if is_fragment():
        shown = urlsplit(request.headers.get("HX-Current-URL", "")).path
        return Response(status=401, headers={"HX-Redirect": url_for("console.sign_in", next=shown or None)})
    return go_to("console.sign_in", next=request.path if request.method == "GET" else None)


def _static(name: str) -> Response:
    """Files that ship with the product."""
    return send_from_directory(_STATIC, name, max_age=3600)


blueprint.add_url_rule("/static/<path:name>", "static", _static)
