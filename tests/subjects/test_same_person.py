"""One person under several documents is one subject, from the approval on that says so."""

from tests.conftest import StandingClock
from tests.designations.acting import (
    act,
    check,
    found,
    passport_body,
    renamed,
    shown,
    submitted,
    terms,
    with_documents,
)
from tests.support.world import World

PASSPORT = ("passport", "E11112222")


def test_a_check_by_any_document_finds_every_sanction_of_the_person(world: World) -> None:
    person = world.people.person()
    own = ("resident_id", person.resident_id)
    first = world.designate(world.draft_body(person))
    assert check(world, person.name, PASSPORT[1], "passport")["result"] == "no_match"
    second = world.designate(
        with_documents(world.older_body(person, "2022-03-03"), own, PASSPORT, ("military_id", "军字第001号"))
    )
    numbers = sorted([first["decision_no"], second["decision_no"]])
    for document_type, number in (own, PASSPORT, ("military_id", "军字第001号")):
        party = check(world, person.name, number, document_type)
        assert (party["result"], found(party)) == ("match", numbers), document_type
    views = [shown(world, each["id"]) for each in (first, second)]
    assert views[0]["subject"] == views[1]["subject"]
    assert len(views[0]["subject"]["documents"]) == 3 and views[0]["subject"]["aliases"] == []


def test_the_same_number_under_two_types_of_its_family_is_one_person(world: World) -> None:
    person = world.people.person()
    number = "810000199001010019"
    first = world.designate(with_documents(world.draft_body(person), ("hmt_residence_permit", number)))
    second = world.designate(with_documents(world.draft_body(person), ("resident_id", number)))
    assert second["subject"]["id"] == first["subject"]["id"]


def test_two_registered_subjects_found_to_be_one_are_merged_and_their_chains_recomputed(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    own = ("resident_id", person.resident_id)
    by_passport = world.designate(passport_body(world, person.name, PASSPORT[1]))
    by_id = world.designate(world.draft_body(person, decided_on="2025-05-05"))
    assert by_passport["subject"]["id"] != by_id["subject"]["id"]
    assert terms(by_id) == [("2025-05-05", "2027-05-05")]

    joining = submitted(
        world, with_documents(world.draft_body(person, decided_on="2025-06-06"), own, PASSPORT)
    )
    assert terms(shown(world, by_id["id"])) == [("2025-05-05", "2027-05-05")]  # submitting joins nothing
    both = world.approve(joining)
    views = [shown(world, each["id"]) for each in (by_passport, by_id, both)]
    assert len({view["subject"]["id"] for view in views}) == 1
    assert [terms(view) for view in views] == [
        [("2025-03-03", "2027-03-03")],
        [("2027-03-04", "2027-05-05")],  # in its turn, and no longer than it stood
        [("2027-05-06", "2029-05-05")],
    ]
    documents = sorted((each["type"], each["number"]) for each in both["subject"]["documents"])
    assert documents == sorted([own, PASSPORT])
    for document_type, number in (own, PASSPORT):
        assert found(check(world, person.name, number, document_type)) == [by_passport["decision_no"]]


def test_three_subjects_become_one_in_one_approval(world: World) -> None:
    name, numbers = "买买提·艾山", ["E10000001", "E10000002", "E10000003"]
    first = [world.designate(passport_body(world, name, number))["id"] for number in numbers]
    joining = with_documents(
        passport_body(world, name, numbers[0]), *[("passport", number) for number in numbers]
    )
    joined = world.designate(joining)
    assert {shown(world, each)["subject"]["id"] for each in first} == {joined["subject"]["id"]}
    assert sorted(each["number"] for each in joined["subject"]["documents"]) == numbers


def test_only_the_bearer_of_the_name_is_merged(world: World) -> None:
    person = world.people.person()
    other = world.designate(world.draft_body(renamed(person, "重号人")))
    mine = world.designate(passport_body(world, person.name, PASSPORT[1]))
    joined = world.designate(
        with_documents(world.draft_body(person), ("resident_id", person.resident_id), PASSPORT)
    )
    assert joined["subject"]["id"] == shown(world, mine["id"])["subject"]["id"]
    assert shown(world, other["id"])["subject"] == other["subject"]
    assert found(check(world, "重号人", person.resident_id)) == [other["decision_no"]]


def test_a_draft_waiting_while_its_subject_is_merged_joins_it_at_its_approval(world: World) -> None:
    person = world.people.person()
    own = ("resident_id", person.resident_id)
    waiting = submitted(world, passport_body(world, person.name, PASSPORT[1], decided_on="2026-01-01"))
    first = world.designate(world.draft_body(person))
    world.designate(with_documents(world.draft_body(person, decided_on="2025-09-09"), own, PASSPORT))
    view = world.approve(waiting)
    assert view["subject"]["id"] == shown(world, first["id"])["subject"]["id"]
    assert terms(view) == [("2029-03-04", "2030-03-03")]


def test_what_is_merely_drafted_submitted_or_rejected_adds_no_document_and_no_effect(world: World) -> None:
    person, stranger = world.people.person(), world.people.person()
    own = ("resident_id", person.resident_id)
    listed = world.designate(world.draft_body(person))

    def nothing_changed() -> None:
        assert check(world, person.name, PASSPORT[1], "passport")["result"] == "no_match"
        assert check(world, "别人", PASSPORT[1], "passport")["result"] == "no_match"
        assert check(world, stranger.name, stranger.resident_id)["result"] == "no_match"
        assert check(world, "别人", stranger.resident_id)["result"] == "no_match"
        assert found(check(world, person.name, person.resident_id)) == [listed["decision_no"]]
        assert shown(world, listed["id"])["subject"] == listed["subject"]

    joining = world.draft(with_documents(world.draft_body(person, decided_on="2025-09-09"), own, PASSPORT))
    alone = world.draft(world.draft_body(stranger))
    nothing_changed()
    for designation_id in (joining, alone):
        world.submit(designation_id)
    nothing_changed()
    for designation_id in (joining, alone):
        assert act(world, "reject", designation_id).status_code == 200
    nothing_changed()


def test_drafts_do_not_raise_the_version_of_the_list_and_approvals_do(world: World) -> None:
    person = world.people.person()

    def version() -> int:
        return int(world.ask("bank", "open_bank_account", person)["list_version"])

    before = version()
    waiting = submitted(world, world.draft_body(person))
    act(world, "reject", submitted(world))
    assert version() == before
    world.approve(waiting)
    assert version() == before + 1
