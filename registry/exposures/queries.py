"""Exposure lists as officers read them: their own authority's and those of authorities below it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.access.history import history
from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow
from registry.access.principals import Officer
from registry.access.service import not_found
from registry.audit.service import Log
from registry.db import reading
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.pages import Page, page
from registry.exposures.rules import WHY, EntryState, Reason, State
from registry.exposures.wording import MEASURES, legal_basis


class ExposureQueries:
    """Plain dictionaries, ready for a face. Entries are masked here too: whoever needs more opens the
    designation, and that look is logged."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def page(self, officer: Officer, state: State | None, limit: int, before: str | None) -> Page[Any]:
        """Lists, the newest first. Cursor: the id of a list."""
        wanted = select(ExposureListRow)
        if state:
            wanted = wanted.where(ExposureListRow.state == state.value)
        if before:
            wanted = wanted.where(ExposureListRow.id < before)
        with reading() as session:
            wanted = wanted.where(ExposureListRow.authority_id.in_(covered(session, officer)))
            rows = session.scalars(wanted.order_by(ExposureListRow.id.desc()).limit(limit + 1)).all()
            found = page(rows, limit)
            return Page([self._view(session, row) for row in found.items], found.next)

    def get(self, officer: Officer, list_id: str) -> dict[str, Any]:
        """One list with what it says, how its rows stand, and its history. Raises NotFound."""
        with reading() as session:
            row = self._row(session, officer, list_id)
            counted = session.execute(
                select(ExposureEntryRow.state, func.count())
                .where(ExposureEntryRow.list_id == list_id)
                .group_by(ExposureEntryRow.state)
            )
            states = dict.fromkeys(map(str, EntryState), 0)
            for state, number in counted:
                states[state] = number
            return self._view(session, row) | {
                "paragraphs": {"legal_basis": legal_basis(row.basis), "measures": MEASURES},
                "entries": states,
                "history": history(session, self._log, row.id),
            }

    def entries(
        self, officer: Officer, list_id: str, state: EntryState | None, limit: int, after: str | None
    ) -> Page[Any]:
        """Rows of a list in their order, those without a serial number at the end. Cursor: an entry's id."""
        wanted = select(ExposureEntryRow).where(ExposureEntryRow.list_id == list_id)
        if state:
            wanted = wanted.where(ExposureEntryRow.state == state.value)
        if after:  # ids rise with the serial numbers: both are given out together
            wanted = wanted.where(ExposureEntryRow.id > after)
        with reading() as session:
            self._row(session, officer, list_id)
            rows = session.scalars(wanted.order_by(ExposureEntryRow.id).limit(limit + 1)).all()
            found = page(rows, limit)
            return Page([_entry(row) for row in found.items], found.next)

    def of(self, designation_id: str) -> list[dict[str, Any]]:
        """Every list on which a designation stands or stood, for whoever may see that."""
        wanted = (
            select(ExposureEntryRow, ExposureListRow)
            .join(ExposureListRow, ExposureListRow.id == ExposureEntryRow.list_id)
            .where(
                ExposureEntryRow.designation_id == designation_id,
                ExposureEntryRow.state != EntryState.REFUSED.value,
            )
            .order_by(ExposureEntryRow.id)
        )
        with reading() as session:
            rows = session.execute(wanted).all()
        return [
            {
                "list": list_row.id,
                "batch": list_row.batch,
                "title": list_row.title,
                "entry": entry.id,
                "serial": entry.serial,
                "state": entry.state,
                "published_at": list_row.published_at,
                "withdrawn_at": entry.withdrawn_at,
                "cause": entry.cause,
            }
            for entry, list_row in rows
        ]

    def _row(self, session: Session, officer: Officer, list_id: str) -> ExposureListRow:
        row = session.get(ExposureListRow, list_id, populate_existing=True)
        if row is None or row.authority_id not in covered(session, officer):
            raise not_found()
        return row

    def _view(self, session: Session, row: ExposureListRow) -> dict[str, Any]:
        authority = session.get_one(AuthorityRow, row.authority_id)
        return {
            "id": row.id,
            "version": row.version,
            "state": row.state,
            "authority": {"id": authority.id, "name": authority.name},
            "batch": row.batch,
            "title": row.title,
            "template": row.template,
            "legal_basis": row.basis,
            "impact_assessment_ref": row.assessment_ref,
            "person_times": row.rows_total,
            "drafted_by": row.drafted_by,
            "drafted_at": row.drafted_at,
            "submitted_by": row.submitted_by,
            "decided_by": row.decided_by,
            "published_at": row.published_at,
            "withdrawn_by": row.withdrawn_by,
            "withdrawn_at": row.withdrawn_at,
            "reason": row.reason,
        }


def _entry(row: ExposureEntryRow) -> Mapping[str, Any]:
    return {
        "id": row.id,
        "serial": row.serial,
        "designation": row.designation_id,
        "state": row.state,
        "name": row.face.get("name"),
        "sex": row.face.get("sex"),
        "document": row.face.get("document"),
        "number": row.face.get("number"),
        "reasons": [{"code": code, "detail": WHY[Reason(code)]} for code in row.reasons],
        "withdrawn_at": row.withdrawn_at,
        "cause": row.cause,
        "reason": row.reason,
    }
