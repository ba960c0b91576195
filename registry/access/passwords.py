"""Passwords: kept as argon2id, and compared at the same cost whether or not there is one to compare with."""

import secrets
import threading
from functools import cache

import argon2

from registry.errors import Unavailable, invalid_field
from registry.text import Text

SHORTEST, LONGEST = 12, 200

_HASHER = argon2.PasswordHasher()
# Each takes 64 MiB and all processors for a moment: whoever asks for many must not stop the counter.
_turns = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 5


def hashed(password: str, pointer: str = "/password") -> str:
    """What is stored of a password. Raises Invalid (`weak-password`)."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < SHORTEST // 3:
        raise invalid_field(
            "weak-password",
            Text(
                "密码须为12至200个字符，且不能只由个别字符重复组成；可以使用一句容易记住的话。",
                "A password needs 12 to 200 characters, not just a few repeated; a sentence that is easy to "
                "remember does well.",
            ),
            pointer,
        )
    with _Turn():
        return _HASHER.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; never where none is stored, after the same work."""
    nobodys = _nobodys()
    with _Turn():
        try:
            _HASHER.verify(stored or nobodys, _bytes(password[:LONGEST]))
        except argon2.exceptions.VerificationError:
            return False
    return stored is not None


class _Turn:
    """Raises Unavailable when too many wait."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=_PATIENCE_SECONDS):
            raise Unavailable(
                "overloaded", Text("系统繁忙，请稍候重试。", "The registry is busy; try again shortly.")
            )

    def __exit__(self, *_: object) -> None:
        _turns.release()


@cache
def _nobodys() -> str:
    """A hash that no password has, made with the present parameters."""
    return _HASHER.hash(secrets.token_bytes(32))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
