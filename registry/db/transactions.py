"""`transaction()` and `reading()`, in which everything happens, and what a silent database is told as."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from registry.db.connection import PATIENCE_SECONDS, database
from registry.errors import Unavailable
from registry.text import Text


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing: commits at the end, rolls back on any error; an inner one joins the outer.

    When it returns, what was written is on disk. Raises Unavailable when the database cannot take it.
    """
    session = database.session()
    if "writes" in session.info:
        yield session
        return
    with answering(), _writers_turn(database.engine):
        _forget(session)
        session.info["writes"] = True
        try:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info["writes"]


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading only; inside a `transaction()` it is that one's. Raises Unavailable."""
    session = database.session()
    with answering():
        if "writes" in session.info:
            yield session
            return
        _forget(session)
        if database.engine.dialect.name == "postgresql":
            # Saves BEGIN and ROLLBACK, two round trips; a read that needs one snapshot is one statement.
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        try:
            yield session
        finally:
            session.rollback()


def in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return database.session.registry.has() and "writes" in database.session().info


def _forget(session: Session) -> None:
    """Begin with what the database says: no snapshot and no object of an earlier transaction."""
    session.rollback()
    session.expunge_all()


_turn = threading.Lock()


@contextmanager
def _writers_turn(bound: Engine) -> Iterator[None]:
    """One SQLite writer at a time, in this process and across processes.

    SQLite's own waiting is unfair and starves writers; a file lock queues them, and the system
    drops it when a process dies.
    """
    if bound.dialect.name != "sqlite":
        yield
        return
    deadline = time.monotonic() + PATIENCE_SECONDS  # for both locks together
    if not _turn.acquire(timeout=PATIENCE_SECONDS):
        raise DatabaseSilent
    try:
        descriptor = os.open(f"{bound.url.database}.writer", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(descriptor, deadline)
            yield
        finally:
            os.close(descriptor)
    finally:
        _turn.release()


def _lock(descriptor: int, deadline: float) -> None:
    """Raises DatabaseSilent when another process keeps the lock past `deadline`."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseSilent from None
            time.sleep(0.002)
        else:
            return


class DatabaseSilent(Unavailable):
    """The database does not answer, cannot write, or (`unmigrated`) lacks its tables."""

    def __init__(self, unmigrated: bool = False) -> None:
        if unmigrated:
            sentence = Text(
                "数据库尚未建立或结构过旧，请系统管理员执行 flask --app wsgi migrate;不得视为无限制。",
                "The database lacks tables: the system administrator must run flask --app wsgi migrate. "
                "This is not a clearance.",
            )
        else:
            sentence = Text(
                "数据库暂时不可用，请稍候重试；不得视为无限制。",
                "The database cannot answer now; try again shortly. This is not a clearance.",
            )
        super().__init__("database-unavailable", sentence)


@contextmanager
def answering() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError):
        raise
    except (DBAPIError, psycopg.Error, PoolTimeout, OSError) as trouble:
        raise DatabaseSilent(unmigrated=_lacks_tables(trouble)) from trouble


def _lacks_tables(trouble: Exception) -> bool:
    cause = str(getattr(trouble, "orig", trouble))
    return "no such table" in cause or ("relation" in cause and "does not exist" in cause)
