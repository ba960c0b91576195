"""信用修复: an entry of the list of the seriously dishonest may go after a year, and only that."""

from typing import Any

from tests.conftest import StandingClock
from tests.designations.acting import refused, shown
from tests.designations.test_changes import decide
from tests.support.world import World


def convicted(world: World, decided_on: str) -> dict[str, Any]:
    body = world.draft_body(ground="convicted", decided_on=decided_on, penalty="criminal")
    body["conduct"] = body["conduct"] | {"from": "2024-11-01", "to": "2024-12-01"}
    return world.designate(body)


def repair(world: World, designation_id: str) -> Any:
    path = f"/v1/designations/{designation_id}/repair-credit"
    return world.post(world.clerk, path, {"reason": "已履行义务"})


def test_an_entry_may_go_once_it_was_shown_for_a_year(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-05-01")
    designation_id = convicted(world, "2025-05-20")["id"]
    window = shown(world, designation_id)["credit_repair"]
    assert (window["opens_on"], window["closes_on"]) == ("2026-05-21", "2028-05-20")
    standing_clock.day("2026-05-20")
    problem = refused(repair(world, designation_id), 409, "not-lawful")
    assert problem["rule"] == "procedure/serious-list-shortest"
    standing_clock.day("2026-05-21")
    proposed = repair(world, designation_id)
    assert proposed.status_code == 202
    view = decide(world, designation_id, proposed.json["change"]).json
    (sanction,) = view["sanctions"]
    assert "serious_dishonesty_list" not in {measure["code"] for measure in sanction["measures"]}
    assert (view["state"], sanction["ends_on"], view["credit_repair"]) == ("in_force", "2028-05-20", None)
    assert [notice["kind"] for notice in view["notices"]] == ["designation", "variation"]
    refused(repair(world, designation_id), 409, "not-lawful")


def test_who_is_not_on_that_list_has_nothing_to_repair(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-22")
    facilitated = world.designate(world.draft_body(decided_on="2025-03-03"))
    assert facilitated["credit_repair"] is None
    refused(repair(world, facilitated["id"]), 409, "not-lawful")


def test_before_the_law_of_credit_repair_there_is_none(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-03-31")
    designation_id = convicted(world, "2025-01-10")["id"]
    assert shown(world, designation_id)["credit_repair"] is None
    refused(repair(world, designation_id), 409, "not-lawful")
    standing_clock.day("2026-04-01")
    assert repair(world, designation_id).status_code == 202
