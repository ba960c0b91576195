"""`/console/accounts/officers`: officers and their credentials, for the security administrator."""

from collections.abc import Mapping

from flask import Response, request, url_for

from registry.access.rules import OFFICER_ROLES, SEPARATED, Permission, Role
from registry.api.operation import officer, services
from registry.console import words
from registry.console.credentials import (
    CODE,
    FIELD_OF,
    OVERLAPS,
    PAGE,
    TOKEN,
    credential_row,
    overlap,
    person_row,
    revoke_one_of,
    shown_once,
)
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.errors import Conflict, Invalid
from registry.text import Text

_OFFICER = "/accounts/officers/<string(length=30):officer_id>"


@route("GET", "/accounts/officers", Permission.ACCOUNT_READ)
def list_officers() -> Response:
    """Everybody, the newest first, and the form for one more."""
    return _officers()


@route("POST", "/accounts/officers", Permission.ACCOUNT_MANAGE)
def add_officer() -> Response:
    """One more; the code, and outside production the token, are shown this once."""
    typed, actor = fields(), officer().actor
    roles = {role for role in OFFICER_ROLES - SEPARATED if typed.get(f"role-{role}")}
    roles |= {role for role in SEPARATED if role == typed.get("separated")}
    authorities = {each.id for each in services().access.authorities().values()}
    faults: dict[str, Text] = {}
    if typed.get("authority") not in authorities:
        faults["authority"] = _NO_AUTHORITY
    if not roles:
        faults["roles"] = _NO_ROLE
    if faults:
        return _officers(typed, faults)
    try:
        issued = services().access.add_officer(actor, typed["authority"], typed.get("name", ""), roles)
    except (Invalid, Conflict) as refused:
        return _officers(typed, {FIELD_OF.get(refused.slug, "roles"): refused.sentence})
    shown = [(CODE if services().config.production else TOKEN, issued.secret, issued.expires_at)]
    if not services().config.production:
        code = services().accounts.renew_code(actor, issued.id)
        shown.insert(0, (CODE, code.secret, code.expires_at))
    return shown_once(typed["name"], url_for("console.show_officer", officer_id=issued.id), *shown)


@route("GET", _OFFICER, Permission.ACCOUNT_READ)
def show_officer(officer_id: str) -> Response:
    """One account with its credentials."""
    person = services().accounts.officer(officer_id)
    return page(
        "accounts/officer.html",
        person=person_row(person),
        credentials=[credential_row(each) for each in services().access.credentials(officer_id)],
        overlaps=said(OVERLAPS),
        own=officer_id == officer().id,
        production=services().config.production,
    )


@route("POST", f"{_OFFICER}/code", Permission.ACCOUNT_MANAGE)
def renew_officer_code(officer_id: str) -> Response:
    """A new enrolment code."""
    person = services().accounts.officer(officer_id)
    issued = services().accounts.renew_code(officer().actor, officer_id)
    back = url_for("console.show_officer", officer_id=officer_id)
    return shown_once(person.login, back, (CODE, issued.secret, issued.expires_at))


@route("POST", f"{_OFFICER}/disable", Permission.ACCOUNT_MANAGE)
def disable_officer(officer_id: str) -> Response:
    """No token and no session of theirs works any more."""
    services().access.disable_officer(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/unlock", Permission.ACCOUNT_MANAGE)
def unlock_officer(officer_id: str) -> Response:
    """Somebody who was locked out may try again."""
    services().accounts.unlock(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/sign-out", Permission.ACCOUNT_MANAGE)
def sign_officer_out(officer_id: str) -> Response:
    """Every session of theirs ends."""
    services().accounts.sign_out(officer().actor, officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


@route("POST", f"{_OFFICER}/token", Permission.ACCOUNT_MANAGE)
def rotate_officer_token(officer_id: str) -> Response:
    """A new token, in production a code for one; the old ones go on for the overlap."""
    person = services().accounts.officer(officer_id)
    issued = services().access.rotate(officer().actor, officer_id, overlap())
    name = CODE if services().config.production else TOKEN
    back = url_for("console.show_officer", officer_id=officer_id)
    return shown_once(person.login, back, (name, issued.secret, issued.expires_at))


@route("POST", f"{_OFFICER}/revoke", Permission.ACCOUNT_MANAGE)
def revoke_officer_credential(officer_id: str) -> Response:
    """End one of their credentials, at once."""
    revoke_one_of(officer_id)
    return go_to("console.show_officer", officer_id=officer_id)


def _officers(typed: Mapping[str, str] | None = None, faults: Mapping[str, Text] | None = None) -> Response:
    before = request.args.get("before") or None
    people, following = services().accounts.officers(PAGE, before)
    authorities = services().access.authorities().values()
    return page(
        "accounts/officers.html",
        422 if faults else 200,
        people=[person_row(person) for person in people],
        first=before is None,
        following=following and url_for("console.list_officers", before=following),
        authorities={each.id: each.name for each in authorities},
        roles=said({role: words.ROLES[role] for role in Role if role in OFFICER_ROLES - SEPARATED}),
        separated=said({"": _NONE} | {role: words.ROLES[role] for role in Role if role in SEPARATED}),
        values=typed or {"separated": ""},
        faults=said(faults or {}),
    )


_NONE = Text("不担任", "None of them")
_NO_AUTHORITY = Text("请选择所属机关。", "Choose the authority.")
_NO_ROLE = Text("请至少选择一个角色。", "Choose at least one role.")
