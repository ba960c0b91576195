"""Clients that ask from outside, as every real one does."""

import pytest
from flask import Flask

from tests.api.conftest import Outside


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Outside
    return app
