"""The months of the log: made ahead, and deleted when their time is over without looking like tampering.

A month goes whole. Its leaves stay in the hash tree, so every later proof and checkpoint still holds, and
a signed tombstone names them. Source of the times: law.md §8 (at least six months; five years here).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from registry import clock
from registry.audit import records
from registry.audit.models import LogRecord, SealRow, TombstoneRow
from registry.audit.sealing import latest, tiles
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.audit.tree.tiles import leaves
from registry.audit.verification import TOMBSTONE
from registry.db import transaction
from registry.errors import Conflict
from registry.law.terms import years_later
from registry.text import Text
from registry.vault.signatures import Signer

KEPT_YEARS = 5
MONTHS_AHEAD = 3


def add_months() -> None:
    """Have a place ready for the records of this month and the next ones (PostgreSQL). Idempotent."""
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            month = clock.today().replace(day=1)
            for _ in range(MONTHS_AHEAD):
                session.execute(text("SELECT log_add_month(:month)"), {"month": month})
                month = _following(month)


def retire(actor: Actor, log: Log, signer: Callable[[], Signer], years: int = KEPT_YEARS) -> list[str]:
    """Delete the months that ended `years` (at least one) or longer ago; which ones, as `2021-10`.

    On PostgreSQL only the owner of the tables can. Raises Conflict (`not-sealed-yet`), Unavailable.
    """
    if years < 1:
        raise ValueError("records are kept for a year at least")
    retired = []
    with transaction() as session:
        for month in _months_over(session, years):
            begins, ends = _instants(month)
            count = session.scalar(select(func.count()).where(LogRecord.at >= begins, LogRecord.at < ends))
            if not count:
                continue
            name = f"{month:%Y-%m}"
            said = {"month": name, "leaves": _leaves(session, begins, ends), "at": clock.now().isoformat()}
            statement = signer().sign(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), TOMBSTONE)
            session.add(TombstoneRow(month=name, statement=statement))
            _drop(session, month)
            log.write(session, Entry(Tag.LOG_RETIRED, actor, facts={"month": name, "records": count}))
            retired.append(name)
    return retired


def _months_over(session: Session, years: int) -> Iterator[date]:
    first = session.scalar(select(func.min(LogRecord.at)))
    if first is None:
        return
    month = clock.beijing_day(first).replace(day=1)
    while years_later(_following(month), years) <= clock.today():
        yield month
        month = _following(month)


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _instants(month: date) -> tuple[datetime, datetime]:
    return clock.midnight(month), clock.midnight(_following(month))


def _leaves(session: Session, begins: datetime, ends: datetime) -> list[list[int]]:
    """The leaves of the records between two instants, as [first, last] of each run."""
    rows = session.execute(
        select(LogRecord.position, LogRecord.digest)
        .where(LogRecord.at >= begins, LogRecord.at < ends)
        .order_by(LogRecord.position)
    )
    newest = latest(session)
    runs: list[list[int]] = []
    sealed: Iterator[tuple[int, bytes]] = iter(())
    for row in rows:
        if newest is None or row.position > newest.last_position:
            raise Conflict(
                "not-sealed-yet",
                Text("有记录尚未封存，请稍候再试。", "Some records are not sealed yet; try again shortly."),
            )
        if not runs:
            sealed_before = select(func.max(SealRow.size)).where(SealRow.last_position < row.position)
            sealed = leaves(session.scalar(sealed_before) or 0, newest.size, tiles(session))
        wanted = records.leaf(row.position, row.digest)
        place = next((place for place, leaf in sealed if leaf == wanted), None)
        if place is None:
            raise Conflict(
                "log-altered",
                Text(
                    "记录与封存时不一致，不能删除；请先运行 audit verify。",
                    "A record is not what was sealed, so nothing is deleted; run audit verify first.",
                ),
            )
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return runs


def _drop(session: Session, month: date) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT log_drop_month(:month)"), {"month": month})
        return
    guard = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'log_no_delete'"))
    begins, ends = _instants(month)
    session.execute(text("DROP TRIGGER log_no_delete"))
    session.execute(delete(LogRecord).where(LogRecord.at >= begins, LogRecord.at < ends))
    session.execute(text(guard or ""))
