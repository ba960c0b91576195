"""What a notice is: its kinds, what each must say, how it is delivered, and when delivery is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from registry.errors import Invalid, invalid_field
from registry.law.workdays import Calendar, Due, Period, Unit, due, working_days_left
from registry.notices.content import Content
from registry.text import Text


class Kind(StrEnum):
    """What a notice tells its recipient."""

    DESIGNATION = "designation"
    VARIATION = "variation"
    RELEASE = "release"
    APPEAL_DECISION = "appeal_decision"
    WITHDRAWAL = "withdrawal"


class Form(StrEnum):
    """How a notice is delivered: 直接, 留置, 委托, 邮寄, 电子, 公告."""

    IN_PERSON = "in_person"
    LEFT_AT_RESIDENCE = "left_at_residence"
    ENTRUSTED = "entrusted"
    MAIL = "mail"
    ELECTRONIC = "electronic"
    ANNOUNCEMENT = "announcement"


class Outcome(StrEnum):
    """What came of a delivery. Only `delivered` delivers the notice."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"


class State(StrEnum):
    """Whether a notice has reached its recipient."""

    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


_ALWAYS = ("recipient", "document_type", "masked_number", "authority", "decision_no")
_NEEDED: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.DESIGNATION: ("ground", "sanctions", "appeal"),
        Kind.VARIATION: ("reason", "sanctions", "effective_on", "appeal"),
        Kind.RELEASE: ("reason", "sanctions", "effective_on"),
        Kind.APPEAL_DECISION: ("outcome", "reason"),
        Kind.WITHDRAWAL: ("withdrawn", "reason", "effective_on"),
    }
)


def lacking(kind: Kind, content: Content) -> list[str]:
    """The fields that a notice of this kind must fill and does not: basis, term, measures, appeal …"""
    missing = [name for name in (*_ALWAYS, *_NEEDED[kind]) if not getattr(content, name)]
    for sanction in content.sanctions:
        if not sanction.measures or not all(m.text and m.instrument for m in sanction.measures):
            missing.append("sanctions.measures")
        if not sanction.regime:
            missing.append("sanctions.regime")
    return missing


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as an officer reports it: on which Beijing day, in which form, with which proof."""

    form: Form
    delivered_on: date
    proof: str
    outcome: Outcome = Outcome.DELIVERED


MAX_PROOF = 200


def check(delivery: Delivery, drafted_on: date, today: date) -> None:
    """Raises Invalid (`invalid-delivery`) for a day that cannot be, or a proof that is none."""
    if delivery.delivered_on > today:
        raise _wrong_day("送达日期晚于今天。", "The delivery is dated after today.")
    if delivery.delivered_on < drafted_on:
        raise _wrong_day(
            "送达日期早于告知书的起草日期。", "The delivery is dated before the notice was drafted."
        )
    if not delivery.proof.isprintable() or not 1 <= len(delivery.proof.strip()) <= MAX_PROOF:
        raise invalid_field(
            "invalid-delivery",
            Text(
                "请填写送达证明，1 至 {n} 个可见字符。", "State the proof in 1 to {n} visible characters."
            ).format(n=MAX_PROOF),
            "/proof",
        )


def _wrong_day(zh: str, en: str) -> Invalid:
    return invalid_field("invalid-delivery", Text(zh, en), "/delivered_on")


REMINDED_AFTER = 7
"""Working days after drafting: a reminder for the office, since no text of the law sets a time."""


def is_overdue(drafted_on: date, today: date, calendar: Calendar) -> bool:
    """Whether a notice that is still undelivered should have been delivered by now."""
    return working_days_left(drafted_on, today, calendar) > REMINDED_AFTER


def reminded_on(drafted_on: date, calendar: Calendar) -> Due:
    """The last day on which a notice is not late."""
    return due(drafted_on, Period(REMINDED_AFTER, Unit.WORKING_DAYS), calendar)


def last_overdue(today: date, calendar: Calendar) -> date:
    """The latest day of drafting whose notices are overdue today, if they are still undelivered."""
    day = today
    while not is_overdue(day, today, calendar):
        day -= timedelta(days=1)
    return day
