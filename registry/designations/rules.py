"""What the law says about a designation: which regimes, which sanctions, from when to when.

Pure: facts and the law of the day in, planned sanctions or a refusal out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from registry.designations.words import ITEMS, LEVELS, listed
from registry.errors import NotLawful
from registry.law.book import Book, Regime, Setting
from registry.law.terms import next_day, years_later
from registry.law.words import Behaviour, Ground, Level
from registry.text import Text


class State(StrEnum):
    """States of a designation. `ended` follows from the day; the others from verbs."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    REVOKED = "revoked"
    REJECTED = "rejected"


GONE = (State.REJECTED.value, State.REVOKED.value)
"""What counts as if it had never been."""
LISTED = (State.IN_FORCE.value, State.SUSPENDED.value, State.ENDED.value)
"""What a check looks at."""


def state_on(state: State, ends: Sequence[date], day: date) -> State:
    """A designation's state on `day`: one in force has ended when all its sanctions are over."""
    over = state is State.IN_FORCE and all(last < day for last in ends)
    return State.ENDED if over else state


class Verb(StrEnum):
    """What changes a designation that was approved. All but `suspend` wait for a second officer."""

    SUSPEND = "suspend"
    RESUME = "resume"
    VARY = "vary"
    CORRECT = "correct"
    REVOKE = "revoke"


FROM: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {
        Verb.SUSPEND: frozenset({State.IN_FORCE}),
        Verb.RESUME: frozenset({State.SUSPENDED}),
        Verb.VARY: frozenset({State.IN_FORCE, State.SUSPENDED}),
        Verb.CORRECT: frozenset({State.IN_FORCE, State.SUSPENDED, State.ENDED}),
        # Under some regimes an ended sanction still has effects.
        Verb.REVOKE: frozenset({State.IN_FORCE, State.SUSPENDED, State.ENDED}),
    }
)
"""The states in which a verb applies."""


class ChangeState(StrEnum):
    """A proposed change; a suspension takes effect at once and is `pending` until it is reviewed."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the law asks of a designation. Counts are `None` where nobody counted."""

    ground: Ground
    decided_on: date
    behaviours: frozenset[Behaviour]
    item_kinds: frozenset[str]
    items: int | None
    times: int | None
    recipients: int | None
    conduct_to: date | None


@dataclass(frozen=True, slots=True)
class Designator:
    """The designating authority as the law sees it. `area` is a six-digit area code."""

    level: Level
    area: str


@dataclass(frozen=True, slots=True)
class PlannedMeasure:
    """One measure of a sanction; `ends_on` is inclusive, `None` when it ends with the sanction."""

    code: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PlannedSanction:
    """A sanction as it follows from the designation alone, before any chain. `rules` explain it."""

    regime: str
    class_: str | None
    starts_on: date
    ends_on: date
    measures: tuple[PlannedMeasure, ...]
    rules: tuple[str, ...]


def plan(facts: Facts, designator: Designator, book: Book, today: date) -> tuple[PlannedSanction, ...]:
    """The sanctions that follow, one for each regime that the day, the items and the authority allow.

    Raises NotLawful, with the rule, when no regime allows the designation.
    """
    if facts.decided_on > today:
        raise not_lawful(
            "decided-on",
            Text("认定日期晚于今天，请核对。", "The designation is dated after today; check the date."),
        )
    if facts.decided_on < book.first_day():
        raise not_lawful(
            "designating",
            Text(
                "认定日期早于 {first}，当时尚无惩戒依据。",
                "The designation is dated before {first}, when no law provided for sanctions.",
            ).format(first=book.first_day()),
        )
    planned, refusals = [], []
    for regime in _candidates(facts.decided_on, designator, book):
        if refusal := _obstacle(regime, facts, designator):
            refusals.append(refusal)
        else:
            planned.append(_plan_under(regime, facts))
    if not planned:
        # A regime whose items are not even concerned says least about why.
        raise min(refusals, key=_says_little, default=_closed(facts.decided_on))
    return tuple(planned)


def _says_little(refusal: NotLawful) -> bool:
    return str(refusal.facts["rule"]).endswith("/items")


def _closed(day: date) -> NotLawful:
    return not_lawful(
        "designating",
        Text("{day} 没有可适用的制度。", "No regime takes designations on {day}.").format(day=day),
    )


def _candidates(day: date, designator: Designator, book: Book) -> list[Regime]:
    """The regimes open on `day` where the authority is; nationwide ones first."""
    regimes = [
        regime
        for regime in book.on(day).regimes.values()
        if regime.designating.value and (regime.area is None or designator.area.startswith(regime.area.value))
    ]
    return sorted(regimes, key=lambda regime: regime.area is not None)


def _obstacle(regime: Regime, facts: Facts, designator: Designator) -> NotLawful | None:
    """What keeps the designation from being lawful under `regime`, if anything does."""
    if regime.items and not regime.items.value & facts.item_kinds:
        return not_lawful(
            regime.items.rule,
            Text(
                "依当时规定，涉案物品须包括以下之一：{kinds}。",
                "Under the law of that day the items must include one of: {kinds}.",
            ).format(kinds=listed(ITEMS, regime.items.value)),
        )
    if regime.conduct_from and facts.conduct_to and facts.conduct_to < regime.conduct_from.value:
        return not_lawful(
            regime.conduct_from.rule,
            Text(
                "行为在 {first} 之前已经终止，不适用联合惩戒(暂定)。",
                "The conduct ended before {first}; joint sanctions do not apply to it (provisional).",
            ).format(first=regime.conduct_from.value),
        )
    rule, needed = _level_needed(regime, facts)
    if designator.level.rank < needed.rank:
        return not_lawful(
            rule,
            Text(
                "须由{level}及以上机关认定；认定机关级别或所填数量不足。",
                "Only an authority of level {level} or above may designate on these facts and counts.",
            ).format(level=LEVELS[needed]),
            level=needed.value,
        )
    return None


def _level_needed(regime: Regime, facts: Facts) -> tuple[str, Level]:
    """The lowest level that may designate on these facts, and the rule that says so."""
    class_ = regime.class_of(facts.ground)
    threshold = regime.thresholds.value.get(class_) if regime.thresholds and class_ else None
    if regime.thresholds is None or threshold is None:
        return regime.level.rule, regime.level.value
    reached = (
        (facts.items or 0) >= threshold.items
        or (facts.times or 0) >= threshold.times
        or (facts.recipients or 0) >= threshold.recipients
        or bool(facts.behaviours & threshold.without_threshold)
    )
    return regime.thresholds.rule, threshold.level if reached else threshold.below


def _plan_under(regime: Regime, facts: Facts) -> PlannedSanction:
    class_ = regime.class_of(facts.ground)
    measures = regime.measures_of(class_)
    used: list[Setting[Any] | None] = [regime.designating, regime.level, regime.term, regime.area]
    used += [regime.term_start, regime.items, regime.classes, regime.conduct_from, regime.thresholds]
    return PlannedSanction(
        regime=regime.id,
        class_=class_,
        starts_on=facts.decided_on,
        ends_on=years_later(facts.decided_on, regime.years(class_)),
        measures=tuple(
            PlannedMeasure(
                code, years_later(facts.decided_on, rule.value.years) if rule.value.years else None
            )
            for code, rule in measures.items()
        ),
        rules=tuple(s.rule for s in used if s) + tuple(rule.rule for rule in measures.values()),
    )


@dataclass(frozen=True, slots=True)
class Link:
    """One sanction of a chain. `years` is its own term, `stood` its end before this recomputing (if any)."""

    id: str
    decided_on: date
    years: int
    stood: date | None


@dataclass(frozen=True, slots=True)
class Term:
    """`starts_on … ends_on`, both inclusive; empty (`ends_on` first) where the cap left nothing."""

    starts_on: date
    ends_on: date


def chain(links: Sequence[Link], cap_years: int) -> dict[str, Term]:
    """The terms of repeated sanctions of one person under one regime, by link id.

    Terms decided while one runs are served one after the other (累计执行); the whole lasts at most
    `cap_years` from the first start; a gap ends the chain, and terms that touch leave no gap.
    Recomputing never moves an end later than it stood: nobody is sanctioned for longer because
    somebody else's paper came in late.
    """
    terms: dict[str, Term] = {}
    first_start = previous_end = date.min
    for link in sorted(links, key=lambda link: (link.decided_on, link.id)):
        continues = bool(terms) and link.decided_on <= next_day(previous_end)
        if continues:
            starts_on = next_day(previous_end)
            ends_on = min(years_later(first_start, cap_years), years_later(previous_end, link.years))
        else:
            first_start = starts_on = link.decided_on
            ends_on = years_later(link.decided_on, link.years)
        if link.stood is not None:
            ends_on = min(ends_on, link.stood)
        terms[link.id] = Term(starts_on, ends_on)
        previous_end = max(previous_end, ends_on) if continues else ends_on
    return terms


def not_lawful(rule: str, sentence: Text, **facts: str) -> NotLawful:
    """What the law does not allow, and the rule that says so."""
    return NotLawful("not-lawful", sentence, facts={"rule": rule, **facts})
