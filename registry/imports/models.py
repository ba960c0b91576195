"""A police list between upload and release."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class ImportRow(Base):
    """One uploaded list. `sealed_rows` is emptied when the list is released or rejected.

    `recall_by` proposed to recall it, for the reason in `sealed_recall`.
    """

    __tablename__ = "designation_imports"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    file_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    rows_total: Mapped[int]
    rows_accepted: Mapped[int]
    rows_warned: Mapped[int]
    rows_refused: Mapped[int]
    sealed_report: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_rows: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    recall_by: Mapped[str | None] = mapped_column(String(40))
    sealed_recall: Mapped[bytes | None] = mapped_column(LargeBinary)
