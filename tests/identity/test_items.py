"""Items: cards, accounts and lines (law.md §7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.identity.items import ItemKind, parse_item

CARD = "6222021234567890128"
ICCID = "89860012345678901239"


def refusal(kind: str, number: str) -> tuple[str, str]:
    """Slug and pointer with which the item is refused."""
    with pytest.raises(Invalid) as caught:
        parse_item(kind, number)
    (fault,) = caught.value.errors
    return caught.value.slug, fault.pointer


@pytest.mark.parametrize(
    ("kind", "raw", "number"),
    [
        ("phone_card", "13812345678", "13812345678"),
        ("phone_card", "+86 138-1234-5678", "13812345678"),
        ("phone_card", "008613812345678", "13812345678"),
        ("phone_card", "8613812345678", "13812345678"),
        ("phone_card", "(86) 138.1234.5678", "13812345678"),
        ("phone_card", "１３８１２３４５６７８", "13812345678"),
        ("phone_card", "898600mfssyygxxxxxxp", "898600MFSSYYGXXXXXXP"),
        ("iot_card", "1064812345678", "1064812345678"),
        ("iot_card", "+86 1401234567890", "1401234567890"),
        ("fixed_line", "0350-1234567", "03501234567"),
        ("fixed_line", "(0350) 1234567", "03501234567"),
        ("fixed_line", "+86 350 1234567", "03501234567"),
        ("fixed_line", "+86 (0350) 1234567", "03501234567"),
        ("telecom_line", "忻州 ftth-001", "忻州FTTH001"),
        ("sms_port", "106 912 345 678", "106912345678"),
        ("bank_account", "4111 1111 1111 1111", "4111111111111111"),
        ("corporate_account", "1400-1234 5678 9", "1400123456789"),
        ("payment_account", "ab-c@Example.com", "ab-c@Example.com"),
        ("ecny_wallet", "0021 0000 1234 5678", "0021000012345678"),
        ("internet_account", " wxid_ab-C ", "wxid_ab-C"),
    ],
)
def test_an_item_of_each_kind_is_read(kind, raw, number):
    item = parse_item(kind, raw)

    assert (item.kind, item.number, item.warnings) == (ItemKind(kind), number, ())


@pytest.mark.parametrize(
    ("kind", "number", "slug"),
    [
        ("phone_card", "12812345678", "wrong-item-form"),
        ("phone_card", "1381234567", "wrong-item-form"),
        ("phone_card", "+1 13812345678", "wrong-item-form"),
        ("phone_card", "1381234567٣", "wrong-item-form"),
        ("phone_card", CARD, "wrong-item-form"),
        ("iot_card", "13812345678", "wrong-item-form"),
        ("iot_card", "2064812345678", "wrong-item-form"),
        ("fixed_line", "1234", "wrong-item-form"),
        ("fixed_line", "+86 0086 1234567", "wrong-item-form"),
        ("bank_account", "411111111111", "wrong-item-form"),
        ("bank_account", "41111111111111111111", "wrong-item-form"),
        ("bank_account", "4111111111111112", "wrong-check-digit"),
        ("corporate_account", "", "wrong-item-form"),
        ("corporate_account", "1400\x001234", "wrong-item-form"),
        ("internet_account", "wx\ud800", "wrong-item-form"),
        ("internet_account", "w" * 101, "wrong-item-form"),
        ("payment_account", "w" * 1_000_000, "wrong-item-form"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_its_reason(kind, number, slug):
    assert refusal(kind, number) == (slug, "/number")


@pytest.mark.parametrize("kind", ["", "card", "PHONE_CARD", "\ud800"])
def test_an_unknown_kind_is_refused(kind):
    assert refusal(kind, "13812345678") == ("unknown-item-kind", "/kind")


def test_the_check_digit_of_an_iccid_is_a_warning_only():
    items = [parse_item("phone_card", ICCID[:-1] + digit) for digit in "0123456789"]

    assert sorted(len(item.warnings) for item in items) == [0] + [1] * 9


def test_an_iccid_is_one_key_whether_sent_as_phone_or_iot_card():
    assert parse_item("phone_card", ICCID).key == parse_item("iot_card", ICCID).key


def test_the_same_digits_of_two_kinds_are_two_items():
    assert parse_item("sms_port", "10691234").key != parse_item("fixed_line", "10691234").key


def test_case_does_not_tell_two_accounts_apart_and_a_hyphen_does():
    assert parse_item("internet_account", "WXID_ab").key == parse_item("internet_account", "wxid_AB").key
    assert parse_item("internet_account", "ab").key != parse_item("internet_account", "a-b").key


@given(st.text(), st.text())
def test_any_kind_is_read_or_refused_as_invalid(kind, number):
    try:
        parse_item(kind, number)
    except Invalid as refused:
        assert refused.errors


NUMBERS = st.one_of(st.text(), st.text(alphabet="0123456789８+- ()aZ\u0301\u200bß\x00\ud800", max_size=25))


@given(st.sampled_from(list(ItemKind)), NUMBERS)
def test_any_number_is_read_or_refused_as_invalid_and_reading_again_changes_nothing(kind, number):
    try:
        item = parse_item(kind, number)
    except Invalid:
        return
    assert parse_item(kind, item.number) == item
