"""A durable PostgreSQL of our own, and places on it and on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import Place, furnish
from tests.support import postgres


@pytest.fixture(scope="package")
def cluster() -> Iterator[postgres.Server]:
    with postgres.running(durable=True) as server:
        yield server


@pytest.fixture
def on_postgres(cluster: postgres.Server, tmp_path: Path) -> Iterator[Place]:
    with postgres.database(cluster.url) as url:
        yield furnish(url, tmp_path)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Place:
    return furnish(f"sqlite:///{tmp_path}/registry.sqlite3", tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue("on_sqlite" if request.param == "sqlite" else "on_postgres")
    return found
