"""Names (law.md §7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.identity.names import normalise_name


@pytest.mark.parametrize(
    ("raw", "display"),
    [
        ("张三", "张三"),
        (" 张 三　", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("葛\U000e0100城", "葛城"),
        ("𬭎𠮷", "𬭎𠮷"),
        ("𰻝三", "𰻝三"),
        ("\U0002ebf0三", "\U0002ebf0三"),
        ("\ue863三", "\ue863三"),
        ("〇三", "〇三"),
        ("Mike  Smith ", "Mike Smith"),
        ("ＭＩＫＥ　ＳＭＩＴＨ", "MIKE SMITH"),
        ("Jose\u0301 García", "José García"),
        ("买买提 · 吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("·买买提·", "买买提"),
        ("Martin L. King", "Martin L. King"),
        ("兴隆（山西）商贸 有限公司", "兴隆(山西)商贸有限公司"),
        ("兴隆(山西)商贸有限公司", "兴隆(山西)商贸有限公司"),
        ("张" * 100, "张" * 100),
    ],
)
def test_a_name_is_shown_in_one_form(raw, display):
    assert normalise_name(raw).display == display


@pytest.mark.parametrize("dot", list("·・･•‧∙⋅\u0387．."))
def test_every_middle_dot_is_one(dot):
    assert normalise_name(f"买买提{dot}吐尔逊") == normalise_name("买买提·吐尔逊")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MIKE SMITH", "Mike Smith"),
        ("Straße", "STRASSE"),
        ("ＡＢＣ（中国）有限公司", "abc (中国) 有限公司"),
    ],
)
def test_case_and_width_do_not_tell_two_names_apart(one, other):
    assert normalise_name(one).key == normalise_name(other).key


def test_different_names_have_different_keys():
    assert len({normalise_name(n).key for n in ("张三", "张三丰", "章三", "Mike Smith", "MikeSmith")}) == 5


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "··",
        "\u200b",
        "张\n三",
        "张\x00三",
        "张\ud800",
        "张\u2028三",
        "张" * 101,
        "e\u0301" * 1_000_000,
    ],
)
def test_an_impossible_name_is_refused(raw):
    with pytest.raises(Invalid) as caught:
        normalise_name(raw)

    assert caught.value.slug == "invalid-name"
    assert [fault.pointer for fault in caught.value.errors] == [""]


NAMES = st.one_of(
    st.text(), st.text(alphabet="张三买 .·・aA\u0301\u00b4\u200b\u3164ßİﬁ（)\U000e0100", max_size=20)
)


@given(NAMES)
def test_normalising_again_changes_nothing(raw):
    try:
        name = normalise_name(raw)
    except Invalid:
        return
    assert normalise_name(name.display) == name


@given(st.text(alphabet="张三欧阳𬭎", min_size=1, max_size=10), st.integers(0, 10))
def test_a_space_in_a_chinese_name_does_not_count(name, position):
    assert normalise_name(name[:position] + " " + name[position:]) == normalise_name(name)
