"""An appeal about a partner's own risk control: recorded and forwarded, answered by that partner."""

from typing import Any

import pytest

from tests.appeals.appealing import act, acts, done, intake, judge, partner_intake, received, shown
from tests.conftest import StandingClock
from tests.designations.acting import pointers, refused
from tests.support.world import World

ANSWER = {
    "outcome": "allowed",
    "reason": "经核查，交易为日常消费",
    "channel": "客服电话 95000",
    "papers": ["身份证原件"],
    "released_on": "2026-11-22",
}


@pytest.fixture
def forwarded(world: World, standing_clock: StandingClock) -> str:
    appeal_id = received(world, partner_intake(world), world.clerk)
    done(world, appeal_id, "forward", world.clerk)
    return appeal_id


def answered(world: World, appeal_id: str, sector: str = "bank", **changes: Any) -> Any:
    body = {name: value for name, value in (ANSWER | changes).items() if value is not None}
    return world.post(world.partner(sector), f"/v1/forwarded-appeals/{appeal_id}/answer", body)


def test_the_partner_sees_it_once_it_is_forwarded_and_answers(
    world: World, standing_clock: StandingClock
) -> None:
    body = partner_intake(world)
    appeal_id = received(world, body, world.clerk)
    bank, path = world.partner("bank"), f"/v1/forwarded-appeals/{appeal_id}"
    refused(world.get(bank, path), 404, "not-found")
    refused(answered(world, appeal_id), 404, "not-found")
    assert world.get(bank, "/v1/forwarded-appeals").json["items"] == []

    assert done(world, appeal_id, "forward", world.clerk)["state"] == "forwarded"
    seen = world.get(bank, path).json
    assert world.get(bank, "/v1/forwarded-appeals?state=forwarded").json == {"items": [seen], "next": None}
    assert seen["customer"] == {"name": body["customer"]["name"], **body["customer"]["document"]}
    assert (seen["grounds"], seen["appellant"]) == (body["grounds"], body["appellant"])
    assert seen["authority"] == {"name": "忻州市公安局", "phone": "0350-110"}

    answer = answered(world, appeal_id).json
    assert (answer["state"], answer["answer"]["papers"]) == ("answered", ["身份证原件"])
    view = shown(world, appeal_id)
    assert (view["state"], view["outcome"], view["decision"]) == ("answered", "allowed", None)
    assert {name: view["answer"][name] for name in ANSWER} == ANSWER
    assert acts(view) == ["appeal.received", "appeal.forwarded", "appeal.answered"]
    assert (view["history"][-1]["by"], view["clocks"]) == ("bank-140900", [])
    assert world.get(bank, "/v1/forwarded-appeals?state=forwarded").json["items"] == []


def test_nobody_else_sees_or_answers_it(world: World, forwarded: str) -> None:
    for sector, area in (("payment", "140900"), ("bank", "140200")):
        other = world.partner(sector, area)
        assert world.get(other, "/v1/forwarded-appeals").json["items"] == []
        refused(world.get(other, f"/v1/forwarded-appeals/{forwarded}"), 404, "not-found")
        path = f"/v1/forwarded-appeals/{forwarded}/answer"
        refused(world.post(other, path, ANSWER), 404, "not-found")
    refused(world.get(world.partner("bank"), f"/v1/appeals/{forwarded}"), 403, "forbidden")


def test_the_authority_does_not_decide_it(world: World, forwarded: str) -> None:
    for verb, body in (
        ("accept", {}),
        ("refuse", {"reason": "r"}),
        ("pause", {"reason": "r"}),
        ("resume", {}),
        ("decide", {"outcome": "allowed", "reason": "r"}),
        ("decision/approve", {}),
        ("decision/reject", {"reason": "r"}),
        ("forward", {}),
    ):
        refused(act(world, forwarded, verb, judge(world), **body), 409, "invalid-state")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"released_on": None}, "/released_on"),  # who finds for the customer releases at once
        ({"outcome": "partly_allowed", "released_on": None}, "/released_on"),
        ({"outcome": "dismissed"}, "/released_on"),
        ({"released_on": "2026-11-23"}, "/released_on"),
        ({"reason": None}, "/reason"),
        ({"channel": None}, "/channel"),
        ({"papers": None}, "/papers"),
        ({"outcome": "withdrawn"}, "/outcome"),
    ],
)
def test_an_answer_gives_reason_channel_papers_and_the_release(
    world: World, forwarded: str, changes: dict[str, Any], where: str
) -> None:
    assert pointers(answered(world, forwarded, **changes)) == [where]
    assert shown(world, forwarded)["state"] == "forwarded"
    assert answered(world, forwarded, outcome="dismissed", released_on=None).status_code == 200
    refused(answered(world, forwarded), 409, "invalid-state")


def test_the_partner_learns_that_it_was_withdrawn(world: World, forwarded: str) -> None:
    done(world, forwarded, "withdraw", world.clerk, reason="已自行解决")
    bank = world.partner("bank")
    seen = world.get(bank, f"/v1/forwarded-appeals/{forwarded}").json
    assert (seen["state"], seen["answer"]) == ("withdrawn", None)
    refused(answered(world, forwarded), 409, "invalid-state")


def test_what_is_wrong_with_it_is_pointed_at(world: World, standing_clock: StandingClock) -> None:
    body = partner_intake(world)
    refused(world.post(world.clerk, "/v1/appeals", body | {"partner_id": "ptn_none"}), 404, "not-found")
    wrong = {"name": " ", "document": {"type": "resident_id", "number": "11010519491231002Y"}}
    response = world.post(world.clerk, "/v1/appeals", body | {"customer": wrong})
    assert pointers(response) == ["/customer/name", "/customer/document/number"]
    designation = intake("dsg_1")
    both = body | {name: designation[name] for name in ("designation_id", "asks")}
    assert pointers(world.post(world.clerk, "/v1/appeals", both)) == ["/designation_id", "/asks"]


def test_a_customer_may_complain_about_several_partners_at_once(
    world: World, standing_clock: StandingClock
) -> None:
    appeals = {received(world, partner_intake(world, sector), world.clerk) for sector in ("bank", "carrier")}
    listed = world.get(judge(world), "/v1/appeals?track=partner").json["items"]
    assert {each["id"] for each in listed} == appeals
    assert {each["partner"]["name"] for each in listed} == {"bank-140900", "carrier-140900"}
