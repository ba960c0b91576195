"""What may become of a designation after its approval: changes, variations, credit repair.

Pure: what stands and the law of the day in, what stands afterwards or a refusal out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from registry.designations.rules import Verb, not_lawful
from registry.law.book import View
from registry.law.terms import next_day
from registry.law.workdays import Calendar, due
from registry.subjects.drafts import Correction
from registry.text import Text


@dataclass(frozen=True, slots=True)
class Variation:
    """Relief that leaves a designation standing: an earlier last day, measures that are lifted, or both."""

    ends_on: date | None = None
    lifted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What an officer proposes, and why; only `vary` has a `variation`, only `correct` a `correction`."""

    verb: Verb
    reason: str
    variation: Variation | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A sanction as it stands; `measures` are (code, last day or `None` for the sanction's)."""

    id: str
    starts_on: date
    ends_on: date
    measures: tuple[tuple[str, date | None], ...]


SERIOUS_LIST = "serious_dishonesty_list"
"""The measure that credit repair lifts before its sanction ends."""


@dataclass(frozen=True, slots=True)
class RepairWindow:
    """信用修复: from which day an entry of the list of the seriously dishonest may go, and its last day."""

    opens_on: date
    closes_on: date
    rules: tuple[str, str]


def repair_window(decided_on: date, law: View) -> RepairWindow | None:
    """For a designation of this day, by the law of the view's day; `None` where that knows no repair."""
    shortest, longest = (law.find(f"procedure/serious-list-{which}") for which in ("shortest", "longest"))
    if shortest is None or longest is None:
        return None
    first, last = (due(decided_on, setting.value, Calendar()).day for setting in (shortest, longest))
    return RepairWindow(next_day(first), last, (shortest.rule, longest.rule))


def require_repairable(decided_on: date, law: View) -> None:
    """Raises NotLawful before the day from which credit repair is possible."""
    window = repair_window(decided_on, law)
    if window is None:
        raise not_lawful(
            "procedure/serious-list-shortest",
            Text("{day} 尚无信用修复规定。", "No rule on credit repair is in force on {day}.").format(
                day=law.day
            ),
        )
    if law.day < window.opens_on:
        raise not_lawful(
            window.rules[0],
            Text(
                "自文书之日起须公示满最短期限，{day} 起方可修复。",
                "The entry must have been shown for the shortest time; repair is possible from {day}.",
            ).format(day=window.opens_on),
        )


def vary(standing: Sequence[Standing], variation: Variation) -> tuple[Standing, ...]:
    """The sanctions of one designation after `variation`.

    Raises NotLawful where it would move an end later, lift what is not imposed or everything, or change
    nothing: more than relief needs a new designation, all of it a revocation.
    """
    imposed = {code for sanction in standing for code, _ in sanction.measures}
    if unknown := variation.lifted - imposed:
        raise not_lawful(
            "variation",
            Text("未采取此措施：{codes}。", "These measures are not imposed: {codes}.").format(
                codes=", ".join(sorted(unknown))
            ),
        )
    last = max(sanction.ends_on for sanction in standing)
    if variation.ends_on and variation.ends_on > last:
        raise not_lawful(
            "variation",
            Text(
                "变更不得延长期限：现止于 {last}；延长须另行认定。",
                "A variation never moves the end later than {last}; that needs a new designation.",
            ).format(last=last),
        )
    first = min(sanction.starts_on for sanction in standing)
    if variation.ends_on and variation.ends_on < first:
        raise not_lawful(
            "variation",
            Text(
                "变更后的期限不得早于起始日 {first}；如自始不当，请改用撤销。",
                "The end cannot lie before the start, {first}; what was wrong from the start is revoked.",
            ).format(first=first),
        )
    varied = tuple(_varied(sanction, variation) for sanction in standing)
    if not all(sanction.measures for sanction in varied):
        raise not_lawful(
            "variation",
            Text("不得解除全部措施；请改用撤销。", "Not every measure can be lifted; revoke it instead."),
        )
    if varied == tuple(standing):
        raise not_lawful("variation", Text("变更没有任何效果。", "The variation changes nothing."))
    return varied


def _varied(sanction: Standing, variation: Variation) -> Standing:
    ends_on = min(sanction.ends_on, variation.ends_on or sanction.ends_on)
    measures = tuple(
        (code, None if last is None or last >= ends_on else last)
        for code, last in sanction.measures
        if code not in variation.lifted
    )
    if ends_on == sanction.ends_on and len(measures) == len(sanction.measures):
        return sanction
    return replace(sanction, ends_on=ends_on, measures=measures)
