"""The hot path: a few statements, written once, that go past SQLAlchemy to PostgreSQL."""

import threading
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import orjson
import psycopg
from flask import current_app
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    SQLColumnExpression,
    Table,
    any_,
    bindparam,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as psycopg_dialect

from registry.db.connection import database
from registry.db.transactions import answering, in_transaction, reading, transaction

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


@contextmanager
def line(writes: bool) -> Iterator[Line]:
    """A `Line`, inside the running `transaction()` if there is one. Raises Unavailable.

    On SQLite it is a transaction of its own: there is one writer at a time whatever we do.
    """
    if database.engine.dialect.name != "postgresql":
        with transaction() if writes else reading() as own:
            yield Line(own.connection())
        return
    with answering():
        if in_transaction():
            yield Line.over(database.session().connection())
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
