"""告知书 and 送达: notices as they were drafted, and every attempt to deliver them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

_AWAITED = text("awaited_on IS NOT NULL")


class NoticeRow(Base):
    """One notice. `template` with the sealed content makes the same document at any time.

    `awaited_on` is the day of drafting, until the notice is delivered or the log has told that it is late.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_awaited", "awaited_on", postgresql_where=_AWAITED, sqlite_where=_AWAITED),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    designation_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(40))
    drafted_by: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    awaited_on: Mapped[date | None] = mapped_column(Date)


class DeliveryRow(Base):
    """One delivery, or an attempt at it. `sealed` is the proof, which may name people."""

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), index=True)
    form: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(10))
    delivered_on: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
