"""The baseline: the least that Flask can do, served by the same gunicorn with the same settings."""

from flask import Flask, Response

app = Flask(__name__, static_folder=None)


@app.get("/noop")
def noop() -> Response:
    """A small JSON."""
    return Response('{"status":"ok"}', content_type="application/json")
