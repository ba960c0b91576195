"""Which partner may ask for which purpose, and what a designation must be to count."""

import pytest

from tests.screening.asking import MAY_ASK, PURPOSES, SECTORS, ask_about, party
from tests.support.world import World


@pytest.mark.parametrize("sector", SECTORS)
def test_a_partner_asks_for_the_purposes_of_its_own_sector_only(world: World, sector: str) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    for purpose in PURPOSES:
        body = world.check_body(person.name, person.resident_id, purpose)
        response = world.post(world.partner(sector), "/v1/checks", body)
        if purpose in MAY_ASK[sector]:
            assert response.status_code == 201
        else:
            assert (response.status_code, response.json["type"]) == (
                403,
                "/problems/purpose-not-permitted",
            )
            assert not {"direction", "parties", "result"} & response.json.keys()


def test_there_are_the_eleven_purposes_of_the_law(world: World) -> None:
    assert len(PURPOSES) == 11
    response = world.post(
        world.partner("bank"), "/v1/checks", world.check_body("张三", "11010519491231002X", "open_a_shop")
    )
    assert response.status_code == 422


def test_officers_do_not_ask_and_strangers_are_not_answered(world: World) -> None:
    body = world.check_body("张三", "11010519491231002X")
    assert world.post(world.clerk, "/v1/checks", body).status_code == 403
    assert world.post(world.approver, "/v1/checks", body).status_code == 403
    assert world.post(None, "/v1/checks", body).status_code == 401


def test_drafts_and_submitted_and_rejected_designations_have_no_effect(world: World) -> None:
    person = world.people.person()

    def direction() -> str:
        parties = party(person.name, person.resident_id)
        return str(ask_about(world, "carrier", "issue_phone_card", parties)["direction"])

    first = world.draft(world.draft_body(person))
    assert direction() == "proceed"
    world.submit(first)
    assert direction() == "proceed"
    rejected = world.post(world.approver, f"/v1/designations/{first}/reject", {"reason": "证据不足"})
    assert rejected.status_code == 200
    assert direction() == "proceed"
    world.designate(world.draft_body(person))
    assert direction() == "refuse"
