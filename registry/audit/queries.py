"""Searching the log, at a cost that does not grow with it. What is sealed in a record stays sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.orm import Session

from registry import clock
from registry.audit.models import ABOUT, ACTS, LogRecord, SealRow
from registry.audit.tags import Tag
from registry.errors import invalid_field
from registry.text import Text

_LATE = timedelta(hours=1)
"""A record is sealed no later than this after its time, unless nobody seals."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records. `about`: ids of things and tokens of documents, any of which a record may concern."""

    act: Tag | None = None
    day: date | None = None
    object_id: str | None = None
    actor: str | None = None
    about: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A record without what is sealed in it; `sealed` says how many bytes that are."""

    position: int
    id: str
    at: datetime
    tag: Tag
    actor: str
    organisation: str | None
    object_id: str | None
    facts: Mapping[str, Any]
    digest: bytes
    sealed: int


def search(session: Session, wanted: Wanted, limit: int, before: int | None) -> tuple[list[Line], int | None]:
    """A page of records, the newest first, and where the next one begins.

    Raises Invalid where it would have to look through the whole log.
    """
    if wanted.act is Tag.CHECK_ANSWERED and wanted.actor and wanted.day is None:
        raise invalid_field(
            "invalid-input",
            Text("核查记录很多，请同时选择日期。", "There are very many checks: choose a day as well."),
            "/day",
        )
    conditions = _conditions(session, wanted)
    if before is not None:
        conditions.append(LogRecord.position < before)
    found: dict[int, Line] = {}
    for one_of in _alternatives(wanted.about):
        query = _lines().where(*conditions, *one_of).order_by(LogRecord.position.desc()).limit(limit + 1)
        found |= {row.position: _line(row) for row in session.execute(query)}
    page = [found[position] for position in sorted(found, reverse=True)]
    return page[:limit], page[limit - 1].position if len(page) > limit else None


def line(session: Session, record_id: str) -> Line | None:
    """One record by its id."""
    row = session.execute(_lines().where(LogRecord.id == record_id)).one_or_none()
    return _line(row) if row else None


def sealed_at(session: Session, position: int) -> datetime | None:
    """When the record at a position was sealed; `None` while it waits for that."""
    return session.scalar(
        select(SealRow.sealed_at)
        .where(SealRow.last_position >= position)
        .order_by(SealRow.last_position)
        .limit(1)
    )


def _conditions(session: Session, wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    if wanted.act is not Tag.CHECK_ANSWERED and (wanted.act or wanted.actor or wanted.about):
        conditions.append(ACTS)  # said outright, so that the indexes of acts serve
    if wanted.act:
        conditions.append(LogRecord.tag == wanted.act.value)
    if wanted.actor:
        conditions.append(LogRecord.actor == wanted.actor)
    if wanted.object_id:
        conditions.append(LogRecord.object_id == wanted.object_id)
    if wanted.day:
        begins, ends = map(clock.midnight, (wanted.day, wanted.day + timedelta(days=1)))
        conditions += [LogRecord.at >= begins, LogRecord.at < ends]
        # Records come in no other order than that of their positions, which the seals tie to the time.
        first = session.scalar(_seal(SealRow.sealed_at < begins).order_by(SealRow.sealed_at.desc()))
        last = session.scalar(_seal(SealRow.sealed_at > ends + _LATE).order_by(SealRow.sealed_at))
        conditions += [LogRecord.position > first] if first is not None else []
        conditions += [LogRecord.position <= last] if last is not None else []
    return conditions


def _seal(which: ColumnElement[bool]) -> "Select[int]":
    return select(SealRow.last_position).where(which).limit(1)


def _alternatives(about: Sequence[str]) -> list[list[Any]]:
    """One query for each index that may know of it."""
    if not about:
        return [[]]
    return [[LogRecord.object_id.in_(about)], [literal_column(ABOUT.text).in_(about)]]


def _lines() -> "Select[*tuple[Any, ...]]":
    return select(LogRecord.__table__)


def _line(row: Any) -> Line:
    return Line(
        position=row.position,
        id=row.id,
        at=row.at,
        tag=Tag(row.tag),
        actor=row.actor,
        organisation=row.organisation,
        object_id=row.object_id,
        facts=row.facts,
        digest=row.digest,
        sealed=len(row.sealed or b""),
    )
