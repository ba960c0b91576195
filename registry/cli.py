"""The operator commands: `flask --app wsgi …`. `--json` prints one JSON object and nothing else."""

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import wraps
from typing import IO, Any

import click
import orjson
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from registry import clock, migrating
from registry.access.rules import OFFICER_ROLES, PartnerKind, Role
from registry.access.service import Issued
from registry.audit import export as log_export
from registry.audit.retention import KEPT_YEARS, retire
from registry.audit.service import OPERATOR
from registry.audit.verification import verified
from registry.config import ConfigError
from registry.db import engine
from registry.errors import Conflict, Invalid, RegistryError
from registry.law import loader
from registry.law.book import Book
from registry.law.words import Level
from registry.screening import receipts
from registry.services import Services
from registry.text import Text
from registry.vault.signatures import verify
from registry.workdays import files


def register(app: Flask, services: Services) -> None:
    """Add the commands to `app`."""
    for group in (_keys(services), _people(services), _partners(services), _tokens(services)):
        app.cli.add_command(group)
    for group in (
        _authorities(services),
        _law(services),
        _calendar(services),
        _audit(services),
        _receipts(),
        _designations(services),
        _demo(services),
    ):
        app.cli.add_command(group)
    app.cli.add_command(_schema())
    app.cli.add_command(_worker(app, services))


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

    @group.command("rotate", help="A fresh signing key; the old one stays known. Back up the key ring after.")
    @_answering
    def rotate() -> dict[str, Any]:
        return {"id": services.keys.rotate(OPERATOR, services.log)}

    return group


def _schema() -> click.Command:
    @click.command("migrate", help="Bring the database up to date. Needs no keys.")
    @with_appcontext
    @_answering
    def migrate() -> dict[str, Any]:
        migrating.upgrade(engine())
        return {"revision": migrating.current()}

    return migrate


def _worker(app: Flask, services: Services) -> click.Command:
    @click.command("worker", help="Do the work that waits for nobody's answer, until it is stopped.")
    @click.option("--until-eof", is_flag=True, help="stop also when standard input ends")
    def run(until_eof: bool) -> None:
        # Imported here: numpy, which it calculates with, is not needed at the counter.
        from registry import worker  # noqa: PLC0415

        worker.run(app, services, until_eof)

    return run


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


def _calendar(services: Services) -> AppGroup:
    group = AppGroup("calendar", help="Which days are worked.")
    year = click.option("--year", "number", required=True, type=int)

    @group.command("import", help="Take in the notice of a year: JSON, or CSV with day, kind, name.")
    @click.argument("file", type=click.File("rb"))
    @year
    @click.option("--source", required=True, help="title or number of the State Council's notice")
    @_answering
    def import_year(file: IO[bytes], number: int, source: str) -> dict[str, Any]:
        off, on = files.read(file.read())
        return {
            "year": number,
            "off": len(off),
            "on": len(on),
            "recalculated": services.workdays.import_year(OPERATOR, number, off, on, source),
        }

    @group.command("show")
    @year
    @_answering
    def show(number: int) -> dict[str, Any]:
        return services.workdays.year(number)

    return group


def _audit(services: Services) -> AppGroup:
    group = AppGroup("audit", help="The log.")

    @group.command("seal", help="Seal what is new; the worker does this every few seconds.")
    @_answering
    def seal() -> dict[str, Any]:
        return {"sealed": services.sealer.seal()}

    @group.command("export", help="Write the log as lines that can be verified anywhere.")
    @click.argument("target", type=click.File("wb", lazy=False))
    @_answering
    def export(target: IO[bytes]) -> dict[str, Any]:
        count = 0
        for line in log_export.lines(services.keys.log_name()):
            target.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            count += "record" in line
        return {"records": count}

    @group.command("verify", help="Hold every record, seal and deleted month to the signed hashes.")
    @click.option(
        "--checkpoint", "kept", multiple=True, type=click.File("r"), help="a checkpoint that was kept"
    )
    @_answering
    def verify_log(kept: Sequence[IO[str]]) -> dict[str, Any]:
        report = verified(
            log_export.lines(services.keys.log_name()),
            services.keys.public_keys(),
            [checkpoint.read() for checkpoint in kept],
        )
        if report.faults:
            raise Conflict(
                "log-altered",
                Text("日志被改动：\n{faults}", "The log was altered:\n{faults}").format(
                    faults="\n".join(map(str, report.faults[:50]))
                ),
                facts={"faults": len(report.faults)},
            )
        return {
            "records": report.sealed + report.unsealed,
            "unsealed": report.unsealed,
            "retired": report.retired,
        }

    @group.command("retire", help="Delete whole months that are older than five years.")
    @click.option("--years", type=click.IntRange(min=1), default=KEPT_YEARS, show_default=True)
    @_answering
    def retire_months(years: int) -> dict[str, Any]:
        return {"months": retire(OPERATOR, services.log, services.keys.signer, years)}

    return group


def _receipts() -> AppGroup:
    group = AppGroup("receipt", help="Receipts of checks.")

    @group.command("verify", help="Print what a receipt says, if it is genuine. Needs the key set alone.")
    @click.option(
        "--keys", "key_set", required=True, type=click.File("rb"), help="what GET /v1/keys answered"
    )
    @click.argument("receipt", type=click.File("rb"), default="-")
    @_answering
    def check(key_set: IO[bytes], receipt: IO[bytes]) -> dict[str, Any]:
        token = receipt.read().decode("ascii", "replace").strip()
        payload: dict[str, Any] = orjson.loads(verify(token, _key_set(key_set.read()), receipts.KIND))
        return payload | {"text": orjson.dumps(payload, option=orjson.OPT_INDENT_2).decode()}

    return group


def _key_set(content: bytes) -> dict[str, Any]:
    try:
        jwks = orjson.loads(content)
    except orjson.JSONDecodeError:
        jwks = None
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise Invalid(
            "key-set-wrong",
            Text(
                "--keys 所指文件不是 JWK 集合。请保存 GET /v1/keys 的答复并指向该文件。",
                "The file of --keys is not a JWK set. Save what GET /v1/keys answers and point at that.",
            ),
        )
    return jwks


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
        # Imported here: what writes its spreadsheet loads numpy, which nobody else needs at the counter.
        from registry.demo import story  # noqa: PLC0415

        return story.load(services)

    return group
