"""How long an appeal may take: counted in working days, paused, overdue, escalated."""

from typing import Any

from registry.access.rules import Role
from registry.law.words import Level
from tests.appeals.appealing import act, clocks, done, intake, judge, received, shown
from tests.conftest import StandingClock
from tests.designations.acting import refused
from tests.support.world import World

ACCEPTANCE, DECISION = "procedure/appeal-acceptance", "procedure/appeal-decision"


def designation(world: World) -> str:
    return str(world.designate(world.draft_body())["id"])


def test_around_spring_festival(world: World, standing_clock: StandingClock) -> None:
    """Saturdays 14 and 28 February 2026 are worked; the 15th to the 23rd are off."""
    standing_clock.day("2026-02-11")
    appeal_id = received(world, intake(designation(world), received_on="2026-02-11"))
    (clock,) = shown(world, appeal_id)["clocks"]
    assert clock == {
        "rule": ACCEPTANCE,
        "basis": {"instrument": "电信网络诈骗及其关联违法犯罪联合惩戒办法", "article": "14-16"},
        "provisional": True,
        "event_on": "2026-02-11",
        "due_on": "2026-02-25",
        "state": "running",
        "overdue": False,
        "days_left": 5,
        "counted_in": "working_days",
    }
    standing_clock.day("2026-02-25")
    view = done(world, appeal_id, "accept")
    assert clocks(view) == [
        (ACCEPTANCE, "2026-02-25", "stopped"),
        (DECISION, "2026-03-24", "running"),
    ]
    standing_clock.day("2026-03-02")
    assert clocks(done(world, appeal_id, "pause", reason="请补交委托书"))[1][2] == "paused"
    refused(act(world, appeal_id, "pause", reason="再次"), 409, "invalid-state")
    standing_clock.day("2026-03-06")
    assert clocks(done(world, appeal_id, "resume"))[1] == (DECISION, "2026-03-30", "running")
    refused(act(world, appeal_id, "resume"), 409, "invalid-state")
    standing_clock.day("2026-03-30")
    done(world, appeal_id, "decide", outcome="allowed", reason="属实")
    view = done(world, appeal_id, "decision/approve", judge(world, "second-judge"))
    assert (clocks(view)[1], view["overdue"]) == ((DECISION, "2026-03-30", "stopped"), False)


def test_around_national_day_with_a_pause_over_it(world: World, standing_clock: StandingClock) -> None:
    """1 to 7 October 2026 are off, Saturday the 10th is worked."""
    standing_clock.day("2026-09-28")
    appeal_id = received(world, intake(designation(world), received_on="2026-09-28"))
    assert clocks(shown(world, appeal_id)) == [(ACCEPTANCE, "2026-10-10", "running")]
    standing_clock.day("2026-09-29")
    done(world, appeal_id, "pause", reason="请补交材料")
    standing_clock.day("2026-10-09")
    assert clocks(done(world, appeal_id, "resume")) == [(ACCEPTANCE, "2026-10-14", "running")]


def test_an_appeal_that_waits_for_papers_can_be_accepted_refused_or_withdrawn(
    world: World, standing_clock: StandingClock
) -> None:
    for verb, body in (("accept", {}), ("refuse", {"reason": "r"}), ("withdraw", {"reason": "r"})):
        appeal_id = received(world, intake(designation(world)))
        done(world, appeal_id, "pause", reason="补正")
        assert done(world, appeal_id, verb, **body)["clocks"][0]["state"] == "stopped"


def test_time_runs_from_the_day_it_came_in_not_from_its_entry(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2026-11-23")
    appeal_id = received(world, intake(designation(world), received_on="2026-11-13"))
    view = shown(world, appeal_id)
    assert (clocks(view), view["overdue"]) == ([(ACCEPTANCE, "2026-11-20", "running")], True)
    assert view["clocks"][0]["days_left"] == -1


def listed(world: World, token: str, query: str = "") -> list[dict[str, Any]]:
    response = world.get(token, f"/v1/appeals{query}")
    assert response.status_code == 200, response.json
    return list(response.json["items"])


def test_what_is_overdue_comes_up_to_whoever_is_above(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-09")
    late, paused, refused_one, fresh = (designation(world) for _ in range(4))
    appeals = [
        received(world, intake(each, received_on="2026-11-09")) for each in (late, paused, refused_one)
    ]
    done(world, appeals[1], "pause", reason="补正")
    standing_clock.day("2026-11-17")  # one day after the last
    done(world, appeals[2], "refuse", reason="逾期后不予受理")
    received(world, intake(fresh, received_on="2026-11-17"))
    above = world.officer("above", Role.APPEAL_OFFICER, authority=world.province)
    elsewhere = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.APPEAL_OFFICER, authority=elsewhere)

    (mine,) = listed(world, judge(world), "?overdue=true")
    assert (mine["id"], mine["overdue"], mine["escalated"]) == (appeals[0], True, False)
    (escalated,) = listed(world, above, "?overdue=true")
    assert (escalated["id"], escalated["overdue"], escalated["escalated"]) == (appeals[0], True, True)
    assert [each["overdue"] for each in listed(world, above)] == [False, False, False, True]
    assert not any(each["escalated"] for each in listed(world, above)[:3])
    assert listed(world, stranger) == listed(world, stranger, "?overdue=true") == []
    assert done(world, appeals[0], "accept", above)["overdue"] is False


def test_a_list_is_read_page_by_page_and_holds_nothing_that_anybody_wrote(
    world: World, standing_clock: StandingClock
) -> None:
    appeals = [received(world, intake(designation(world))) for _ in range(3)]
    done(world, appeals[0], "accept")
    assert [each["id"] for each in listed(world, judge(world), "?state=received")] == appeals[:0:-1]
    first = world.get(judge(world), "/v1/appeals?limit=2").json
    second = world.get(judge(world), f"/v1/appeals?limit=2&cursor={first['next']}").json
    assert [each["id"] for each in first["items"] + second["items"]] == appeals[::-1]
    assert second["next"] is None
    assert not {"grounds", "appellant", "customer", "decision"} & first["items"][0].keys()


def test_neighbours_find_nothing_of_it(world: World, standing_clock: StandingClock) -> None:
    against = designation(world)
    appeal_id = received(world, intake(against))
    for name, area, level in (
        ("太原市公安局", "140100", Level.CITY),
        ("忻府区公安分局", "140902", Level.COUNTY),
        ("河北省公安厅", "130000", Level.PROVINCE),
    ):
        other = world.officer(name, Role.APPEAL_OFFICER, authority=world.authority(name, area, level))
        refused(world.get(other, f"/v1/appeals/{appeal_id}"), 404, "not-found")
        refused(act(world, appeal_id, "accept", other), 404, "not-found")
        refused(act(world, appeal_id, "withdraw", other, reason="r"), 404, "not-found")
        refused(world.post(other, "/v1/appeals", intake(against)), 404, "not-found")
        assert listed(world, other) == []
