"""What may stand on an exposure list, and what an exposure list may be. Pure. Source: law.md §6."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from registry.designations.rules import State as DesignationState
from registry.errors import InvalidState
from registry.law.book import View
from registry.law.terms import when, years_later
from registry.law.words import Exposure, Penalty, When
from registry.subjects.drafts import SubjectKind
from registry.text import Text

MAX_ROWS = 200_000


class State(StrEnum):
    """States of an exposure list."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class EntryState(StrEnum):
    """States of an entry: on a list that is not public yet, refused there, public, or taken down."""

    DRAFTED = "drafted"
    REFUSED = "refused"
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


class Template(StrEnum):
    """How a list is laid out: the columns and paragraphs seen in practice."""

    STANDARD = "standard"


class Verb(StrEnum):
    """What is done to a list."""

    SUBMIT = "submit"
    REJECT = "reject"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    WITHDRAW_ENTRY = "withdraw_entry"


FROM = MappingProxyType(
    {
        Verb.SUBMIT: frozenset({State.DRAFT}),
        Verb.REJECT: frozenset({State.DRAFT, State.SUBMITTED}),
        Verb.PUBLISH: frozenset({State.SUBMITTED}),
        Verb.WITHDRAW: frozenset({State.PUBLISHED}),
        Verb.WITHDRAW_ENTRY: frozenset({State.DRAFT, State.SUBMITTED, State.PUBLISHED}),
    }
)


class Reason(StrEnum):
    """Why a designation may not be shown."""

    NOT_IN_FORCE = "not_in_force"
    NOT_A_PERSON = "not_a_person"
    BIRTH_UNKNOWN = "birth_unknown"
    CONDUCT_UNKNOWN = "conduct_unknown"
    MINOR = "minor"
    PENALTY_UNKNOWN = "penalty_unknown"
    PENALTY_SEALED = "penalty_sealed"
    PROHIBITED = "prohibited"
    NEEDS_BASIS = "needs_basis"
    DISPLAY_OVER = "display_over"
    MASK_TOO_WEAK = "mask_too_weak"
    ALREADY_SHOWN = "already_shown"


WHY = MappingProxyType(
    {
        Reason.NOT_IN_FORCE: Text(
            "惩戒未在执行（未生效、已中止、期满或撤销），不得曝光。",
            "No sanction is in force: not yet, suspended, ended or revoked.",
        ),
        Reason.NOT_A_PERSON: Text(
            "单位的曝光形式尚无依据，名单只列个人。",
            "No confirmed rule says how an organisation is shown; lists name persons only.",
        ),
        Reason.BIRTH_UNKNOWN: Text(
            "出生日期不明，无法排除未成年人；请先更正对象信息。",
            "The birth date is unknown, so a minor cannot be ruled out; correct the subject first.",
        ),
        Reason.CONDUCT_UNKNOWN: Text(
            "行为起始日不明，无法确定行为时是否成年。",
            "It is unknown when the conduct began, so whether the person was an adult then.",
        ),
        Reason.MINOR: Text(
            "行为时未满十八周岁，任何情况下不得曝光。",
            "Under age on the day of the conduct: never shown.",
        ),
        Reason.PENALTY_UNKNOWN: Text(
            "未写明处罚类别，无法排除应封存的违法记录。",
            "The record does not say what it rests on, so a sealed record cannot be ruled out.",
        ),
        Reason.PENALTY_SEALED: Text(
            "仅有行政处罚的记录自2026年1月1日起封存，不得曝光。",
            "A record that rests only on a public-order penalty is sealed since 1 January 2026.",
        ),
        Reason.PROHIBITED: Text(
            "该制度的惩戒没有可以曝光的规定。", "No rule of this regime lets its sanctions be shown."
        ),
        Reason.NEEDS_BASIS: Text(
            "该类惩戒的曝光没有已确认的依据；请在名单中载明书面依据。",
            "No confirmed text allows showing this class; record the written basis with the list.",
        ),
        Reason.DISPLAY_OVER: Text(
            "文书日期已超过公开期限。", "The document is older than the time for which it may be shown."
        ),
        Reason.MASK_TOO_WEAK: Text(
            "掩码后仍可推算出证件号码，候选号码过少。",
            "Too few numbers fit the masked one; it could be worked out.",
        ),
        Reason.ALREADY_SHOWN: Text("已在公开名单中。", "Shown already, on this or another list."),
    }
)


class Cause(StrEnum):
    """Why an entry or a list was taken down; public."""

    ENDED = "ended"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    DISPLAY_OVER = "display_over"
    NOT_EXPOSABLE = "not_exposable"
    WITHDRAWN = "withdrawn"
    LIST_WITHDRAWN = "list_withdrawn"


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction as far as it matters here; both days inclusive."""

    regime: str
    class_: str | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """A designation that somebody wants to show. `fitting`: how many numbers fit the masked one."""

    state: DesignationState
    kind: SubjectKind
    birth_on: date | None
    conduct_from: date | None
    decided_on: date
    penalty: Penalty | None
    sanctions: Sequence[Sanction]
    fitting: int


def reasons(candidate: Candidate, law: View, *, basis: bool) -> tuple[Reason, ...]:
    """Every reason why the candidate may not be shown on the day of `law`; empty when it may.

    `basis`: whether a written basis is recorded with the list.
    """
    found = (
        _force(candidate, law.day),
        _person(candidate, law),
        _penalty(candidate.penalty, law),
        _regime(candidate.sanctions, law, basis),
        Reason.DISPLAY_OVER if display_until(candidate.decided_on, law) < law.day else None,
    )
    return tuple(reason for reason in found if reason)


def display_until(decided_on: date, law: View) -> date:
    """The last day on which a document of this day may be shown, whatever its sanction."""
    return years_later(decided_on, law.get("exposure/display").value)


def require(state: State, verb: Verb) -> None:
    """Raises InvalidState where a list in `state` does not allow `verb`."""
    if state not in FROM[verb]:
        raise InvalidState(
            "invalid-state",
            Text(
                "名单当前状态为 {state}，不能执行此操作。", "The list is {state}; this is not possible now."
            ).format(state=state),
            facts={"state": state.value},
        )


def _force(candidate: Candidate, day: date) -> Reason | None:
    running = any(when(day, s.starts_on, s.ends_on) is When.IN_FORCE for s in candidate.sanctions)
    in_force = candidate.state is DesignationState.IN_FORCE and running
    return None if in_force else Reason.NOT_IN_FORCE


def _person(candidate: Candidate, law: View) -> Reason | None:
    """Whether it is a person of full age, and one who cannot be worked out."""
    if candidate.kind is not SubjectKind.PERSON:
        return Reason.NOT_A_PERSON
    if candidate.birth_on is None:
        return Reason.BIRTH_UNKNOWN
    if candidate.conduct_from is None:
        return Reason.CONDUCT_UNKNOWN
    if candidate.conduct_from < _birthday(candidate.birth_on, law.get("exposure/adult-age").value):
        return Reason.MINOR
    return Reason.MASK_TOO_WEAK if candidate.fitting < law.get("exposure/mask-minimum").value else None


def _birthday(birth_on: date, age: int) -> date:
    """The day on which somebody is `age`; who was born on 29 February waits until 1 March."""
    try:
        return birth_on.replace(year=birth_on.year + age)
    except ValueError:
        return date(birth_on.year + age, 3, 1)


def _penalty(penalty: Penalty | None, law: View) -> Reason | None:
    if penalty is None:
        return Reason.PENALTY_UNKNOWN
    return None if penalty in law.get("exposure/penalties").value else Reason.PENALTY_SEALED


def _regime(sanctions: Sequence[Sanction], law: View, basis: bool) -> Reason | None:
    """Whether one of the sanctions that run today may be shown."""
    running = [s for s in sanctions if when(law.day, s.starts_on, s.ends_on) is When.IN_FORCE]
    said = {
        law.regimes[s.regime].exposable(s.class_) for s in running or sanctions if s.regime in law.regimes
    }
    if Exposure.PERMITTED in said or (basis and Exposure.NEEDS_BASIS in said):
        return None
    return Reason.NEEDS_BASIS if Exposure.NEEDS_BASIS in said else Reason.PROHIBITED
