"""曝光名单 and their entries."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

_JSON = JSON().with_variant(JSONB, "postgresql")
_SHOWN = text("state = 'shown'")
_WITHDRAWN = text("withdrawn_at IS NOT NULL")
_USED = text("state <> 'rejected'")


class ExposureListRow(Base):
    """One list. Title, legal basis and reason are written for the public and name nobody.

    `version` rises with everything that the public could see change. `rows_total` is the last serial number,
    and once published the person-times that it was published with. `basis` is the recorded legal basis.
    """

    __tablename__ = "exposure_lists"
    __table_args__ = (
        Index(
            "uq_exposure_lists_batch",
            "authority_id",
            "batch",
            unique=True,
            postgresql_where=_USED,
            sqlite_where=_USED,
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    batch: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str | None] = mapped_column(Text)
    assessment_ref: Mapped[str] = mapped_column(String(200))
    rows_total: Mapped[int]
    drafted_by: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    published_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ExposureEntryRow(Base):
    """One designation on one list: a person-time. `face` is what the public sees of the person, masked.

    `mask` is the mask that made `face`: nothing is shown under any other than the register's own.
    `reasons`: why the row was refused. `cause` and `reason`: why it was taken down.
    """

    __tablename__ = "exposure_entries"
    __table_args__ = (
        UniqueConstraint("list_id", "designation_id", name="uq_exposure_entries_designation"),
        Index("ix_exposure_entries_serial", "list_id", "serial"),
        Index(
            "ix_exposure_entries_withdrawn",
            "list_id",
            "withdrawn_at",
            postgresql_where=_WITHDRAWN,
            sqlite_where=_WITHDRAWN,
        ),
        Index(
            "uq_exposure_entries_shown",
            "designation_id",
            unique=True,
            postgresql_where=_SHOWN,
            sqlite_where=_SHOWN,
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("exposure_lists.id"))
    serial: Mapped[int | None]
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    mask: Mapped[str] = mapped_column(String(20))
    face: Mapped[dict[str, Any]] = mapped_column(_JSON)
    reasons: Mapped[list[str]] = mapped_column(_JSON)
    display_until: Mapped[date] = mapped_column(Date, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    cause: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
