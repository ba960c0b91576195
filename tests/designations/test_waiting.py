"""What waits for an officer, and what is known beside a designation: only what they may see."""

import pytest

from registry import clock
from registry.access.principals import Officer
from registry.access.rules import Role
from registry.designations.waiting import MANY
from registry.errors import NotFound
from registry.law.words import Level
from tests.support.world import World


def officer(world: World, token: str) -> Officer:
    found = world.services.access.authenticate(token)
    assert isinstance(found, Officer)
    return found


def test_counts_and_pages_tell_of_the_same_things(world: World) -> None:
    waiting, approver = world.services.waiting, officer(world, world.approver)
    one, two = (world.draft(world.draft_body()) for _ in range(2))
    world.submit(one)
    made = world.designate(world.draft_body())
    world.post(world.clerk, f"/v1/designations/{made['id']}/suspend", {"reason": "核对"})
    counts = waiting.counts(approver)
    assert counts == {"drafts": 0, "approvals": 1, "changes": 0, "reviews": 1, "notices": 2}
    assert [each["id"] for each in waiting.approvals(approver, 9, None).items] == [one]
    (review,) = waiting.reviews(approver, 9, None).items
    assert review["designation"]["id"] == made["id"] and review["clocks"][0]["state"] == "running"
    clerk = officer(world, world.clerk)
    assert [each["id"] for each in waiting.drafts(clerk, 9, None).items] == [two]
    assert waiting.reviews(clerk, 9, None).items == []  # their own suspension


def test_a_page_goes_on_where_the_last_one_ended(world: World) -> None:
    made = [world.draft(world.draft_body()) for _ in range(3)]
    clerk = officer(world, world.clerk)
    first = world.services.waiting.drafts(clerk, 2, None)
    rest = world.services.waiting.drafts(clerk, 2, first.next)
    assert [each["id"] for each in first.items + rest.items] == made and rest.next is None


def test_a_delivered_notice_waits_no_longer(world: World) -> None:
    made = world.designate(world.draft_body())
    approver = officer(world, world.approver)
    (notice,) = world.services.waiting.notices(approver, 9, None).items
    path = f"/v1/designations/{made['id']}/notices/{notice['id']}/deliveries"
    today = clock.beijing_day(notice["drafted_at"]).isoformat()
    failed = {"form": "mail", "delivered_on": today, "proof": "E-1", "outcome": "failed"}
    assert world.post(world.approver, path, failed).status_code == 201
    assert len(world.services.waiting.notices(approver, 9, None).items) == 1
    world.post(world.approver, path, failed | {"outcome": "delivered"})
    assert world.services.waiting.notices(approver, 9, None).items == []


def test_what_belongs_to_another_authority_neither_waits_nor_is_shown_beside(world: World) -> None:
    person = world.people.person()
    here = world.designate(world.draft_body(person))
    world.submit(world.draft(world.draft_body(person)))
    city = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = officer(world, world.officer("stranger", Role.APPROVER, authority=city))
    above = officer(world, world.officer("above", Role.APPROVER, authority=world.province))
    assert set(world.services.waiting.counts(stranger).values()) == {0}
    assert world.services.waiting.counts(above)["approvals"] == 1
    queries = world.services.designation_queries
    with pytest.raises(NotFound):
        queries.others(stranger, here["id"])
    (other,) = queries.others(above, here["id"])
    assert other["state"] == "submitted"


def test_counting_stops_where_it_no_longer_matters(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MANY == 100
    monkeypatch.setattr("registry.designations.waiting.MANY", 2)
    for _ in range(3):
        world.draft(world.draft_body())
    assert world.services.waiting.counts(officer(world, world.clerk))["drafts"] == 2
