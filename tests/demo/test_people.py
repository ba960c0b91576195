"""Synthetic people for demonstrations."""

from datetime import date
from itertools import islice

import pytest

from registry.demo.people import People
from registry.identity.documents import parse_document
from registry.identity.items import parse_item
from registry.identity.masks import mask_name
from registry.identity.names import normalise_name

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def crowd():
    people = People(7, TODAY)
    return [people.person() for _ in range(5_000)]


def age_on(day: date, birth_on: date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def test_every_resident_id_agrees_with_its_person(crowd):
    for person in crowd:
        document = parse_document("resident_id", person.resident_id, TODAY)
        assert (document.birth_on, document.sex) == (person.birth_on, person.sex)
        assert (document.number, document.warnings) == (person.resident_id, ())


def test_no_resident_id_is_given_twice(crowd):
    assert len({person.resident_id for person in crowd}) == len(crowd)


def test_everybody_is_adult_and_at_most_75(crowd):
    ages = {age_on(TODAY, person.birth_on) for person in crowd}

    assert min(ages) == 18
    assert max(ages) <= 75


def test_a_leap_day_is_a_day_like_another():
    people = People(1, date(2028, 2, 29))

    assert all(18 <= age_on(date(2028, 2, 29), people.person().birth_on) <= 75 for _ in range(500))


def test_names_are_in_normal_form_and_of_every_sort(crowd):
    names = [person.name for person in crowd]

    assert all(normalise_name(name).display == name for name in names)
    assert {len(name) for name in names if "·" not in name} == {2, 3, 4}
    assert any("·" in name for name in names)
    assert any(mask_name(name).startswith(("欧阳某", "司马某")) for name in names)


def test_organisations_cards_and_phones_pass_the_rules_of_form():
    people = People(3, TODAY)
    for _ in range(500):
        organisation = people.organisation()
        assert parse_document("uscc", organisation.uscc, TODAY).number == organisation.uscc
        assert normalise_name(organisation.name).display == organisation.name
        card, phone = people.bank_card(), people.phone()
        assert parse_item("bank_account", card).number == card
        assert parse_item("phone_card", phone).number == phone


def test_one_seed_gives_the_same_people_and_another_gives_others():
    def first(seed):
        people = People(seed, TODAY)
        return list(islice(iter(people.person, None), 20))

    assert first(1) == first(1)
    assert first(1) != first(2)
