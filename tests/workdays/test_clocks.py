"""The life of a clock: started, paused, resumed, stopped, overdue."""

from datetime import date

import pytest

from registry.errors import Invalid, InvalidState
from registry.law.book import RuleNotInForce
from tests.conftest import StandingClock
from tests.workdays.acting import ACCEPT, DECIDE, OBJECT, OFFICER, Clocks


def test_a_clock_says_what_is_due_and_on_what_basis(clocks: Clocks, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-10")
    started = clocks.start(ACCEPT, "2026-11-09")

    assert started.pop("id").startswith("clk_")
    assert started == {
        "object_id": OBJECT,
        "rule": ACCEPT,
        "basis": {
            "instrument": "电信网络诈骗及其关联违法犯罪联合惩戒办法",
            "article": "14-16",
            "mark": "U",
            "provisional": True,  # the count itself is unconfirmed
        },
        "provisional": True,
        "event_on": date(2026, 11, 9),
        "due_on": date(2026, 11, 16),
        "state": "running",
        "overdue": False,
        "days_left": 4,
        "counted_in": "working_days",
    }


def test_a_confirmed_period_of_calendar_days_is_not_provisional(clocks: Clocks) -> None:
    decision = clocks.start("procedure/reconsideration-decision", "2026-12-17")

    assert (decision["provisional"], decision["days_left"], decision["counted_in"]) == (
        False,
        47,
        "calendar_days",
    )
    assert clocks.start("procedure/reconsideration-filing", "2026-12-17")["provisional"]  # 2027 may move it


def test_a_clock_is_paused_resumed_and_stopped_and_each_leaves_its_act(
    clocks: Clocks, standing_clock: StandingClock
) -> None:
    clocks.start(ACCEPT, "2026-11-09")
    paused = clocks.act("pause", ACCEPT, "2026-11-11")
    resumed = clocks.act("resume", ACCEPT, "2026-11-16")
    standing_clock.day("2026-11-20")
    late = clocks.all()[0]
    stopped = clocks.act("stop", ACCEPT, "2026-11-19")

    assert (paused["state"], paused["days_left"], paused["overdue"]) == ("paused", 3, False)
    assert (resumed["state"], str(resumed["due_on"])) == ("running", "2026-11-19")
    assert (late["overdue"], late["days_left"]) == (True, -1)
    assert (stopped["state"], stopped["overdue"], stopped["days_left"]) == ("stopped", False, 0)
    acts = clocks.acts()
    assert [act.tag.value for act in acts] == [
        "clock.started",
        "clock.paused",
        "clock.resumed",
        "clock.stopped",
    ]
    assert acts[2].actor == OFFICER.id
    assert acts[2].facts == {
        "clock": paused["id"],
        "rule": ACCEPT,
        "due_on": "2026-11-19",
        "provisional": False,
        "on": "2026-11-16",
    }


def test_a_paused_clock_is_not_overdue_and_may_be_stopped(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-11-09")
    clocks.act("pause", ACCEPT, "2026-11-11")
    assert not clocks.all()[0]["overdue"]

    stopped = clocks.act("stop", ACCEPT, "2026-12-30")

    assert (stopped["state"], stopped["overdue"], stopped["days_left"]) == ("stopped", False, 3)


def test_one_clock_of_a_rule_runs_at_a_time_and_another_may_follow(clocks: Clocks) -> None:
    clocks.start(ACCEPT, "2026-11-09")
    with pytest.raises(InvalidState):
        clocks.start(ACCEPT, "2026-11-10")
    clocks.start(DECIDE, "2026-11-09")
    clocks.start(ACCEPT, "2026-11-09", object_id="apl_2")
    clocks.act("stop", ACCEPT, "2026-11-12")
    clocks.start(ACCEPT, "2026-12-01")

    assert [(view["rule"], view["state"]) for view in clocks.all()] == [
        (ACCEPT, "stopped"),
        (DECIDE, "running"),
        (ACCEPT, "running"),
    ]


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ([], "pause"),
        ([], "resume"),
        ([], "stop"),
        (["start"], "resume"),
        (["start", "pause"], "pause"),
        (["start", "stop"], "pause"),
        (["start", "stop"], "stop"),
    ],
)
def test_a_verb_in_the_wrong_state_is_refused(clocks: Clocks, before: list[str], verb: str) -> None:
    for each in before:
        if each == "start":
            clocks.start(ACCEPT, "2026-11-09")
        else:
            clocks.act(each, ACCEPT, "2026-11-10")

    with pytest.raises(InvalidState):
        clocks.act(verb, ACCEPT, "2026-11-11")
    assert len(clocks.acts()) == len(before)


@pytest.mark.parametrize(
    ("acts", "verb"),
    [
        ([], "pause"),
        ([], "stop"),
        ([("pause", "2026-11-12")], "resume"),
        ([("pause", "2026-11-12")], "stop"),
        ([("pause", "2026-11-12"), ("resume", "2026-11-12")], "pause"),
    ],
)
def test_nothing_happens_to_a_clock_before_what_happened_last(
    clocks: Clocks, acts: list[tuple[str, str]], verb: str
) -> None:
    clocks.start(ACCEPT, "2026-11-11")
    for each, on in acts:
        clocks.act(each, ACCEPT, on)

    with pytest.raises(Invalid) as caught:
        clocks.act(verb, ACCEPT, "2026-11-10")
    assert [fault.pointer for fault in caught.value.errors] == ["/on"]


def test_no_clock_runs_before_its_rule_is_in_force(clocks: Clocks) -> None:
    with pytest.raises(RuleNotInForce):
        clocks.start(DECIDE, "2022-11-30")
    assert clocks.start(DECIDE, "2022-12-01")["basis"]["article"] == "31(2)"
