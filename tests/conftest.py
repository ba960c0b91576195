"""A database of each kind, an app on it, a clock that stands, and a small world of people who act."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import argon2
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from registry import clock, migrating
from registry.access import passwords
from registry.app import create_app
from registry.config import Config
from registry.db import Base
from registry.vault.keyring import KeyRing
from tests.support import postgres
from tests.support.world import World

BACKENDS = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    postgres.start_session(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    postgres.stop_session()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's chromium; as root it has no sandbox."""
    chromium = Path("/usr/bin/chromium")
    assert chromium.exists(), f"{chromium} is not there; tests/support/prepare.sh installs it"
    return {"executable_path": str(chromium), "args": ["--no-sandbox"]}


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Signing in must be slow for whoever guesses, and need not be in a test."""
    real, passwords._HASHER = passwords._HASHER, argon2.PasswordHasher(time_cost=1, memory_cost=64)
    passwords._nobodys.cache_clear()
    yield
    passwords._HASHER = real
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    KeyRing.create(path, "intl")
    return path


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "registry.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    migrating.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.database(postgres.start().url) as url:
        engine = create_engine(url)
        migrating.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "registry.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = ", ".join(f'"{table}"' for table in Base.metadata.tables)
        connection.execute(text("SET session_replication_role = replica"))  # the log guards itself
        connection.execute(text(f"TRUNCATE {tables}"))
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.execute(text("INSERT INTO register_state (id, list_version) VALUES (1, 0)"))
    engine.dispose()
    return url


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    return Config(database_url=database_url, keys=keys, spool=tmp_path / "spool")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    application = create_app(config)
    with application.app_context():
        yield application
        from registry.db import engine

        engine().dispose()


class StandingClock:
    """A clock that stands until it is set; days are Beijing days."""

    def __init__(self) -> None:
        self.set("2026-11-22T12:00:00")

    def set(self, beijing: str) -> None:
        self._now = datetime.fromisoformat(beijing).replace(tzinfo=clock.BEIJING).astimezone(UTC)

    def day(self, day: str) -> None:
        self.set(f"{day}T12:00:00")

    def __call__(self) -> datetime:
        return self._now


@pytest.fixture
def standing_clock() -> Iterator[StandingClock]:
    source = StandingClock()
    clock.set_source(source)
    yield source
    clock.set_source(None)


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)
