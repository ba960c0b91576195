"""`/console/partner-users`: a partner's administrator looks after the accounts of its people."""

from typing import Any

from flask import Response, url_for

from registry.access.issuing import Issued
from registry.access.rules import PARTNER_USER_ROLES, Permission, Role
from registry.api.operation import partner, services
from registry.api.respond import language
from registry.clock import BEIJING
from registry.console import words
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.errors import Conflict, Invalid
from registry.screening.wording import day_words
from registry.text import Text


@route("GET", "/partner-users", Permission.PARTNER_USER_MANAGE)
def list_partner_users() -> Response:
    """Everybody, and the form for one more."""
    return _listed()


@route("POST", "/partner-users", Permission.PARTNER_USER_MANAGE)
def add_partner_user() -> Response:
    """One more account; its enrolment code is shown this once."""
    typed = fields()
    wanted = [role for role in PARTNER_USER_ROLES if role == typed.get("role")]
    try:
        issued = services().partner_users.add(partner().actor, partner().id, typed.get("login", ""), wanted)
    except Invalid as refused:
        by_field = {"invalid-name": "login", "unknown-role": "role"}
        return _listed(422, typed, {by_field[refused.slug]: refused.sentence})
    except Conflict as refused:
        return _listed(422, typed, {"login": refused.sentence})
    return _coded(issued, typed["login"])


@route("POST", "/partner-users/<string(length=30):user_id>/code", Permission.PARTNER_USER_MANAGE)
def renew_partner_user_code(user_id: str) -> Response:
    """A new enrolment code."""
    issued = services().partner_users.renew_code(partner().actor, partner().id, user_id)
    login = next(each.login for each in services().partner_users.all(partner().id) if each.id == user_id)
    return _coded(issued, login)


@route("POST", "/partner-users/<string(length=30):user_id>/disable", Permission.PARTNER_USER_MANAGE)
def disable_partner_user(user_id: str) -> Response:
    """No session of theirs works any more."""
    services().partner_users.disable(partner().actor, partner().id, user_id)
    return go_to("console.list_partner_users")


def _listed(status: int = 200, values: Any = None, faults: dict[str, Text] | None = None) -> Response:
    reader = language()
    users = [
        {
            "id": each.id,
            "login": each.login,
            "roles": [words.ROLES[role].into(reader) for role in each.roles],
            "added_on": day_words(each.created_at.astimezone(BEIJING).date()).into(reader),
            "state": "off" if each.disabled_at else "on" if each.enrolled else "waiting",
            "own": partner().actor.id == each.id,
        }
        for each in services().partner_users.all(partner().id)
    ]
    return page(
        "partner_users.html",
        status,
        users=users,
        roles=said({role: words.ROLES[role] for role in sorted(PARTNER_USER_ROLES, reverse=True)}),
        values=values or {"role": Role.TELLER.value},
        faults=said(faults or {}),
    )


def _coded(issued: Issued, login: str) -> Response:
    until = issued.expires_at.astimezone(BEIJING)
    return page(
        "partner_user_code.html",
        login=login,
        code=issued.secret,
        where=f"{services().config.public_url}{url_for('console.enrol')}",
        until=f"{day_words(until.date()).into(language())} {until:%H:%M}",
    )
