"""`create_app`: settings in, a Flask app with all its faces out. The only place that knows the faces."""

import io
from collections.abc import Callable
from typing import IO, Any

import flask
from flask import Flask

from registry import api, cli, console, db, public
from registry.access.keys import ForeignKeys
from registry.config import Config, ConfigError
from registry.db import DatabaseSilent
from registry.services import Services
from registry.vault.keyring import KeyRingMissing, KeyRingRefused

EXTENSION = "registry"


class Request(flask.Request):
    """A request whose uploads stay in memory: a list of people must not lie in a temporary file."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


class App(Flask):
    """Flask for plain views."""

    request_class = Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: no view here is a coroutine, and asking each one each time costs."""
        return func


def create_app(config: Config) -> Flask:
    """The application.

    Raises LawFault, and ConfigError when the mask hides too little or the key ring is unusable or not the
    one for this database. A database or a ring that is merely missing does not stop the start: every
    question is then answered with 503 until it is back.
    """
    app = App("registry", static_folder=None)
    db.connect(app, config.database_url)
    services = Services.build(config)
    app.extensions[EXTENSION] = services
    api.register(app, services)
    public.register(app)
    console.register(app)
    cli.register(app, services)
    with app.app_context():
        try:
            services.keys.vault()
        except (KeyRingRefused, ForeignKeys) as refused:
            raise ConfigError(f"{refused.sentence.en} {refused.sentence.zh}") from refused
        except (DatabaseSilent, KeyRingMissing):
            pass
        db.engine().dispose()  # workers fork after this; each opens its own connections
    return app
