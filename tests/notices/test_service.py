"""Drafting, delivering, reading back: on both databases."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from registry.audit.models import LogRecord
from registry.audit.service import Actor, Record
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import Invalid, NotFound
from registry.notices.content import Content
from registry.notices.models import DeliveryRow, NoticeRow
from registry.notices.rules import Delivery, Form, Kind, Outcome
from registry.notices.service import TOLD_AT_ONCE, Notices
from tests.conftest import StandingClock
from tests.notices.saying import content, text_of
from tests.support.world import World

ACTOR = Actor("ofc_1", "aut_1")
DESIGNATION = "dsg_" + "0" * 26


@pytest.fixture(autouse=True)
def _day(standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-20")  # a Friday


@pytest.fixture
def notices(world: World) -> Iterator[Notices]:
    yield world.services.notices


def draft(notices: Notices, kind: Kind = Kind.DESIGNATION, said: Content | None = None) -> str:
    with transaction() as session:
        return notices.draft(session, ACTOR, DESIGNATION, kind, said or content(kind))


def listed(notices: Notices, designation_id: str = DESIGNATION) -> list[dict[str, Any]]:
    with reading() as session:
        return notices.of(session, designation_id)


def records(world: World, tag: Tag) -> list[Record]:
    with reading() as session:
        rows = session.scalars(select(LogRecord.id).where(LogRecord.tag == tag).order_by(LogRecord.position))
        found = [world.services.log.record(session, record_id) for record_id in rows.all()]
    return [record for record in found if record]


def test_a_drafted_notice_is_listed_undelivered_and_logged(world: World, notices: Notices) -> None:
    notice_id = draft(notices)
    [notice] = listed(notices)
    assert notice["id"] == notice_id and notice_id.startswith("ntc_")
    assert (notice["kind"], notice["template"]) == ("designation", "designation/2024-12-01")
    assert (notice["state"], notice["delivered_on"], notice["deliveries"]) == ("undelivered", None, [])
    assert not notice["overdue_delivery"]
    [record] = records(world, Tag.NOTICE_DRAFTED)
    assert (record.actor, record.object_id) == (ACTOR.id, notice_id)
    assert record.facts == {
        "designation": DESIGNATION,
        "kind": "designation",
        "template": "designation/2024-12-01",
    }


def test_many_are_drafted_at_once_in_order_and_none_is_nothing(world: World, notices: Notices) -> None:
    told = [(f"dsg_{number:026}", Kind.DESIGNATION, content()) for number in range(30)]
    with transaction() as session:
        assert notices.draft_all(session, ACTOR, []) == []
        drafted = notices.draft_all(session, ACTOR, told)
    assert drafted == sorted(drafted) and len(drafted) == 30
    assert [listed(notices, designation)[0]["id"] for designation, _, _ in told] == drafted
    assert [record.object_id for record in records(world, Tag.NOTICE_DRAFTED)] == drafted


def test_a_notice_that_lacks_something_is_not_drafted(notices: Notices) -> None:
    with pytest.raises(ValueError, match="designation lacks appeal"):
        draft(notices, said=content(appeal=""))
    assert listed(notices) == []


def test_what_a_notice_says_and_what_proves_its_delivery_is_sealed(notices: Notices) -> None:
    notice_id = draft(notices)
    notices.deliver(ACTOR, DESIGNATION, notice_id, Delivery(Form.MAIL, date(2026, 11, 20), "张三签收"))
    with reading() as session:
        notice = session.scalars(select(NoticeRow)).one()
        delivery = session.scalars(select(DeliveryRow)).one()
        for row in (notice, delivery):
            assert "张三".encode() not in row.sealed


def test_a_delivery_delivers_and_is_logged_with_its_proof(world: World, notices: Notices) -> None:
    notice_id = draft(notices)
    delivery = Delivery(Form.IN_PERSON, date(2026, 11, 20), "送达回证12号，本人签收")
    delivery_id = notices.deliver(ACTOR, DESIGNATION, notice_id, delivery)
    [notice] = listed(notices)
    assert (notice["state"], notice["delivered_on"]) == ("delivered", date(2026, 11, 20))
    [shown] = notice["deliveries"]
    assert (shown["id"], shown["form"], shown["outcome"]) == (delivery_id, "in_person", "delivered")
    assert (shown["proof"], shown["recorded_by"]) == (delivery.proof, ACTOR.id)
    [record] = records(world, Tag.NOTICE_DELIVERED)
    assert record.object_id == notice_id
    assert (record.facts["delivery"], record.facts["delivered_on"]) == (delivery_id, "2026-11-20")
    assert json.loads(record.secret or b"") == {"proof": delivery.proof}


def test_vain_attempts_are_kept_and_only_a_delivery_delivers(
    notices: Notices, standing_clock: StandingClock
) -> None:
    notice_id = draft(notices)
    standing_clock.day("2026-11-27")
    attempts = [
        (Form.IN_PERSON, 20, Outcome.FAILED),
        (Form.IN_PERSON, 23, Outcome.REFUSED),
        (Form.ANNOUNCEMENT, 26, Outcome.DELIVERED),
        (Form.LEFT_AT_RESIDENCE, 25, Outcome.DELIVERED),
    ]
    states = []
    for form, day, outcome in attempts:
        notices.deliver(ACTOR, DESIGNATION, notice_id, Delivery(form, date(2026, 11, day), "证", outcome))
        [notice] = listed(notices)
        states.append((notice["state"], notice["delivered_on"]))
    assert states == [
        ("undelivered", None),
        ("undelivered", None),
        ("delivered", date(2026, 11, 26)),
        ("delivered", date(2026, 11, 25)),
    ]
    assert [each["outcome"] for each in notice["deliveries"]] == [outcome for _, _, outcome in attempts]


def test_a_delivery_is_overdue_after_seven_working_days_until_it_is_delivered(
    notices: Notices, standing_clock: StandingClock
) -> None:
    notice_id = draft(notices)
    seen = []
    for day in ("2026-12-01", "2026-12-02"):  # the seventh and the eighth weekday after that Friday
        standing_clock.day(day)
        seen.append(listed(notices)[0]["overdue_delivery"])
    assert seen == [False, True]
    notices.deliver(ACTOR, DESIGNATION, notice_id, Delivery(Form.MAIL, date(2026, 12, 2), "EMS 1"))
    standing_clock.day("2027-12-01")
    assert listed(notices)[0]["overdue_delivery"] is False


def test_an_overdue_notice_is_told_once(
    world: World, notices: Notices, standing_clock: StandingClock
) -> None:
    notice_id = draft(notices)
    standing_clock.day("2026-12-01")
    assert not notices.tell_overdue()
    assert records(world, Tag.NOTICE_OVERDUE) == []
    notices.deliver(
        ACTOR, DESIGNATION, notice_id, Delivery(Form.MAIL, date(2026, 12, 1), "EMS 1", Outcome.FAILED)
    )
    standing_clock.day("2027-03-01")  # no worker ran for months
    with pytest.raises(RuntimeError), transaction():
        notices.tell_overdue()
        raise RuntimeError
    for _ in range(3):
        assert not notices.tell_overdue()
    [record] = records(world, Tag.NOTICE_OVERDUE)
    assert (record.actor, record.object_id) == ("operator", notice_id)
    assert record.facts == {
        "designation": DESIGNATION,
        "kind": "designation",
        "due_on": "2026-12-01",
        "provisional": False,
    }


def test_a_delivered_notice_is_never_told_to_be_overdue(
    world: World, notices: Notices, standing_clock: StandingClock
) -> None:
    for _ in range(2):
        notices.deliver(ACTOR, DESIGNATION, draft(notices), Delivery(Form.MAIL, date(2026, 11, 20), "EMS 1"))
    standing_clock.day("2026-12-02")
    notices.tell_overdue()
    assert records(world, Tag.NOTICE_OVERDUE) == []


def test_two_workers_at_once_tell_each_notice_once(
    world: World, notices: Notices, standing_clock: StandingClock
) -> None:
    count = 2 * TOLD_AT_ONCE + 3
    with transaction() as session:
        notices.draft_all(
            session, ACTOR, [(f"dsg_{n:026}", Kind.DESIGNATION, content()) for n in range(count)]
        )
    standing_clock.day("2026-12-02")

    def work() -> None:
        with world.app.app_context():
            while notices.tell_overdue():
                pass

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while notices.tell_overdue():
        pass
    told = [record.object_id for record in records(world, Tag.NOTICE_OVERDUE)]
    assert (len(told), len(set(told))) == (count, count)


def test_a_delivery_before_drafting_or_of_tomorrow_is_refused(notices: Notices) -> None:
    notice_id = draft(notices)
    for day in (date(2026, 11, 19), date(2026, 11, 21)):
        with pytest.raises(Invalid):
            notices.deliver(ACTOR, DESIGNATION, notice_id, Delivery(Form.MAIL, day, "EMS 1"))
    assert listed(notices)[0]["deliveries"] == []


def test_the_day_of_drafting_is_a_beijing_day(notices: Notices, standing_clock: StandingClock) -> None:
    standing_clock.set("2026-11-21T00:00:01")  # the 20th in UTC
    notice_id = draft(notices)
    with pytest.raises(Invalid):
        notices.deliver(ACTOR, DESIGNATION, notice_id, Delivery(Form.MAIL, date(2026, 11, 20), "EMS 1"))
    assert "2026年11月21日" in text_of(notices.document(ACTOR, DESIGNATION, notice_id))


def test_a_notice_is_found_only_under_its_own_designation(notices: Notices) -> None:
    notice_id = draft(notices)
    for designation_id, wanted in (("dsg_" + "1" * 26, notice_id), (DESIGNATION, "ntc_" + "1" * 26)):
        with pytest.raises(NotFound):
            notices.document(ACTOR, designation_id, wanted)
        with pytest.raises(NotFound):
            notices.deliver(ACTOR, designation_id, wanted, Delivery(Form.MAIL, date(2026, 11, 20), "EMS 1"))
    assert listed(notices, "dsg_" + "1" * 26) == []


def test_a_document_is_the_same_at_any_time_and_its_digest_is_in_the_log(
    world: World, notices: Notices, standing_clock: StandingClock
) -> None:
    notice_id = draft(notices)
    first = notices.document(ACTOR, DESIGNATION, notice_id)
    standing_clock.day("2030-01-01")
    assert notices.document(ACTOR, DESIGNATION, notice_id) == first
    digest = hashlib.sha256(first).hexdigest()
    for record in records(world, Tag.NOTICE_VIEWED):
        assert record.facts == {"designation": DESIGNATION, "notice": notice_id}
        assert json.loads(record.secret or b"") == {"sha256": digest}
