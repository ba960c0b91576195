"""The law of a day: `book.on(day)` is a frozen view of every rule as it stood on `day`.

Folders of the data: a folder with `designating.yaml` is a regime; `measures/` says what each
measure means, whatever regime imposes it; `screening/` holds what a check needs beside them;
`procedure/` says how long somebody has for an act; `exposure/` what may be shown in public.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from registry.errors import NotLawful
from registry.law.loader import Dated, LawFault, Rule, Source, load, plain
from registry.law.terms import years_later
from registry.law.values import MeasureEffect, NamedException, PurposeRule, RegimeMeasure, Threshold
from registry.law.words import Direction, Exposure, Ground, Level, Purpose, Sector
from registry.law.workdays import Period
from registry.text import Text

T = TypeVar("T")

ANY_CLASS = "any"  # the class name of regimes that know none


class RuleNotInForce(NotLawful):
    """A rule was asked for a day before its first value."""

    def __init__(self, rule_id: str, day: date) -> None:
        super().__init__(
            "rule-not-in-force",
            Text(f"{day} 时规则 {rule_id} 尚未施行。", f"The rule {rule_id} was not in force on {day}."),
            facts={"rule": rule_id, "day": day.isoformat()},
        )


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """The value of one rule on one day, with what is needed to explain it."""

    rule: str
    value: T
    since: date
    source: Source


@dataclass(frozen=True, slots=True)
class Regime:
    """制度 on one day. What a regime does not know (area, thresholds …) is `None`."""

    id: str
    name: Setting[Text]
    designating: Setting[bool]
    level: Setting[Level]
    term: Setting[Mapping[str, int]]
    term_start: Setting[str]
    measures: Mapping[str, Setting[RegimeMeasure]]
    exceptions: tuple[Setting[NamedException], ...]
    area: Setting[str] | None = None
    items: Setting[frozenset[str]] | None = None
    conduct_from: Setting[date] | None = None
    classes: Setting[Mapping[Ground, str]] | None = None
    thresholds: Setting[Mapping[str, Threshold]] | None = None
    cap: Setting[int] | None = None
    exposure: Setting[Mapping[str, Exposure]] | None = None

    def class_of(self, ground: Ground) -> str | None:
        """The class of a designation on `ground`; `None` in a regime without classes."""
        return self.classes.value[ground] if self.classes else None

    def years(self, class_: str | None) -> int:
        """The term of a sanction of this class, in years."""
        return self.term.value[class_ or ANY_CLASS]

    def exposable(self, class_: str | None) -> Exposure:
        """Whether a sanction of this class may be shown in public; what is not said is prohibited."""
        return self.exposure.value[class_ or ANY_CLASS] if self.exposure else Exposure.PROHIBITED

    def measures_of(self, class_: str | None) -> Mapping[str, Setting[RegimeMeasure]]:
        """The measures that a sanction of this class carries."""
        wanted = class_ or ANY_CLASS
        return {code: m for code, m in self.measures.items() if wanted in m.value.classes}


@dataclass(frozen=True)
class View:
    """Every rule as it stood on `day`."""

    day: date
    _rules: Mapping[str, Rule] = field(repr=False)

    def find(self, rule_id: str) -> Setting[Any] | None:
        """The rule's value on this day, or `None` where there is none (yet)."""
        rule = self._rules.get(rule_id)
        dated = _at(rule, self.day) if rule else None
        return Setting(rule_id, dated.value, dated.since, dated.source) if dated else None

    def get(self, rule_id: str) -> Setting[Any]:
        """The rule's value on this day. Raises RuleNotInForce where there is none (yet)."""
        setting = self.find(rule_id)
        if setting is None:
            raise RuleNotInForce(rule_id, self.day)
        return setting

    def settings(self) -> Iterator[Setting[Any]]:
        """Every rule that has a value on this day, by id."""
        for rule_id in sorted(self._rules):
            if (setting := self.find(rule_id)) is not None:
                yield setting

    @cached_property
    def regimes(self) -> Mapping[str, Regime]:
        """The regimes known on this day, also those that take no new designations."""
        folders = [rule_id.removesuffix("/designating") for rule_id in sorted(self._rules)
                   if rule_id.endswith("/designating")]  # fmt: skip
        return {name: self._regime(name) for name in folders if self.find(f"{name}/designating")}

    def _regime(self, name: str) -> Regime:
        return Regime(
            id=name,
            name=self.get(f"{name}/name"),
            designating=self.get(f"{name}/designating"),
            level=self.get(f"{name}/level"),
            term=self.get(f"{name}/term"),
            term_start=self.get(f"{name}/term-start"),
            measures={
                setting.rule.rsplit("/", 1)[1]: setting for setting in self._below(f"{name}/measures/")
            },
            exceptions=tuple(self._below(f"{name}/exceptions/")),
            area=self.find(f"{name}/area"),
            items=self.find(f"{name}/items"),
            conduct_from=self.find(f"{name}/conduct-from"),
            classes=self.find(f"{name}/classes"),
            thresholds=self.find(f"{name}/thresholds"),
            cap=self.find(f"{name}/chain-cap"),
            exposure=self.find(f"{name}/exposure"),
        )

    def _below(self, folder: str) -> Iterator[Setting[Any]]:
        return (setting for setting in self.settings() if setting.rule.startswith(folder))

    @cached_property
    def measures(self) -> Mapping[str, Setting[MeasureEffect]]:
        """What each measure means, by code."""
        return {setting.rule.removeprefix("measures/"): setting for setting in self._below("measures/")}

    @cached_property
    def purposes(self) -> Setting[Mapping[Purpose, PurposeRule]]:
        """Every purpose in words and who may ask for it."""
        return self.get("screening/purposes")

    @cached_property
    def name_mismatch(self) -> Setting[Direction]:
        """The direction for a known number under another name."""
        return self.get("screening/name-mismatch")

    def period(self, name: str) -> Setting[Period]:
        """How long somebody has, as `procedure/<name>` says. Raises RuleNotInForce."""
        return self.get(f"procedure/{name}")

    def permits(self, purpose: Purpose, sector: Sector) -> bool:
        """Whether a partner of `sector` may ask for `purpose`."""
        return sector in self.purposes.value[purpose].sectors


class Book:
    """The whole dated law. Raises LawFault when its rules do not fit together."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        regimes = {rule_id.split("/")[0] for rule_id in rules if rule_id.endswith("/designating")}
        for rule in rules.values():
            _check_place(rule, regimes)
        self._rules = rules
        self.on = lru_cache(maxsize=4096)(self._on)
        for day in sorted({dated.since for rule in rules.values() for dated in rule.values}):
            _check(self.on(day))

    @classmethod
    def load(cls, overlay: Path | None = None) -> "Book":
        """The shipped law under an operator's overlay, if there is one."""
        return cls(load(overlay))

    def _on(self, day: date) -> View:
        return View(day, self._rules)

    def first_day(self) -> date:
        """The first day on which anybody could be designated."""
        return min(rule.values[0].since for rule in self._rules.values() if rule.id.endswith("/designating"))

    @cached_property
    def version(self) -> str:
        """SHA-256 in hex over all that decides anything: every value with its day and source.

        The same in every process that loaded the same rules. Descriptions and days of comparison decide
        nothing and are left out.
        """
        rules = [[rule.id, rule.unit, plain(rule.values)] for _, rule in sorted(self._rules.items())]
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    def steps(self, after: date, until: date) -> bool:
        """Whether any rule takes another value later than `after`, up to and on `until`."""
        return any(after < dated.since <= until for rule in self._rules.values() for dated in rule.values)

    def rule(self, rule_id: str) -> Rule | None:
        """A rule with all its values, whenever they hold; `None` for one that does not exist."""
        return self._rules.get(rule_id)

    def unchecked(self, today: date) -> list[str]:
        """Rules that nobody has compared with their source for 12 months: a warning, never a stop."""
        return [rule.id for rule in self._rules.values() if years_later(rule.checked_on, 1) < today]

    def __len__(self) -> int:
        return len(self._rules)


def _at(rule: Rule, day: date) -> Dated | None:
    past = [dated for dated in rule.values if dated.since <= day]
    return past[-1] if past else None


# Each rule has its place and each place its unit; a rule elsewhere would be read by nobody.
_REGIME_UNITS = {
    "name": "text",
    "designating": "state",
    "level": "level",
    "term": "years",
    "term-start": "event",
    "area": "area",
    "items": "item_kinds",
    "conduct-from": "day",
    "classes": "classes",
    "thresholds": "thresholds",
    "chain-cap": "count of years",
    "offences": "offences",
    "exposure": "exposure",
}
_REGIME_FOLDER_UNITS = {"measures": "regime measure", "exceptions": "exception"}
_SCREENING_UNITS = {"purposes": "purposes", "name-mismatch": "direction", "appeal": "text"}
_EXPOSURE_UNITS = {
    "adult-age": "count of years",
    "display": "count of years",
    "mask-minimum": "count",
    "penalties": "penalties",
}


def _check_place(rule: Rule, regimes: set[str]) -> None:
    """That the rule stands where somebody reads it, in the unit in which it is read there."""
    match rule.id.split("/"):
        case ["measures", _]:
            unit = "measure"
        case ["screening", name]:
            unit = _SCREENING_UNITS.get(name, "")
        case ["exposure", name]:
            unit = _EXPOSURE_UNITS.get(name, "")
        case ["procedure", _]:
            unit = "period"
        case [regime, name] if regime in regimes:
            unit = _REGIME_UNITS.get(name, "")
        case [regime, folder, _] if regime in regimes:
            unit = _REGIME_FOLDER_UNITS.get(folder, "")
        case _:
            unit = ""
    if not unit:
        raise LawFault(rule.id, "no rule of this name is read by anybody; check folder and file name")
    if rule.unit != unit:
        raise LawFault(rule.id, f"must have the unit {unit!r}, not {rule.unit!r}")


def _check(view: View) -> None:
    """That the rules of one day speak of each other's measures and classes only."""
    try:
        regimes = view.regimes.values()
    except RuleNotInForce as missing:
        raise LawFault(
            str(missing.facts["rule"]), f"is needed on {view.day} and has no value then"
        ) from missing
    for regime in regimes:
        known = {*regime.classes.value.values()} if regime.classes else {ANY_CLASS}
        if regime.term.value.keys() != known:
            raise LawFault(regime.term.rule, f"must give years for {', '.join(sorted(known))} on {view.day}")
        if regime.exposure and regime.exposure.value.keys() != known:
            raise LawFault(regime.exposure.rule, f"must speak of {', '.join(sorted(known))} on {view.day}")
        if regime.thresholds and not known.issuperset(regime.thresholds.value):
            raise LawFault(regime.thresholds.rule, f"may only name the classes {', '.join(sorted(known))}")
        for code, measure in regime.measures.items():
            if not known.issuperset(measure.value.classes):
                raise LawFault(measure.rule, f"may only name the classes {', '.join(sorted(known))}")
            if code not in view.measures:
                raise LawFault(measure.rule, f"needs measures/{code} on {view.day}")
