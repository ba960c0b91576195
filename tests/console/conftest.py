"""Clients that ask from outside, as every real one does."""

from pathlib import Path

import pytest
from flask import Flask

from tests.api.conftest import Outside


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Outside
    return app


@pytest.fixture
def embedded(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an embedded database, for what depends on no kind of database."""
    copy = tmp_path / "registry.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"
