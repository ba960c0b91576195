"""The face for people who sign in: pages made on the server, that work without scripts where they can."""

from flask import Flask

from registry.console import (
    appeal_intake,
    appeals,
    checks,
    designation,
    designation_imports,
    designations,
    exposures,
    home,
    information,
    partner_users,
    signing_in,
    statistics,
    submissions,
    work,
)
from registry.console.pages import blueprint

SECTIONS = (
    signing_in,
    home,
    checks,
    partner_users,
    work,
    designations,
    designation,
    designation_imports,
    exposures,
    appeal_intake,
    appeals,
    submissions,
    information,
    statistics,
)
"""Each adds its routes to the blueprint when it is imported."""


def register(app: Flask) -> None:
    """Add this face to `app`."""
    app.register_blueprint(blueprint)
