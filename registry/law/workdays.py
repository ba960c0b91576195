"""Working days, and the day on which a period ends.

Which days are off says the State Council's notice of each year, with days of weekends that are worked in
exchange. A year whose notice is not known is counted Monday to Friday, and whatever hangs on a day of it is
provisional.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from registry.law.terms import months_later, next_day

SATURDAY = 5

Pause = tuple[date, date]
"""The day on which a period was paused and the day on which it was resumed."""


class Unit(StrEnum):
    """In what a period is counted."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Period:
    """How long somebody has. One that `moves` and ends on a day off ends on the next working day."""

    count: int
    unit: Unit
    moves: bool = False


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: Monday to Friday but those `off`, and of the weekends those `on`."""

    years: frozenset[int] = frozenset()  # whose notice is known
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def knows(self, year: int) -> bool:
        """Whether the notice of `year` is known."""
        return year in self.years

    def works(self, day: date) -> bool:
        """Whether `day` is a working day, as far as is known."""
        return day in self.on or (day.weekday() < SATURDAY and day not in self.off)

    @cached_property
    def version(self) -> str:
        """SHA-256 in hex over every day that it knows of: equal calendars have equal versions."""
        told = [sorted(map(str, days)) for days in (self.years, self.off, self.on)]
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period. `provisional` if it hangs on a day of a year whose notice is not known."""

    day: date
    provisional: bool


def due(event_on: date, period: Period, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Due:
    """The last day of a period that begins with an event on `event_on`, that day not counted.

    What a pause leaves of the period runs on as after an event on the day of the resumption: the day of the
    pause is the last one counted before, the day of the resumption is not counted.
    """
    if period.unit is Unit.WORKING_DAYS:
        return _worked(event_on, period.count, calendar, pauses)
    day = _corresponding(event_on, period)
    for paused_on, resumed_on in pauses:
        if paused_on < day:
            day += resumed_on - paused_on
    if not period.moves:
        return Due(day, provisional=False)
    provisional = not calendar.knows(day.year)
    while not calendar.works(day):
        day = next_day(day)
        provisional |= not calendar.knows(day.year)
    return Due(day, provisional)


def working_days_left(today: date, due_day: date, calendar: Calendar) -> int:
    """The working days after `today` up to and on `due_day`; below zero those by which it is over."""
    first, last = sorted((today, due_day))
    count = sum(calendar.works(first + timedelta(n)) for n in range(1, (last - first).days + 1))
    return count if today <= due_day else -count


def _worked(event_on: date, count: int, calendar: Calendar, pauses: Sequence[Pause]) -> Due:
    day, provisional = event_on, False
    while count:
        day = next_day(day)
        if any(paused_on < day <= resumed_on for paused_on, resumed_on in pauses):
            continue
        provisional |= not calendar.knows(day.year)
        count -= calendar.works(day)
    return Due(day, provisional)


def _corresponding(event_on: date, period: Period) -> date:
    match period.unit:
        case Unit.CALENDAR_DAYS:
            return event_on + timedelta(period.count)
        case Unit.MONTHS:
            return months_later(event_on, period.count)
        case _:
            return months_later(event_on, 12 * period.count)
