"""How long appeals took: numbers only, nothing that anybody wrote."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import select, type_coerce

from registry.access.jurisdiction import covered
from registry.access.principals import Officer
from registry.appeals.models import AppealRow
from registry.appeals.rules import State
from registry.clock import beijing_day, midnight
from registry.db import Instant, reading
from registry.workdays.service import Workdays


@dataclass(frozen=True, slots=True)
class Times:
    """Appeals decided in one month (2026-11): how many, days from receipt to decision, how many were late."""

    month: str
    decided: int
    median_days: float
    longest_days: int
    late: int


def times(workdays: Workdays, officer: Officer, first: date, last: date) -> list[Times]:
    """By month of the decision on the Beijing days `first … last`; months without one are left out."""
    with reading() as session:
        rows = session.execute(
            select(
                AppealRow.received_on,
                type_coerce(AppealRow.decided_at, Instant),
                AppealRow.id.in_(workdays.late_objects()),
            ).where(
                AppealRow.state == State.DECIDED.value,
                AppealRow.authority_id.in_(covered(session, officer)),
                AppealRow.decided_at >= midnight(first),
                AppealRow.decided_at < midnight(last + timedelta(days=1)),
            )
        ).all()
    by_month: dict[str, list[tuple[int, bool]]] = {}
    for received_on, decided_at, late in rows:
        decided_on = beijing_day(decided_at)
        taken = (decided_on - received_on).days, bool(late)
        by_month.setdefault(f"{decided_on:%Y-%m}", []).append(taken)
    return [
        Times(
            month,
            len(taken),
            float(median(days for days, _ in taken)),
            max(days for days, _ in taken),
            sum(late for _, late in taken),
        )
        for month, taken in sorted(by_month.items())
    ]
