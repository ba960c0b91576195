"""How many designations are in force, and how many people were released: numbers only, nobody in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, extract, func, select

from registry import clock
from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.audit.service import OPERATOR
from registry.clock import midnight
from registry.db import reading
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State
from registry.notices.models import NoticeRow
from registry.notices.rules import Kind


class By(StrEnum):
    """What is counted together."""

    REGIME = "regime"
    ROLE = "role"
    AREA = "area"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Count:
    """`key`: a regime, a role, an area code or the month of the decision as 2026-11; `None`: not recorded."""

    key: str | None
    designations: int
    persons: int


@dataclass(frozen=True, slots=True)
class Releases:
    """How many designations ended in a month (2026-11): their term was over, or they were revoked."""

    month: str
    ended: int
    revoked: int


def in_force(officer: Officer, by: By) -> list[Count]:
    """What is in force today, of what the officer may see. Under two regimes one counts in both groups."""
    key = _KEYS[by]
    with reading() as session:
        wanted = (
            select(*key, *_NUMBERS)
            .join(SanctionRow, SanctionRow.designation_id == DesignationRow.id)
            .join(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
            .where(
                DesignationRow.state == State.IN_FORCE.value,
                SanctionRow.ends_on >= clock.today(),
                DesignationRow.authority_id.in_(covered(session, officer)),
            )
        )
        rows = session.execute(wanted.group_by(*key).order_by(*key)).all()
    return [Count(_name(group), designations, persons) for *group, designations, persons in rows]


def releases(officer: Officer, first: date, last: date) -> list[Releases]:
    """By month of the Beijing days `first … last`, by the notices that told of it; one pass over them."""
    months = list(_months(first, last))
    month = case(*[(NoticeRow.drafted_at < midnight(end), at) for at, (_, end) in enumerate(months)])
    by_time = NoticeRow.drafted_by == OPERATOR.id
    with reading() as session:
        wanted = (
            select(month.label("month"), by_time.label("by_time"), func.count())
            .join(DesignationRow, DesignationRow.id == NoticeRow.designation_id)
            .where(
                NoticeRow.kind == Kind.RELEASE.value,
                NoticeRow.drafted_at >= midnight(first),
                NoticeRow.drafted_at < midnight(months[-1][1]),
                DesignationRow.authority_id.in_(covered(session, officer)),
            )
            .group_by("month", "by_time")
        )
        found = {(at, bool(ended)): number for at, ended, number in session.execute(wanted)}
    return [
        Releases(f"{start:%Y-%m}", found.get((at, True), 0), found.get((at, False), 0))
        for at, (start, _) in enumerate(months)
    ]


_NUMBERS = (func.count(DesignationRow.id.distinct()), func.count(DesignationRow.subject_id.distinct()))
_KEYS: dict[By, tuple[Any, ...]] = {
    By.REGIME: (SanctionRow.regime,),
    By.ROLE: (DesignationRow.facts["role"].as_string(),),
    By.AREA: (AuthorityRow.area,),
    By.MONTH: (extract("year", DesignationRow.decided_on), extract("month", DesignationRow.decided_on)),
}


def _name(group: Sequence[Any]) -> str | None:
    return f"{group[0]}-{group[1]:02}" if len(group) == len(_KEYS[By.MONTH]) else group[0]


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Each month's first day that counts, and the day after its last one."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(following, last + timedelta(days=1))
        first = following
