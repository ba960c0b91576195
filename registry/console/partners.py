"""`/console/accounts/partners`: partners, their people and credentials, for the security administrator."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from registry.access.accounts import Institution
from registry.access.rules import PartnerKind, Permission
from registry.api.operation import officer, services
from registry.api.respond import language
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
from registry.console.telling import day
from registry.errors import Conflict, Invalid
from registry.text import Text

_PARTNER = "/accounts/partners/<string(length=30):partner_id>"
_USER = f"{_PARTNER}/people/<string(length=30):user_id>"


@route("GET", "/accounts/partners", Permission.ACCOUNT_READ)
def list_partners() -> Response:
    """Everybody, the newest first, and the form for one more."""
    return _partners()


@route("POST", "/accounts/partners", Permission.ACCOUNT_MANAGE)
def add_partner() -> Response:
    """One more; its token is shown this once."""
    typed = fields()
    if typed.get("kind") not in set(PartnerKind):
        return _partners(typed, {"kind": _NO_KIND})
    try:
        issued = services().access.add_partner(
            officer().actor, typed.get("name", ""), PartnerKind(typed["kind"]), typed.get("area", "")
        )
    except (Invalid, Conflict) as refused:
        return _partners(typed, {FIELD_OF[refused.slug]: refused.sentence})
    back = url_for("console.show_partner", partner_id=issued.id)
    return shown_once(typed["name"], back, (TOKEN, issued.secret, issued.expires_at))


@route("GET", _PARTNER, Permission.ACCOUNT_READ)
def show_partner(partner_id: str) -> Response:
    """One partner with its credentials and its people."""
    return page(
        "accounts/partner.html",
        institution=_institution(services().accounts.partner(partner_id)),
        people=[person_row(person) for person in services().accounts.people(partner_id)],
        credentials=[credential_row(each) for each in services().access.credentials(partner_id)],
        overlaps=said(OVERLAPS),
    )


@route("POST", f"{_PARTNER}/suspend", Permission.ACCOUNT_MANAGE)
def suspend_partner(partner_id: str) -> Response:
    """No token of it and no session of its people works any more."""
    services().access.suspend_partner(officer().actor, partner_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_PARTNER}/token", Permission.ACCOUNT_MANAGE)
def rotate_partner_token(partner_id: str) -> Response:
    """A new token; the old ones go on for the overlap."""
    name = services().accounts.partner(partner_id).name
    issued = services().access.rotate(officer().actor, partner_id, overlap())
    back = url_for("console.show_partner", partner_id=partner_id)
    return shown_once(name, back, (TOKEN, issued.secret, issued.expires_at))


@route("POST", f"{_PARTNER}/revoke", Permission.ACCOUNT_MANAGE)
def revoke_partner_credential(partner_id: str) -> Response:
    """End one of its credentials, at once."""
    revoke_one_of(partner_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/code", Permission.ACCOUNT_MANAGE)
def renew_person_code(partner_id: str, user_id: str) -> Response:
    """A new enrolment code for one of its people."""
    issued = services().partner_users.renew_code(officer().actor, partner_id, user_id)
    login = next(each.login for each in services().partner_users.all(partner_id) if each.id == user_id)
    back = url_for("console.show_partner", partner_id=partner_id)
    return shown_once(login, back, (CODE, issued.secret, issued.expires_at))


@route("POST", f"{_USER}/disable", Permission.ACCOUNT_MANAGE)
def disable_person(partner_id: str, user_id: str) -> Response:
    """No session of theirs works any more."""
    services().partner_users.disable(officer().actor, partner_id, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/unlock", Permission.ACCOUNT_MANAGE)
def unlock_person(partner_id: str, user_id: str) -> Response:
    """Somebody who was locked out may try again."""
    services().accounts.unlock(officer().actor, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


@route("POST", f"{_USER}/sign-out", Permission.ACCOUNT_MANAGE)
def sign_person_out(partner_id: str, user_id: str) -> Response:
    """Every session of theirs ends."""
    services().accounts.sign_out(officer().actor, user_id)
    return go_to("console.show_partner", partner_id=partner_id)


def _partners(typed: Mapping[str, str] | None = None, faults: Mapping[str, Text] | None = None) -> Response:
    before = request.args.get("before") or None
    found, following = services().accounts.partners(PAGE, before)
    return page(
        "accounts/partners.html",
        422 if faults else 200,
        institutions=[_institution(each) for each in found],
        first=before is None,
        following=following and url_for("console.list_partners", before=following),
        kinds=said(words.PARTNER_KINDS),
        values=typed or {},
        faults=said(faults or {}),
    )


def _institution(institution: Institution) -> dict[str, Any]:
    return {
        "id": institution.id,
        "name": institution.name,
        "kind": words.PARTNER_KINDS[institution.kind].into(language()),
        "area": institution.area,
        "added": day(institution.created_at),
        "off": institution.suspended_at is not None,
    }


_NO_KIND = Text("请选择机构类型。", "Choose what it is.")
