"""How many were exposed: person-times and persons, as a press briefing counts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.clock import beijing_day, midnight
from registry.db import reading
from registry.designations.models import DesignationRow
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.rules import EntryState
from registry.exposures.visible import entries


class By(StrEnum):
    """What is counted together."""

    BATCH = "batch"
    AREA = "area"
    ROLE = "role"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Count:
    """`key`: a list's id, an area code, a role or a month as 2026-11; `None`: not recorded."""

    key: str | None
    person_times: int
    persons: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All together, and apart. A person may be in several groups, so persons do not add up."""

    person_times: int
    persons: int
    groups: list[Count]


_PUBLISHED = (EntryState.SHOWN.value, EntryState.WITHDRAWN.value)
_NUMBERS = (func.count(), func.count(DesignationRow.subject_id.distinct()))


def count(officer: Officer, by: By, first: date, last: date) -> Counts:
    """What was published on the Beijing days `first … last`, also if it was taken down since."""
    with reading() as session:
        authorities = covered(session, officer)

        def published(start: date, end: date, *columns: Any) -> Select[Any]:
            return entries(*columns, *_NUMBERS).where(
                ExposureListRow.authority_id.in_(authorities),
                ExposureListRow.published_at >= midnight(start),
                ExposureListRow.published_at < midnight(end + timedelta(days=1)),
                ExposureEntryRow.state.in_(_PUBLISHED),
            )

        if by is By.MONTH:
            groups = [
                Count(f"{start:%Y-%m}", *session.execute(published(start, end)).one())
                for start, end in _months(session, published(first, last), first, last)
            ]
        else:
            key = _KEYS[by]
            grouped = published(first, last, key.label("key")).join(
                AuthorityRow, AuthorityRow.id == ExposureListRow.authority_id
            )
            groups = [Count(*row) for row in session.execute(grouped.group_by(key).order_by(key))]
        person_times, persons = session.execute(published(first, last)).one()
        return Counts(person_times, persons, groups)


_KEYS: dict[By, Any] = {
    By.BATCH: ExposureListRow.id,
    By.AREA: AuthorityRow.area,
    By.ROLE: DesignationRow.facts["role"].as_string(),
}


def _months(session: Session, published: Select[Any], first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months, cut to `first … last`, in which anything was published."""
    instants = session.scalars(
        published.with_only_columns(ExposureListRow.published_at, maintain_column_froms=True).distinct()
    )
    for month in sorted({beijing_day(instant).replace(day=1) for instant in instants if instant}):
        following = (month + timedelta(days=32)).replace(day=1)
        yield max(month, first), min(following - timedelta(days=1), last)
