"""`/console/signing-keys`: the keys that sign receipts, lists and the log."""

from datetime import datetime

from flask import Response

from registry.access.rules import Permission
from registry.api.operation import officer, services
from registry.console.pages import go_to, page
from registry.console.routing import route
from registry.console.telling import day


@route("GET", "/signing-keys", Permission.ACCOUNT_MANAGE)
def show_signing_keys() -> Response:
    """Every signing key there ever was, the newest first."""
    keys = services().keys.public_keys()["keys"]
    shown = [
        {
            "id": key["kid"],
            "created": day(datetime.fromisoformat(key["created_at"])),
            "retired": key["retired_at"] and day(datetime.fromisoformat(key["retired_at"])),
        }
        for key in keys
    ]
    return page("accounts/keys.html", keys=shown)


@route("POST", "/signing-keys", Permission.ACCOUNT_MANAGE)
def rotate_signing_key() -> Response:
    """A fresh one signs from now on."""
    services().keys.rotate(officer().actor, services().log)
    return go_to("console.show_signing_keys")
