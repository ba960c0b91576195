"""The log: one row for every check answered and every act of an officer. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, FetchedValue, Index, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

OF_PEOPLE = text("actor <> organisation")
"""Records of what somebody did for an authority or a partner."""
ACTS = text("tag <> 'check.answered'")
"""Records of anything but an answered check, of which there are very many."""
ABOUT = text(
    "(coalesce(facts ->> 'designation', facts ->> 'designation_id', facts ->> 'appeal', "
    "facts ->> 'document', facts -> 'documents' ->> 0))"
)
"""What an act was about beside its object: the id of a designation or an appeal, or a document's token."""


class LogRecord(Base):
    """One check or one act.

    `position` is the order in which the database took the records; some numbers are never used. `facts` are
    in the clear and free of personal data; `sealed` holds everything else, encrypted. `digest` covers every
    other column as stored but the position.
    """

    __tablename__ = "log"
    __table_args__ = (
        Index("ix_log_position", "position"),
        Index("ix_log_object_id", "object_id"),
        Index("ix_log_at", "at"),
        # Partners' systems, who ask all day, are not in it.
        Index("ix_log_actor", "actor", "at", postgresql_where=OF_PEOPLE, sqlite_where=OF_PEOPLE),
        Index("ix_log_tag", "tag", "position", postgresql_where=ACTS, sqlite_where=ACTS),
        Index("ix_log_actor_acts", "actor", "position", postgresql_where=ACTS, sqlite_where=ACTS),
        Index("ix_log_about", ABOUT, "position", postgresql_where=ACTS, sqlite_where=ACTS),
    )

    position: Mapped[int] = mapped_column(BigInteger, FetchedValue())
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    tag: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB, "postgresql"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class TileRow(Base):
    """A tile of the log's hash tree (see `audit.tree`)."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class SealRow(Base):
    """A signed checkpoint: the tree of the first `size` records, of which `last_position` is the last."""

    __tablename__ = "log_seals"
    __table_args__ = (
        Index("ix_log_seals_last_position", "last_position"),
        Index("ix_log_seals_sealed_at", "sealed_at"),
    )

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_position: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    checkpoint: Mapped[str] = mapped_column(Text)


class TombstoneRow(Base):
    """A month whose records were deleted when their time was over, as a signed statement."""

    __tablename__ = "log_tombstones"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    statement: Mapped[str] = mapped_column(Text)
