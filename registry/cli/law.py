"""`law`, `calendar`: what holds on a day, and which days are worked."""

from datetime import date
from typing import IO, Any

import click
from flask.cli import AppGroup

from registry import clock
from registry.audit.service import OPERATOR
from registry.cli.answering import answering
from registry.law import loader
from registry.law.book import Book
from registry.services import Services
from registry.workdays import files


def commands(services: Services) -> list[click.Command]:
    """The commands of this subject."""
    return [_law(services), _calendar(services)]


def _law(services: Services) -> AppGroup:
    group = AppGroup("law", help="The dated law.")

    @group.command("show")
    @click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="law day; default today in Beijing")
    @answering
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
    @answering
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
    @answering
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
    @answering
    def show(number: int) -> dict[str, Any]:
        return services.workdays.year(number)

    return group
