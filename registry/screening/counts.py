"""How often which partner asked, and what it was answered: numbers only, nobody in them.

Counted from the sealed log in its order, seal by seal, so that every check counts once, also after a crash.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from registry.access.jurisdiction import in_territory
from registry.access.models import PartnerRow
from registry.access.principals import Officer
from registry.audit.models import LogRecord, SealRow
from registry.audit.sealing import MOST
from registry.audit.tags import Tag
from registry.clock import beijing_day
from registry.db import inserting, reading, transaction
from registry.law.words import Direction
from registry.screening.models import CheckCountRow, CountedRow


class By(StrEnum):
    """What is counted together."""

    PARTNER = "partner"
    PURPOSE = "purpose"
    DIRECTION = "direction"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Count:
    """`key`: a partner's name, a purpose, a direction or a month as 2026-11. `directions`: the answers."""

    key: str
    checks: int
    directions: Mapping[Direction, int]


def count(officer: Officer, by: By, first: date, last: date) -> list[Count]:
    """The checks of the Beijing days `first … last` by partners in the territory of the officer's authority.

    Without those that are not counted yet.
    """
    key = _KEYS[by]
    wanted = (
        select(*key, CheckCountRow.direction, func.sum(CheckCountRow.number))
        .join(PartnerRow, PartnerRow.id == CheckCountRow.partner_id)
        .where(CheckCountRow.day.between(first, last), in_territory(officer, PartnerRow.area))
        .group_by(*key, CheckCountRow.direction)
        .order_by(*key)
    )
    found: dict[str, dict[Direction, int]] = {}
    with reading() as session:
        for *group, direction, number in session.execute(wanted):
            found.setdefault(_name(group), {})[Direction(direction)] = int(number)
    return [Count(group, sum(directions.values()), directions) for group, directions in found.items()]


def count_on() -> bool:
    """Count the checks of the next seals of the log; whether there may be more of them."""
    with transaction() as session:
        until = _until(session)
        seal = session.scalars(
            select(SealRow)
            .where(SealRow.size > until.size, SealRow.size <= until.size + MOST)
            .order_by(SealRow.size.desc())
            .limit(1)
        ).first()
        if seal is None:
            return False
        _add(session, _checks(session, until.position, seal.last_position))
        until.size, until.position = seal.size, seal.last_position
    return True


# -- inside ----------------------------------------------------------------------------------------

_KEYS: Mapping[By, tuple[Any, ...]] = {
    By.PARTNER: (PartnerRow.name,),
    By.PURPOSE: (CheckCountRow.purpose,),
    By.DIRECTION: (CheckCountRow.direction,),
    By.MONTH: (extract("year", CheckCountRow.day), extract("month", CheckCountRow.day)),
}


def _until(session: Session) -> CountedRow:
    """How far the log has been counted; who else counts waits."""
    first = inserting(session, CountedRow).values(id=1, size=0, position=0)
    session.execute(first.on_conflict_do_nothing())
    return session.get_one(CountedRow, 1, with_for_update=True, populate_existing=True)


_Group = tuple[date, str | None, str, str]


def _name(group: Sequence[Any]) -> str:
    return f"{group[0]}-{group[1]:02}" if len(group) == len(_KEYS[By.MONTH]) else str(group[0])


def _checks(session: Session, after: int, until: int) -> Counter[_Group]:
    """How many there are between two positions, by day, partner, purpose and direction."""
    purpose, direction = (LogRecord.facts[name].as_string() for name in ("purpose", "direction"))
    rows = session.execute(
        select(LogRecord.at, LogRecord.organisation, purpose, direction).where(
            LogRecord.position > after, LogRecord.position <= until, LogRecord.tag == Tag.CHECK_ANSWERED
        )
    )
    return Counter((beijing_day(at), *group) for at, *group in rows)


def _add(session: Session, counted: Counter[_Group]) -> None:
    if not counted:
        return
    statement = inserting(session, CheckCountRow)
    statement = statement.on_conflict_do_update(
        index_elements=[*CheckCountRow.__table__.primary_key],
        set_={"number": CheckCountRow.number + statement.excluded.number},
    )
    session.connection().execute(
        statement,
        [
            {"day": day, "partner_id": partner, "purpose": purpose, "direction": direction, "number": number}
            for (day, partner, purpose, direction), number in counted.items()
        ],
    )
