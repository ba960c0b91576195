"""The JSON face under `/v1`, with its description, health and metrics."""

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, NotFound

from registry.api import (
    accounts,
    checks,
    designation_imports,
    designations,
    docs,
    health,
    observability,
    problems,
)
from registry.services import Services

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def register(app: Flask, services: Services) -> None:
    """Add this face to `app`."""
    app.config["MAX_CONTENT_LENGTH"] = designation_imports.MAX_UPLOAD
    app.url_map.merge_slashes = False  # a redirect would answer in HTML
    observability.configure_logging()
    observability.install(app)
    problems.install(app)
    api = docs.describe(app)
    for blueprint in (
        checks.blueprint,
        designations.blueprint,
        designation_imports.blueprint,
        accounts.blueprint,
        health.blueprint,
        docs.description,
    ):
        api.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(health.scrape)

    @app.before_request
    def _refuse_nul() -> None:
        # A database that cannot store NUL would make a 500 of it.
        if "\0" in request.path:
            raise NotFound
        try:
            if any("\0" in value for _, value in request.args.items(multi=True)):
                raise BadRequest
        except UnicodeDecodeError as fault:
            raise BadRequest from fault

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Content-Security-Policy"] = _PAGE_POLICY
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response
