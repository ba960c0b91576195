"""What a notice must say, which deliveries can be, and when delivery is late: as tables."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.errors import Invalid
from registry.law.workdays import Calendar
from registry.notices.rules import (
    MAX_PROOF,
    Delivery,
    Form,
    Kind,
    check,
    is_overdue,
    lacking,
    last_overdue,
    reminded_on,
)
from tests.notices.saying import SANCTION, content

DRAFTED, TODAY = date(2026, 11, 16), date(2026, 11, 20)


@pytest.mark.parametrize("kind", Kind)
def test_a_complete_notice_lacks_nothing(kind: Kind) -> None:
    assert lacking(kind, content(kind)) == []


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (Kind.DESIGNATION, "ground"),
        (Kind.DESIGNATION, "sanctions"),
        (Kind.DESIGNATION, "appeal"),
        (Kind.DESIGNATION, "authority"),
        (Kind.DESIGNATION, "recipient"),
        (Kind.DESIGNATION, "decision_no"),
        (Kind.VARIATION, "sanctions"),
        (Kind.VARIATION, "reason"),
        (Kind.VARIATION, "appeal"),
        (Kind.VARIATION, "effective_on"),
        (Kind.RELEASE, "sanctions"),
        (Kind.RELEASE, "reason"),
        (Kind.RELEASE, "effective_on"),
        (Kind.APPEAL_DECISION, "outcome"),
        (Kind.APPEAL_DECISION, "reason"),
        (Kind.WITHDRAWAL, "withdrawn"),
        (Kind.WITHDRAWAL, "reason"),
    ],
)
def test_what_a_kind_must_say_is_missed_when_it_is_left_out(kind: Kind, field: str) -> None:
    empty = type(getattr(content(kind), field))() if field not in ("effective_on", "outcome") else None
    assert lacking(kind, content(kind, **{field: empty})) == [field]


def test_a_sanction_needs_its_instrument_and_measures_with_theirs() -> None:
    nameless = replace(SANCTION.measures[0], instrument="")
    for sanction, missed in (
        (replace(SANCTION, measures=()), "sanctions.measures"),
        (replace(SANCTION, measures=(nameless,)), "sanctions.measures"),
        (replace(SANCTION, regime=""), "sanctions.regime"),
    ):
        assert lacking(Kind.DESIGNATION, content(sanctions=(sanction,))) == [missed]


@pytest.mark.parametrize("day", [DRAFTED, date(2026, 11, 18), TODAY])
def test_a_delivery_lies_between_drafting_and_today(day: date) -> None:
    check(Delivery(Form.MAIL, day, "EMS 1"), DRAFTED, TODAY)


@pytest.mark.parametrize(
    ("day", "proof", "pointer"),
    [
        (DRAFTED - timedelta(1), "回证1", "/delivered_on"),
        (TODAY + timedelta(1), "回证1", "/delivered_on"),
        (TODAY, "", "/proof"),
        (TODAY, "   ", "/proof"),
        (TODAY, "回\n证", "/proof"),
        (TODAY, "回\u202e证", "/proof"),
        (TODAY, "证" * (MAX_PROOF + 1), "/proof"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused(day: date, proof: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(Delivery(Form.IN_PERSON, day, proof), DRAFTED, TODAY)
    assert (refused.value.slug, refused.value.errors[0].pointer) == ("invalid-delivery", pointer)


def test_delivery_is_late_once_more_than_seven_working_days_have_passed() -> None:
    known = Calendar(years=frozenset({2026}))
    monday = date(2026, 11, 16)
    assert not is_overdue(monday, date(2026, 11, 25), known)  # the seventh
    assert is_overdue(monday, date(2026, 11, 26), known)
    holiday = Calendar(years=frozenset({2026}), off=frozenset({date(2026, 11, 20)}))
    assert not is_overdue(monday, date(2026, 11, 26), holiday)


def test_the_last_day_and_the_day_of_drafting_from_which_a_notice_is_late_are_one_rule() -> None:
    calendar = Calendar(years=frozenset({2026}), off=frozenset({date(2026, 11, 20)}))
    for ahead in range(40):
        today = date(2026, 11, 16) + timedelta(ahead)
        latest = last_overdue(today, calendar)
        assert is_overdue(latest, today, calendar)
        assert not is_overdue(latest + timedelta(1), today, calendar)
        assert reminded_on(latest, calendar).day < today
    assert not reminded_on(date(2026, 11, 16), calendar).provisional
    assert reminded_on(date(2026, 12, 28), calendar).provisional
