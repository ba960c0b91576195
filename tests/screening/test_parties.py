"""Whom a check finds: several parties, one person, spellings of names and numbers."""

import pytest

from registry.identity.citizen import with_check_digit
from tests.conftest import StandingClock
from tests.screening.asking import MAY_ASK, ask_about, class_1, party, subject
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")


def told(answer: dict) -> list[tuple[str, str, str]]:
    return [(each["role"], each["result"], each["direction"]) for each in answer["parties"]]


def test_the_most_severe_party_decides_and_the_order_is_kept(world: World) -> None:
    clear, joint, older = (world.people.person() for _ in range(3))
    world.designate(world.draft_body(joint))
    world.designate(world.older_body(older, "2023-05-05"))
    answer = ask_about(
        world,
        "bank",
        "open_bank_account",
        party(joint.name, joint.resident_id, "agent"),
        party(clear.name, clear.resident_id),
        party(older.name, older.resident_id, "beneficial_owner"),
    )
    assert told(answer) == [
        ("agent", "match", "limit"),
        ("applicant", "no_match", "proceed"),
        ("beneficial_owner", "match", "refuse"),
    ]
    assert answer["direction"] == "refuse"


def test_an_agent_who_is_listed_stops_the_business_of_an_applicant_who_is_not(world: World) -> None:
    applicant, agent = world.people.person(), world.people.person()
    world.designate(world.draft_body(agent))
    parties = [
        party(applicant.name, applicant.resident_id),
        party(agent.name, agent.resident_id, "agent"),
    ]
    answer = ask_about(world, "carrier", "issue_phone_card", *parties)
    assert told(answer) == [("applicant", "no_match", "proceed"), ("agent", "match", "refuse")]
    assert answer["direction"] == "refuse"
    assert answer["parties"][0]["sanctions"] == []


def test_an_organisation_and_its_legal_representative_are_two_parties(world: World) -> None:
    company, chief = world.people.organisation(), world.people.person()
    unit = subject(company.name, company.uscc, "uscc", "organisation")
    world.designate(world.draft_body(subject=unit, item_kinds=["corporate_account"]))
    parties = [
        party(company.name, company.uscc, type_="uscc"),
        party(chief.name, chief.resident_id, "legal_representative"),
    ]
    listed_unit = ask_about(world, "bank", "open_bank_account", *parties)
    assert told(listed_unit) == [
        ("applicant", "match", "limit"),
        ("legal_representative", "no_match", "proceed"),
    ]
    world.designate(world.draft_body(chief, linked_to=None))
    both = ask_about(world, "bank", "open_bank_account", *parties)
    assert told(both) == [("applicant", "match", "limit"), ("legal_representative", "match", "limit")]


def test_the_same_person_twice_gets_the_same_answer_twice(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    twice = [party(person.name, person.resident_id, role) for role in ("applicant", "beneficial_owner")]
    answer = ask_about(world, "carrier", "issue_phone_card", *twice)
    first, second = ({**each, "role": None} for each in answer["parties"])
    assert first == second
    assert len(first["sanctions"]) == 1


def test_the_same_number_under_two_names_gets_two_different_answers(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    answer = ask_about(
        world,
        "carrier",
        "issue_phone_card",
        party(person.name, person.resident_id),
        party("某某", person.resident_id, "agent"),
    )
    assert told(answer) == [("applicant", "match", "refuse"), ("agent", "possible_match", "review")]
    assert answer["direction"] == "refuse"


def test_ten_parties_may_be_asked_about_at_once(world: World) -> None:
    people = [world.people.person() for _ in range(10)]
    world.designate(world.draft_body(people[9]))
    parties = [
        party(each.name, each.resident_id, "agent" if position else "applicant")
        for position, each in enumerate(people)
    ]
    answer = ask_about(world, "carrier", "issue_phone_card", *parties)
    assert [each["result"] for each in answer["parties"]] == ["no_match"] * 9 + ["match"]


# -- number equal, name different ----------------------------------------------------------------------


def test_another_name_is_a_possible_match_just_where_the_holder_would_get_more_than_proceed(
    world: World, standing_clock: StandingClock
) -> None:
    joint, older, past, over = (world.people.person() for _ in range(4))
    world.designate(world.draft_body(joint))
    world.designate(world.older_body(older, "2023-05-05"))
    world.designate(world.older_body(past, "2020-05-05"))  # 85, ended 2025-05-05
    conduct = world.draft_body()["conduct"] | {"from": None, "to": "2024-06-01"}
    world.designate(world.draft_body(over, decided_on="2024-12-10", conduct=conduct))
    standing_clock.set("2026-12-11T12:00:00")  # joint, ended the day before
    reviewed = {"joint": 0, "older": 0, "past": 0, "over": 0}
    for name, person in (("joint", joint), ("older", older), ("past", past), ("over", over)):
        for sector, purposes in MAY_ASK.items():
            for purpose in purposes:
                holder = world.ask(sector, purpose, person)["direction"]
                answer = ask_about(world, sector, purpose, party("某某", person.resident_id))
                expected = ("no_match", "proceed") if holder == "proceed" else ("possible_match", "review")
                assert told(answer) == [("applicant", *expected)], (name, sector, purpose)
                reviewed[name] += holder != "proceed"
    assert reviewed == {"joint": 15, "older": 6, "past": 2, "over": 0}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_possible_match_discloses_nothing_but_the_telephone(world: World, language: str) -> None:
    person = world.people.person()
    shown = world.designate(class_1(world, person))
    body = world.check_body("某某", person.resident_id, "issue_phone_card")
    response = world.post(world.partner("carrier"), "/v1/checks", body, Accept_Language=language)
    (found,) = response.json["parties"]
    assert set(found) == {
        "role",
        "result",
        "direction",
        "sanctions",
        "still_allowed",
        "say",
        "contact",
    }
    assert (found["sanctions"], found["still_allowed"], found["contact"]) == ([], [], "0350-110")
    (sanction,) = shown["sanctions"]
    text = response.get_data(as_text=True)
    hidden = [person.name, person.resident_id, shown["decision_no"], shown["id"], sanction["id"]]
    hidden += [sanction["regime"], "joint", "忻州", sanction["ends_on"], "2027", "联合惩戒", "telecom"]
    assert [word for word in hidden if word in text.replace(response.json["checked_at"], "")] == []


def test_a_possible_match_says_the_same_whatever_the_true_holder_did(world: World) -> None:
    mild, grave = world.people.person(), world.people.person()
    world.designate(world.older_body(mild, "2020-05-05"))  # ended: review
    world.designate(class_1(world, grave))
    world.designate(world.older_body(grave, "2023-05-05"))  # in force: refuse
    one, other = (
        ask_about(world, "bank", "open_bank_account", party("某某", each.resident_id))
        for each in (mild, grave)
    )
    assert one["parties"] == other["parties"]
    assert one["law"] == other["law"]


def test_a_name_alone_is_never_a_hit(world: World) -> None:
    listed, namesake = world.people.person(), world.people.person()
    world.designate(world.draft_body(listed))
    for sector, purposes in MAY_ASK.items():
        answer = ask_about(world, sector, purposes[0], party(listed.name, namesake.resident_id))
        assert told(answer) == [("applicant", "no_match", "proceed")]


def test_bearers_of_a_duplicate_number_are_two_people(world: World) -> None:
    """Each is told of their own; one whom their own does not concern may still be the other one."""
    number = world.people.person().resident_id
    world.designate(world.draft_body(subject=subject("王一", number)))
    world.designate(
        world.older_body(world.people.person(), "2023-05-05", subject=subject("李二", number)),
    )

    def result(name: str, sector: str, purpose: str) -> tuple[str, str, str]:
        return told(ask_about(world, sector, purpose, party(name, number)))[0]

    assert result("王一", "bank", "open_bank_account") == ("applicant", "match", "limit")
    assert result("李二", "bank", "open_bank_account") == ("applicant", "match", "refuse")
    assert result("李二", "carrier", "issue_phone_card") == ("applicant", "possible_match", "review")
    assert result("赵三", "bank", "open_bank_account") == ("applicant", "possible_match", "review")
    assert result("赵三", "carrier", "issue_phone_card") == ("applicant", "possible_match", "review")


# -- one person, spelled otherwise -----------------------------------------------------------------------


SPELLINGS = {
    "张三丰": ["张 三 丰", "\u3000张\u3000三丰 ", "张三\u200b丰"],
    "李 四": ["李四", "李\u3000四"],
    "阿依古丽·买买提": [
        "阿依古丽•买买提",
        "阿依古丽・买买提",
        "阿依古丽‧买买提",
        "阿依古丽.买买提",
        "阿依古丽．买买提",
        "阿依古丽 · 买买提",
    ],
    "John  Smith": ["JOHN SMITH", "john smith", "ＪＯＨＮ　ＳＭＩＴＨ"],
}
OTHER_NAMES = {"张三丰": ["张三", "张三三", "丰三张"], "John  Smith": ["JohnSmith", "Smith John"]}


def test_a_name_is_found_however_it_is_spelled_and_another_name_stays_another(world: World) -> None:
    for listed, spellings in SPELLINGS.items():
        number = world.people.person().resident_id
        world.designate(world.draft_body(subject=subject(listed, number)))
        for asked in (listed, *spellings):
            answer = ask_about(world, "carrier", "issue_phone_card", party(asked, number))
            assert (asked, told(answer)) == (asked, [("applicant", "match", "refuse")])
        for asked in OTHER_NAMES.get(listed, ()):
            answer = ask_about(world, "carrier", "issue_phone_card", party(asked, number))
            assert (asked, told(answer)) == (asked, [("applicant", "possible_match", "review")])


def test_the_codes_of_partners_for_a_resident_id_are_understood(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    for code in ("10", "110001", "110002", "110003", "110005", "1010", "00", "01"):
        asked = party(person.name, person.resident_id, type_=code)
        answer = ask_about(world, "carrier", "issue_phone_card", asked)
        assert (code, told(answer)) == (code, [("applicant", "match", "refuse")])


def test_a_document_called_otherwise_is_still_found(world: World) -> None:
    permit, foreign = "810000199001010019", "911124198108030024"
    for name, listed_as, asked_as, number in (
        ("陈一", "hmt_residence_permit", "resident_id", permit),
        ("陈二", "resident_id", "hmt_residence_permit", permit),
        ("陈三", "hmt_residence_permit", "10", permit),
        ("陈四", "foreign_permanent_residence_id", "resident_id", foreign),
        ("陈五", "resident_id", "foreign_permanent_residence_id", foreign),
    ):
        world.designate(world.draft_body(subject=subject(name, number, listed_as)))
        answer = ask_about(world, "carrier", "issue_phone_card", party(name, number, type_=asked_as))
        assert (name, told(answer)) == (name, [("applicant", "match", "refuse")])


def test_a_number_is_found_however_it_is_written(world: World) -> None:
    for name, listed, asked in (
        ("张一", "11010519491231002X", "11010519491231002x"),
        ("张二", "11010519491231002X", " 110105 19491231 002X "),
        ("张三", "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ"),
        ("张四", "11010519491231002X", "110105-19491231-002X"),
        ("张五", "11010519491231002X", "110105491231002"),
        ("张六", "110105491231002", "11010519491231002X"),
    ):
        world.designate(world.draft_body(subject=subject(name, listed)))
        answer = ask_about(world, "carrier", "issue_phone_card", party(name, asked))
        assert (name, told(answer)) == (name, [("applicant", "match", "refuse")])


def test_every_document_of_a_subject_finds_it(world: World) -> None:
    person = world.people.person()
    documents = [
        {"type": "resident_id", "number": person.resident_id},
        {"type": "passport", "number": "E12345678"},
    ]
    world.designate(
        world.draft_body(subject=subject(person.name, person.resident_id) | {"documents": documents})
    )
    answer = ask_about(
        world, "carrier", "issue_phone_card", party(person.name, "e1234 5678", type_="passport")
    )
    assert told(answer) == [("applicant", "match", "refuse")]


def test_a_renewed_travel_permit_of_the_same_holder_is_found(world: World) -> None:
    permit = "hk_macao_travel_permit"
    world.designate(world.draft_body(subject=subject("陈大文", "H1234567801", permit)))
    answer = ask_about(world, "carrier", "issue_phone_card", party("陈大文", "H1234567802", type_=permit))
    assert told(answer) == [("applicant", "match", "refuse")]


def test_neighbouring_numbers_are_not_found(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    body = person.resident_id[:14] + f"{(int(person.resident_id[14:17]) + 2) % 1000:03}"
    answer = ask_about(world, "carrier", "issue_phone_card", party(person.name, with_check_digit(body)))
    assert told(answer) == [("applicant", "no_match", "proceed")]
