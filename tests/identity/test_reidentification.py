"""A stranger with all lists together finds nobody with fewer candidates than the minimum."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from registry.demo.people import People
from registry.identity.citizen import with_check_digit
from registry.identity.codes import DocumentType
from registry.identity.documents import parse_document
from registry.identity.masks import Mask, mask_name
from registry.identity.strength import adults, candidates
from registry.law.book import Book
from tests.support import reidentify
from tests.support.reidentify import Published

DESIGNATED, FIRST, SECOND = date(2026, 11, 2), date(2026, 11, 26), date(2029, 6, 1)
DEFAULT = Mask.parse("4+10*+4")
MINIMUM = Book.load().on(FIRST).get("exposure/mask-minimum").value


def crowd():
    """Name, sex and number of 2,000 people of a few cities and of 2,000 from everywhere."""
    random, source = Random(11), People(11, DESIGNATED)
    areas = [area for area, _ in reidentify._table()]
    for i in range(4000):
        person = source.person()
        area = person.resident_id[:6] if i % 2 else random.choice(areas)
        yield person.name, person.sex, with_check_digit(area + person.resident_id[6:17])


CROWD = list(crowd())


def passes(sex, number, day):
    return candidates(DEFAULT, DocumentType.resident_id, number, sex, adults(DESIGNATED, day)) >= MINIMUM


def published(mask, day, people):
    """The rows of a list of that day."""
    return [
        Published(day, mask_name(name), sex, mask.number(number), f"{number[:2]}公安厅", DESIGNATED)
        for name, sex, number in people
    ]


def test_nobody_on_all_lists_together_has_fewer_candidates_than_the_minimum():
    first = [person for person in CROWD if passes(*person[1:], FIRST)]
    second = [person for person in first[::2] if passes(*person[1:], SECOND)]
    assert 3000 < len(first) < len(CROWD)  # some come from places with too few counties

    found = reidentify.people(published(DEFAULT, FIRST, first) + published(DEFAULT, SECOND, second))

    assert sum(len(person.rows) > 1 for person in found) > 1000
    assert min(person.candidates() for person in found) >= MINIMUM


def test_without_the_minimum_the_stranger_would_find_some():
    found = reidentify.people(published(DEFAULT, FIRST, CROWD))
    assert min(person.candidates() for person in found) < MINIMUM


def test_two_lists_show_the_same_of_a_person_and_their_join_no_more():
    alone = reidentify.people(published(DEFAULT, FIRST, CROWD))
    both = reidentify.people(published(DEFAULT, FIRST, CROWD) + published(DEFAULT, SECOND, CROWD))

    assert len(both) == len(alone)
    assert [person.pattern for person in both] == [person.pattern for person in alone]


def test_two_masks_would_be_joined_and_undone():
    people = [person for person in CROWD[:300] if passes(*person[1:], FIRST)]
    other = Mask.parse("0+10*+8")
    found = reidentify.people(published(DEFAULT, FIRST, people) + published(other, SECOND, people))
    joined = [person for person in found if len(person.lists) == 2]

    assert len(joined) > len(people) / 2
    assert max(person.candidates() for person in joined) < MINIMUM


@pytest.mark.parametrize(
    "form", ["4+10*+4", "6+8*+4", "10+4*+4", "5+9*+4", "3+11*+4", "4+9*+5", "4+11*+3", "0+4*+14"]
)
def test_the_registry_counts_what_the_stranger_finds(form):
    mask, births = Mask.parse(form), adults(DESIGNATED, FIRST)
    for _, sex, number in CROWD[:40]:
        found = reidentify.count(mask.number(number), sex, date(births[0], 1, 1), date(births[-1], 12, 31))
        assert candidates(mask, DocumentType.resident_id, number, sex, births) == max(1, found)


def test_every_number_that_the_stranger_finds_is_a_valid_one_that_fits():
    _, sex, number = CROWD[1]
    found = list(reidentify.numbers(DEFAULT.number(number), sex, date(1947, 1, 1), date(2008, 11, 2)))

    assert number in found
    assert len(found) == len(set(found)) >= MINIMUM
    for candidate in found:
        document = parse_document("resident_id", candidate, FIRST)
        assert (document.sex, DEFAULT.number(candidate)) == (sex, DEFAULT.number(number))


def test_a_list_of_another_day_is_no_other_person():
    row = published(DEFAULT, FIRST, CROWD[:1])[0]
    (person,) = reidentify.people([row, replace(row, listed_on=SECOND)])
    assert person.lists == {FIRST, SECOND}
