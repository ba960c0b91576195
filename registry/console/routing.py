"""One decorator for a route of the console: who may, and that what changes something comes from our own page.

It is the only way to add a route, so none can escape the table of permissions.
"""

import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, request

from registry.access.bearers import require
from registry.access.rules import Permission, permits
from registry.api.forms import MAX_FORM, read_form
from registry.api.operation import services
from registry.console import cookies, uploads
from registry.console.pages import blueprint
from registry.console.uploads import Upload
from registry.errors import Forbidden
from registry.text import Text

PERMISSIONS: dict[str, Permission | None] = {}
"""Endpoint → permission; `None` for the few that open to whoever has not signed in. Filled by `route`."""

_SAFE = frozenset({"GET"})
_AROUND = 64 << 10  # bytes of a form beside a file
_MOST_FIELDS = 300  # a designation with all its items


def route(
    method: str,
    path: str,
    permission: Permission | None,
    *,
    max_upload: int | None = None,
    streamed: bool = False,
    in_use: bool = True,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Register a view as `console.<its name>`, for whoever is signed in and has `permission`.

    What is not asked with GET must carry the form's token; its fields are `fields()`. `max_upload`: bytes of
    the file that comes in `request.files`, where one may; a `streamed` one is `upload()`, read as it comes.
    A page that a script asks for again and again, with nobody there, is not `in_use`: the session may end.
    """

    def register(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def entry(**path_values: Any) -> Response:
            request.max_content_length = max_upload + _AROUND if max_upload else MAX_FORM
            if permission is not None:
                g.signed_in = services().sessions.find(cookies.secret(), in_use=in_use)
                g.caller = g.signed_in.caller
            if method not in _SAFE:
                if streamed and request.mimetype == uploads.MULTIPART:
                    g.fields, g.upload = uploads.read()
                else:
                    g.fields = _files_form() if max_upload and not streamed else read_form(_MOST_FIELDS)
                _require_own_page()
            if permission is not None:
                require(g.caller, permission)
            return view(**path_values)

        blueprint.add_url_rule(path, view.__name__, entry, methods=[method])
        PERMISSIONS[f"{blueprint.name}.{view.__name__}"] = permission
        return entry

    return register


def may(permission: Permission) -> bool:
    """Whether whoever is signed in has it."""
    return permits(g.caller.roles, permission)


def fields() -> Mapping[str, str]:
    """What was typed, trimmed, by the name of the field."""
    typed: Mapping[str, str] = g.fields
    return typed


def upload() -> Upload | None:
    """The file that was sent along, on a route where it is `streamed`; none where none was chosen."""
    sent: Upload | None = g.get("upload")
    return sent


def _files_form() -> dict[str, str]:
    return {name: value.replace("\r\n", "\n").strip() for name, value in request.form.items()}


def _require_own_page() -> None:
    """Raises Forbidden (`form-outdated`) unless a page of this session sent the form."""
    sent = g.fields.pop("csrf", "")
    right = hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), cookies.form_token().encode())
    if not right or not _is_own_origin():
        raise Forbidden(
            "form-outdated",
            Text(
                "此表单不是由当前会话打开的，请刷新页面后重新提交。",
                "This form was not opened in the present session. Reload the page and send it again.",
            ),
        )


def _is_own_origin() -> bool:
    """What the browser itself says of where the form came from; some say nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        return False
    own = {request.host, urlsplit(services().config.public_url).netloc}
    return origin is None or urlsplit(origin).netloc in own
