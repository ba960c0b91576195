"""The main job, over HTTP, on both databases."""

from tests.support.world import World


def test_an_unknown_person_may_proceed(world: World) -> None:
    answer = world.ask("bank", "open_bank_account", world.people.person())
    assert answer["direction"] == "proceed"
    assert answer["parties"][0]["result"] == "no_match"


def test_bank_and_carrier_get_different_answers_about_one_person(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    assert world.ask("bank", "open_bank_account", person)["direction"] == "limit"
    assert world.ask("carrier", "issue_phone_card", person)["direction"] == "refuse"
