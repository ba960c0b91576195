"""Identity documents (law.md §7)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.identity.citizen import with_check_digit
from registry.identity.codes import PARTNER_CODES
from registry.identity.documents import Document, DocumentType, parse_document

TODAY = date(2026, 11, 22)
RESIDENT = "11010519491231002X"


def parse(type_: str, number: str) -> Document:
    return parse_document(type_, number, TODAY)


def refusal(type_: str, number: str) -> tuple[str, str]:
    """Slug and pointer with which the document is refused."""
    with pytest.raises(Invalid) as caught:
        parse(type_, number)
    (fault,) = caught.value.errors
    return caught.value.slug, fault.pointer


@pytest.mark.parametrize(
    ("type_", "number", "birth_on", "sex"),
    [
        ("resident_id", RESIDENT, date(1949, 12, 31), "female"),
        ("hmt_residence_permit", "810000199001010019", date(1990, 1, 1), "male"),
        ("foreign_permanent_residence_id", "911124198108030024", date(1981, 8, 3), "female"),
        ("foreign_permanent_residence_id", "932682198501010017", date(1985, 1, 1), "male"),
        ("foreign_permanent_residence_id", "CAN110001010101", None, None),
        ("hk_macao_travel_permit", "H12345678", None, None),
        ("hk_macao_travel_permit", "M1234567801", None, None),
        ("taiwan_travel_permit", "12345678", None, None),
        ("taiwan_travel_permit", "1234567890B", None, None),
        ("passport", "EA1234567", None, None),
        ("military_id", "军字第2001988号", None, None),
        ("armed_police_id", "武字第0123456号", None, None),
        ("uscc", "91350100M000100Y43", None, None),
    ],
)
def test_a_document_of_each_type_is_read(type_, number, birth_on, sex):
    document = parse(type_, number)

    assert (document.type, document.number) == (DocumentType(type_), number)
    assert (document.birth_on, document.sex) == (birth_on, sex)
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("type_", "number", "slug"),
    [
        ("resident_id", "440524188001010014", "impossible-birth-date"),
        ("resident_id", "110105194912310021", "wrong-check-digit"),
        ("resident_id", "1101051949123100", "wrong-document-form"),
        ("resident_id", "X1010519491231002X", "wrong-document-form"),
        ("resident_id", "１１０１０５19491231002Xx", "wrong-document-form"),
        ("resident_id", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "wrong-document-form"),
        ("resident_id", "", "wrong-document-form"),
        ("resident_id", "11010519491231\x00002X", "wrong-document-form"),
        ("resident_id", "11010519491231\ud800002X", "wrong-document-form"),
        ("resident_id", "1" * 1_000_000, "wrong-document-form"),
        ("resident_id", "e\u0301\u0323" * 1_000_000, "wrong-document-form"),
        ("hmt_residence_permit", RESIDENT, "wrong-document-form"),
        ("hmt_residence_permit", "810000900101001", "wrong-document-form"),
        ("foreign_permanent_residence_id", RESIDENT, "wrong-document-form"),
        ("foreign_permanent_residence_id", "911124198108030025", "wrong-check-digit"),
        ("foreign_permanent_residence_id", "CA1110001010101", "wrong-document-form"),
        ("hk_macao_travel_permit", "A12345678", "wrong-document-form"),
        ("hk_macao_travel_permit", "H123456789", "wrong-document-form"),
        ("taiwan_travel_permit", "1234567890", "wrong-document-form"),
        ("taiwan_travel_permit", "1234567890(B", "wrong-document-form"),
        ("passport", "EA12", "wrong-document-form"),
        ("passport", "EAß234567", "wrong-document-form"),
        ("military_id", "军字第\x07号", "wrong-document-form"),
        ("uscc", "91350100M000100Y44", "wrong-check-digit"),
        ("uscc", "91350100I000100Y43", "wrong-document-form"),
        ("uscc", "91350100M000100Y4", "wrong-document-form"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_its_reason(type_, number, slug):
    assert refusal(type_, number) == (slug, "/number")


@pytest.mark.parametrize("type_", ["", "id_card", "RESIDENT_ID", "9999", "\ud800", "\x00", "resident_id\n"])
def test_an_unknown_type_is_refused(type_):
    assert refusal(type_, RESIDENT) == ("unknown-document-type", "/type")


@pytest.mark.parametrize("code", ["10", "110001", "110002", "110003", "110005", "1010", "00", "01"])
def test_partners_codes_mean_the_resident_id(code):
    assert parse(code, RESIDENT) == parse("resident_id", RESIDENT)


def test_no_partners_code_is_left_out_of_the_tests():
    assert set(PARTNER_CODES) == {"10", "110001", "110002", "110003", "110005", "1010", "00", "01"}


def test_a_number_of_the_first_generation_is_the_same_as_its_successor():
    assert parse("resident_id", "110105491231002") == parse("resident_id", RESIDENT)


@pytest.mark.parametrize(
    ("birth", "accepted"),
    [
        ("18991231", False),
        ("19000101", True),
        ("19000229", False),
        ("20000229", True),
        ("20001301", False),
        ("20000100", False),
        ("20261122", True),
        ("20261123", False),
        ("00000101", False),
    ],
)
def test_birth_lies_between_1900_and_today(birth, accepted):
    number = with_check_digit(f"110105{birth}002")

    if accepted:
        assert parse("resident_id", number).birth_on == date.fromisoformat(birth)
    else:
        assert refusal("resident_id", number) == ("impossible-birth-date", "/number")


@pytest.mark.parametrize("area", ["140902", "140921", "110103", "710000"])
def test_areas_of_the_list_today_and_formerly_give_no_warning(area):
    assert parse("resident_id", with_check_digit(f"{area}19900101001")).warnings == ()


@pytest.mark.parametrize(
    ("area", "says"),
    [("149999", "not in the list"), ("911124", "not in the list")]
    + [(area, "residence permit") for area in ("810000", "820000", "830000")],
)
def test_an_unexpected_area_is_a_warning_only(area, says):
    (warning,) = parse("resident_id", with_check_digit(f"{area}19900101001")).warnings

    assert says in warning.en


@pytest.mark.parametrize(
    ("type_", "number", "variant"),
    [
        ("resident_id", RESIDENT, "11010519491231002x"),
        ("resident_id", RESIDENT, "１１０１０５１９４９１２３１００２Ｘ"),
        ("resident_id", RESIDENT, " 110105 1949-1231\u3000002\u200bX\ufeff\n"),
        ("resident_id", RESIDENT, "110105\u20131949\u22121231\u00ad002X"),
        ("uscc", "91350100M000100Y43", "91350100m000100y43"),
        ("hk_macao_travel_permit", "H12345678", "ｈ1234 5678"),
        ("taiwan_travel_permit", "1234567890B", "1234567890（b）"),
        ("passport", "EA1234567", "ea 1234-567"),
        ("military_id", "军字第2001988号", "军字第 ２００１９８８ 号"),
    ],
)
def test_width_spaces_hyphens_and_case_do_not_matter(type_, number, variant):
    assert parse(type_, variant) == parse(type_, number)


@pytest.mark.parametrize(
    ("type_", "number"),
    [
        ("hmt_residence_permit", "810000199001010019"),
        ("foreign_permanent_residence_id", "911124198108030024"),
    ],
)
def test_the_same_18_digits_are_one_key_under_whichever_of_the_three_types(type_, number):
    assert parse(type_, number).key == parse("resident_id", number).key


def test_a_reissued_hong_kong_permit_is_the_same_holder():
    keys = {parse("hk_macao_travel_permit", n).key for n in ("H12345678", "H1234567801", "H1234567802")}

    assert len(keys) == 1
    assert parse("hk_macao_travel_permit", "M12345678").key not in keys


def test_different_number_spaces_never_meet():
    assert parse("passport", "12345678").key != parse("taiwan_travel_permit", "12345678").key


@pytest.mark.parametrize("type_", ["passport", "military_id", "armed_police_id"])
@pytest.mark.parametrize("number", [RESIDENT, "110105491231002"])
def test_a_resident_number_is_not_hidden_under_a_loose_type(type_, number):
    assert refusal(type_, number) == ("wrong-document-form", "/number")


def test_a_social_credit_code_may_begin_with_a_letter():
    assert parse("uscc", "A1110000600037341K").number == "A1110000600037341K"


@given(st.sampled_from([*DocumentType, *PARTNER_CODES]), st.text())
def test_any_number_is_read_or_refused_as_invalid(type_, number):
    try:
        document = parse(type_, number)
    except Invalid:
        return
    assert parse(document.type, document.number) == document


@given(st.text(), st.text())
def test_any_type_is_read_or_refused_as_invalid(type_, number):
    try:
        parse(type_, number)
    except Invalid as refused:
        assert refused.errors


LOOKALIKE_NUMBERS = st.text(alphabet="0123456789Xx０９ -\u200b()HhMm军号٣\x00\ud800", max_size=24)


@given(st.sampled_from(list(DocumentType)), LOOKALIKE_NUMBERS)
def test_numbers_that_nearly_fit_are_read_or_refused_as_invalid(type_, number):
    try:
        document = parse(type_, number)
    except Invalid:
        return
    assert parse(type_, document.number) == document


@pytest.mark.parametrize("type_", list(DocumentType))
def test_a_refusal_never_repeats_the_number(type_):
    with pytest.raises(Invalid) as caught:
        parse(type_, "110105194912310021*")

    assert "110105194912310021" not in caught.value.sentence.zh + caught.value.sentence.en + str(caught.value)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_well_made_number_tells_its_birth_and_sex(birth_on, sequence):
    document = parse("resident_id", with_check_digit(f"140902{birth_on:%Y%m%d}{sequence:03}"))

    assert document.birth_on == birth_on
    assert document.sex == ("male" if sequence % 2 else "female")


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(position, shift):
    wrong = (int(RESIDENT[position]) + shift) % 10

    assert refusal("resident_id", f"{RESIDENT[:position]}{wrong}{RESIDENT[position + 1 :]}")[0] == (
        "wrong-check-digit"
    )
