"""`/console/`: what there is to do, for whoever is signed in."""

from flask import Response, abort, g

from registry.access.rules import Permission, permits
from registry.console import navigation
from registry.console.pages import go_to, page
from registry.console.routing import route


@route("GET", "/", Permission.SELF_READ)
def home() -> Response:
    """The jobs of one's roles; whoever has one job only is taken there."""
    own = [job for job in navigation.JOBS if permits(g.caller.roles, job.permission)]
    return go_to(f"console.{own[0].endpoint}") if len(own) == 1 else page("home.html")


@route("GET", "/session", Permission.SELF_READ)
def keep_session() -> Response:
    """Going on: the request itself prolongs the session, the header `Session-Seconds` says by how much."""
    return Response(status=204)


@route("GET", "/<path:elsewhere>", Permission.SELF_READ)
def nowhere(elsewhere: str) -> Response:
    """An address that there is not, told as a page."""
    abort(404)
