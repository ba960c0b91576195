"""The second factor: six digits that change every 30 seconds (RFC 6238), each good for one sign-in."""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import LoginRow
from registry.identity.characters import compact
from registry.vault.vault import Vault

STEP_SECONDS = 30
_DRIFT = (0, -1, 1)  # steps by which a telephone's clock may be off
_SECRET_BYTES = 20
_ISSUER = "两卡惩戒名单"


class Totp:
    """Secrets are sealed under the login they belong to."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def new_nonce(self) -> str:
        """What makes each secret offered another one."""
        return secrets.token_urlsafe(16)

    def offered(self, code: str, nonce: str) -> str:
        """The secret, in base 32, that goes with an enrolment code.

        Computed, so that nothing is stored before it is confirmed; and by our key, so that whoever handed
        the code over knows the secret of no page but their own.
        """
        return b32encode(self._vault().token("totp", f"{nonce}:{code}")[:_SECRET_BYTES]).decode()

    def address(self, login: str, secret: str) -> str:
        """What a QR code for authenticator apps holds."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)

    def sealed(self, login: str, secret: str) -> bytes:
        """As it is stored."""
        return self._vault().seal_text(secret, _context(login))

    def used(self, session: Session, login: str, sealed: bytes, code: str) -> bool:
        """Whether `code` is right now and was not used before; then it is from here on."""
        step = step_of(self._vault().open_text(sealed, _context(login)), code, clock.now())
        if step is None:
            return False
        taken = session.execute(
            update(LoginRow)
            .where(LoginRow.login == login, or_(LoginRow.totp_step.is_(None), LoginRow.totp_step < step))
            .values(totp_step=step)
            .returning(LoginRow.login)
        )
        return taken.one_or_none() is not None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step in which `code` is right, if that is now or next to it."""
    entered = compact(code[:20]).encode("utf-8", "surrogatepass")
    present = int(now.timestamp()) // STEP_SECONDS
    right = None
    for drift in _DRIFT:
        expected = pyotp.TOTP(secret).generate_otp(present + drift)
        if hmac.compare_digest(expected.encode(), entered):
            right = present + drift
    return right


def _context(login: str) -> str:
    return f"logins.totp:{login}"
