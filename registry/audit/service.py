"""Writing to the log and reading one record back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.audit.models import OF_PEOPLE, LogRecord
from registry.audit.records import columns, digest
from registry.audit.tags import Tag
from registry.db import Addition, Line
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, by opaque id, and for which authority or partner."""

    id: str
    organisation: str | None = None


OPERATOR = Actor("operator")
"""Somebody with a shell on the server, acting through the operator commands."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to write. `secret` is sealed; `facts` stay in the clear and must hold no personal data."""

    tag: Tag
    actor: Actor
    object_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    secret: bytes | None = None
    id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One row as read back, with its secret part opened."""

    id: str
    at: datetime
    tag: Tag
    actor: str
    organisation: str | None
    object_id: str | None
    facts: Mapping[str, Any]
    secret: bytes | None
    digest: bytes


class Log:
    """The append-only log. Rows are written in the transaction of the act they tell of."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def write(self, session: Session, *entries: Entry) -> None:
        """Add `entries`; they are durable when the caller's transaction is."""
        self.write_all(session, entries)

    def write_all(self, session: Session, entries: Iterable[Entry]) -> None:
        """Add many entries in one statement."""
        self.append(Line.over(session.connection()), list(entries))

    def append(self, swift: Line, entries: Sequence[Entry]) -> None:
        """Add entries in one statement, durable when that or `swift`'s transaction is."""
        if entries:
            swift.add(_ADDITION, [self._row(entry) for entry in entries])

    def _row(self, entry: Entry) -> dict[str, Any]:
        record_id = entry.id or ids.new("act")
        sealed = self._vault().seal(entry.secret, f"log.sealed:{record_id}") if entry.secret else None
        row = {
            "id": record_id,
            "at": entry.at or clock.now(),
            "tag": entry.tag.value,
            "actor": entry.actor.id,
            "organisation": entry.actor.organisation,
            "object_id": entry.object_id,
            "facts": dict(entry.facts),
            "sealed": sealed,
        }
        return row | {"digest": digest(columns(row))}

    def record(self, session: Session, record_id: str) -> Record | None:
        """One record with its secret part, or `None`."""
        row = session.scalars(select(LogRecord).where(LogRecord.id == record_id)).one_or_none()
        if row is None:
            return None
        return self._opened(row)

    def of(self, session: Session, object_id: str) -> list[Record]:
        """All records about one object, oldest first."""
        rows = session.scalars(
            select(LogRecord).where(LogRecord.object_id == object_id).order_by(LogRecord.position)
        )
        return [self._opened(row) for row in rows]

    def by(self, session: Session, actor: Actor, tag: Tag, since: datetime, limit: int) -> list[Record]:
        """The newest of what one person did for an organisation since an instant, the newest first."""
        rows = session.scalars(
            select(LogRecord)
            .where(OF_PEOPLE, LogRecord.actor == actor.id, LogRecord.at >= since, LogRecord.tag == tag.value)
            .order_by(LogRecord.at.desc())
            .limit(limit)
        )
        return [self._opened(row) for row in rows]

    def _opened(self, row: LogRecord) -> Record:
        return Record(
            id=row.id,
            at=row.at,
            tag=Tag(row.tag),
            actor=row.actor,
            organisation=row.organisation,
            object_id=row.object_id,
            facts=row.facts,
            secret=self._vault().open(row.sealed, f"log.sealed:{row.id}") if row.sealed else None,
            digest=row.digest,
        )


_ADDITION = Addition(cast(Table, LogRecord.__table__), numbered="position")
