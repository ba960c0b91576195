"""How many numbers fit a masked one (law.md §6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identity.areas import KNOWN_AREAS
from registry.identity.citizen import with_check_digit
from registry.identity.codes import DocumentType
from registry.identity.masks import Mask
from registry.identity.strength import adults, candidates, typical

DAY = date(2026, 11, 26)
BIRTHS = adults(DAY, DAY)
DEFAULT = Mask.parse("4+10*+4")
RESIDENT = DocumentType.resident_id

masks = st.tuples(st.integers(0, 17), st.integers(0, 17)).filter(lambda kept: sum(kept) < 18)
residents = st.builds(
    lambda area, born, sequence: with_check_digit(f"{area}{born:%Y%m%d}{sequence:03}"),
    st.sampled_from(sorted(KNOWN_AREAS)),
    st.dates(date(1900, 1, 1), DAY),
    st.integers(0, 999),
)


def left(form, number, sex="male", type_=RESIDENT):
    return candidates(Mask.parse(form), type_, number, sex, BIRTHS)


def sex_of(number):
    return "male" if int(number[16]) % 2 else "female"


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [("4+10*+4", 36_000, 44_000), ("6+8*+4", 1_900, 2_200), ("10+4*+4", 31, 35)],
)
def test_the_figures_of_the_law_come_out_where_a_city_has_some_twenty_counties(form, low, high):
    assert low < left(form, with_check_digit("11010519491231001")) < high


@pytest.mark.parametrize(("form", "enough"), [("4+10*+4", True), ("6+8*+4", False), ("10+4*+4", False)])
def test_the_default_leaves_the_minimum_and_the_masks_that_others_use_do_not(form, enough):
    assert (typical(Mask.parse(form), BIRTHS) >= 10_000) is enough


def test_half_of_all_counties_leave_what_the_typical_one_leaves():
    counts = [
        left("4+10*+4", with_check_digit(f"{area}19770615001")) for area in KNOWN_AREAS if area[4:] != "00"
    ]
    assert sum(count >= typical(DEFAULT, BIRTHS) for count in counts) > len(counts) * 0.4


def test_a_city_without_counties_leaves_too_few_under_the_default():
    assert left("4+10*+4", with_check_digit("44190019900101001")) < 10_000


def test_a_code_that_ended_was_given_to_nobody_born_later():
    assert KNOWN_AREAS["420121"] == 1992
    younger = candidates(DEFAULT, RESIDENT, with_check_digit("42012119900101001"), "male", range(1993, 2008))
    known = [last for area, last in KNOWN_AREAS.items() if area[:4] == "4201" and area[4:] != "00"]
    standing = sum(last is None or last >= 1993 for last in known)
    assert younger < standing * 15 * 366 / 10


def test_adults_are_counted_in_whole_years_of_birth():
    assert adults(date(2026, 11, 26), date(2029, 6, 1)) == range(1950, 2008)


def test_a_shown_sex_halves_what_the_mask_hides_of_the_sequence():
    number = with_check_digit("11010519900101001")
    both = left("4+13*+1", number, None)
    assert left("4+13*+1", number, "male") + left("4+13*+1", number, "female") == both


@pytest.mark.parametrize(
    ("type_", "number", "count"),
    [
        (DocumentType.passport, "E12345678", 10**7),
        (DocumentType.passport, "EA1234567", 10**6),
        (DocumentType.passport, "12345", 1000),
        (DocumentType.hk_macao_travel_permit, "H12345678", 10**7),
        (DocumentType.taiwan_travel_permit, "12345678", 10**6),
        (DocumentType.military_id, "军字第2001988号", 10**7),
        (DocumentType.military_id, "军官证号", 1),
        (DocumentType.foreign_permanent_residence_id, "CAN110001010101", 10**11),
    ],
)
def test_other_documents_count_by_their_hidden_digits(type_, number, count):
    assert left("4+10*+4", number, None, type_) == count


@pytest.mark.parametrize(
    ("type_", "number"),
    [
        (DocumentType.hmt_residence_permit, "810000199001010019"),
        (DocumentType.foreign_permanent_residence_id, "911124198108030024"),
    ],
)
def test_permits_that_tell_the_area_by_their_type_leave_the_births_alone(type_, number):
    assert 1_900 < left("4+10*+4", number, sex_of(number), type_) < 2_200


@given(residents, masks)
def test_a_number_fits_itself(number, kept):
    assert candidates(Mask(*kept), RESIDENT, number, sex_of(number), BIRTHS) >= 1


@given(residents, masks, st.sampled_from(("first", "last")))
def test_hiding_more_never_lowers_the_count(number, kept, side):
    first, last = kept
    more = Mask(max(0, first - (side == "first")), max(0, last - (side == "last")))
    less = Mask(first, last)
    for sex in (sex_of(number), None):
        assert candidates(more, RESIDENT, number, sex, BIRTHS) >= candidates(
            less, RESIDENT, number, sex, BIRTHS
        )


@given(residents, st.sampled_from(sorted(DocumentType)), masks)
def test_any_type_and_length_is_counted(number, type_, kept):
    for length in (0, 1, 2, 9, 18):
        assert candidates(Mask(*kept), DocumentType(type_), number[:length], None, BIRTHS) >= 1
