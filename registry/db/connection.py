"""The way to the database: an app's engine, and the session over it."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import Engine, event

from registry.db.tables import Base

PATIENCE_SECONDS = 10  # how long a writer waits for its turn before the caller gets a 503


class _GuardedSession(BoundSession):
    """A session that flushes only inside `transaction()`: what is changed elsewhere is a mistake."""

    def flush(self, objects: Any = None) -> None:
        """Raises RuntimeError for changes made while only reading."""
        if "writes" not in self.info and (self.new or self.dirty or self.deleted):
            raise RuntimeError("something was changed outside transaction()")
        super().flush(objects)


database = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": _GuardedSession, "expire_on_commit": False}
)
"""For this package alone; everybody else has `transaction()` and `reading()`."""


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
    database.init_app(app)
    app.extensions["registry.swift"] = []
    with app.app_context():
        if url.startswith("sqlite"):
            _prepare_sqlite(database.engine)


def engine() -> Engine:
    """The engine of the current app."""
    return database.engine


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
