"""Clients that ask from outside, as every real one does."""

import contextvars
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


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
