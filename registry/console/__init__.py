"""The face for people who sign in: pages made on the server, that work without scripts where they can."""

from flask import Flask

from registry.console import (
    account,
    appeal_intake,
    appeals,
    checks,
    designation,
    designation_imports,
    designations,
    evidence,
    exposures,
    guide,
    home,
    information,
    law,
    log,
    officers,
    partner_users,
    partners,
    rescreens,
    signing_in,
    signing_keys,
    statistics,
    submissions,
    system,
    work,
)
from registry.console.pages import blueprint

SECTIONS = (
    signing_in,
    guide,
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
    rescreens,
    officers,
    partners,
    signing_keys,
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
