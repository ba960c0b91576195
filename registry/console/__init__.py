"""The face for people who sign in: pages made on the server, that work without scripts where they can."""

from flask import Flask

from registry.console import (
    account,
    accounts,
    checks,
    evidence,
    guide,
    home,
    law,
    log,
    partner_users,
    rescreens,
    signing_in,
    system,
)
from registry.console.pages import blueprint

SECTIONS = (
    signing_in,
    guide,
    home,
    checks,
    partner_users,
    rescreens,
    accounts,
    log,
    evidence,
    system,
    account,
    law,
)
"""Each adds its routes to the blueprint when it is imported."""


def register(app: Flask) -> None:
    """Add this face to `app`."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "front", guide.front)
