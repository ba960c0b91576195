"""Answers kept for idempotency keys: once, for as long as promised, sealed, and swept afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from registry import clock
from registry.access.models import ReplyRow
from registry.access.replies import Reply
from registry.db import reading, transaction
from registry.errors import Invalid
from tests.conftest import StandingClock
from tests.support.world import World

REPLY = Reply(201, {"Content-Type": "application/json"}, '{"say": "张三"}'.encode())
LIFE = timedelta(minutes=10)


def keep(world: World, scope: bytes, request: bytes = b"r", life: timedelta = LIFE) -> Reply | None:
    """What the request gets that was kept before; otherwise it is answered and kept now."""
    replies = world.services.replies
    with transaction() as session:
        known = replies.reserve(session, scope, request, clock.now() + life)
        if known is None:
            replies.keep(session, scope, REPLY)
        return known


def kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(ReplyRow)) or 0


def test_the_same_request_gets_the_same_answer_and_another_one_is_refused(world: World) -> None:
    assert keep(world, b"scope") is None
    assert keep(world, b"scope") == REPLY
    with pytest.raises(Invalid, match="idempotency-key-reused"):
        keep(world, b"scope", b"another")
    assert keep(world, b"another scope", b"another") is None


def test_a_kept_answer_is_sealed(world: World) -> None:
    keep(world, b"scope")
    with reading() as session:
        sealed = session.scalars(select(ReplyRow.sealed)).one()
    assert sealed is not None
    assert "张三".encode() not in sealed


def test_an_act_that_fails_keeps_nothing(world: World) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        world.services.replies.reserve(session, b"scope", b"r", clock.now() + LIFE)
        raise RuntimeError
    assert kept() == 0
    assert keep(world, b"scope") is None


def test_an_outlived_key_is_free_again(world: World, standing_clock: StandingClock) -> None:
    assert keep(world, b"scope") is None
    standing_clock.set("2026-11-22T12:09:59")
    assert keep(world, b"scope") == REPLY
    standing_clock.set("2026-11-22T12:10:00")
    assert keep(world, b"scope", b"another") is None
    assert keep(world, b"scope", b"another") == REPLY


def test_outlived_answers_are_swept_by_later_ones(world: World, standing_clock: StandingClock) -> None:
    for number in range(30):
        keep(world, f"old {number}".encode())
    keep(world, b"young", life=timedelta(hours=72))
    assert kept() == 31
    standing_clock.set("2026-11-22T12:10:00")
    for number in range(3):
        keep(world, f"new {number}".encode())
    assert kept() == 4
    assert keep(world, b"young") == REPLY


def test_a_check_is_repeated_for_ten_minutes_and_never_past_midnight(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person, decided_on="2025-03-03"))
    body = world.check_body(person.name, person.resident_id, "issue_phone_card")
    standing_clock.set("2027-03-03T23:55:00")
    carrier = world.partner("carrier")

    def ask() -> tuple[str, str | None]:
        response = world.post(carrier, "/v1/checks", body, Idempotency_Key="one")
        assert response.status_code == 201
        return response.json["direction"], response.headers.get("Idempotency-Replayed")

    assert ask() == ("refuse", None)
    standing_clock.set("2027-03-03T23:59:59.900000")
    assert ask() == ("refuse", "true")
    standing_clock.set("2027-03-04T00:00:00.100000")
    assert ask() == ("proceed", None)
    standing_clock.set("2027-03-04T00:09:59")
    assert ask() == ("proceed", "true")
    standing_clock.set("2027-03-04T00:10:01")
    assert ask() == ("proceed", None)
