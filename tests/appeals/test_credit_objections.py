"""异议: an objection to the record in the credit database, answered in twenty days, annotated meanwhile."""

from typing import Any

import pytest
from sqlalchemy import select

from registry import migrating
from registry.appeals.models import AppealRow
from registry.audit.models import LogRecord
from registry.audit.tags import Tag
from registry.db import engine, reading
from registry.demo.people import SyntheticPerson
from registry.workdays.models import ClockRow
from tests.appeals.appealing import act, clocks, done, intake, judge, received, shown
from tests.conftest import StandingClock
from tests.designations import acting
from tests.designations.acting import pointers, refused
from tests.designations.test_changes import change, decide
from tests.support.world import World

RECORD = "credit_database_record"
LIFT = {"outcome": "allowed", "reason": "记录有误", "variation": {"lifted": [RECORD]}}
KEEP = {"outcome": "dismissed", "reason": "记录无误"}


@pytest.fixture
def person(world: World, standing_clock: StandingClock) -> SyntheticPerson:
    return world.people.person()


@pytest.fixture
def designation(world: World, person: SyntheticPerson) -> str:
    return str(world.designate(world.draft_body(person))["id"])


def objection(designation_id: str, **changes: Any) -> dict[str, Any]:
    told = intake(designation_id) | {"track": "credit"} | changes
    del told["asks"]
    return told


def objected(world: World, designation_id: str) -> str:
    """An objection, received by the clerk."""
    return received(world, objection(designation_id), world.clerk)


def annotated(view: dict[str, Any]) -> dict[str, bool]:
    return {each["code"]: each["objected"] for sanction in view["sanctions"] for each in sanction["measures"]}


def test_while_an_objection_is_open_the_record_is_annotated_and_no_check_answers_otherwise(
    world: World, person: SyntheticPerson, designation: str
) -> None:
    def asked() -> dict[str, Any]:
        answer = world.ask("bank", "open_bank_account", person)
        return {name: answer[name] for name in ("direction", "parties", "list_version", "law")}

    before = asked()
    assert not acting.shown(world, designation)["objected"]
    appeal_id = objected(world, designation)
    view = acting.shown(world, designation)
    assert view["objected"]
    assert annotated(view) == {code: code == RECORD for code in annotated(view)}
    assert [(each["track"], each["state"]) for each in view["appeals"]] == [("credit", "received")]
    assert asked() == before
    assert clocks(shown(world, appeal_id)) == [("procedure/credit-objection", "2026-12-10", "running")]

    done(world, appeal_id, "decide", **KEEP)
    assert acting.shown(world, designation)["objected"]
    decided = done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    assert (decided["state"], decided["outcome"]) == ("decided", "dismissed")
    assert clocks(decided) == [("procedure/credit-objection", "2026-12-10", "stopped")]
    view = acting.shown(world, designation)
    assert (view["objected"], annotated(view)[RECORD]) == (False, False)
    assert [each["kind"] for each in view["notices"]] == ["designation"]
    assert asked() == before


def test_an_allowed_objection_lifts_the_record_and_nothing_else_and_tells_the_subject(
    world: World, designation: str
) -> None:
    measures = set(annotated(acting.shown(world, designation)))
    appeal_id = objected(world, designation)
    done(world, appeal_id, "decide", **LIFT)
    assert RECORD in annotated(acting.shown(world, designation))
    done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    view = acting.shown(world, designation)
    assert (view["state"], set(annotated(view))) == ("in_force", measures - {RECORD})
    assert [each["kind"] for each in view["notices"]] == ["designation", "variation"]
    refused(world.post(world.clerk, "/v1/appeals", objection(designation)), 422, "invalid-input")


def test_after_a_correction_it_is_allowed_without_lifting_anything(
    world: World, person: SyntheticPerson, designation: str
) -> None:
    appeal_id = objected(world, designation)
    plain = {"outcome": "allowed", "reason": "姓名已更正"}
    assert pointers(act(world, appeal_id, "decide", **plain)) == ["/variation"]
    change_id = change(world, designation, "correct", was=person.name, name=person.name + "某").json["change"]
    assert decide(world, designation, change_id).status_code == 200
    done(world, appeal_id, "decide", **plain)
    done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    view = acting.shown(world, designation)
    assert (view["state"], RECORD in annotated(view), view["objected"]) == ("in_force", True, False)


def test_a_correction_of_before_does_not_count(
    world: World, person: SyntheticPerson, designation: str, standing_clock: StandingClock
) -> None:
    standing_clock.day("2026-11-19")
    change_id = change(world, designation, "correct", was=person.name, name=person.name + "某").json["change"]
    decide(world, designation, change_id)
    standing_clock.day("2026-11-22")
    appeal_id = objected(world, designation)  # received on the 20th
    assert pointers(act(world, appeal_id, "decide", outcome="allowed", reason="r")) == ["/variation"]


def test_what_was_revoked_meanwhile_was_mended(world: World, designation: str) -> None:
    appeal_id = objected(world, designation)
    change_id = change(world, designation, "revoke").json["change"]
    assert decide(world, designation, change_id).status_code == 200
    refused(act(world, appeal_id, "decide", **LIFT), 409, "invalid-state")
    done(world, appeal_id, "decide", outcome="allowed", reason="已撤销")
    done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    assert acting.shown(world, designation)["state"] == "revoked"


def test_another_officer_than_who_received_it_and_than_who_proposed_decides(
    world: World, designation: str
) -> None:
    appeal_id = received(world, objection(designation))  # by the judge
    done(world, appeal_id, "decide", judge(world, "second-judge"), **KEEP)
    for login in ("judge", "second-judge"):
        refused(act(world, appeal_id, "decision/approve", judge(world, login)), 403, "four-eyes")
    refused(act(world, appeal_id, "decision/approve", world.approver), 403, "four-eyes")  # of the designation
    assert done(world, appeal_id, "decision/approve", judge(world, "third"))["outcome"] == "dismissed"


def test_a_proposed_answer_may_be_returned_and_an_objection_withdrawn(world: World, designation: str) -> None:
    appeal_id = objected(world, designation)
    done(world, appeal_id, "decide", **LIFT)
    done(world, appeal_id, "decision/reject", judge(world, "second-judge"), reason="再查")
    assert done(world, appeal_id, "withdraw", reason="撤回")["outcome"] == "withdrawn"
    assert not acting.shown(world, designation)["objected"]


@pytest.mark.parametrize("verb", ["accept", "refuse", "pause", "resume", "forward"])
def test_it_is_neither_accepted_nor_forwarded_nor_paused(world: World, designation: str, verb: str) -> None:
    appeal_id = objected(world, designation)
    body = {"reason": "r"} if verb in ("refuse", "pause") else {}
    refused(act(world, appeal_id, verb, **body), 409, "invalid-state")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"outcome": "partly_allowed", "reason": "r", "variation": {"lifted": [RECORD]}}, ["/outcome"]),
        (LIFT | {"variation": {"lifted": [RECORD, "payment_account_stop"]}}, ["/variation"]),
        (LIFT | {"variation": {"lifted": [RECORD], "ends_on": "2026-12-31"}}, ["/variation"]),
        (KEEP | {"variation": {"lifted": [RECORD]}}, ["/variation"]),
    ],
)
def test_an_answer_that_is_none_is_refused_when_proposed(
    world: World, designation: str, body: dict[str, Any], where: list[str]
) -> None:
    assert pointers(act(world, objected(world, designation), "decide", **body)) == where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"asks": "revoke"}, ["/asks"]),
        ({"designation_id": None}, ["/designation_id"]),
        ({"partner_id": "p"}, ["/partner_id"]),
    ],
)
def test_what_is_wrong_with_an_objection_is_pointed_at(
    world: World, designation: str, changes: dict[str, Any], where: list[str]
) -> None:
    body = objection(designation) | changes
    body = {name: value for name, value in body.items() if value is not None}
    assert pointers(world.post(world.clerk, "/v1/appeals", body)) == where


def test_where_no_record_is_imposed_nothing_can_be_objected_to(
    world: World, standing_clock: StandingClock
) -> None:
    older = world.older_body(world.people.person(), "2018-05-05")  # under the rules of 2016
    designation_id = world.designate(older)["id"]
    body = objection(designation_id, received_on="2026-11-20")
    assert pointers(world.post(world.clerk, "/v1/appeals", body)) == ["/designation_id"]


def test_an_appeal_and_an_objection_are_open_beside_each_other_and_one_of_each(
    world: World, designation: str
) -> None:
    received(world, intake(designation))
    objected(world, designation)
    refused(world.post(world.clerk, "/v1/appeals", objection(designation)), 409, "appeal-open")
    refused(world.post(world.clerk, "/v1/appeals", intake(designation)), 409, "appeal-open")
    listed = world.get(judge(world), "/v1/appeals?track=credit").json["items"]
    assert [each["designation_id"] for each in listed] == [designation]


def test_an_objection_left_lying_is_told_to_be_overdue(
    world: World, designation: str, standing_clock: StandingClock
) -> None:
    appeal_id = objected(world, designation)
    standing_clock.day("2026-12-11")
    world.services.workdays.tell_overdue()
    assert [each["id"] for each in world.get(judge(world), "/v1/appeals?overdue=true").json["items"]] == [
        appeal_id
    ]
    with reading() as session:
        told = session.scalars(select(LogRecord).where(LogRecord.tag == Tag.CLOCK_OVERDUE)).one()
        assert (told.object_id, told.facts["due_on"]) == (appeal_id, "2026-12-10")
        assert told.facts["provisional"] is False


def test_a_person_who_asks_is_told_that_the_record_is_annotated(
    world: World, person: SyntheticPerson, designation: str
) -> None:
    objected(world, designation)
    document = {"type": "resident_id", "number": person.resident_id}
    body = {"name": person.name, "document": document, "identity_checked": "original_document"}
    (held,) = world.post(world.clerk, "/v1/information-requests", body).json["designations"]
    assert (held["objected"], annotated(held)[RECORD]) == (True, True)


def test_an_older_schema_has_no_objections_and_no_clocks_of_them(world: World, designation: str) -> None:
    received(world, intake(designation))
    objected(world, designation)
    migrating.downgrade(engine(), "0008")
    migrating.upgrade(engine())
    with reading() as session:
        (kept,) = session.scalars(select(AppealRow))
        assert kept.track == "designation"
        assert [row.object_id for row in session.scalars(select(ClockRow))] == [kept.id]
