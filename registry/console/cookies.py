"""What the browser holds: a random secret, which is a session's once somebody has signed in with it gone.

The forms of a page carry a token that is computed from it, also before anybody is signed in.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode

from flask import Response, g, request

from registry.api.operation import services

LANGUAGE = "console-language"
_YEAR = 365 * 24 * 3600


def secret() -> str:
    """The secret of this browser; a fresh one, which is sent along with the answer, where it has none."""
    if "console_secret" not in g:
        sent = request.cookies.get(_name(), "")
        g.console_secret = sent or secrets.token_urlsafe(32)
        if not sent:
            g.console_secret_is_new = True
    return str(g.console_secret)


def replace(fresh: str) -> None:
    """Let the browser hold `fresh` from now on."""
    g.console_secret, g.console_secret_is_new = fresh, True


def form_token() -> str:
    """What every form of this browser must carry; nobody learns the secret from it."""
    return urlsafe_b64encode(hashlib.sha256(f"form:{secret()}".encode()).digest()).decode()


def send(response: Response) -> None:
    """Send along what is new."""
    if g.get("console_secret_is_new"):
        response.set_cookie(
            _name(), g.console_secret, secure=_is_secure(), httponly=True, samesite="Lax", path="/"
        )
    if chosen := g.get("console_language"):
        response.set_cookie(
            LANGUAGE,
            chosen,
            max_age=_YEAR,
            secure=_is_secure(),
            httponly=True,
            samesite="Lax",
            path="/console",
        )


def _is_secure() -> bool:
    return services().config.public_url.startswith("https://")


def _name() -> str:
    # With this prefix no other host of the domain can plant one.
    return "__Host-console" if _is_secure() else "console"
