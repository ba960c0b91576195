"""One view of the list for a whole attempt, and the document tokens that are in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Connection, Select, String, cast, func, or_, select
from sqlalchemy.exc import DBAPIError

from registry.access.models import RegisterState
from registry.db import DatabaseSilent, engine
from registry.designations.models import ListChangeRow, SanctionRow
from registry.rescreens.pipeline import Listed
from registry.subjects.models import DocumentRow
from registry.subjects.service import chunks

_HEAD = 8
_PART = 1 << 16
_COPIED = 2 + 4 + _HEAD  # a row of COPY BINARY: number of fields, length of the field, the field
_PREAMBLE, _TRAILER = 19, 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register as it stood at one instant, whatever happens to it meanwhile."""

    connection: Connection
    list_version: int


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """A transaction that only reads and sees one version of the list to its end. Raises Unavailable."""
    try:
        with engine().connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # The first question fixes what the transaction sees.
            version = connection.execute(select(RegisterState.list_version)).scalar_one()
            try:
                yield Snapshot(connection, version)
            finally:
                connection.rollback()
    except (DBAPIError, psycopg.Error) as trouble:
        raise DatabaseSilent from trouble


def listed(view: Snapshot) -> Listed:
    """Every document of the register; those of mere drafts are weeded out by the exact look-up."""
    count = view.connection.execute(select(func.count()).select_from(DocumentRow)).scalar_one()
    heads = np.empty(count, np.uint64)
    at = 0
    for part in _heads(view.connection):
        heads[at : at + len(part)] = part
        at += len(part)
    return Listed(heads[:at])


def changed(view: Snapshot, version: int, earlier: date, today: date) -> Listed:
    """The documents about which a check may be answered otherwise than under `version` on the day `earlier`.

    Not for days between which the law itself changes.
    """
    begun = SanctionRow.starts_on.between(earlier, today) & (SanctionRow.starts_on > earlier)
    over = SanctionRow.ends_on.between(earlier, today) & (SanctionRow.ends_on < today)
    edges = select(SanctionRow.subject_id).where(or_(begun, over))
    acts = select(ListChangeRow.subject_id).where(ListChangeRow.version > version)
    wanted = or_(DocumentRow.subject_id.in_(acts), DocumentRow.subject_id.in_(edges))
    tokens = set(_tokens(view.connection, select(DocumentRow.token).where(wanted)))
    for part in chunks(sorted(_with_measures_over(view.connection, earlier, today))):
        own = select(DocumentRow.token).where(DocumentRow.subject_id.in_(part))
        tokens |= set(_tokens(view.connection, own))
    heads = np.frombuffer(b"".join(token[:_HEAD] for token in tokens), ">u8")
    return Listed(heads.astype(np.uint64))


def _with_measures_over(connection: Connection, earlier: date, today: date) -> set[str]:
    """Subjects of sanctions with a measure whose own term ended in these days."""
    # In the JSON of the measures only a term of its own is written with hyphens.
    own_terms = cast(SanctionRow.measures, String).like('%"____-__-__"%')
    rows = connection.execute(
        select(SanctionRow.subject_id, SanctionRow.measures).where(SanctionRow.ends_on >= earlier, own_terms),
        execution_options={"yield_per": _PART},
    )
    return {
        row.subject_id
        for row in rows
        if any(ends_on and earlier <= date.fromisoformat(ends_on) < today for _, ends_on in row.measures)
    }


def _tokens(connection: Connection, statement: Select[bytes]) -> Iterator[bytes]:
    yield from connection.execute(statement, execution_options={"yield_per": _PART}).scalars()


def _heads(connection: Connection) -> Iterator[Any]:
    """The first bytes of all document tokens, a part at a time, never as objects all at once."""
    if connection.dialect.name != "postgresql":
        rows = connection.exec_driver_sql(
            f"SELECT substr(token, 1, {_HEAD}) FROM subject_documents",  # nosec B608: no value from outside
            execution_options={"yield_per": _PART},
        )
        for part in rows.partitions():
            yield np.frombuffer(b"".join([row[0] for row in part]), ">u8")
        return
    driver: Any = connection.connection.driver_connection
    heads = f"SELECT substring(token FROM 1 FOR {_HEAD}) FROM subject_documents"  # nosec B608: as above
    with driver.cursor() as cursor, cursor.copy(f"COPY ({heads}) TO STDOUT (FORMAT BINARY)") as rows:
        gathered = bytearray()
        cut = _PREAMBLE
        for row in rows:
            gathered += row
            if len(gathered) >= _COPIED * _PART + cut:
                whole = (len(gathered) - cut) // _COPIED * _COPIED
                yield _fields(bytes(gathered[cut : cut + whole]))
                del gathered[: cut + whole]
                cut = 0
        yield _fields(bytes(gathered[cut:-_TRAILER]))


def _fields(rows: bytes) -> Any:
    return np.frombuffer(rows, np.uint8).reshape(-1, _COPIED)[:, -_HEAD:].copy().view(">u8")[:, 0]
