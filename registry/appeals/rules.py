"""What an appeal is on each track, what may be done with it in which state, and what is wrong with one.

Pure: what an officer or a partner says in, a refusal out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from registry.designations import rules as designations
from registry.designations.rules import LISTED
from registry.designations.variations import Variation
from registry.errors import FieldError, Invalid, InvalidState
from registry.text import Text


class Track(StrEnum):
    """Whom an appeal goes to.

    The authority that designated (反电信网络诈骗法 art 31), or a partner about its own risk control (art 32);
    the registry records and forwards the latter, and never decides it. `credit` is an objection to the
    record in the credit database (异议): allowed, the record is lifted or was corrected; dismissed, it stays.
    """

    DESIGNATION = "designation"
    PARTNER = "partner"
    CREDIT = "credit"


class State(StrEnum):
    """States of an appeal."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OPEN = (State.RECEIVED.value, State.ACCEPTED.value)
"""An appeal that waits for its authority; against a designation there is one on each track at a time."""

APPEALABLE = frozenset(map(designations.State, LISTED))
"""Against what an appeal may go: an ended sanction may still have effects, a revoked one has none."""


class Verb(StrEnum):
    """What is done with an appeal after its receipt."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    PAUSE = "pause"
    RESUME = "resume"
    PROPOSE = "propose"
    APPROVE = "approve"
    RETURN = "return"
    FORWARD = "forward"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


_WAITING = frozenset({State.RECEIVED, State.ACCEPTED})
FROM: Mapping[tuple[Track, Verb], frozenset[State]] = MappingProxyType(
    {
        (Track.DESIGNATION, Verb.ACCEPT): frozenset({State.RECEIVED}),
        (Track.DESIGNATION, Verb.REFUSE): frozenset({State.RECEIVED}),
        (Track.DESIGNATION, Verb.PAUSE): _WAITING,
        (Track.DESIGNATION, Verb.RESUME): _WAITING,
        (Track.DESIGNATION, Verb.PROPOSE): frozenset({State.ACCEPTED}),
        (Track.DESIGNATION, Verb.APPROVE): frozenset({State.ACCEPTED}),
        (Track.DESIGNATION, Verb.RETURN): frozenset({State.ACCEPTED}),
        (Track.DESIGNATION, Verb.WITHDRAW): _WAITING,
        (Track.PARTNER, Verb.FORWARD): frozenset({State.RECEIVED}),
        (Track.PARTNER, Verb.ANSWER): frozenset({State.FORWARDED}),
        (Track.PARTNER, Verb.WITHDRAW): frozenset({State.RECEIVED, State.FORWARDED}),
        (Track.CREDIT, Verb.PROPOSE): frozenset({State.RECEIVED}),
        (Track.CREDIT, Verb.APPROVE): frozenset({State.RECEIVED}),
        (Track.CREDIT, Verb.RETURN): frozenset({State.RECEIVED}),
        (Track.CREDIT, Verb.WITHDRAW): frozenset({State.RECEIVED}),
    }
)
"""The states in which a verb applies, by track; what is not here is not possible on that track."""

CLOCKS: Mapping[tuple[Track, State], str] = MappingProxyType(
    {
        (Track.DESIGNATION, State.RECEIVED): "procedure/appeal-acceptance",
        (Track.DESIGNATION, State.ACCEPTED): "procedure/appeal-decision",
        (Track.CREDIT, State.RECEIVED): "procedure/credit-objection",
    }
)
"""The rule of law that says how long an appeal may be in a state."""


class Channel(StrEnum):
    """How an appeal came in; `public_form` only by taking in what was submitted there."""

    IN_PERSON = "in_person"
    MAIL = "mail"
    ONLINE = "online"
    PUBLIC_FORM = "public_form"


class Capacity(StrEnum):
    """Who appeals: the person concerned, or somebody on their behalf."""

    SUBJECT = "subject"
    REPRESENTATIVE = "representative"


class Asks(StrEnum):
    """What an appeal against a designation asks for."""

    REVOKE = "revoke"
    VARY = "vary"


class Outcome(StrEnum):
    """How an appeal ended."""

    ALLOWED = "allowed"
    PARTLY_ALLOWED = "partly_allowed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


DECIDABLE: Mapping[Outcome, frozenset[designations.State]] = MappingProxyType(
    {
        # Somebody may have revoked it meanwhile, and that is what was asked.
        Outcome.ALLOWED: designations.FROM[designations.Verb.REVOKE] | {designations.State.REVOKED},
        Outcome.PARTLY_ALLOWED: designations.FROM[designations.Verb.VARY],
        Outcome.DISMISSED: frozenset(designations.State),
    }
)
"""What can be decided, and in which states of the designation."""

MAX_GROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Appellant:
    """Who appeals, and how to reach them."""

    capacity: Capacity
    name: str
    contact: str | None


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose business a partner is to look into; `type` and `number` of a document of a right form."""

    name: str
    type: str
    number: str


@dataclass(frozen=True, slots=True)
class Intake:
    """An appeal as it is taken in. What belongs to the other track is `None`."""

    track: Track
    received_on: date
    channel: Channel
    appellant: Appellant
    grounds: str
    designation_id: str | None = None
    asks: Asks | None = None
    variation: Variation | None = None
    partner_id: str | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the authority decides, and why.

    `partly_allowed` has a `variation`; on track `credit` an `allowed` one that lifts the record has it too.
    """

    outcome: Outcome
    reason: str
    variation: Variation | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner answers (art 32): its reason, where the customer may turn next, which papers it needs.

    `released_on` is the day on which it lifted what it had imposed, where it finds for the customer.
    """

    outcome: Outcome
    reason: str
    channel: str
    papers: tuple[str, ...]
    released_on: date | None


def require(track: Track, state: State, verb: Verb) -> None:
    """Raises InvalidState where `verb` does not apply."""
    if state not in FROM.get((track, verb), frozenset()):
        raise InvalidState(
            "invalid-state",
            Text(
                "申诉当前状态为 {state}，不能执行此操作。", "The appeal is {state}; this is not possible now."
            ).format(state=state),
            facts={"state": state.value},
        )


_OF_TRACK = {
    Track.DESIGNATION: {"designation_id", "asks"},
    Track.PARTNER: {"partner_id", "customer"},
    Track.CREDIT: {"designation_id"},
}
_MISSING = Text("此类申诉须填写此项。", "This kind of appeal needs it.")
_FOREIGN = Text("此类申诉没有此项。", "This kind of appeal does not have it.")
_FUTURE = Text("不得晚于今天。", "It cannot be after today.")


def check_intake(intake: Intake, today: date) -> None:
    """Raises Invalid with every fault of an appeal that can be told without the register."""
    needed = _OF_TRACK[intake.track]
    faults = [
        FieldError(f"/{name}", _MISSING if name in needed else _FOREIGN)
        for name in ("designation_id", "asks", "partner_id", "customer")
        if (getattr(intake, name) is None) is (name in needed)
    ]
    faults += _variation(intake.variation, intake.asks is Asks.VARY)
    if intake.received_on > today:
        faults.append(FieldError("/received_on", _FUTURE))
    refuse(faults)


def check_cause(received_on: date, decided_on: date) -> None:
    """Raises Invalid for an appeal that came in before what it goes against was decided."""
    if received_on < decided_on:
        early = Text("不得早于认定日期 {day}。", "It cannot be before the day of the designation, {day}.")
        refuse([FieldError("/received_on", early.format(day=decided_on))])


def check_decision(decision: Decision) -> None:
    """Raises Invalid where the variation and the outcome do not go together."""
    refuse(_variation(decision.variation, decision.outcome is Outcome.PARTLY_ALLOWED))


def check_answer(answer: Answer, today: date) -> None:
    """Raises Invalid where the day of the release and the outcome do not go together."""
    for_customer = answer.outcome is not Outcome.DISMISSED
    if for_customer is (answer.released_on is None):
        refuse(
            [
                FieldError(
                    "/released_on",
                    Text(
                        "支持申诉的须即时解除并注明日期。",
                        "Who finds for the customer releases at once: when?",
                    )
                    if for_customer
                    else Text("未支持申诉，没有解除日期。", "A dismissed appeal has no day of release."),
                )
            ]
        )
    if answer.released_on and answer.released_on > today:
        refuse([FieldError("/released_on", _FUTURE)])


def _variation(variation: Variation | None, wanted: bool) -> Iterator[FieldError]:
    if wanted and variation is None:
        yield FieldError("/variation", Text("请说明如何变更。", "Say what is to be varied."))
    if variation is not None and not wanted:
        yield FieldError("/variation", Text("此项与变更不符。", "This goes with a variation only."))


def refuse(faults: Iterable[FieldError]) -> None:
    """Raises Invalid with these faults, if there are any."""
    if found := list(faults):
        raise Invalid(
            "invalid-input",
            Text("输入有误，请按提示逐项更正。", "The input has faults; mend each one named."),
            errors=found,
        )
