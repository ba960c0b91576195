"""What stood of somebody with an earlier version of the list, whatever has been changed since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.access.models import AuthorityRow, RegisterState
from registry.designations.models import DesignationRow, ListChangeRow, SubjectMergeRow
from registry.errors import Conflict
from registry.subjects.models import DocumentRow
from registry.text import Text


@dataclass(frozen=True, slots=True)
class Stood:
    """A sanction as every check saw it then, once for each name of its subject (`name`: its token)."""

    id: str
    name: bytes
    designation: str
    state: str
    regime: str
    starts_on: date
    ends_on: date
    measures: list[Any]
    authority: str
    phone: str | None
    sealed: bytes


def version_at(session: Session, instant: datetime) -> int:
    """The version of the list that was in force at `instant`; 0 before the first."""
    newest = select(func.max(ListChangeRow.version)).where(ListChangeRow.at <= instant)
    return session.scalar(newest) or 0


def newest_version(session: Session) -> int:
    """The version of the list now."""
    return session.scalars(select(RegisterState.list_version)).one()


def stood(session: Session, document: bytes, version: int) -> dict[str, list[Stood]]:
    """By sanction what stood behind the document with this token (32 bytes) with `version` of the list.

    Raises Conflict (`not-recorded`) where that was before the register kept what stood.
    """
    found: dict[str, list[Stood]] = {}
    for subject_id in _holders(session, document, version):
        change = session.scalars(
            select(ListChangeRow)
            .where(ListChangeRow.subject_id == subject_id, ListChangeRow.version <= version)
            .order_by(ListChangeRow.version.desc())
            .limit(1)
        ).one_or_none()
        if change is None:
            continue
        if change.stood is None:
            raise Conflict(
                "not-recorded",
                Text(
                    "当时名册尚未留存各版本内容，无法重现。",
                    "The register did not keep its earlier contents then; this cannot be reproduced.",
                ),
            )
        if document.hex() in change.stood["documents"]:
            for sanction in change.stood["sanctions"]:
                found[sanction["id"]] = list(_read(session, sanction, change.stood["names"]))
    return found


def _holders(session: Session, document: bytes, version: int) -> set[str]:
    """Whoever holds the document now, and whoever was found since to be one of them."""
    holders = set(session.scalars(select(DocumentRow.subject_id).where(DocumentRow.token == document)))
    later = select(SubjectMergeRow.source, SubjectMergeRow.target).where(SubjectMergeRow.version > version)
    for source, target in session.execute(later.order_by(SubjectMergeRow.version.desc())):
        if target in holders:
            holders.add(source)
    return holders


def _read(session: Session, sanction: Mapping[str, Any], names: Sequence[str]) -> Iterator[Stood]:
    designation = session.get_one(DesignationRow, sanction["designation"])
    authority = session.get_one(AuthorityRow, designation.authority_id)
    for name in names:
        yield Stood(
            id=sanction["id"],
            name=bytes.fromhex(name),
            designation=designation.id,
            state=sanction["state"],
            regime=sanction["regime"],
            starts_on=date.fromisoformat(sanction["starts_on"]),
            ends_on=date.fromisoformat(sanction["ends_on"]),
            measures=sanction["measures"],
            authority=authority.name,
            phone=authority.phone,
            sealed=designation.sealed,
        )
