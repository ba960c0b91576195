"""Counting of terms: 民法典 arts 201 and 202."""

from calendar import monthrange
from datetime import date, timedelta

from registry.law.words import When


def years_later(day: date, years: int) -> date:
    """The last day of a term of `years` that an event on `day` starts.

    As `months_later`: 29 February → 28 February. An end is never moved to a working day.
    """
    return months_later(day, 12 * years)


def months_later(day: date, months: int) -> date:
    """The last day of a period of `months` that an event on `day` starts.

    The day of the event is not counted (art 201); the period ends on the corresponding day of the
    month, or on its last day where there is none (art 202).
    """
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_day(day: date) -> date:
    """The day after `day`."""
    return day + timedelta(days=1)


def when(day: date, starts_on: date, ends_on: date) -> When:
    """Where `day` lies in the term `starts_on … ends_on`, both inclusive.

    A link of a chain to which the cap left nothing has `ends_on` before `starts_on`: it is never in force.
    """
    if day > ends_on:
        return When.ENDED
    return When.IN_FORCE if day >= starts_on else When.PENDING
