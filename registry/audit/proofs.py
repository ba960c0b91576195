"""The proof that a record is in the sealed log."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.audit import records
from registry.audit.models import LogRecord, SealRow
from registry.audit.sealing import latest, tiles
from registry.audit.tree.tiles import Read, inclusion, leaves
from registry.errors import Conflict
from registry.text import Text


def of_record(session: Session, record_id: str) -> dict[str, Any]:
    """That a record is in the tree of the newest checkpoint, with all that is needed to recompute it.

    `columns` are hashed to the record's digest, position and digest to the leaf (see `audit.records`), leaf
    and `path` to the root in `checkpoint`. Raises Conflict (`not-sealed-yet`), and Conflict
    (`log-altered`) when the sealed tree does not have the record as it is now.
    """
    row = session.execute(select(LogRecord.__table__).where(LogRecord.id == record_id)).mappings().one()
    hashed = records.columns(dict(row))
    leaf = records.leaf(row["position"], records.digest(hashed))
    seal = session.scalars(
        select(SealRow)
        .where(SealRow.last_position >= row["position"])
        .order_by(SealRow.last_position)
        .limit(1)
    ).first()
    newest = latest(session)
    if seal is None or newest is None:
        raise Conflict(
            "not-sealed-yet",
            Text(
                "该记录尚未封存，请稍候几秒再试。",
                "The record is not sealed yet; try again in a few seconds.",
            ),
        )
    before = session.scalar(
        select(SealRow.size).where(SealRow.size < seal.size).order_by(SealRow.size.desc()).limit(1)
    )
    read = tiles(session)
    index = _place(read, leaf, before or 0, seal.size)
    return {
        "record": record_id,
        "position": row["position"],
        "columns": hashed,
        "leaf_index": index,
        "tree_size": newest.size,
        "path": [each.hex() for each in inclusion(index, newest.size, read)],
        "checkpoint": newest.checkpoint,
    }


def _place(read: Read, leaf: bytes, start: int, end: int) -> int:
    """The index of `leaf` among the leaves `start` … `end` - 1 of one seal."""
    for index, sealed in leaves(start, end, read):
        if sealed == leaf:
            return index
    raise Conflict(
        "log-altered",
        Text(
            "该记录与封存时不一致，日志可能被改动；请通知审计员。",
            "The record is not what was sealed: the log may have been altered. Tell the auditor.",
        ),
    )
