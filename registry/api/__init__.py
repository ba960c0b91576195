"""The JSON face under `/v1`, with its description, health and metrics."""

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, NotFound

from registry.api import (
    accounts,
    appeal_submissions,
    appeals,
    calendar_years,
    checks,
    designation_changes,
    designation_imports,
    designations,
    docs,
    evidence,
    exposure_lists,
    forwarded_appeals,
    health,
    information_requests,
    notices,
    observability,
    problems,
    rescreens,
    resolutions,
)
from registry.api.counter import REFUSAL, Counter
from registry.api.guard import ON_EVERY_ANSWER
from registry.services import Services


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
        resolutions.blueprint,
        rescreens.blueprint,
        designations.blueprint,
        designation_changes.blueprint,
        notices.blueprint,
        designation_imports.blueprint,
        exposure_lists.blueprint,
        appeals.blueprint,
        appeal_submissions.blueprint,
        forwarded_appeals.blueprint,
        information_requests.blueprint,
        accounts.blueprint,
        calendar_years.blueprint,
        evidence.blueprint,
        health.blueprint,
        docs.description,
    ):
        api.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(health.scrape)

    @app.before_request
    def _word_refusal() -> None:
        if REFUSAL in request.environ:
            raise request.environ[REFUSAL]

    @app.before_request
    def _refuse_nul() -> None:
        # A database that cannot store NUL would make a 500 of it.
        if "\0" in request.path:
            raise NotFound
        if not request.query_string:
            return
        try:
            if any("\0" in value for _, value in request.args.items(multi=True)):
                raise BadRequest
        except UnicodeDecodeError as fault:
            raise BadRequest from fault

    @app.after_request
    def _guard(response: Response) -> Response:
        for name, value in (*ON_EVERY_ANSWER, ("Cache-Control", "no-store")):
            response.headers.setdefault(name, value)  # unless a view has said otherwise
        return response

    app.wsgi_app = app.extensions["registry.counter"] = Counter(app, services)  # type: ignore[method-assign]
