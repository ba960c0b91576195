"""Officers who sign in, and the second factor on their telephone."""

from datetime import timedelta

import pyotp

from registry import clock
from registry.access.rules import Role
from registry.access.signing_in import SigningIn
from registry.audit.service import OPERATOR
from registry.errors import RegistryError
from tests.support.world import World

PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


def officer(world: World, login: str = "wang", password: str | None = PASSWORD) -> str:
    """An officer's id."""
    return world.services.access.add_officer(OPERATOR, world.city, login, {Role.CLERK}, password).id


def enrolled(world: World, login: str = "wang") -> tuple[SigningIn, str]:
    """An officer with a second factor: where they sign in, and the secret in their telephone."""
    from registry.access.service import Access

    code = Access(world.services.log, enrolment=True).add_officer(OPERATOR, world.city, login, {Role.CLERK})
    strict = SigningIn(world.services.keys.vault, world.services.log, world.services.sessions, True)
    nonce = strict.new_nonce()
    _, secret, _ = strict.offer(code.secret, nonce)
    strict.enrol(code.secret, nonce, PASSWORD, digits(secret))
    return strict, secret


def digits(secret: str, steps: int = 0) -> str:
    """What the telephone shows now, or some steps of 30 seconds off."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def refusal(signing_in: SigningIn, login: str, password: str, code: str = "") -> RegistryError | None:
    """What somebody is told who does not get in."""
    try:
        signing_in.sign_in(login, password, code)
    except RegistryError as refused:
        return refused
    return None
