"""Sealing: every few seconds the new records go into the hash tree, and its root is signed.

From then on nobody can change, drop, add or reorder a record unnoticed, not even who owns the database:
signed checkpoints lie with the partners. The seconds before are covered by the receipts.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from registry import clock
from registry.audit import checkpoints, records
from registry.audit.models import LogRecord, SealRow, TileRow
from registry.audit.tree.tiles import appended, consistency, root
from registry.db import inserting, reading, transaction
from registry.errors import NotFound, invalid_field
from registry.text import Text
from registry.vault.signatures import Signer

MOST = 50_000
"""Records of one seal."""

_LOCK = 0x1065EA1  # any number that means the same to all sealers of a database


class Sealer:
    """Seals what is new. Any number of processes may: they take turns."""

    def __init__(self, signer: Callable[[], Signer], origin: Callable[[], str]) -> None:
        self._signer, self._origin = signer, origin
        self._expected: list[tuple[int, int]] = []
        self._settled = 0

    def seal(self) -> int:
        """How many records were sealed. Raises Unavailable, also where keys cannot sign."""
        sealed = 0
        while part := self._seal_part():
            sealed += part
        return sealed

    def checkpoint(self) -> str:
        """The newest signed checkpoint, as text. Raises NotFound before the first one."""
        with reading() as session:
            seal = latest(session)
            if seal is None:
                raise NotFound(
                    "not-sealed-yet",
                    Text("日志尚未封存，请稍候几秒。", "Nothing is sealed yet; try again in a few seconds."),
                )
            return seal.checkpoint

    def consistency(self, old: int, new: int) -> list[str]:
        """The proof that the log of `new` records continues that of `old`, hashes in hex. Raises Invalid."""
        with reading() as session:
            newest = latest(session)
            if newest is None or not 0 < old <= new <= newest.size:
                raise invalid_field(
                    "invalid-input",
                    Text(
                        "须 0 < old ≤ new ≤ 最新检查点的记录数。",
                        "It needs 0 < old ≤ new ≤ the size in the latest checkpoint.",
                    ),
                )
            return [each.hex() for each in consistency(old, new, tiles(session))]

    def oldest_unsealed(self) -> datetime | None:
        """Since when a record waits to be sealed; `None` when none does."""
        with reading() as session:
            seal = latest(session)
            waiting = select(LogRecord.at).where(LogRecord.position > (seal.last_position if seal else 0))
            return session.scalar(waiting.order_by(LogRecord.position).limit(1))

    def _seal_part(self) -> int:
        with transaction() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            last = latest(session)
            size, done = (last.size, last.last_position) if last else (0, 0)
            rows = session.execute(
                select(LogRecord.position, LogRecord.digest)
                .where(LogRecord.position > done, LogRecord.position <= self._settled_position(session))
                .order_by(LogRecord.position)
                .limit(MOST)
            ).all()
            if not rows:
                return 0
            leaves = [records.leaf(row.position, row.digest) for row in rows]
            changed = appended(size, tiles(session), leaves)
            _write_tiles(session, changed)
            size += len(rows)
            signer, now = self._signer(), clock.now()
            session.add(
                SealRow(
                    size=size,
                    last_position=rows[-1].position,
                    sealed_at=now,
                    checkpoint=checkpoints.make(
                        self._origin(),
                        size,
                        root(size, tiles(session, changed)),
                        now,
                        sign=signer.sign_raw,
                        public=signer.public,
                    ),
                )
            )
        return len(rows)

    def _settled_position(self, session: Session) -> int:
        """The last position below which no record can still appear.

        A transaction has its number before its records have positions (see the migration). So once all that
        ran when the positions were counted are over, nobody holds one of those any more.
        """
        if session.get_bind().dialect.name == "sqlite":  # one writer at a time, and that is this one
            return 1 << 62
        issued = session.scalar(text("SELECT last_value FROM log_position"))
        oldest, following = session.execute(
            text(
                "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint "
                "FROM pg_current_snapshot() AS now"
            )
        ).one()
        self._expected.append((following, issued or 0))
        while self._expected and self._expected[0][0] <= oldest:
            self._settled = self._expected.pop(0)[1]
        return self._settled


def latest(session: Session) -> SealRow | None:
    """The newest seal."""
    return session.scalars(select(SealRow).order_by(SealRow.size.desc()).limit(1)).first()


def tiles(
    session: Session, changed: dict[tuple[int, int], bytes] | None = None
) -> Callable[[int, int], bytes]:
    """What reads the tiles of the tree, `changed` ones first."""
    fresh = changed or {}

    def read(level: int, number: int) -> bytes:
        if (level, number) in fresh:
            return fresh[level, number]
        wanted = select(TileRow.hashes).where(TileRow.level == level, TileRow.number == number)
        return session.scalar(wanted) or b""

    return read


def _write_tiles(session: Session, changed: dict[tuple[int, int], bytes]) -> None:
    statement = inserting(session, TileRow)
    statement = statement.on_conflict_do_update(
        index_elements=[TileRow.level, TileRow.number], set_={"hashes": statement.excluded.hashes}
    )
    session.connection().execute(
        statement,
        [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in changed.items()],
    )
