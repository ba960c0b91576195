"""`authority`, `officer`, `partner`, `partner-user`, `token`: who may speak to the registry."""

import sys
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from registry.access.issuing import Issued
from registry.access.rules import OFFICER_ROLES, PARTNER_USER_ROLES, PartnerKind, Role
from registry.audit.service import OPERATOR
from registry.cli.answering import answering
from registry.law.words import Level
from registry.services import Services


def commands(services: Services) -> list[click.Command]:
    """The commands of this subject."""
    return [
        _authority(services),
        _officer(services),
        _partner(services),
        _partner_user(services),
        _token(services),
    ]


def _authority(services: Services) -> AppGroup:
    group = AppGroup("authority", help="Police authorities.")

    @group.command("add")
    @click.option("--name", required=True)
    @click.option("--area", required=True, help="six-digit area code")
    @click.option("--level", required=True, type=click.Choice(list(map(str, Level))))
    @click.option("--phone", help="duty telephone, told to partners for a possible match")
    @answering
    def add(name: str, area: str, level: str, phone: str | None) -> dict[str, Any]:
        return {"id": services.access.add_authority(OPERATOR, name, area, Level(level), phone)}

    return group


def _officer(services: Services) -> AppGroup:
    group = AppGroup("officer", help="Officers' accounts.")

    @group.command("add")
    @click.option("--authority", required=True, help="id of the authority")
    @click.option("--login", required=True)
    @click.option(
        "--role", "roles", required=True, multiple=True, type=click.Choice(sorted(map(str, OFFICER_ROLES)))
    )
    @_password_option
    @answering
    def add(authority: str, login: str, roles: tuple[str, ...], password_stdin: bool) -> dict[str, Any]:
        chosen, password = {Role(role) for role in roles}, _password(password_stdin)
        issued = services.access.add_officer(OPERATOR, authority, login, chosen, password)
        return _issued(issued, services.config.production)

    @group.command("disable")
    @click.option("--id", "officer_id", required=True)
    @answering
    def disable(officer_id: str) -> dict[str, Any]:
        services.access.disable_officer(OPERATOR, officer_id)
        return {"id": officer_id}

    return group


def _partner(services: Services) -> AppGroup:
    group = AppGroup("partner", help="Partners' accounts.")

    @group.command("add")
    @click.option("--name", required=True)
    @click.option("--kind", required=True, type=click.Choice(list(map(str, PartnerKind))))
    @click.option("--area", required=True, help="six-digit area code")
    @answering
    def add(name: str, kind: str, area: str) -> dict[str, Any]:
        return _issued(services.access.add_partner(OPERATOR, name, PartnerKind(kind), area), enrolment=False)

    @group.command("suspend")
    @click.option("--id", "partner_id", required=True)
    @answering
    def suspend(partner_id: str) -> dict[str, Any]:
        services.access.suspend_partner(OPERATOR, partner_id)
        return {"id": partner_id}

    return group


def _partner_user(services: Services) -> AppGroup:
    group = AppGroup("partner-user", help="People who work at a partner, for the console.")
    partner = click.option("--partner", required=True, help="id of the partner")
    user = click.option("--id", "user_id", required=True)

    @group.command("add", help="Prints the one-time code with which they enrol at /console/enrol.")
    @partner
    @click.option("--login", required=True)
    @click.option(
        "--role",
        "roles",
        required=True,
        multiple=True,
        type=click.Choice(sorted(map(str, PARTNER_USER_ROLES))),
    )
    @_password_option
    @answering
    def add(partner: str, login: str, roles: tuple[str, ...], password_stdin: bool) -> dict[str, Any]:
        chosen, password = {Role(role) for role in roles}, _password(password_stdin)
        issued = services.partner_users.add(OPERATOR, partner, login, chosen, password)
        return _issued(issued, enrolment=True)

    @group.command("renew-code", help="A new code, for whoever forgot the password or lost the telephone.")
    @partner
    @user
    @answering
    def renew_code(partner: str, user_id: str) -> dict[str, Any]:
        return _issued(services.partner_users.renew_code(OPERATOR, partner, user_id), enrolment=True)

    @group.command("disable")
    @partner
    @user
    @answering
    def disable(partner: str, user_id: str) -> dict[str, Any]:
        services.partner_users.disable(OPERATOR, partner, user_id)
        return {"id": user_id}

    return group


def _token(services: Services) -> AppGroup:
    group = AppGroup("token", help="Tokens of officers and partners.")
    which = click.option("--id", "which", required=True, help="id of a credential, an officer or a partner")

    @group.command("rotate")
    @which
    @click.option("--overlap-hours", type=click.IntRange(0, 168), default=24, show_default=True)
    @answering
    def rotate(which: str, overlap_hours: int) -> dict[str, Any]:
        issued = services.access.rotate(OPERATOR, which, timedelta(hours=overlap_hours))
        return _issued(issued, services.config.production and issued.id.startswith("ofc_"))

    @group.command("revoke")
    @which
    @answering
    def revoke(which: str) -> dict[str, Any]:
        return {"id": which, "ended": services.access.revoke(OPERATOR, which)}

    return group


_password_option = click.option(
    "--password-stdin", is_flag=True, help="read a password for the console from standard input"
)


def _password(from_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\n") if from_stdin else None


def _issued(issued: Issued, enrolment: bool) -> dict[str, Any]:
    """In production an officer's secret is an enrolment code: the token is made by the officer alone."""
    secret = "enrolment_code" if enrolment else "token"
    return {"id": issued.id, secret: issued.secret, "expires_at": issued.expires_at.isoformat()}
