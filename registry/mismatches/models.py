"""What was found out about a number that somebody bears under another name than the listed one."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class ResolutionRow(Base):
    """One name mismatch and how it was resolved. `document` and `name` are tokens.

    With `partner_id` it was recorded by that partner: as «another person» it has effect at once, and for that
    partner only. `version` is that of the list since which it has effect. `sealed` holds name and note.
    """

    __tablename__ = "resolutions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    document: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary(32))
    designation_id: Mapped[str] = mapped_column(ForeignKey("designations.id"), index=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))
    check_id: Mapped[str | None] = mapped_column(String(40))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int | None]
    recorded_by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
