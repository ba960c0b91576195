"""Signing in: one answer for whatever is wrong, codes that work once, waits that grow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from registry.access import passwords
from registry.access.models import AttemptRow, LoginRow
from registry.access.rules import PartnerKind, Role
from registry.access.signing_in import FREE_ATTEMPTS, SigningIn
from registry.access.totp import step_of
from registry.audit.models import LogRecord
from registry.audit.service import OPERATOR
from registry.clock import now
from registry.db import engine, reading
from registry.errors import Invalid, TooMany, Unauthenticated
from tests.access.signing import PASSWORD, WRONG, digits, enrolled, officer, refusal
from tests.access.test_tokens import dumped
from tests.conftest import StandingClock
from tests.support.world import World


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    yield asked
    event.remove(engine(), "before_cursor_execute", note)


@pytest.fixture
def signing_in(world: World) -> SigningIn:
    return world.services.signing_in


# -- one answer ------------------------------------------------------------------------------------


def test_an_unknown_login_and_a_wrong_password_get_one_answer_after_the_same_work(
    world: World, signing_in: SigningIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer(world)
    closed = officer(world, "closed")
    world.services.access.disable_officer(OPERATOR, closed)
    officer(world, "none", password=None)
    compared: list[bool] = []
    real = passwords._HASHER

    class Counting:
        hash = real.hash

        def verify(self, *compare: Any) -> bool:
            compared.append(True)
            return real.verify(*compare)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    answers = []
    for login in ("wang", "nobody", "closed", "none"):
        with statements() as asked:
            refused = refusal(signing_in, login, WRONG)
        assert isinstance(refused, Unauthenticated)
        answers.append((refused.slug, refused.sentence, len(compared), asked))
        compared.clear()
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][2] == 1


def test_a_wrong_code_looks_like_a_wrong_password(world: World) -> None:
    strict, secret = enrolled(world)
    right = digits(secret, 1)
    answers = [refusal(strict, "wang", WRONG, right), refusal(strict, "wang", PASSWORD, "000000")]
    assert len({(type(each), each and each.sentence) for each in answers}) == 1
    assert refusal(strict, "wang", PASSWORD, right) is None


def test_secrets_of_people_are_nowhere_in_the_database(world: World) -> None:
    strict, secret = enrolled(world)
    session = strict.sign_in("wang", PASSWORD, digits(secret, 1))
    content = dumped()
    for hidden in (PASSWORD, secret, session):
        assert hidden.encode() not in content
    assert session.encode()[:20] not in content


# -- the second factor -----------------------------------------------------------------------------


def test_a_code_works_once(world: World, standing_clock: StandingClock) -> None:
    strict, secret = enrolled(world)
    assert refusal(strict, "wang", PASSWORD, digits(secret)) is not None  # enrolling has used it
    standing_clock.set("2026-11-22T12:00:30")
    assert refusal(strict, "wang", PASSWORD, digits(secret)) is None
    assert refusal(strict, "wang", PASSWORD, digits(secret)) is not None
    assert refusal(strict, "wang", PASSWORD, digits(secret, -1)) is not None  # nor an older one
    standing_clock.set("2026-11-22T12:01:00")
    assert refusal(strict, "wang", PASSWORD, digits(secret)) is None


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(
    standing_clock: StandingClock, steps: int, right: bool
) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    assert (step_of(secret, digits(secret, steps), now()) is not None) is right


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "１２３", "\ud800", "0" * 500])
def test_what_is_no_code_is_wrong(standing_clock: StandingClock, code: str) -> None:
    assert step_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code, now()) is None


def test_digits_may_be_typed_as_people_do(standing_clock: StandingClock) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    shown = digits(secret)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in shown)
    for typed in (f"{shown[:3]} {shown[3:]}", wide):
        assert step_of(secret, typed, now()) is not None


def test_where_it_is_needed_nobody_gets_in_without(world: World) -> None:
    officer(world)
    strict = SigningIn(world.services.keys.vault, world.services.log, world.services.sessions, True)
    assert refusal(strict, "wang", PASSWORD) is not None
    assert refusal(world.services.signing_in, "wang", PASSWORD) is None


# -- enrolment -------------------------------------------------------------------------------------


def test_an_enrolment_code_works_once_and_only_with_its_own_secret(world: World) -> None:
    people = world.services.partner_users
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    code = people.add(OPERATOR, bank.id, "t-1", {Role.TELLER}).secret
    signing_in = world.services.signing_in
    first, second = signing_in.new_nonce(), signing_in.new_nonce()
    login, secret, address = signing_in.offer(code, first)
    assert login == "t-1" and secret in address
    # Who handed the code over has seen another secret.
    assert signing_in.offer(code, second)[1] != secret
    for nonce, typed in ((first, "000000"), (second, digits(secret))):
        with pytest.raises(Invalid, match="wrong-digits"):
            signing_in.enrol(code, nonce, PASSWORD, typed)
    with pytest.raises(Invalid, match="weak-password"):
        signing_in.enrol(code, first, "short", digits(secret))
    session = signing_in.enrol(code, first, PASSWORD, digits(secret))
    assert world.services.sessions.find(session).login == "t-1"
    for again in (signing_in.offer, lambda *a: signing_in.enrol(*a, PASSWORD, digits(secret))):
        with pytest.raises(Unauthenticated):
            again(code, first)


def test_enrolling_anew_ends_what_was_before(world: World) -> None:
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    people, signing_in = world.services.partner_users, world.services.signing_in
    issued = people.add(OPERATOR, bank.id, "t-1", {Role.TELLER}, PASSWORD)
    before = signing_in.sign_in("t-1", PASSWORD, "")
    code = people.renew_code(OPERATOR, bank.id, issued.id).secret
    _, secret, _ = signing_in.offer(code, "n")
    signing_in.enrol(code, "n", "another sentence", digits(secret))
    with pytest.raises(Unauthenticated):
        world.services.sessions.find(before)
    assert refusal(signing_in, "t-1", PASSWORD, digits(secret, 1)) is not None
    assert refusal(signing_in, "t-1", "another sentence", digits(secret, 1)) is None


def test_a_partners_people_get_no_token_for_their_code(world: World) -> None:
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    code = world.services.partner_users.add(OPERATOR, bank.id, "t-1", {Role.TELLER}).secret
    with pytest.raises(Unauthenticated):
        world.services.access.enrol(code)
    assert world.services.signing_in.offer(code, "n")[0] == "t-1"  # it was not used up
    assert world.get(code, "/v1/me").status_code == 401


# -- waits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["wang", "nobody"])
def test_after_five_failures_each_further_one_costs_a_wait_that_doubles(
    world: World, signing_in: SigningIn, standing_clock: StandingClock, login: str
) -> None:
    officer(world)
    for _ in range(FREE_ATTEMPTS):
        assert isinstance(refusal(signing_in, login, WRONG), Unauthenticated)
    locked = refusal(signing_in, login, PASSWORD)  # not even looked at
    assert isinstance(locked, TooMany)
    assert (locked.slug, locked.retry_after) == ("locked-out", 60)
    assert "1分钟" in locked.sentence.zh
    standing_clock.set("2026-11-22T12:01:00")
    assert isinstance(refusal(signing_in, login, WRONG), Unauthenticated)
    standing_clock.set("2026-11-22T12:02:59")
    assert isinstance(refusal(signing_in, login, WRONG), TooMany)
    standing_clock.set("2026-11-22T12:03:00")
    with reading() as session:
        assert session.scalars(select(AttemptRow.failures)).one() == FREE_ATTEMPTS + 1
    assert (refusal(signing_in, login, PASSWORD) is None) is (login == "wang")


def test_no_wait_is_longer_than_an_hour(
    world: World, signing_in: SigningIn, standing_clock: StandingClock
) -> None:
    for hour in range(12):
        standing_clock.set(f"2026-11-23T{hour:02}:00:00")
        assert isinstance(refusal(signing_in, "nobody", WRONG), Unauthenticated)
    standing_clock.set("2026-11-23T11:00:01")
    locked = refusal(signing_in, "nobody", WRONG)
    assert isinstance(locked, TooMany) and locked.retry_after == 3600


def test_one_accounts_wait_is_no_other_ones_and_success_begins_anew(
    world: World, signing_in: SigningIn
) -> None:
    officer(world)
    officer(world, "li")
    for _ in range(FREE_ATTEMPTS):
        refusal(signing_in, "li", WRONG)
    for _ in range(FREE_ATTEMPTS - 1):
        refusal(signing_in, "wang", WRONG)
    assert refusal(signing_in, "wang", PASSWORD) is None
    for _ in range(FREE_ATTEMPTS - 1):
        assert isinstance(refusal(signing_in, "wang", WRONG), Unauthenticated)
    assert refusal(signing_in, "wang", PASSWORD) is None


def test_attempts_are_forgotten_after_a_day_and_name_nobody(
    world: World, signing_in: SigningIn, standing_clock: StandingClock
) -> None:
    refusal(signing_in, "a password typed into the wrong field", WRONG)
    assert b"typed into the wrong field" not in dumped()
    standing_clock.day("2026-11-23")
    signing_in.forget()
    with reading() as session:
        assert session.scalars(select(AttemptRow)).all() == []


def test_the_log_tells_of_sessions_and_locks(world: World, signing_in: SigningIn) -> None:
    officer_id = officer(world)
    signing_in.sign_in("wang", PASSWORD, "")
    for _ in range(FREE_ATTEMPTS):
        refusal(signing_in, "wang", WRONG)
        refusal(signing_in, "nobody", WRONG)
    with reading() as session:
        told = session.execute(select(LogRecord.tag, LogRecord.actor).order_by(LogRecord.position)).all()
    tags = [(tag, actor) for tag, actor in told if tag.startswith(("session.", "login."))]
    assert tags == [
        ("session.begun", officer_id),
        ("login.locked", officer_id),
        ("login.locked", "nobody"),
    ]


def test_a_login_is_one_name_for_officers_and_partners_people_alike(world: World) -> None:
    from registry.errors import Conflict

    officer(world)
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    with pytest.raises(Conflict, match="login-exists"):
        world.services.partner_users.add(OPERATOR, bank.id, "wang", {Role.TELLER})
    world.services.partner_users.add(OPERATOR, bank.id, "t-1", {Role.TELLER})
    with pytest.raises(Conflict, match="login-exists"):
        officer(world, "t-1")
    with reading() as session:
        assert set(session.scalars(select(LoginRow.login))) == {"wang", "t-1"}
