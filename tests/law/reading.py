"""Reads the cases and makes sanctions from their facts, through the rules under test."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from registry.designations.rules import Designator, Facts, Link, PlannedSanction, Term, chain, plan
from registry.law.book import Book
from registry.law.words import Behaviour, Ground, Level
from registry.screening.rules import Listed

HERE = Path(__file__).parent
AUTHORITY = "示例市公安局"
PHONE = "010-00000000"
FAR_AHEAD = date(2099, 12, 31)


def read(name: str) -> Mapping[str, Any]:
    """One file of cases."""
    return yaml.safe_load((HERE / "cases" / f"{name}.yaml").read_text("utf-8"))


def files(start: str) -> list[str]:
    """The names of all case files that begin with `start`."""
    return sorted(path.stem for path in (HERE / "cases").glob(f"{start}*.yaml"))


@cache
def book(overlay: str | None = None) -> Book:
    """The shipped law, or the law under one of the invented overlays."""
    return Book.load(HERE / "overlays" / overlay if overlay else None)


def planned(facts: Mapping[str, Any], law: Book, today: date = FAR_AHEAD) -> tuple[PlannedSanction, ...]:
    """The sanctions that follow from the facts of a case."""
    return plan(
        Facts(
            ground=Ground(facts["ground"]),
            decided_on=facts["decided_on"],
            behaviours=frozenset(map(Behaviour, facts["behaviours"])),
            item_kinds=frozenset(facts["item_kinds"]),
            items=facts.get("items"),
            times=facts.get("times"),
            recipients=facts.get("recipients"),
            conduct_to=facts.get("conduct_to"),
        ),
        Designator(Level(facts["level"]), facts["area"]),
        law,
        today,
    )


def chained(
    links: Mapping[str, tuple[PlannedSanction, date | None]], law: Book, order: Iterable[str] = ()
) -> dict[str, Term]:
    """The terms of sanctions of one chained regime; each with the end at which it stood, if it did."""
    years = {
        key: law.on(sanction.starts_on).regimes[sanction.regime].years(sanction.class_)
        for key, (sanction, _) in links.items()
    }
    last = max((sanction for sanction, _ in links.values()), key=lambda sanction: sanction.starts_on)
    return chain(
        [Link(key, links[key][0].starts_on, years[key], links[key][1]) for key in order or links],
        law.on(last.starts_on).regimes[last.regime].cap.value,
    )


def listed(
    designations: Mapping[str, Mapping[str, Any]],
    law: Book,
    suspended: Iterable[str] = (),
    same_name: bool = True,
    authority: str = AUTHORITY,
) -> list[Listed]:
    """The register's view of one person under these designations."""
    sanctions = {key: each for key, facts in designations.items() for each in planned(facts, law)}
    capped = {
        key: (each, None)
        for key, each in sanctions.items()
        if law.on(each.starts_on).regimes[each.regime].cap
    }
    terms = {key: Term(each.starts_on, each.ends_on) for key, each in sanctions.items()}
    terms |= chained(capped, law) if capped else {}
    return [
        Listed(
            id=key,
            same_name=same_name,
            regime=each.regime,
            starts_on=terms[key].starts_on,
            ends_on=terms[key].ends_on,
            suspended=key in suspended,
            measures=tuple((measure.code, measure.ends_on) for measure in each.measures),
            authority=authority,
            contact=PHONE,
            designation_no="示例〔2025〕1号",
        )
        for key, each in sanctions.items()
    ]
