"""What a sanction means for one purpose, asked by one sector, on one day: law.md's table, computed.

Pure: listed sanctions and the law of the day in, findings out. The direction comes from the measures
in force (measure × purpose) and from the few named exceptions of a regime; nothing is cached.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from registry.errors import Forbidden, Unavailable
from registry.law.book import Regime, RuleNotInForce, Setting, View
from registry.law.terms import next_day, when
from registry.law.values import MeasureEffect, RegimeMeasure
from registry.law.words import Direction, Purpose, Sector, When
from registry.text import Text


class Result(StrEnum):
    """What the check found out about one party."""

    NO_MATCH = "no_match"
    MATCH = "match"
    POSSIBLE_MATCH = "possible_match"


@dataclass(frozen=True, slots=True)
class Listed:
    """One sanction behind a document number, as the register holds it.

    `measures` are (code, last day or `None` for the sanction's own); `same_name` says whether the
    name asked about is a name of the sanctioned subject.
    """

    id: str
    same_name: bool
    regime: str
    starts_on: date
    ends_on: date
    suspended: bool
    measures: tuple[tuple[str, date | None], ...]
    authority: str
    contact: str | None
    designation_no: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about each party: purpose, sector, six-digit area of the branch, law of the day."""

    purpose: Purpose
    sector: Sector
    area: str
    law: View


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a direction: until when it holds, the rule it rests on, in words."""

    direction: Direction
    until: date
    basis: Setting[Any]
    words: Text


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """A measure in force that concerns the asking sector."""

    code: str
    until: date
    effect: Setting[MeasureEffect]
    imposed: Setting[RegimeMeasure]

    @property
    def provisional(self) -> bool:
        """Whether it rests on an unconfirmed value."""
        return self.effect.source.provisional or self.imposed.source.provisional


@dataclass(frozen=True, slots=True)
class Effect:
    """A sanction that has an effect for this purpose and sector; `until` includes what is chained to it."""

    sanction: Listed
    regime: Regime
    state: When
    direction: Direction
    cause: Cause
    measures: tuple[ShownMeasure, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer for one party. `contact` only for a possible match, where nothing else is disclosed."""

    result: Result
    direction: Direction
    effects: tuple[Effect, ...] = ()
    contact: str | None = None


def require_purpose(law: View, purpose: Purpose, sector: Sector) -> None:
    """Raises Forbidden (`purpose-not-permitted`) where a partner of `sector` may not ask for `purpose`."""
    if not law.permits(purpose, sector):
        raise Forbidden(
            "purpose-not-permitted",
            Text(
                "贵机构所属行业不能查询此项业务。",
                "Partners of this sector may not ask for this purpose.",
            ),
            facts={"purpose": purpose.value},
        )


def law_gap(missing: RuleNotInForce) -> Unavailable:
    """A gap in the law as the asker is told of it: it is no answer, and no fault of theirs."""
    return Unavailable("law-incomplete", missing.sentence, facts=missing.facts)


def find(listed: Sequence[Listed], question: Question, is_another: bool = False) -> Finding:
    """The answer for a party behind whose document number `listed` stand.

    `is_another`: it was found out that whoever bears this name is not the holder known under another one.

    Identity is type, number and name: where a listed subject of this name is concerned, the others behind
    the number (重号) are other people. Where none is, the number alone is a possible match if its true
    holder would get more than `proceed`.
    """
    own = _effects([sanction for sanction in listed if sanction.same_name], question)
    if own:
        return Finding(Result.MATCH, own[0].direction, tuple(own))
    others = _effects([sanction for sanction in listed if not sanction.same_name], question)
    if others and not is_another:
        contact = next((found.sanction.contact for found in others if found.sanction.contact), None)
        return Finding(Result.POSSIBLE_MATCH, question.law.name_mismatch.value, contact=contact)
    return Finding(Result.NO_MATCH, Direction.PROCEED)


def _effects(listed: Sequence[Listed], question: Question) -> list[Effect]:
    """The effects of `listed`, the most severe and longest first."""
    effects = [found for sanction in listed if (found := effect(sanction, question))]
    return sorted(
        (replace(found, until=_served_until(found, listed)) for found in effects),
        key=lambda found: (-found.direction.severity, -found.until.toordinal(), found.sanction.id),
    )


def _served_until(found: Effect, listed: Sequence[Listed]) -> date:
    """The last day of what the customer lives through: a chained sanction goes on where this one ends."""
    until = found.cause.until
    for link in sorted(listed, key=lambda sanction: sanction.starts_on):
        same = link.regime == found.sanction.regime and not link.suspended
        if same and link.starts_on == next_day(until) and link.ends_on > until:
            until = link.ends_on
    return until


def effect(sanction: Listed, question: Question) -> Effect | None:
    """What `sanction` means for the question; `None` when it means nothing more than `proceed`.

    Raises Unavailable when the regime's law is not loaded: silence would be a wrong «no record».
    """
    state = when(question.law.day, sanction.starts_on, sanction.ends_on)
    if sanction.suspended or state is When.PENDING:
        return None
    regime = question.law.regimes.get(sanction.regime)
    if regime is None:
        raise Unavailable(
            "law-incomplete",
            Text(
                "制度 {id} 的规则未加载，无法核查。",
                "The rules of the regime {id} are not loaded; no check is possible.",
            ).format(id=sanction.regime),
        )
    if regime.area and not question.area.startswith(regime.area.value):
        return None
    shown = _shown_measures(sanction, regime, question) if state is When.IN_FORCE else ()
    causes = [cause for measure in shown if (cause := _cause_of(measure, question.purpose))]
    causes += [
        Cause(named.value.direction, sanction.ends_on, named, named.value.reason)
        for named in regime.exceptions
        if named.value.when is state and named.value.purpose is question.purpose
    ]
    if not causes:
        return None
    cause = max(causes, key=lambda cause: (cause.direction.severity, cause.until))
    return Effect(sanction, regime, state, cause.direction, cause, shown, cause.until)


def _shown_measures(sanction: Listed, regime: Regime, question: Question) -> tuple[ShownMeasure, ...]:
    measures = []
    for code, ends_on in sanction.measures:
        until = ends_on or sanction.ends_on
        meaning = question.law.measures[code]
        # A chain may end a sanction before a measure's own shorter term would have ended.
        if question.law.day <= until and question.sector in meaning.value.sectors:
            measures.append(ShownMeasure(code, min(until, sanction.ends_on), meaning, regime.measures[code]))
    return tuple(measures)


def _cause_of(measure: ShownMeasure, purpose: Purpose) -> Cause | None:
    direction = measure.effect.value.directions.get(purpose, Direction.PROCEED)
    if direction is Direction.PROCEED:
        return None
    return Cause(direction, measure.until, measure.imposed, measure.effect.value.name)
