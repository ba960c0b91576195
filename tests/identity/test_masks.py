"""Masks for public pages (law.md §6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.identity.masks import Mask, mask_name
from registry.identity.names import normalise_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张某"),
        ("张三丰", "张某某"),
        ("欧阳锋", "欧阳某"),
        ("歐陽鋒", "歐陽某"),
        ("司马相如", "司马某某"),
        ("叶赫那拉杏贞", "叶赫那拉某某"),
        ("欧阳", "欧某"),
        ("𬭎𠮷三", "𬭎某某"),
        ("买买提·吐尔逊", "买买提·某某某"),
        ("阿不都·热合曼·艾山", "阿不都·某某某·某某"),
        ("Mike Smith", "Mike *"),
        ("Mike John Smith", "Mike *"),
        ("Mike·Smith", "Mike·*"),
    ],
)
def test_a_masked_name_shows_the_surname_alone(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(("name", "masked"), [("张", "某"), ("Mike", "M*"), ("", "*")])
def test_a_name_without_a_part_to_keep_is_hidden_all_the_same(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("CAN110001010101", "C*************1"),
        ("H12345678", "H*******8"),
        ("军字第2001988号", "军*********号"),
        ("123", "1*3"),
        ("12", "**"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_a_masked_number_keeps_its_ends_and_its_length(number, masked):
    assert Mask.parse("4+10*+4").number(number) == masked


@pytest.mark.parametrize(
    ("form", "masked"),
    [
        ("4+10*+4", "1101**********002X"),
        ("3+11*+4", "110***********002X"),
        ("0+17*+1", "*****************X"),
        ("2+16*+0", "11****************"),
        ("0+18*+0", "******************"),
    ],
)
def test_a_mask_is_what_it_is_written_as(form, masked):
    assert Mask.parse(form).number("11010519491231002X") == masked
    assert str(Mask.parse(form)) == form


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("", "must have the form"),
        ("4-10-4", "must have the form"),
        ("4+10*+4 ", "must have the form"),
        ("４+10*+4", "must have the form"),
        ("-4+18*+4", "must have the form"),
        ("4+10*+5", "add up to 18"),
        ("9+0*+9", "hide at least one"),
    ],
)
def test_what_is_no_mask_is_refused(form, says):
    with pytest.raises(ValueError, match=says):
        Mask.parse(form)


@given(st.text())
def test_masks_never_fail_and_a_number_keeps_its_length(text):
    mask_name(text)
    assert len(Mask(4, 4).number(text)) == len(text)


@given(st.text(alphabet="张三欧阳·abC 𬭎", min_size=1))
def test_no_name_is_shown_whole(raw):
    try:
        name = normalise_name(raw).display
    except Invalid:
        return
    assert mask_name(name) != name
