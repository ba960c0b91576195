"""Tokens: shown once, stored hashed, they expire, rotate with overlap and are revoked at once."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from registry import clock
from registry.access.models import CredentialRow, LoginRow
from registry.access.rules import PartnerKind, Role
from registry.access.service import Access
from registry.audit.models import LogRecord
from registry.audit.service import OPERATOR
from registry.db import Base, engine, reading
from registry.errors import Conflict, Invalid, NotFound, Unauthenticated
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.support.world import World


def let_in(world: World, *tokens: str) -> list[bool]:
    return [world.get(token, "/v1/me").status_code == 200 for token in tokens]


def dumped() -> bytes:
    """Every value of every table, as bytes."""
    found = []
    with engine().connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


def test_a_token_is_nowhere_in_the_database_but_as_its_hash(world: World) -> None:
    tokens = [world.clerk, world.partner("bank")]
    world.get(tokens[0], "/v1/me")
    content = dumped()
    for token in tokens:
        assert token.encode() not in content
        assert token.split("_", 1)[1].encode() not in content
        with reading() as session:
            digest = hashlib.sha256(token.encode()).digest()
            assert session.scalar(select(CredentialRow.use).where(CredentialRow.digest == digest)) == "token"


def test_tokens_are_long_random_and_different(world: World) -> None:
    tokens = {world.clerk, world.approver, world.partner("bank"), world.partner("carrier")}
    assert len(tokens) == 4
    assert all(len(token) >= 40 for token in tokens)


def test_a_token_ends_on_its_day(world: World, standing_clock: StandingClock) -> None:
    officer, partner = world.clerk, world.partner("bank")
    start = clock.now()
    for token, life in ((officer, timedelta(days=90)), (partner, timedelta(days=365))):
        for moment, expected in ((life - timedelta(seconds=1), True), (life, False)):
            clock.set_source(lambda moment=moment: start + moment)
            assert let_in(world, token) == [expected]
    clock.set_source(standing_clock)


def test_unknown_expired_revoked_and_disabled_tokens_look_the_same(
    world: World, standing_clock: StandingClock
) -> None:
    access = world.services.access
    expired = world.officer("expired", Role.CLERK)
    standing_clock.day("2027-11-23")
    made = {name: access.add_officer(OPERATOR, world.city, name, {Role.CLERK}) for name in ("off", "gone")}
    suspended = access.add_partner(OPERATOR, "停", PartnerKind.BANK, "140900")
    access.disable_officer(OPERATOR, made["off"].id)
    access.revoke(OPERATOR, made["gone"].credential)
    access.suspend_partner(OPERATOR, suspended.id)
    answers = []
    for token in (expired, made["off"].secret, made["gone"].secret, suspended.secret, "rgo_unknown", "\xff"):
        response = world.get(token, "/v1/me")
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        answers.append({key: value for key, value in response.json.items() if key != "instance"})
    assert all(answer == answers[0] for answer in answers)


def test_rotation_overlaps_and_then_only_the_new_token_works(
    world: World, standing_clock: StandingClock
) -> None:
    access = world.services.access
    first = access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    second = access.rotate(OPERATOR, first.credential)
    assert second.id == first.id
    standing_clock.set("2026-11-23T11:59:59")
    assert let_in(world, first.secret, second.secret) == [True, True]
    standing_clock.set("2026-11-23T12:00:00")
    assert let_in(world, first.secret, second.secret) == [False, True]
    third = access.rotate(OPERATOR, first.id, timedelta(0))
    assert let_in(world, second.secret, third.secret) == [False, True]


def test_rotation_never_lengthens_a_life(world: World, standing_clock: StandingClock) -> None:
    access = world.services.access
    first = access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    access.rotate(OPERATOR, first.id, timedelta(hours=1))
    access.rotate(OPERATOR, first.id, timedelta(hours=168))
    standing_clock.set("2026-11-22T13:00:01")
    assert let_in(world, first.secret) == [False]


def test_revoking_one_token_leaves_the_others_and_revoking_the_account_leaves_none(world: World) -> None:
    access = world.services.access
    first = access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    second = access.rotate(OPERATOR, first.id)
    assert access.revoke(OPERATOR, first.credential) == 1
    assert let_in(world, first.secret, second.secret) == [False, True]
    assert access.revoke(OPERATOR, first.id) == 1
    assert access.revoke(OPERATOR, first.id) == 0
    assert let_in(world, first.secret, second.secret) == [False, False]


def test_an_enrolment_code_makes_one_token_within_three_days(
    world: World, standing_clock: StandingClock
) -> None:
    access = Access(world.services.log, enrolment=True)
    code, late = (access.add_officer(OPERATOR, world.city, name, {Role.CLERK}) for name in ("a", "b"))
    assert let_in(world, code.secret) == [False]
    token = access.enrol(code.secret)
    assert token.id == code.id
    assert let_in(world, token.secret) == [True]
    with pytest.raises(Unauthenticated):
        access.enrol(code.secret)
    with pytest.raises(Unauthenticated):
        access.enrol(token.secret)
    standing_clock.set("2026-11-25T12:00:00")
    with pytest.raises(Unauthenticated):
        access.enrol(late.secret)


def test_passwords_are_kept_as_argon2_only(world: World) -> None:
    world.services.access.add_officer(OPERATOR, world.city, "p", {Role.CLERK}, "correct horse")
    with reading() as session:
        kept = session.scalars(select(LoginRow.password_hash).where(LoginRow.login == "p")).one()
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert b"correct horse" not in dumped()


def test_names_are_unique_visible_and_short(world: World) -> None:
    access = world.services.access
    world.clerk  # noqa: B018
    with pytest.raises(Conflict, match="login-exists"):
        access.add_officer(OPERATOR, world.city, "clerk", {Role.CLERK})
    with pytest.raises(Conflict, match="authority-exists"):
        access.add_authority(OPERATOR, "忻州市公安局", "140900", Level.CITY, None)
    for name in ("", "  ", "a\nb", "x" * 61):
        with pytest.raises(Invalid, match="invalid-name"):
            access.add_partner(OPERATOR, name, PartnerKind.BANK, "140900")
    for area in ("1409", "14090a", "１４０９００", "140900\n"):
        with pytest.raises(Invalid, match="invalid-area"):
            access.add_partner(OPERATOR, "行", PartnerKind.BANK, area)
    with pytest.raises(NotFound):
        access.add_officer(OPERATOR, "aut_nobody", "n", {Role.CLERK})


def test_every_change_of_an_account_leaves_its_act_and_no_secret(world: World) -> None:
    access = world.services.access
    issued = access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    access.rotate(OPERATOR, issued.id)
    access.revoke(OPERATOR, issued.id)
    access.suspend_partner(OPERATOR, issued.id)
    with reading() as session:
        acts = session.scalars(
            select(LogRecord.tag).where(LogRecord.object_id == issued.id).order_by(LogRecord.id)
        ).all()
    assert acts == ["partner.added", "token.rotated", "token.revoked", "partner.suspended"]


def test_a_credential_belongs_to_one_account(world: World) -> None:
    world.clerk  # noqa: B018
    with pytest.raises(Exception, match="one_owner"), engine().begin() as connection:
        connection.execute(text("UPDATE credentials SET officer_id = NULL, partner_id = NULL"))


def test_accounts_and_credentials_that_do_not_exist_are_not_found(world: World) -> None:
    access = world.services.access
    for act in (access.disable_officer, access.suspend_partner, access.rotate, access.revoke):
        with pytest.raises(NotFound):
            act(OPERATOR, "nobody")
