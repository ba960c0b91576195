"""Take-downs as republishers and readers of the feed learn of them: never by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal, null, or_, select

from registry.access.service import not_found
from registry.db import reading
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.pages import Page, page
from registry.exposures.rules import Cause


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An entry that was taken down. `reason` is what an officer wrote for the public."""

    id: str
    list_id: str
    serial: int
    at: datetime
    cause: Cause
    reason: str | None


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a list: published, withdrawn, or one entry (`serial`) taken down."""

    id: str
    list_id: str
    batch: str
    title: str
    at: datetime
    cause: Cause | None
    serial: int | None
    reason: str | None


_WITHDRAWN = select(
    ExposureEntryRow.id,
    ExposureEntryRow.list_id,
    ExposureEntryRow.serial,
    ExposureEntryRow.withdrawn_at,
    ExposureEntryRow.cause,
    ExposureEntryRow.reason,
).where(ExposureEntryRow.withdrawn_at.is_not(None))  # so that the index of what was taken down serves


def _withdrawal(row: Any) -> Withdrawal:
    return Withdrawal(row.id, row.list_id, row.serial, row.withdrawn_at, Cause(row.cause), row.reason)


class PublicNews:
    """What happened to published lists."""

    def withdrawals(
        self, limit: int, after: str | None = None, list_id: str | None = None
    ) -> Page[Withdrawal]:
        """Entries taken down, the oldest first, so that who reads on from `next` misses none."""
        wanted = _WITHDRAWN
        if list_id:
            wanted = wanted.where(ExposureEntryRow.list_id == list_id)
        with reading() as session:
            if after:
                at = session.scalar(select(ExposureEntryRow.withdrawn_at).where(ExposureEntryRow.id == after))
                if at is None:
                    raise not_found()
                later = and_(ExposureEntryRow.withdrawn_at == at, ExposureEntryRow.id > after)
                wanted = wanted.where(or_(ExposureEntryRow.withdrawn_at > at, later))
            oldest = (ExposureEntryRow.withdrawn_at, ExposureEntryRow.id)
            rows = session.execute(wanted.order_by(*oldest).limit(limit + 1)).all()
            return page([_withdrawal(row) for row in rows], limit)

    def latest(self, list_id: str, limit: int, since: datetime | None = None) -> list[Withdrawal]:
        """Entries of one list that were taken down by themselves, later than `since`; the newest first."""
        wanted = _WITHDRAWN.where(
            ExposureEntryRow.list_id == list_id, ExposureEntryRow.cause != Cause.LIST_WITHDRAWN.value
        )
        if since:
            wanted = wanted.where(ExposureEntryRow.withdrawn_at > since)
        newest = (ExposureEntryRow.withdrawn_at.desc(), ExposureEntryRow.id.desc())
        with reading() as session:
            return [_withdrawal(row) for row in session.execute(wanted.order_by(*newest).limit(limit))]

    def news(self, limit: int) -> list[News]:
        """The latest publications and withdrawals, the newest first."""
        about = (ExposureListRow.id, ExposureListRow.batch, ExposureListRow.title)
        published = select(
            ExposureListRow.id.label("news_id"),
            *about,
            ExposureListRow.published_at.label("at"),
            null().label("cause"),
            null().label("serial"),
            null().label("reason"),
        ).where(ExposureListRow.published_at.is_not(None))
        withdrawn = select(
            ExposureListRow.id.label("news_id"),
            *about,
            ExposureListRow.withdrawn_at.label("at"),
            literal(Cause.LIST_WITHDRAWN.value).label("cause"),
            null().label("serial"),
            ExposureListRow.reason,
        ).where(ExposureListRow.withdrawn_at.is_not(None))
        fallen = (
            select(
                ExposureEntryRow.id.label("news_id"),
                *about,
                ExposureEntryRow.withdrawn_at.label("at"),
                ExposureEntryRow.cause,
                ExposureEntryRow.serial,
                ExposureEntryRow.reason,
            )
            .join(ExposureListRow, ExposureListRow.id == ExposureEntryRow.list_id)
            .where(
                ExposureEntryRow.withdrawn_at.is_not(None),
                ExposureEntryRow.cause != Cause.LIST_WITHDRAWN.value,
            )
        )
        with reading() as session:
            found = [
                row
                for each in (published, withdrawn, fallen)
                for row in session.execute(each.order_by(each.selected_columns["at"].desc()).limit(limit))
            ]
        found.sort(key=lambda row: (row.at, row.news_id), reverse=True)
        return [
            News(
                row.news_id,
                row.id,
                row.batch,
                row.title,
                row.at,
                row.cause and Cause(row.cause),
                row.serial,
                row.reason,
            )
            for row in found[:limit]
        ]
