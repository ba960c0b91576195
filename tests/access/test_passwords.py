"""Passwords: slow to guess, long enough, kept as argon2id only."""

import threading
from collections.abc import Iterator

import argon2
import pytest

from registry.access import passwords
from registry.errors import Invalid, Unavailable
from tests.access.signing import PASSWORD, WRONG


def test_a_password_matches_itself_and_no_other() -> None:
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, WRONG)
    assert not passwords.matches(None, PASSWORD)
    assert passwords.hashed(PASSWORD) != stored


@pytest.mark.parametrize("weak", ["", "short", "a" * 20, "ab" * 10, "x" * 11, "y" * 201])
def test_a_weak_one_is_refused_with_a_sentence(weak: str) -> None:
    with pytest.raises(Invalid, match="weak-password") as refused:
        passwords.hashed(weak)
    assert refused.value.errors[0].pointer == "/password"


def test_a_sentence_of_any_letters_will_do() -> None:
    for good in ("一句容易记住而别人猜不到的话", "correct horse battery", "日\ud800本語のパスワードはこれ"):
        assert passwords.matches(passwords.hashed(good), good)


@pytest.fixture
def real() -> Iterator[argon2.PasswordHasher]:
    """The hasher of production, which tests replace by a cheap one."""
    yield argon2.PasswordHasher()


def test_hashing_costs_what_owasp_asks_for(real: argon2.PasswordHasher) -> None:
    assert (real.memory_cost, real.time_cost) >= (64 * 1024, 3)


def test_too_many_at_once_wait_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.01)
    with passwords._turns, pytest.raises(Unavailable, match="overloaded"):
        passwords.matches(None, PASSWORD)
    assert not passwords.matches(None, PASSWORD)
