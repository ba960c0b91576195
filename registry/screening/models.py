"""How often who asked."""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base


class CheckCountRow(Base):
    """Checks of one partner on one Beijing day, by purpose and direction."""

    __tablename__ = "check_counts"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    direction: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class CountedRow(Base):
    """The one row that says how far the sealed log has been counted: the size and position of a seal."""

    __tablename__ = "check_counts_until"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
