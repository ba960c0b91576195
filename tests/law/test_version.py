"""The version of the law: the same for the same rules everywhere, another for whatever decides otherwise."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import yaml

from registry.law.book import Book
from registry.law.loader import SHIPPED
from tests.architecture.tools import ROOT

RULE = "joint-2024/term"


def overlaid(folder: Path, **changes: object) -> Book:
    """The shipped law with one rule changed."""
    raw = yaml.safe_load((SHIPPED / f"{RULE}.yaml").read_text("utf-8"))
    path = folder / f"{RULE}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(raw | changes, allow_unicode=True), "utf-8")
    return Book.load(folder)


def test_every_process_finds_the_same_version() -> None:
    versions = {Book.load().version}
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", "from registry.law.book import Book; print(Book.load().version)"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        versions.add(done.stdout.strip())
    assert len(versions) == 1


def test_only_what_decides_makes_another_version(tmp_path: Path) -> None:
    shipped = Book.load().version
    assert overlaid(tmp_path).version == shipped
    assert overlaid(tmp_path, description="另一说明", checked_on=date(2026, 12, 1)).version == shipped
    raw = yaml.safe_load((SHIPPED / f"{RULE}.yaml").read_text("utf-8"))
    (day,) = raw["values"]
    values = {day: raw["values"][day] | {next(iter(raw["values"][day])): 9}}
    assert overlaid(tmp_path, values=values).version != shipped
    source = {day: raw["source"][day] | {"mark": "U", "provisional": True}}
    assert overlaid(tmp_path, source=source).version != shipped


def test_steps_of_the_law_between_two_days() -> None:
    book = Book.load()
    first = date(2024, 12, 1)
    assert book.steps(date(2024, 11, 30), first)
    assert not book.steps(first, first)
    assert not book.steps(date(2024, 11, 29), date(2024, 11, 30))
