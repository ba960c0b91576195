"""Sessions: they end by themselves, and at once on every worker when somebody ends them."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.models import SessionRow
from registry.access.rules import PartnerKind, Role
from registry.access.sessions import Sessions
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import engine, reading
from registry.errors import Unauthenticated
from tests.access.signing import PASSWORD, officer
from tests.conftest import StandingClock
from tests.support.world import World


@pytest.fixture
def sessions(world: World) -> Sessions:
    return world.services.sessions


def signed_in(world: World, login: str = "wang") -> str:
    return world.services.signing_in.sign_in(login, PASSWORD, "")


def lives(sessions: Sessions, secret: str) -> bool:
    try:
        sessions.find(secret)
    except Unauthenticated:
        return False
    return True


def test_a_session_tells_who_that_is(world: World, sessions: Sessions) -> None:
    officer(world)
    found = sessions.find(signed_in(world))
    assert (found.login, found.caller.roles) == ("wang", {Role.CLERK})
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    user = world.services.partner_users.add(OPERATOR, bank.id, "t-1", {Role.TELLER}, PASSWORD)
    caller = sessions.find(signed_in(world, "t-1")).caller
    assert (caller.id, caller.actor.id, caller.actor.organisation) == (bank.id, user.id, bank.id)
    assert caller.roles == {Role.TELLER}


@pytest.mark.parametrize("secret", ["", "x", "\ud800", "rgo_" + "A" * 43, "密"])
def test_what_is_no_session_opens_nothing(world: World, sessions: Sessions, secret: str) -> None:
    assert world.clerk
    assert not lives(sessions, secret)
    assert not lives(sessions, world.clerk)  # a token of the API is none either


def test_it_ends_after_fifteen_idle_minutes(
    world: World, sessions: Sessions, standing_clock: StandingClock
) -> None:
    officer(world)
    secret = signed_in(world)
    standing_clock.set("2026-11-22T12:14:59")
    assert lives(sessions, secret)
    standing_clock.set("2026-11-22T12:29:58")
    assert lives(sessions, secret)
    standing_clock.set("2026-11-22T12:44:58")
    assert not lives(sessions, secret)
    standing_clock.set("2026-11-22T12:44:57")
    assert lives(sessions, secret)  # looking at one that has ended prolongs nothing


def test_it_ends_after_eight_hours_however_busy(
    world: World, sessions: Sessions, standing_clock: StandingClock
) -> None:
    officer(world)
    secret = signed_in(world)
    for minute in range(10, 480, 10):
        standing_clock.set(f"2026-11-22T{12 + minute // 60:02}:{minute % 60:02}:00")
        assert lives(sessions, secret)
    assert sessions.find(secret).ends_at.isoformat() == "2026-11-22T12:00:00+00:00"
    standing_clock.set("2026-11-22T20:00:00")
    assert not lives(sessions, secret)


def test_that_it_was_used_is_written_once_a_minute(
    world: World, sessions: Sessions, standing_clock: StandingClock
) -> None:
    officer(world)
    secret = signed_in(world)
    seen = []
    for moment in ("12:00:59", "12:01:00", "12:01:59", "12:02:00"):
        standing_clock.set(f"2026-11-22T{moment}")
        sessions.find(secret)
        with reading() as session:
            seen.append(session.scalars(select(SessionRow.seen_at)).one().strftime("%M:%S"))
    assert seen == ["00:00", "01:00", "01:00", "02:00"]


def test_what_ends_it_ends_it_at_once_for_every_other_process(
    world: World, config: Config, sessions: Sessions
) -> None:
    """Another application on the same database, as another worker is."""
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    officer_id = officer(world)
    user = world.services.partner_users.add(OPERATOR, bank.id, "t-1", {Role.TELLER}, PASSWORD)
    other: Flask = create_app(replace(config, spool=config.spool))
    theirs = other.extensions["registry"]
    with other.app_context():
        kept = {"wang": signed_in(world), "t-1": signed_in(world, "t-1")}
        assert all(lives(theirs.sessions, secret) for secret in kept.values())
        second = signed_in(world)
        sessions.end(kept["wang"], sessions.find(kept["wang"]))
        assert not lives(theirs.sessions, kept["wang"])
        assert lives(theirs.sessions, second)
        third = signed_in(world)
        sessions.end_everywhere(sessions.find(third))
        assert not lives(theirs.sessions, second) and not lives(theirs.sessions, third)
        fourth = signed_in(world)
        world.services.access.disable_officer(OPERATOR, officer_id)
        assert not lives(theirs.sessions, fourth)
        world.services.partner_users.disable(OPERATOR, bank.id, user.id)
        assert not lives(theirs.sessions, kept["t-1"])
        engine().dispose()


def test_a_suspended_partners_people_are_out(world: World, sessions: Sessions) -> None:
    bank = world.services.access.add_partner(OPERATOR, "行", PartnerKind.BANK, "140900")
    world.services.partner_users.add(OPERATOR, bank.id, "t-1", {Role.TELLER}, PASSWORD)
    secret = signed_in(world, "t-1")
    world.services.access.suspend_partner(OPERATOR, bank.id)
    assert not lives(sessions, secret)
    with pytest.raises(Unauthenticated):
        signed_in(world, "t-1")


def test_ended_sessions_are_deleted_after_a_day(
    world: World, sessions: Sessions, standing_clock: StandingClock
) -> None:
    officer(world)
    signed_in(world)
    standing_clock.set("2026-11-23T12:14:59")
    sessions.forget()
    with reading() as session:
        assert len(session.scalars(select(SessionRow.id)).all()) == 1
    standing_clock.set("2026-11-23T12:15:00")
    sessions.forget()
    with reading() as session:
        assert session.scalars(select(SessionRow.id)).all() == []
