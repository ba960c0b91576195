"""Who may be shown: law.md §6 as a table, day by day."""

from dataclasses import replace
from datetime import date

import pytest

from registry.designations.rules import State
from registry.exposures.rules import Candidate, Reason, Sanction, display_until, reasons
from registry.law.book import Book
from registry.law.words import Penalty
from registry.subjects.drafts import SubjectKind

BOOK = Book.load()
TODAY = date(2026, 11, 22)

CONVICT = Candidate(
    state=State.IN_FORCE,
    kind=SubjectKind.PERSON,
    birth_on=date(1990, 5, 1),
    conduct_from=date(2024, 6, 1),
    decided_on=date(2025, 3, 3),
    penalty=Penalty.CRIMINAL,
    sanctions=(Sanction("joint-2024", "class_1", date(2025, 3, 3), date(2028, 3, 3)),),
    fitting=10_000,
)


def why(today: date = TODAY, basis: bool = False, **changes: object) -> list[str]:
    return list(reasons(replace(CONVICT, **changes), BOOK.on(today), basis=basis))  # type: ignore[arg-type]


def under(regime: str, class_: str | None, starts_on: date, ends_on: date) -> tuple[Sanction, ...]:
    return (Sanction(regime, class_, starts_on, ends_on),)


def test_a_convict_of_full_age_with_a_running_sanction_may_be_shown() -> None:
    assert why() == []


@pytest.mark.parametrize(
    ("day", "shown"),
    [("2025-03-02", False), ("2025-03-03", True), ("2028-03-03", True), ("2028-03-04", False)],
)
def test_only_while_the_sanction_runs_both_days_included(day: str, shown: bool) -> None:
    found = why(date.fromisoformat(day))
    assert (Reason.NOT_IN_FORCE not in found) is shown


@pytest.mark.parametrize("state", [s for s in State if s is not State.IN_FORCE])
def test_never_in_any_other_state(state: State) -> None:
    assert why(state=state) == [Reason.NOT_IN_FORCE]


@pytest.mark.parametrize(
    ("birth", "conduct", "reason"),
    [
        ("2006-06-01", "2024-06-01", None),
        ("2006-06-02", "2024-06-01", Reason.MINOR),
        ("2004-02-29", "2022-02-28", Reason.MINOR),
        ("2004-02-29", "2022-03-01", None),
        ("2006-06-01", None, Reason.CONDUCT_UNKNOWN),
        (None, "2024-06-01", Reason.BIRTH_UNKNOWN),
    ],
)
def test_nobody_under_age_on_the_first_day_of_the_conduct(
    birth: str | None, conduct: str | None, reason: Reason | None
) -> None:
    found = why(
        birth_on=date.fromisoformat(birth) if birth else None,
        conduct_from=date.fromisoformat(conduct) if conduct else None,
    )
    assert found == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("penalty", "day", "reason"),
    [
        (Penalty.ADMINISTRATIVE, "2025-12-31", None),
        (Penalty.ADMINISTRATIVE, "2026-01-01", Reason.PENALTY_SEALED),
        (Penalty.NONE, "2026-01-01", None),
        (None, "2025-12-31", Reason.PENALTY_UNKNOWN),
    ],
)
def test_records_of_public_order_penalties_are_sealed_from_2026(
    penalty: Penalty | None, day: str, reason: Reason | None
) -> None:
    assert why(date.fromisoformat(day), penalty=penalty) == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("regime", "class_", "basis", "reason"),
    [
        ("joint-2024", "class_1", False, None),
        ("joint-2024", "class_2", False, Reason.NEEDS_BASIS),
        ("joint-2024", "class_2", True, None),
        ("pboc-2019-85", None, False, None),
        ("pboc-2016-261", None, False, None),
        ("phone-44", None, True, Reason.PROHIBITED),
    ],
)
def test_the_law_says_by_regime_and_class_who_may_be_shown(
    regime: str, class_: str | None, basis: bool, reason: Reason | None
) -> None:
    running = under(regime, class_, date(2025, 1, 1), date(2027, 1, 1))
    assert why(sanctions=running, basis=basis) == ([reason] if reason else [])


def test_one_sanction_that_may_be_shown_is_enough_and_must_be_the_one_that_runs() -> None:
    second = Sanction("joint-2024", "class_2", date(2025, 1, 1), date(2027, 1, 1))
    running = Sanction("joint-2024", "class_1", date(2026, 1, 1), date(2029, 1, 1))
    pending = Sanction("joint-2024", "class_1", date(2027, 1, 2), date(2030, 1, 2))
    assert why(sanctions=(second, running)) == []
    assert why(sanctions=(second, pending)) == [Reason.NEEDS_BASIS]


@pytest.mark.parametrize(
    ("decided", "last"),
    [("2023-11-22", "2026-11-22"), ("2024-02-29", "2027-02-28"), ("2020-02-29", "2023-02-28")],
)
def test_a_document_is_shown_for_three_years_at_most(decided: str, last: str) -> None:
    decided_on, last_day = date.fromisoformat(decided), date.fromisoformat(last)
    assert display_until(decided_on, BOOK.on(last_day)) == last_day
    running = under("pboc-2019-85", None, date(2020, 1, 1), date(2029, 1, 1))
    assert why(last_day, decided_on=decided_on, sanctions=running) == []
    over = why(date.fromordinal(last_day.toordinal() + 1), decided_on=decided_on, sanctions=running)
    assert over == [Reason.DISPLAY_OVER]


def test_organisations_are_not_shown_and_weak_masks_refuse_the_row() -> None:
    assert why(kind=SubjectKind.ORGANISATION, birth_on=None) == [Reason.NOT_A_PERSON]
    assert why(fitting=9_999) == [Reason.MASK_TOO_WEAK]


def test_every_reason_is_told_not_only_the_first() -> None:
    found = why(state=State.SUSPENDED, birth_on=None, penalty=None, fitting=1)
    assert found == [Reason.NOT_IN_FORCE, Reason.BIRTH_UNKNOWN, Reason.PENALTY_UNKNOWN]
