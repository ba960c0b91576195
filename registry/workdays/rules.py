"""What the State Council's notice of a year may say, and the calendar that several notices make."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.errors import FieldError, Invalid
from registry.law.workdays import SATURDAY, Calendar
from registry.text import Text

FIRST_YEAR, LAST_YEAR = 2000, 2099
LEAST_OFF, MOST_OFF, MOST_ON = 10, 60, 30
MAX_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Year:
    """A notice: the days off, weekends among them or not, and the days of weekends worked instead."""

    off: tuple[date, ...]
    on: tuple[date, ...]
    source: str


def checked(year: int, off: Sequence[date], on: Sequence[date], source: str) -> Year:
    """The days in order, if they can be those of `year`. Raises Invalid, with a fault for each wrong day.

    A notice that moves days of the December before is imported as a change of that year too.
    """
    faults = [*_as_a_whole(year, off, on, source.strip())] or [*_day_by_day(year, off, on)]
    if faults:
        raise Invalid(
            "invalid-input",
            Text("放假安排有误，未导入。", "The year's days have faults; nothing was imported."),
            errors=faults,
        )
    return Year(tuple(sorted(off)), tuple(sorted(on)), source.strip())


def calendar(years: Mapping[int, Year]) -> Calendar:
    """The calendar that knows these years."""
    return Calendar(
        years=frozenset(years),
        off=frozenset(day for year in years.values() for day in year.off),
        on=frozenset(day for year in years.values() for day in year.on),
    )


def _as_a_whole(year: int, off: Sequence[date], on: Sequence[date], source: str) -> Iterator[FieldError]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield FieldError(
            "/year",
            Text(f"年份须为 {FIRST_YEAR} 至 {LAST_YEAR}。", f"The year must be {FIRST_YEAR} to {LAST_YEAR}."),
        )
    if not LEAST_OFF <= len(off) <= MOST_OFF:
        yield FieldError(
            "/off",
            Text(
                f"一年的放假日须为 {LEAST_OFF} 至 {MOST_OFF} 天。",
                f"The days off of a year are {LEAST_OFF} to {MOST_OFF}.",
            ),
        )
    if len(on) > MOST_ON:
        yield FieldError(
            "/on",
            Text(
                f"一年的调休上班日不超过 {MOST_ON} 天。",
                f"The days worked instead are not more than {MOST_ON}.",
            ),
        )
    if not (0 < len(source) <= MAX_SOURCE and source.isprintable()):
        yield FieldError(
            "/source",
            Text(
                f"请注明放假安排通知的名称或文号，不超过 {MAX_SOURCE} 字。",
                f"Name the notice by its title or number, in up to {MAX_SOURCE} characters.",
            ),
        )


def _day_by_day(year: int, off: Sequence[date], on: Sequence[date]) -> Iterator[FieldError]:
    times = Counter([*off, *on])
    for kind, days in (("off", off), ("on", on)):
        for position, day in enumerate(days):
            if day.year != year:
                text = Text(f"{day} 不在 {year} 年内。", f"{day} does not lie in {year}.")
            elif times[day] > 1:
                text = Text(f"{day} 重复出现。", f"{day} is given more than once.")
            elif kind == "on" and day.weekday() < SATURDAY:
                text = Text(
                    f"{day} 不是周末，本来就上班。", f"{day} is no day of a weekend: it is worked anyway."
                )
            else:
                continue
            yield FieldError(f"/{kind}/{position}", text)
