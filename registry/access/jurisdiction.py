"""Whose business an officer may see: that of the officer's own authority, and of those below it."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.access.rules import governed
from registry.access.service import as_authority


def covered(session: Session, officer: Officer) -> list[str]:
    """The ids of these authorities."""
    authorities = map(as_authority, session.scalars(select(AuthorityRow)))
    return [authority.id for authority in authorities if officer.authority.covers(authority)]


def is_covered(session: Session, officer: Officer, authority_id: str) -> bool:
    """Whether this authority is one of them."""
    if authority_id == officer.authority.id:
        return True
    return officer.authority.covers(as_authority(session.get_one(AuthorityRow, authority_id)))


def in_territory(officer: Officer, area: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that a column's area code lies where the officer's authority has its say."""
    return area.startswith(governed(officer.authority.level, officer.authority.area), autoescape=True)
