"""申诉: appeals on both tracks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

_JSON = JSON().with_variant(JSONB, "postgresql")
_WAITS = text("state IN ('received', 'accepted')")


class AppealRow(Base):
    """One appeal. `asked` and `granted` are terms of relief; `sealed` holds who appeals and on what grounds.

    A decision stands in `outcome`, `granted` and `sealed_outcome` from its proposal on, and is one when
    `decided_by` (an officer, or the partner that answered) has approved it.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        Index(
            "uq_appeals_open",
            "designation_id",
            "track",
            unique=True,
            postgresql_where=_WAITS,
            sqlite_where=_WAITS,
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    track: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), index=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    designation_id: Mapped[str | None] = mapped_column(ForeignKey("designations.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"), index=True)
    received_on: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(12))
    asked: Mapped[dict[str, Any]] = mapped_column(_JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_by: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    forwarded_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(16))
    granted: Mapped[dict[str, Any]] = mapped_column(_JSON)
    sealed_outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class SubmissionRow(Base):
    """An appeal as it came through the public form. `sealed` holds all that was entered."""

    __tablename__ = "appeal_submissions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    track: Mapped[str] = mapped_column(String(12))
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))
    receipt_token: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    appeal_id: Mapped[str | None] = mapped_column(ForeignKey("appeals.id"))
    reason: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
