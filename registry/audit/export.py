"""The log as lines that can be carried away and verified elsewhere (see `verification`).

First the log's name, then what is left of deleted months; then for each seal its checkpoint with the
hashes of its leaves, followed by its records; at the end the records that no seal covers yet.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from registry.audit import records
from registry.audit.models import LogRecord, SealRow, TombstoneRow
from registry.audit.sealing import tiles
from registry.audit.tree.tiles import leaves
from registry.db import reading

_PAGE = 1000


def lines(origin: str, size: int = 0, position: int = 0) -> Iterator[dict[str, Any]]:
    """One object a line. What is written meanwhile may or may not be in it. Raises Unavailable.

    From the seal on that follows the one of the tree of `size` leaves, whose last record is at `position`.
    """
    yield {"log": origin}
    with reading() as session:
        for tombstone in session.scalars(select(TombstoneRow).order_by(TombstoneRow.month)):
            yield {"tombstone": tombstone.statement}
    while seal := _after(size):
        yield {
            "seal": seal.checkpoint,
            "last_position": seal.last_position,
            "leaves": _leaves(size, seal.size),
        }
        yield from _records(position, seal.last_position)
        size, position = seal.size, seal.last_position
    yield from _records(position, None)


def _after(size: int) -> Any:
    """The next seal, without what binds it to a session."""
    columns = select(SealRow.size, SealRow.last_position, SealRow.checkpoint)
    with reading() as session:
        return session.execute(columns.where(SealRow.size > size).order_by(SealRow.size).limit(1)).first()


def _leaves(start: int, end: int) -> str:
    """The hashes of the leaves `start` … `end` - 1, in hex; cut short where the tiles are."""
    with reading() as session:
        return b"".join(leaf for _, leaf in leaves(start, end, tiles(session))).hex()


def _records(after: int, until: int | None) -> Iterator[dict[str, Any]]:
    page = select(LogRecord.__table__).order_by(LogRecord.position).limit(_PAGE)
    if until is not None:
        page = page.where(LogRecord.position <= until)
    while True:
        with reading() as session:
            rows = session.execute(page.where(LogRecord.position > after)).mappings().all()
        for row in rows:
            yield {
                "record": records.columns(dict(row)),
                "position": row["position"],
                "digest": row["digest"].hex(),
            }
        if len(rows) < _PAGE:
            return
        after = rows[-1]["position"]
