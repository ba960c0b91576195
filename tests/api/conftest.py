"""Clients that ask from outside, as every real one does."""

import contextvars
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.app import create_app
from registry.config import Config
from tests.support.world import World


class Outside(FlaskClient):
    """Asks in a context of its own.

    The fixture `app` holds an application context open for the services; Flask would reuse it, and
    `g` with the caller of the last request would reach the next one.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Outside
    return app


@pytest.fixture(scope="module")
def steady_world(
    sqlite_template: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world on SQLite that the tests of one file share, for those that do not mind each other."""
    path = tmp_path_factory.mktemp("steady") / "registry.sqlite3"
    shutil.copy(sqlite_template, path)
    application = create_app(Config(database_url=f"sqlite:///{path}", keys=keys))
    application.test_client_class = Outside
    with application.app_context():
        yield World(application)
