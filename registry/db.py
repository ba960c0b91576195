"""The database: one session, one `transaction()`, the same on embedded SQLite and on PostgreSQL.

Everything that changes something runs inside `transaction()`, everything that only reads inside
`reading()`. Both turn a database that cannot answer into `Unavailable`, so that no caller can
mistake silence for «no record».
"""

import fcntl
import os
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Select,
    SQLColumnExpression,
    Table,
    TypeDecorator,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as psycopg_dialect
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


class _GuardedSession(BoundSession):
    """A session that flushes only inside `transaction()`: what is changed elsewhere is a mistake."""

    def flush(self, objects: Any = None) -> None:
        """Raises RuntimeError for changes made while only reading."""
        if "writes" not in self.info and (self.new or self.dirty or self.deleted):
            raise RuntimeError("something was changed outside transaction()")
        super().flush(objects)


Among = Callable[[SQLColumnExpression[bytes], str], ColumnElement[bool]]
"""How a statement says that a column of binary values is among those of a parameter."""


class Statement:
    """A query of the hot path, compiled once for PostgreSQL and run there past SQLAlchemy.

    `build` gets the `Among` of the database at hand; a parameter of it is a list of bytes, however long.
    """

    def __init__(self, build: Callable[[Among], Select[Any]]) -> None:
        self.core = build(lambda column, name: column.in_(bindparam(name, expanding=True)))
        compiled = build(lambda column, name: column == any_(bindparam(name, None, _BINARIES))).compile(
            dialect=_POSTGRES, compile_kwargs={"render_postcompile": True}
        )
        self.postgres = str(compiled)
        self.fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self.row = namedtuple("Row", [column.key for column in self.core.selected_columns])  # type: ignore[misc]


class Addition:
    """Rows added to a table whose column `numbered` tells their order.

    PostgreSQL numbers them itself; there all go in one statement and travel as one JSON text. SQLite has
    one writer at a time, who counts on from the last.
    """

    def __init__(self, table: Table, numbered: str) -> None:
        self.core = insert(table)
        self.numbered = numbered
        self.last = select(func.coalesce(func.max(table.c[numbered]), 0))
        given = [column for column in table.columns if column.name != numbered]
        names = ", ".join(column.name for column in given)
        typed = ", ".join(f"{column.name} {column.type.compile(_POSTGRES)}" for column in given)
        self.postgres = (
            f"INSERT INTO {table.name} ({names}) "
            f"SELECT {names} FROM json_to_recordset(%(rows)s::json) AS row ({typed})"  # nosec B608: our own names
        )


class Line:
    """A way to the database for the hot path: each statement by itself on PostgreSQL, durable on return."""

    # A connection of SQLAlchemy for SQLite, the driver's own for PostgreSQL; `prepare` runs before it finds.
    def __init__(self, connection: Connection | psycopg.Connection[Any], prepare: str = "") -> None:
        self._connection, self._prepare = connection, prepare

    @classmethod
    def over(cls, connection: Connection) -> "Line":
        """A `Line` inside the transaction of an open connection, which plans by index once it has found."""
        if connection.dialect.name == "sqlite":
            return cls(connection)
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        return cls(driver, prepare="; ".join(f"SET LOCAL {setting}" for setting in PLANS_BY_INDEX))

    def find(self, statement: Statement, parameters: Mapping[str, list[bytes]]) -> Sequence[Any]:
        """The rows, with their columns as attributes."""
        if isinstance(self._connection, Connection):
            return self._connection.execute(statement.core, parameters).all()
        if self._prepare:
            self._connection.execute(self._prepare)
            self._prepare = ""
        given = {name: _array(values) for name, values in parameters.items()}
        cursor = self._connection.execute(statement.postgres, statement.fixed | given)
        # The driver's own named rows would look at the columns anew each time.
        return [statement.row(*values) for values in cursor.fetchall()]

    def add(self, addition: Addition, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add `rows`, all or none."""
        if isinstance(self._connection, Connection):
            last = self._connection.execute(addition.last).scalar_one()
            self._connection.execute(
                addition.core, [{**row, addition.numbered: last + n} for n, row in enumerate(rows, 1)]
            )
        else:
            self._connection.execute(addition.postgres, {"rows": orjson.dumps(rows, _hexadecimal).decode()})


_POSTGRES = psycopg_dialect()  # type: ignore[no-untyped-call]
_BINARIES: ARRAY[bytes] = ARRAY(LargeBinary)


def _array(values: list[bytes]) -> str:
    """As PostgreSQL reads an array of `bytea`; the driver would take twenty times as long."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def _hexadecimal(value: bytes) -> str:
    return f"\\x{value.hex()}"


_database = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": _GuardedSession, "expire_on_commit": False}
)


def connect(app: Flask, url: str, pool_size: int = 16) -> None:
    """Give `app` its database. No connection is opened yet, so that workers may fork first."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options: dict[str, Any] = {"hide_parameters": True}  # parameters in an error would put tokens into a log
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        options["connect_args"] = {"timeout": PATIENCE_SECONDS}
    else:
        options |= {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 5}
        options["connect_args"] = {
            "connect_timeout": 3,
            "tcp_user_timeout": PATIENCE_SECONDS * 1000,
            "keepalives_idle": PATIENCE_SECONDS,
            "options": f"-c timezone=UTC -c statement_timeout=60s -c lock_timeout={PATIENCE_SECONDS}s",
        }
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    _database.init_app(app)
    app.extensions["registry.swift"] = []
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
def _answering() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError):
        raise
    except (DBAPIError, psycopg.Error, PoolTimeout, OSError) as trouble:
        raise DatabaseSilent(unmigrated=_lacks_tables(trouble)) from trouble


def _lacks_tables(trouble: Exception) -> bool:
    cause = str(getattr(trouble, "orig", trouble))
    return "no such table" in cause or ("relation" in cause and "does not exist" in cause)


def _forget(session: Session) -> None:
    """Begin with what the database says: no snapshot and no object of an earlier transaction."""
    session.rollback()
    session.expunge_all()


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading only; inside a `transaction()` it is that one's. Raises Unavailable."""
    session = _database.session()
    with _answering():
        if "writes" in session.info:
            yield session
            return
        _forget(session)
        if _database.engine.dialect.name == "postgresql":
            # Saves BEGIN and ROLLBACK, two round trips; a read that needs one snapshot is one statement.
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        try:
            yield session
        finally:
            session.rollback()


def inserting(session: Session, table: type[Base]) -> Any:
    """An INSERT that knows `on_conflict_do_update`, which both databases have in the same words."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def in_transaction() -> bool:
    """Whether this thread is inside `transaction()`."""
    return _database.session.registry.has() and "writes" in _database.session().info


@contextmanager
def line(writes: bool) -> Iterator[Line]:
    """A `Line`, inside the running `transaction()` if there is one. Raises Unavailable.

    On SQLite it is a transaction of its own: there is one writer at a time whatever we do.
    """
    if _database.engine.dialect.name != "postgresql":
        with transaction() if writes else reading() as own:
            yield Line(own.connection())
        return
    with _answering():
        if in_transaction():
            yield Line.over(_database.session().connection())
            return
        swift = _swift_engine()
        checked_out = swift.raw_connection()
        try:
            yield Line(cast("psycopg.Connection[Any]", checked_out.driver_connection))
        except psycopg.OperationalError:
            checked_out.invalidate()
            swift.dispose()  # the others of the pool are dead too
            raise
        finally:
            checked_out.close()


# On the hot path every table is entered by an index, in the order in which a statement names them. Left to
# its statistics, which are missing on a fresh table and lag behind an import, the planner would now and then
# read whole tables.
PLANS_BY_INDEX = (
    "join_collapse_limit=1",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
    "enable_seqscan=off",
    "enable_material=off",
    "plan_cache_mode=force_generic_plan",
    "jit=off",
)


def _swift_engine() -> Engine:
    """The pool for `line`, in which every statement commits by itself."""
    engines = current_app.extensions["registry.swift"]
    if not engines:
        options = current_app.config["SQLALCHEMY_ENGINE_OPTIONS"]
        url = current_app.config["SQLALCHEMY_DATABASE_URI"]
        with _swift_turn:
            if not engines:
                options = dict(options)
                options["connect_args"] = dict(options["connect_args"])
                options["connect_args"]["options"] += "".join(f" -c {setting}" for setting in PLANS_BY_INDEX)
                # Nothing is left open on such a connection, so there is nothing to roll back on its return.
                engines.append(
                    create_engine(
                        url,
                        isolation_level="AUTOCOMMIT",
                        pool_reset_on_return=None,
                        pool_use_lifo=True,
                        **options,
                    )
                )
    return cast(Engine, engines[0])


_swift_turn = threading.Lock()


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
