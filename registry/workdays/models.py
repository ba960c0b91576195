"""The years whose working days are known here, and the law's clocks."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant

_JSON = JSON().with_variant(JSONB, "postgresql")
_OPEN = text("stopped_on IS NULL")
UNTOLD = text("stopped_on IS NULL AND paused_on IS NULL AND (told_due_on IS NULL OR told_due_on < due_on)")
"""The clocks that run and of which nobody was told that their due day is over."""


class CalendarYearRow(Base):
    """A year as it was imported; it overrides the shipped one. `days` holds `off` and `on`, as ISO days."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days: Mapped[dict[str, list[str]]] = mapped_column(_JSON)
    source: Mapped[str] = mapped_column(String(200))
    imported_by: Mapped[str] = mapped_column(String(40))
    imported_at: Mapped[datetime] = mapped_column(Instant)


class ClockRow(Base):
    """A period of the law that runs for an object: `rule`, as it stood on `event_on`, says how long.

    `due_on` is what the calendar of `calendar_version` made of it; `provisional` says that a year was not
    known. `pauses` are pairs of ISO days; a pause that goes on is in `paused_on`. `told_due_on` is the due
    day of which the log has told that it is over.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        Index(
            "ix_clocks_open",
            "object_id",
            "rule",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_clocks_untold", "due_on", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[str] = mapped_column(String(40), index=True)
    rule: Mapped[str] = mapped_column(String(60))
    event_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    provisional: Mapped[bool]
    calendar_version: Mapped[str] = mapped_column(String(64))
    pauses: Mapped[list[list[str]]] = mapped_column(_JSON)
    paused_on: Mapped[date | None] = mapped_column(Date)
    stopped_on: Mapped[date | None] = mapped_column(Date)
    told_due_on: Mapped[date | None] = mapped_column(Date)
