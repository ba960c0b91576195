"""Notices over HTTP: listed, printed, delivered, by those who may and for their own designations only."""

import pytest
from sqlalchemy import select

from registry.access.rules import Role
from registry.audit.models import LogRecord
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.notices.rules import Kind
from tests.api.answers import logged, pointers, problem
from tests.conftest import StandingClock
from tests.notices.saying import content, text_of
from tests.support.world import World

DELIVERY = {"form": "in_person", "delivered_on": "2026-11-22", "proof": "送达回证12号"}


@pytest.fixture(autouse=True)
def _day(standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-22")


@pytest.fixture
def path(world: World) -> str:
    """The notices of a designation."""
    return f"/v1/designations/{world.draft(world.draft_body())}/notices"


def draft(world: World, path: str, kind: Kind = Kind.RELEASE) -> str:
    """The path of a further notice."""
    with transaction() as session:
        me = world.services.access.officer(world.clerk)
        notice_id = world.services.notices.draft(session, me.actor, path.split("/")[3], kind, content(kind))
    return f"{path}/{notice_id}"


def test_a_notice_is_listed_printed_and_delivered(world: World, path: str) -> None:
    notice = draft(world, path)
    [listed] = world.get(world.clerk, path).json["items"]
    assert f"{path}/{listed['id']}" == notice
    assert (listed["kind"], listed["state"], listed["overdue_delivery"]) == ("release", "undelivered", False)
    assert (listed["drafted_by"], listed["drafted_at"]) == ("clerk", "2026-11-22T04:00:00Z")

    answer = world.get(world.clerk, f"{notice}/document")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{listed["id"]}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "惩戒解除告知书" in text_of(answer.data)

    answer = world.post(world.clerk, f"{notice}/deliveries", DELIVERY)
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["delivered_on"]) == ("delivered", "2026-11-22")
    [delivery] = answer.json["deliveries"]
    assert {name: delivery[name] for name in DELIVERY} == DELIVERY
    assert (delivery["outcome"], delivery["recorded_by"]) == ("delivered", "clerk")
    assert world.get(world.clerk, path).json["items"] == [answer.json]


def test_every_look_at_a_document_is_logged_with_who_looked(world: World, path: str) -> None:
    notice = draft(world, path)
    tokens = [world.clerk, world.approver, world.officer("p", Role.PUBLISHER)]
    for token in tokens:
        assert world.get(token, f"{notice}/document").status_code == 200
    assert logged(Tag.NOTICE_VIEWED) == 3
    with reading() as session:
        actors = session.scalars(select(LogRecord.actor).where(LogRecord.tag == Tag.NOTICE_VIEWED)).all()
    assert set(actors) == {world.get(token, "/v1/me").json["id"] for token in tokens}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"delivered_on": "2026-11-23"}, "/delivered_on"),
        ({"delivered_on": "2026-11-21"}, "/delivered_on"),
        ({"delivered_on": "22.11.2026"}, "/delivered_on"),
        ({"form": "pigeon"}, "/form"),
        ({"outcome": "lost"}, "/outcome"),
        ({"proof": ""}, "/proof"),
        ({"proof": " "}, "/proof"),
        ({"proof": "证" * 201}, "/proof"),
        ({"to": "张三"}, "/to"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_where_the_fault_is(
    world: World, path: str, change: dict[str, str], pointer: str
) -> None:
    answer = world.post(world.clerk, f"{draft(world, path)}/deliveries", DELIVERY | change)
    assert pointers(problem(answer, 422)) == [pointer]
    assert world.get(world.clerk, path).json["items"][0]["deliveries"] == []


def test_a_repeated_request_records_one_delivery(world: World, path: str) -> None:
    notice = draft(world, path)
    answers = [
        world.post(world.clerk, f"{notice}/deliveries", DELIVERY, Idempotency_Key="k") for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(world.get(world.clerk, path).json["items"][0]["deliveries"]) == 1


def test_a_publisher_reads_and_does_not_deliver(world: World, path: str) -> None:
    publisher = world.officer("publisher", Role.PUBLISHER)
    notice = draft(world, path)
    assert world.get(publisher, path).status_code == 200
    problem(world.post(publisher, f"{notice}/deliveries", DELIVERY), 403, "forbidden")


def test_an_authority_above_sees_notices_and_one_below_or_beside_does_not(world: World, path: str) -> None:
    from registry.law.words import Level

    notice = draft(world, path)
    above = world.officer("above", Role.CLERK, authority=world.province)
    others = [
        world.officer(f"other-{area}", Role.CLERK, authority=world.authority(f"{area}公安局", area, level))
        for area, level in (("140921", Level.COUNTY), ("140200", Level.CITY))
    ]
    assert world.get(above, f"{notice}/document").status_code == 200
    assert world.post(above, f"{notice}/deliveries", DELIVERY).status_code == 201
    for other in others:
        problem(world.get(other, path), 404, "not-found")
        problem(world.get(other, f"{notice}/document"), 404, "not-found")
        problem(world.post(other, f"{notice}/deliveries", DELIVERY), 404, "not-found")


def test_a_notice_of_another_designation_is_not_found_under_this_one(world: World, path: str) -> None:
    other = f"/v1/designations/{world.draft(world.draft_body())}/notices"
    notice_id = draft(world, other).rsplit("/", 1)[1]
    problem(world.get(world.clerk, f"{path}/{notice_id}/document"), 404, "not-found")
    problem(world.post(world.clerk, f"{path}/{notice_id}/deliveries", DELIVERY), 404, "not-found")
