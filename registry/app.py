"""`create_app`: settings in, a Flask app with all its faces out. The only place that knows the faces."""

from contextlib import suppress

from flask import Flask

from registry import api, cli, db
from registry.config import Config
from registry.db import DatabaseSilent
from registry.services import Services
from registry.vault.keyring import KeyRingMissing

EXTENSION = "registry"


def create_app(config: Config) -> Flask:
    """The application.

    Raises ConfigError, LawFault; and KeyRingRefused or ForeignKeys when the key ring is there and is
    not the one for this database. A database or a ring that is merely missing does not stop the
    start: every question is then answered with 503 until it is back.
    """
    app = Flask("registry", static_folder=None)
    db.connect(app, config.database_url)
    services = Services.build(config)
    app.extensions[EXTENSION] = services
    api.register(app, services)
    cli.register(app, services)
    with app.app_context():
        with suppress(DatabaseSilent, KeyRingMissing):
            services.keys.vault()
        db.engine().dispose()  # workers fork after this; each opens its own connections
    return app
