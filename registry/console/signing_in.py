"""Signing in and out, and the first time with an enrolment code."""

from urllib.parse import urlsplit

import segno
from flask import Response, g, request

from registry.access.rules import Permission
from registry.api import problems
from registry.api.operation import services
from registry.api.respond import language
from registry.console import cookies
from registry.console.pages import PREFIX, go_to, page, said
from registry.console.routing import fields, route
from registry.errors import Invalid, TooMany, Unauthenticated
from registry.text import Text

_GROUP = 4  # characters of a secret that are read at a time


@route("GET", "/sign-in", None)
def sign_in() -> Response:
    """The form."""
    return page("sign_in.html", back=_back(request.args.get("next", "")), second_factor=_second_factor())


@route("POST", "/sign-in", None)
def signed_in() -> Response:
    """Begin a session, with a secret that nobody can have planted."""
    typed = fields()
    try:
        fresh = services().signing_in.sign_in(
            typed.get("login", ""), typed.get("password", ""), typed.get("code", "")
        )
    except (Unauthenticated, TooMany) as refused:
        told = problems.from_registry(refused)
        told.headers.pop("WWW-Authenticate", None)
        shown = page(
            "sign_in.html",
            values={"login": typed.get("login", "")},
            back=_back(typed.get("next", "")),
            second_factor=_second_factor(),
            refused=refused.sentence.into(language()),
        )
        told.set_data(shown.get_data())
        told.content_type = shown.content_type
        return told
    cookies.replace(fresh)
    back = _back(typed.get("next", ""))
    return Response(status=303, headers={"Location": back}) if back else go_to("console.home")


@route("POST", "/sign-out", Permission.SELF_READ)
def sign_out() -> Response:
    """End this session, or all of one's own."""
    if fields().get("everywhere"):
        services().sessions.end_everywhere(g.signed_in)
    else:
        services().sessions.end(cookies.secret(), g.signed_in)
    return go_to("console.sign_in")


@route("GET", "/enrol", None)
def enrol() -> Response:
    """The form for the code."""
    return page("enrol.html")


@route("POST", "/enrol", None)
def enrolled() -> Response:
    """First the code alone, which opens the offer of a second factor; then everything together."""
    typed = fields()
    code, nonce = typed.get("code", ""), typed.get("nonce", "")
    signing_in = services().signing_in
    try:
        login, secret, address = signing_in.offer(code, nonce or (nonce := signing_in.new_nonce()))
    except Unauthenticated as refused:
        return page("enrol.html", 422, faults={"code": refused.sentence.into(language())})
    faults: dict[str, Text] = {}
    if "password" in typed:
        if typed["password"] != typed.get("again", ""):
            faults["again"] = _NOT_AGAIN
        else:
            try:
                cookies.replace(signing_in.enrol(code, nonce, typed["password"], typed.get("digits", "")))
            except Invalid as refused:
                faults = {error.pointer.removeprefix("/"): error.text for error in refused.errors}
            else:
                return go_to("console.home")
    return page(
        "enrol_factor.html",
        422 if faults else 200,
        values={"code": code, "nonce": nonce},
        faults=said(faults),
        login=login,
        groups=[secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)],
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=2),
    )


_NOT_AGAIN = Text("两次输入的密码不一致，请重新输入。", "The two passwords differ; enter them again.")


def _second_factor() -> bool:
    return services().config.production


def _back(wanted: str) -> str:
    """Where to go after signing in, if that is a page of the console."""
    parts = urlsplit(wanted)
    own = not parts.scheme and not parts.netloc and parts.path.startswith(f"{PREFIX}/")
    return parts.path if own and parts.path.isprintable() and wanted.isascii() and "\\" not in wanted else ""
