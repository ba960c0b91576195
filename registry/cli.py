"""The operator commands: `flask --app wsgi …`. `--json` prints one JSON object and nothing else."""

import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from registry import clock, migrating
from registry.access.rules import OFFICER_ROLES, PartnerKind, Role
from registry.access.service import Issued
from registry.audit.service import OPERATOR
from registry.config import ConfigError
from registry.db import engine
from registry.demo import story
from registry.errors import Conflict, RegistryError
from registry.law import loader
from registry.law.book import Book
from registry.law.words import Level
from registry.services import Services
from registry.text import Text


def register(app: Flask, services: Services) -> None:
    """Add the commands to `app`."""
    for group in (_keys(services), _people(services), _partners(services), _tokens(services)):
        app.cli.add_command(group)
    for group in (
        _authorities(services),
        _law(services),
        _audit(services),
        _designations(services),
        _demo(services),
    ):
        app.cli.add_command(group)
    app.cli.add_command(_schema())


def _answering(command: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Print what the command found, as lines or as JSON; trouble goes to standard error with exit status 1.

    An answer's `text` is for people and stands for the rest; JSON leaves it out.
    """

    @click.option("--json", "as_json", is_flag=True, help="print one JSON object and nothing else")
    @wraps(command)
    def run(as_json: bool, **arguments: Any) -> None:
        try:
            answer = command(**arguments)
        except (RegistryError, ConfigError) as trouble:
            click.echo(_told(trouble), err=True)
            sys.exit(1)
        text = answer.pop("text", None)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False, default=str))
        elif text:
            click.echo(text)
        else:
            for name, value in answer.items():
                for line in value if isinstance(value, list) else [value]:
                    click.echo(f"{name}: {line}")

    return run


def _told(trouble: Exception) -> str:
    if not isinstance(trouble, RegistryError):
        return str(trouble)
    lines = [f"{trouble.slug}: {trouble.sentence.en}", trouble.sentence.zh]
    lines += [f"{fault.pointer}: {fault.text.en} {fault.text.zh}" for fault in trouble.errors]
    return "\n".join(dict.fromkeys(lines))


def _keys(services: Services) -> AppGroup:
    group = AppGroup("keys", help="The key ring.")

    @group.command("init", help="Create the key ring named by REGISTRY_KEYS; never overwrites one.")
    @_answering
    def init() -> dict[str, Any]:
        services.keys.create()
        return {"keys": str(services.config.keys)}

    return group


def _schema() -> click.Command:
    @click.command("migrate", help="Bring the database up to date. Needs no keys.")
    @with_appcontext
    @_answering
    def migrate() -> dict[str, Any]:
        migrating.upgrade(engine())
        return {"revision": migrating.current()}

    return migrate


def _authorities(services: Services) -> AppGroup:
    group = AppGroup("authority", help="Police authorities.")

    @group.command("add")
    @click.option("--name", required=True)
    @click.option("--area", required=True, help="six-digit area code")
    @click.option("--level", required=True, type=click.Choice(list(map(str, Level))))
    @click.option("--phone", help="duty telephone, told to partners for a possible match")
    @_answering
    def add(name: str, area: str, level: str, phone: str | None) -> dict[str, Any]:
        return {"id": services.access.add_authority(OPERATOR, name, area, Level(level), phone)}

    return group


def _people(services: Services) -> AppGroup:
    group = AppGroup("officer", help="Officers' accounts.")

    @group.command("add")
    @click.option("--authority", required=True, help="id of the authority")
    @click.option("--login", required=True)
    @click.option(
        "--role", "roles", required=True, multiple=True, type=click.Choice(sorted(map(str, OFFICER_ROLES)))
    )
    @click.option(
        "--password-stdin", is_flag=True, help="read a password for the console from standard input"
    )
    @_answering
    def add(authority: str, login: str, roles: tuple[str, ...], password_stdin: bool) -> dict[str, Any]:
        password = sys.stdin.readline().rstrip("\n") if password_stdin else None
        issued = services.access.add_officer(
            OPERATOR, authority, login, {Role(role) for role in roles}, password
        )
        return _issued(issued, services.config.production)

    @group.command("disable")
    @click.option("--id", "officer_id", required=True)
    @_answering
    def disable(officer_id: str) -> dict[str, Any]:
        services.access.disable_officer(OPERATOR, officer_id)
        return {"id": officer_id}

    return group


def _partners(services: Services) -> AppGroup:
    group = AppGroup("partner", help="Partners' accounts.")

    @group.command("add")
    @click.option("--name", required=True)
    @click.option("--kind", required=True, type=click.Choice(list(map(str, PartnerKind))))
    @click.option("--area", required=True, help="six-digit area code")
    @_answering
    def add(name: str, kind: str, area: str) -> dict[str, Any]:
        return _issued(services.access.add_partner(OPERATOR, name, PartnerKind(kind), area), enrolment=False)

    @group.command("suspend")
    @click.option("--id", "partner_id", required=True)
    @_answering
    def suspend(partner_id: str) -> dict[str, Any]:
        services.access.suspend_partner(OPERATOR, partner_id)
        return {"id": partner_id}

    return group


def _tokens(services: Services) -> AppGroup:
    group = AppGroup("token", help="Tokens of officers and partners.")
    which = click.option("--id", "which", required=True, help="id of a credential, an officer or a partner")

    @group.command("rotate")
    @which
    @click.option("--overlap-hours", type=click.IntRange(0, 168), default=24, show_default=True)
    @_answering
    def rotate(which: str, overlap_hours: int) -> dict[str, Any]:
        issued = services.access.rotate(OPERATOR, which, timedelta(hours=overlap_hours))
        return _issued(issued, services.config.production and issued.id.startswith("ofc_"))

    @group.command("revoke")
    @which
    @_answering
    def revoke(which: str) -> dict[str, Any]:
        return {"id": which, "ended": services.access.revoke(OPERATOR, which)}

    return group


def _issued(issued: Issued, enrolment: bool) -> dict[str, Any]:
    """In production an officer's secret is an enrolment code: the token is made by the officer alone."""
    secret = "enrolment_code" if enrolment else "token"
    return {"id": issued.id, secret: issued.secret, "expires_at": issued.expires_at.isoformat()}


def _law(services: Services) -> AppGroup:
    group = AppGroup("law", help="The dated law.")

    @group.command("show")
    @click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="law day; default today in Beijing")
    @_answering
    def show(day: Any) -> dict[str, Any]:
        view = services.book.on(day.date() if day else clock.today())
        return {
            "day": view.day,
            "rules": [
                {
                    "rule": setting.rule,
                    "value": loader.plain(setting.value),
                    "since": setting.since,
                    "instrument": setting.source.instrument,
                    "article": setting.source.article,
                    "mark": setting.source.mark,
                    "provisional": setting.source.provisional,
                }
                for setting in view.settings()
            ],
        }

    @group.command("lint")
    @_answering
    def lint() -> dict[str, Any]:
        book = Book.load(services.config.law_dir)
        return {"rules": len(book), "warnings": _stale(book, clock.today())}

    return group


def _stale(book: Book, today: date) -> list[str]:
    return [f"{rule} was not compared with its source for 12 months" for rule in book.unchecked(today)]


def _audit(services: Services) -> AppGroup:
    group = AppGroup("audit", help="The log.")

    @group.command("verify", help="Recompute the hash of every record.")
    @_answering
    def verify() -> dict[str, Any]:
        records, altered = services.log.verify()
        if altered:
            raise Conflict(
                "log-altered",
                Text("日志被改动：{ids}。", "The log was altered: {ids}.").format(
                    ids=", ".join(altered[:20])
                ),
            )
        return {"records": records}

    return group


def _designations(services: Services) -> AppGroup:
    group = AppGroup("designations", help="Designations.")

    @group.command("expire", help="End those whose term is over. Idempotent.")
    @_answering
    def expire() -> dict[str, Any]:
        return {"expired": services.designations.expire()}

    return group


def _demo(services: Services) -> AppGroup:
    group = AppGroup("demo", help="Synthetic people only.")

    @group.command(
        "load", help="Fill an empty registry with a synthetic city's list; prints logins and examples."
    )
    @_answering
    def load() -> dict[str, Any]:
        return story.load(services)

    return group
