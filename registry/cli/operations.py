"""`keys`, `migrate`, `worker`, `designations`, `demo`: setting the registry up and keeping it going."""

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from registry import migrating
from registry.audit.service import OPERATOR
from registry.cli.answering import answering
from registry.db import engine
from registry.services import Services


def commands(app: Flask, services: Services) -> list[click.Command]:
    """The commands of this subject."""
    return [_migrate(), _keys(services), _worker(app, services), _designations(services), _demo(services)]


def _keys(services: Services) -> AppGroup:
    group = AppGroup("keys", help="The key ring.")

    @group.command("init", help="Create the key ring named by REGISTRY_KEYS; never overwrites one.")
    @answering
    def init() -> dict[str, Any]:
        services.keys.create()
        return {"keys": str(services.config.keys)}

    @group.command("rotate", help="A fresh signing key; the old one stays known. Back up the key ring after.")
    @answering
    def rotate() -> dict[str, Any]:
        return {"id": services.keys.rotate(OPERATOR, services.log)}

    return group


def _migrate() -> click.Command:
    @click.command("migrate", help="Bring the database up to date. Needs no keys.")
    @with_appcontext
    @answering
    def run() -> dict[str, Any]:
        migrating.upgrade(engine())
        return {"revision": migrating.current()}

    return run


def _worker(app: Flask, services: Services) -> click.Command:
    @click.command("worker", help="Do the work that waits for nobody's answer, until it is stopped.")
    @click.option("--until-eof", is_flag=True, help="stop also when standard input ends")
    def run(until_eof: bool) -> None:
        # Imported here: numpy, which it calculates with, is not needed at the counter.
        from registry import worker  # noqa: PLC0415

        worker.run(app, services, until_eof)

    return run


def _designations(services: Services) -> AppGroup:
    group = AppGroup("designations", help="Designations.")

    @group.command("expire", help="End those whose term is over. Idempotent.")
    @answering
    def expire() -> dict[str, Any]:
        return {"expired": services.designations.expire()}

    return group


def _demo(services: Services) -> AppGroup:
    group = AppGroup("demo", help="Synthetic people only.")

    @group.command(
        "load", help="Fill an empty registry with a synthetic city's list; prints logins and examples."
    )
    @answering
    def load() -> dict[str, Any]:
        # Imported here: what writes its spreadsheet loads numpy, which nobody else needs at the counter.
        from registry.demo import story  # noqa: PLC0415

        return story.load(services)

    return group
