"""The database: one session, one `transaction()`, the same on embedded SQLite and on PostgreSQL.

Everything that changes something runs inside `transaction()`, everything that only reads inside
`reading()`. Both turn a database that cannot answer into `Unavailable`, so that no caller can
mistake silence for «no record».
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from registry.errors import Unavailable
from registry.text import Text

PATIENCE_SECONDS = 10  # how long a writer waits for its turn before the caller gets a 503


class Base(DeclarativeBase):
    """Base of all models; the names of constraints are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """A UTC instant with microseconds; SQLite, which knows no zones, stores it without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time, since nobody could say later when that was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_database = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def connect(app: Flask, url: str, pool_size: int = 16) -> None:
    """Give `app` its database. No connection is opened yet, so that workers may fork first."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options: dict[str, Any] = {"hide_parameters": True}  # parameters in an error would put tokens into a log
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        options["connect_args"] = {"timeout": PATIENCE_SECONDS}
    else:
        options |= {"pool_size": pool_size, "max_overflow": 4, "pool_timeout": 5}
        options["connect_args"] = {
            "connect_timeout": 3,
            "options": f"-c timezone=UTC -c statement_timeout=60s -c lock_timeout={PATIENCE_SECONDS}s",
        }
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    _database.init_app(app)
    with app.app_context():
        if url.startswith("sqlite"):
            _prepare_sqlite(_database.engine)


def engine() -> Engine:
    """The engine of the current app."""
    return _database.engine


def _prepare_sqlite(sqlite: Engine) -> None:
    @event.listens_for(sqlite, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(sqlite, "begin")
    def _(connection: Any) -> None:
        # A transaction that reads first and writes later gets SQLITE_BUSY at once, whatever the timeout.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


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
    if not _turn.acquire(timeout=PATIENCE_SECONDS):
        raise DatabaseSilent
    try:
        descriptor = os.open(f"{bound.url.database}.writer", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
    finally:
        _turn.release()


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
def _answering() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout, OSError) as trouble:
        raise DatabaseSilent(unmigrated=_lacks_tables(trouble)) from trouble


def _lacks_tables(trouble: Exception) -> bool:
    cause = str(getattr(trouble, "orig", ""))
    return "no such table" in cause or ("relation" in cause and "does not exist" in cause)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading only; inside a `transaction()` it is that one's. Raises Unavailable."""
    session = _database.session()
    with _answering():
        if "writes" in session.info:
            yield session
            return
        session.rollback()
        if _database.engine.dialect.name == "postgresql":
            # Saves BEGIN and ROLLBACK, two round trips; a read that needs one snapshot is one statement.
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        try:
            yield session
        finally:
            session.rollback()


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing: commits at the end, rolls back on any error; an inner one joins the outer.

    When it returns, what was written is on disk. Raises Unavailable when the database cannot take it.
    """
    session = _database.session()
    if "writes" in session.info:
        yield session
        return
    with _answering(), _writers_turn(_database.engine):
        session.rollback()  # ends a snapshot that an earlier read may have left open
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
