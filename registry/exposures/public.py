"""Exposure lists as anybody may read them: only who is in force and may be shown today."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import AuthorityRow
from registry.access.service import not_found
from registry.db import reading
from registry.designations.models import DesignationRow, SanctionRow
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.pages import Page, page
from registry.exposures.rules import State
from registry.exposures.visible import current, drafted, entries, shown
from registry.exposures.wording import MEASURES, ground, legal_basis
from registry.identity.masks import Mask
from registry.law.book import Book, View
from registry.subjects.service import chunks
from registry.text import Text

PAGE = 100
"""Serial numbers on one page: page n holds those from (n - 1) * PAGE + 1 to n * PAGE."""

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class PublicList:
    """A list that was published, whether or not it was withdrawn since.

    What the public sees of it changes only with `version`, and at midnight. `rows_total`: person-times when
    it was published, and the last serial number.
    """

    id: str
    version: int
    state: State
    batch: str
    title: str
    authority: str
    legal_basis: Text
    measures: Text
    rows_total: int
    published_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One person-time. `name` and `number` are masked; `shown_until`: the last day it may be seen."""

    id: str
    serial: int
    name: str
    sex: str | None
    document: str
    number: str
    ground: Text
    measures: tuple[Text, ...]
    starts_on: date
    ends_on: date
    authority: str
    decided_on: date
    shown_until: date


class PublicLists:
    """Reading for the public. Nothing here opens a sealed value."""

    def __init__(self, book: Book, mask: Mask, *, preview: bool = False) -> None:
        """`preview`: lists that are not public yet, as they would be seen if they were published now."""
        self._book = book
        self._mask = mask
        self._visible = drafted if preview else shown
        self._preview = preview

    def lists(self, limit: int, before: str | None = None) -> Page[PublicList]:
        """Published lists and withdrawn ones, the newest first. `before`: a list's id. Raises NotFound."""
        wanted = self._lists()
        with reading() as session:
            if before:
                at = session.scalar(select(ExposureListRow.published_at).where(ExposureListRow.id == before))
                if at is None:
                    raise not_found()
                wanted = wanted.where(_before(ExposureListRow.published_at, ExposureListRow.id, at, before))
            newest = (ExposureListRow.published_at.desc(), ExposureListRow.id.desc())
            rows = session.execute(wanted.order_by(*newest).limit(limit + 1)).all()
            return page([self._list(*row) for row in rows], limit)

    def get(self, list_id: str) -> PublicList:
        """One list. Raises NotFound for one that was never published."""
        with reading() as session:
            row = session.execute(self._lists().where(ExposureListRow.id == list_id)).one_or_none()
            if row is None:
                raise not_found()
            return self._list(*row)

    def stamp(self) -> str:
        """Another one whenever anything that was ever published has changed, and only then."""
        what = (
            func.count(),
            func.coalesce(func.sum(ExposureListRow.version), 0),
            func.max(ExposureListRow.changed_at),
        )
        with reading() as session:
            counted = session.execute(select(*what).where(ExposureListRow.published_at.is_not(None))).one()
        return "/".join(map(str, counted))

    def page(self, list_id: str, number: int) -> list[PublicRow]:
        """What may be seen today of page `number`, from 1; gaps in the serial numbers are what may not."""
        first = (number - 1) * PAGE
        with reading() as session:
            return self._rows(session, list_id, first, first + PAGE)

    def rows(self, list_id: str) -> Iterator[PublicRow]:
        """All that may be seen today, in parts; see afterwards that the list's version is still the same."""
        for first in range(0, self.get(list_id).rows_total, _CHUNK):
            with reading() as session:
                part = self._rows(session, list_id, first, first + _CHUNK)
            yield from part

    def count(self, list_id: str) -> int:
        """Person-times that may be seen today. Looks at every entry: keep it for a version and a day."""
        with reading() as session:
            counted = entries(func.count()).where(ExposureEntryRow.list_id == list_id, self._seen())
            return session.execute(counted).scalar_one()  # type: ignore[no-any-return]

    def serials(self, list_id: str) -> dict[str, int]:
        """The serial numbers of all that may be seen today, by entry; looks at every entry too."""
        wanted = entries(ExposureEntryRow.id, ExposureEntryRow.serial)
        with reading() as session:
            rows = session.execute(wanted.where(ExposureEntryRow.list_id == list_id, self._seen()))
            return {row.id: row.serial for row in rows}

    # -- inside ------------------------------------------------------------------------------------

    def _seen(self) -> ColumnElement[bool]:
        return self._visible(self._book.on(clock.today()), self._mask)

    def _lists(self) -> Any:
        public = ExposureListRow.published_at
        return (
            select(ExposureListRow, AuthorityRow.name)
            .join(AuthorityRow, AuthorityRow.id == ExposureListRow.authority_id)
            .where(public.is_(None) if self._preview else public.is_not(None))
        )

    def _list(self, row: ExposureListRow, authority: str) -> PublicList:
        return PublicList(
            id=row.id,
            version=row.version,
            state=State(row.state),
            batch=row.batch,
            title=row.title,
            authority=authority,
            legal_basis=legal_basis(row.basis),
            measures=MEASURES,
            rows_total=row.rows_total,
            published_at=row.published_at or row.drafted_at,
            changed_at=row.changed_at,
            withdrawn_at=row.withdrawn_at,
            reason=row.reason,
        )

    def _rows(self, session: Session, list_id: str, after: int, until: int) -> list[PublicRow]:
        law = self._book.on(clock.today())
        wanted = entries(
            ExposureEntryRow.id,
            ExposureEntryRow.serial,
            ExposureEntryRow.face,
            ExposureEntryRow.display_until,
            DesignationRow.id.label("designation_id"),
            DesignationRow.decided_on,
            DesignationRow.facts,
            AuthorityRow.name,
        ).join(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
        rows = session.execute(
            wanted.where(
                ExposureEntryRow.list_id == list_id,
                ExposureEntryRow.serial > after,
                ExposureEntryRow.serial <= until,
                self._visible(law, self._mask),
            ).order_by(ExposureEntryRow.serial)
        ).all()
        sanctions = self._sanctions(session, law, [row.id for row in rows])
        # Who was released between the two looks has none any more.
        return [self._row(law, row, sanctions[row.id]) for row in rows if row.id in sanctions]

    def _row(self, law: View, row: Any, sanctions: Sequence[Any]) -> PublicRow:
        ends_on = max(each.ends_on for each in sanctions)
        return PublicRow(
            id=row.id,
            serial=row.serial,
            **row.face,
            ground=ground(row.facts),
            measures=tuple(self._measures(law, sanctions)),
            starts_on=min(each.starts_on for each in sanctions),
            ends_on=ends_on,
            authority=row.name,
            decided_on=row.decided_on,
            shown_until=min(row.display_until, ends_on),
        )

    def _sanctions(self, session: Session, law: View, entry_ids: Sequence[str]) -> dict[str, list[Any]]:
        """By entry the sanctions for which it is shown."""
        found: dict[str, list[Any]] = defaultdict(list)
        for part in chunks(entry_ids):
            wanted = (
                entries(ExposureEntryRow.id, SanctionRow.starts_on, SanctionRow.ends_on, SanctionRow.measures)
                .join(SanctionRow, SanctionRow.designation_id == DesignationRow.id)
                .where(ExposureEntryRow.id.in_(part), current(law))
                .order_by(SanctionRow.id)
            )
            for row in session.execute(wanted):
                found[row.id].append(row)
        return found

    def _measures(self, law: View, sanctions: Sequence[Any]) -> Iterator[Text]:
        """What is imposed today, each measure once."""
        codes = {
            code: None
            for sanction in sanctions
            for code, own_end in sanction.measures
            if own_end is None or date.fromisoformat(own_end) >= law.day
        }
        return (law.measures[code].value.name for code in codes)


def _before(at_column: Any, id_column: Any, at: datetime, id_: str) -> Any:
    return or_(at_column < at, and_(at_column == at, id_column < id_))
