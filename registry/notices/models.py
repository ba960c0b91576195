"""告知书 and 送达: notices as they were drafted, and every attempt to deliver them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class NoticeRow(Base):
    """One notice. `template` with the sealed content makes the same document at any time."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    designation_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(40))
    drafted_by: Mapped[str] = mapped_column(String(40))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


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
