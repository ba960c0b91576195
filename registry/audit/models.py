"""The log: one row for every check answered and every act of an officer. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class LogRecord(Base):
    """One check or one act.

    `facts` are in the clear and free of personal data; `sealed` holds everything else, encrypted.
    `digest` covers every other column as stored.
    """

    __tablename__ = "log"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    tag: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str | None] = mapped_column(String(40))
    object_id: Mapped[str | None] = mapped_column(String(40), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB, "postgresql"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
