"""The face for people who sign in: pages made on the server, that work without scripts where they can."""

from flask import Flask

from registry.console import accounts, checks, evidence, home, law, log, partner_users, rescreens, signing_in
from registry.console.pages import blueprint

SECTIONS = (signing_in, home, checks, partner_users, rescreens, accounts, log, evidence, law)
"""Each adds its routes to the blueprint when it is imported."""


def register(app: Flask) -> None:
    """Add this face to `app`."""
    app.register_blueprint(blueprint)
