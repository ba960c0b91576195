"""惩戒对象: persons and organisations, their names and documents – sealed, found by keyed tokens only."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class SubjectRow(Base):
    """One subject. Provisional (`registered_at` empty) until its first designation is approved."""

    __tablename__ = "subjects"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime | None] = mapped_column(Instant)


class NameRow(Base):
    """One name of a subject; several where it is known under other names (aliases)."""

    __tablename__ = "subject_names"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), index=True)
    token: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Base):
    """One identity document of a subject."""

    __tablename__ = "subject_documents"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    token: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
