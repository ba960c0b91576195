"""认定 and 惩戒: designations, their sanctions, the items involved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

_JSON = JSON().with_variant(JSONB, "postgresql")


class DesignationRow(Base):
    """One designation. `facts` is what the law asked of it; `sealed` holds whatever is free text."""

    __tablename__ = "designations"
    # An office reads its own in order, all of them or those in one state, without sorting the others.
    __table_args__ = (
        Index("ix_designations_authority_id", "authority_id", "id"),
        Index("ix_designations_state", "state", "authority_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), index=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"))
    import_id: Mapped[str | None] = mapped_column(String(40), index=True)
    linked_to: Mapped[str | None] = mapped_column(ForeignKey("designations.id"), index=True)
    decided_on: Mapped[date] = mapped_column(Date)
    number_token: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(_JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    drafted_by: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))


class DecisionKeyRow(Base):
    """One document of a subject under one decision number: what makes a second designation a duplicate.

    Removed when the designation is rejected or revoked.
    """

    __tablename__ = "decision_keys"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)


class SanctionRow(Base):
    """One sanction of a designation in force. `rules` with the designation's day explain it years later."""

    __tablename__ = "sanctions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), index=True)
    regime: Mapped[str] = mapped_column(String(40))
    class_: Mapped[str | None] = mapped_column("class", String(20))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date, index=True)
    measures: Mapped[list[Any]] = mapped_column(_JSON)
    rules: Mapped[list[str]] = mapped_column(_JSON)


class ListChangeRow(Base):
    """A subject about whom some check may answer otherwise since this version of the list.

    Whatever raises the version names its subjects here: rescreening an earlier upload looks at these only.
    `stood` is what every check saw of the subject from then on: the tokens of its documents and names, its
    sanctions with the states of their designations. Empty in rows older than the column.
    """

    __tablename__ = "list_changes"

    version: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    stood: Mapped[dict[str, Any] | None] = mapped_column(_JSON)


class SubjectMergeRow(Base):
    """Two subjects that were found, with this version of the list, to be one."""

    __tablename__ = "subject_merges"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    target: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]


class ChangeRow(Base):
    """A change of a designation that one officer proposed and another decides. `sealed` holds the reason."""

    __tablename__ = "designation_changes"
    __table_args__ = (
        Index(
            "uq_designation_changes_pending",
            "designation_id",
            "verb",
            unique=True,
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)
    verb: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), index=True)
    terms: Mapped[dict[str, Any]] = mapped_column(_JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    proposed_by: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class ItemRow(Base):
    """One card or account involved, with the days on which the subject held it (both inclusive)."""

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    held_from: Mapped[date | None] = mapped_column(Date)
    held_to: Mapped[date | None] = mapped_column(Date)
