"""`/console/account`: everybody's own password, authenticator and sessions."""

from collections.abc import Mapping
from datetime import datetime

import segno
from flask import Response, g

from registry.access.rules import Permission
from registry.api.operation import services
from registry.api.respond import language
from registry.clock import BEIJING
from registry.console import cookies
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.errors import Invalid, TooMany, Unauthenticated
from registry.screening.wording import day_words
from registry.text import Text

_GROUP = 4  # characters of a secret that are read at a time


@route("GET", "/account", Permission.SELF_READ)
def show_account() -> Response:
    """Where one is signed in, and the form for another password."""
    return _account()


@route("POST", "/account/password", Permission.SELF_READ)
def change_password() -> Response:
    """Another password; every other session ends."""
    typed = fields()
    faults = _unproved(typed)
    if typed.get("fresh") != typed.get("again"):
        faults["again"] = _NOT_AGAIN
    if not faults:
        try:
            secret = services().signing_in.change_password(
                g.signed_in, typed["password"], typed.get("code", ""), typed.get("fresh", "")
            )
        except Invalid as refused:
            faults["fresh"] = refused.sentence
        except (Unauthenticated, TooMany) as refused:
            faults["password"] = _WRONG if isinstance(refused, Unauthenticated) else refused.sentence
        else:
            cookies.replace(secret)
            return go_to("console.show_account")
    return _account(faults)


@route("GET", "/account/factor", Permission.SELF_READ)
def offer_factor() -> Response:
    """Another secret for the authenticator."""
    return _factor(services().signing_in.new_nonce())


@route("POST", "/account/factor", Permission.SELF_READ)
def renew_factor() -> Response:
    """Take it, after proof of who one is; every other session ends."""
    typed = fields()
    nonce = typed.get("nonce") or services().signing_in.new_nonce()
    faults = _unproved(typed)
    if not faults:
        try:
            secret = services().signing_in.renew_factor(
                g.signed_in,
                cookies.secret(),
                nonce,
                typed["password"],
                code=typed.get("code", ""),
                digits=typed.get("digits", ""),
            )
        except Invalid as refused:
            faults["digits"] = refused.sentence
        except (Unauthenticated, TooMany) as refused:
            faults["password"] = _WRONG if isinstance(refused, Unauthenticated) else refused.sentence
        else:
            cookies.replace(secret)
            return go_to("console.show_account")
    return _factor(nonce, faults)


@route("POST", "/account/sessions/<string(length=30):session_id>/end", Permission.SELF_READ)
def end_session(session_id: str) -> Response:
    """Sign out in another browser."""
    services().sessions.end_own(g.signed_in, session_id)
    return go_to("console.show_account")


def _unproved(typed: Mapping[str, str]) -> dict[str, Text]:
    return {} if typed.get("password") else {"password": _NO_PASSWORD}


def _account(faults: Mapping[str, Text] | None = None) -> Response:
    return page(
        "account.html",
        422 if faults else 200,
        sessions=[
            {"id": each.id, "began": _time(each.began_at), "seen": _time(each.seen_at), "here": each.here}
            for each in services().sessions.own(g.signed_in)
        ],
        has_factor=services().signing_in.has_factor(g.signed_in),
        faults=said(faults or {}),
    )


def _factor(nonce: str, faults: Mapping[str, Text] | None = None) -> Response:
    secret, address = services().signing_in.offer_factor(g.signed_in, cookies.secret(), nonce)
    return page(
        "account_factor.html",
        422 if faults else 200,
        values={"nonce": nonce},
        has_factor=services().signing_in.has_factor(g.signed_in),
        groups=[secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)],
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=2),
        faults=said(faults or {}),
    )


def _time(instant: datetime) -> str:
    at = instant.astimezone(BEIJING)
    return f"{day_words(at.date()).into(language())} {at:%H:%M}"


_NO_PASSWORD = Text("请输入当前密码。", "Enter your present password.")
_WRONG = Text("当前密码或者动态码不正确。", "The present password or the code is not right.")
_NOT_AGAIN = Text("两次输入的密码不一致，请重新输入。", "The two passwords differ; enter them again.")
