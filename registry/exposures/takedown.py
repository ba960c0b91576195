"""Taking entries down by themselves: when something happens to a designation, and when time passes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import not_, update
from sqlalchemy.orm import Session

from registry import clock
from registry.audit.service import OPERATOR, Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations.listing import Listing
from registry.designations.models import DesignationRow
from registry.designations.rules import State as DesignationState
from registry.exposures.judging import Judged, Judging
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.rules import Cause, EntryState, Reason
from registry.exposures.visible import entries, shown
from registry.law.book import Book
from registry.subjects.service import chunks

_AT_ONCE = 1000

_COLUMNS = (
    ExposureEntryRow.id,
    ExposureEntryRow.list_id,
    ExposureEntryRow.serial,
    ExposureEntryRow.designation_id,
    ExposureEntryRow.mask,
    ExposureEntryRow.face,
    ExposureListRow.basis,
)


class TakeDown:
    """Keeps what is public in step with the register."""

    def __init__(self, book: Book, log: Log, listing: Listing, judging: Judging) -> None:
        self._book = book
        self._log = log
        self._listing = listing
        self._judging = judging

    def hear(self, session: Session, subject_ids: Sequence[str]) -> None:
        """Something about these subjects has changed: said in the same transaction by whoever changed it."""
        for part in chunks(subject_ids):
            concerned = entries(*_COLUMNS).where(
                DesignationRow.subject_id.in_(part), ExposureEntryRow.state == EntryState.SHOWN.value
            )
            self._review(session, session.execute(concerned).all())

    def sweep(self) -> bool:
        """Take down what nobody may see any more, since time has passed; whether there may be more."""
        with transaction() as session:
            law = self._book.on(clock.today())
            overdue = (
                entries(*_COLUMNS)
                .where(ExposureEntryRow.state == EntryState.SHOWN.value, not_(shown(law, self._judging.mask)))
                .limit(_AT_ONCE)
            )
            if not session.execute(overdue).first():
                return False
            self._listing.take_turn(session)
            found = session.execute(overdue).all()
            self._review(session, found)
            return len(found) == _AT_ONCE

    def down(
        self,
        session: Session,
        actor: Actor,
        rows: Sequence[tuple[str, str, int | None]],
        cause: Cause,
        reason: str | None = None,
    ) -> None:
        """Take entries down, given as (entry, list, serial); the caller raises their lists' versions."""
        at, by = clock.now(), None if actor is OPERATOR else actor.id
        for part in chunks(rows):
            session.execute(
                update(ExposureEntryRow)
                .where(ExposureEntryRow.id.in_([entry_id for entry_id, _, _ in part]))
                .values(
                    state=EntryState.WITHDRAWN.value,
                    cause=cause.value,
                    reason=reason,
                    withdrawn_at=at,
                    withdrawn_by=by,
                )
            )
        self._log.write_all(
            session,
            [
                Entry(
                    Tag.ENTRY_WITHDRAWN,
                    actor,
                    list_id,
                    {"entry": entry_id, "serial": serial, "cause": cause.value},
                )
                for entry_id, list_id, serial in rows
            ],
        )

    def raise_versions(self, session: Session, list_ids: Sequence[str]) -> None:
        """What the public sees of these lists is another thing from now on."""
        session.execute(
            update(ExposureListRow)
            .where(ExposureListRow.id.in_(sorted(list_ids)))
            .values(version=ExposureListRow.version + 1, changed_at=clock.now())
        )

    def _review(self, session: Session, rows: Sequence[Any]) -> None:
        """Judge entries anew: those that may not be shown come down, the others show what is true now."""
        by_basis: dict[bool, list[Any]] = defaultdict(list)
        for row in rows:
            by_basis[row.basis is not None].append(row)
        for basis, concerned in by_basis.items():
            judged = self._judging.judge(session, [row.designation_id for row in concerned], basis=basis)
            self._take_down(session, concerned, judged)
            self._refresh(session, concerned, judged)
        if rows:
            self.raise_versions(session, list({row.list_id for row in rows}))

    def _take_down(self, session: Session, rows: Sequence[Any], judged: Mapping[str, Judged]) -> None:
        falling: dict[Cause, list[Any]] = defaultdict(list)
        for row in rows:
            if judged[row.designation_id].reasons:
                falling[_cause(judged[row.designation_id])].append((row.id, row.list_id, row.serial))
        for cause, fallen in falling.items():
            self.down(session, OPERATOR, fallen, cause)

    def _refresh(self, session: Session, rows: Sequence[Any], judged: Mapping[str, Judged]) -> None:
        mask = str(self._judging.mask)
        for row in rows:
            now = judged[row.designation_id]
            if not now.reasons and (row.mask != mask or row.face != now.face):
                session.execute(
                    update(ExposureEntryRow)
                    .where(ExposureEntryRow.id == row.id)
                    .values(mask=mask, face=dict(now.face))
                )


def _cause(judged: Judged) -> Cause:
    if judged.state is DesignationState.REVOKED:
        return Cause.REVOKED
    if judged.state is DesignationState.SUSPENDED:
        return Cause.SUSPENDED
    if judged.over:
        return Cause.ENDED
    return Cause.DISPLAY_OVER if Reason.DISPLAY_OVER in judged.reasons else Cause.NOT_EXPOSABLE
