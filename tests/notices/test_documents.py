"""The PDF: right text that can be copied, our own fonts, nothing over the margins, nothing evaluated."""

from dataclasses import replace
from datetime import date

import pytest

from registry.notices import printing
from registry.notices.rules import Kind
from tests.notices.saying import (
    A4,
    DRAFTED_AT,
    JOINT,
    LEFT,
    NOTICE,
    POINTS_PER_MM,
    RIGHT,
    SANCTION,
    TOP,
    characters,
    fonts,
    pages,
    printed,
    text_of,
)

MINORITY = "阿卜杜热合曼·买买提图尔荪·阿不都克里木·吐尔逊江·艾合买提江·努尔买买提·依布拉音江·苏来曼尼亚孜"
FOREIGN = "Maximiliana Konstantinopoulou-Featherstonehaugh von Württemberg-Hohenzollern y Fernández Córdoba"
UNBROKEN = "W" * 100
RARE = "𠮷䶮㛃𪚥龘𬭊𫖯㼆𤫉〇"
LONG_UNIT = (
    "新疆生产建设兵团第八师石河子市公安局反电信网络诈骗犯罪侦查大队暨"
    "打击治理电信网络新型违法犯罪工作联席会议办公室第一中队"
)
TEN = tuple(
    replace(
        measure,
        text=f"限制或者停止第{number}类账户、电话卡、物联网卡、固定电话、短信端口接入等业务，并纳入金融信用信息基础数据库",
    )
    for number, measure in enumerate((SANCTION.measures * 4)[:10], 1)
)
REASON = "经对申诉人提交的材料和原认定所依据的证据逐一核对，查明有关账户系他人冒用其身份信息开立。" * 40


def assert_within_margins(pdf: bytes) -> None:
    """No character of the text stands outside the type area; the footer may use the lower margin."""
    left, right = LEFT * POINTS_PER_MM, A4[0] - RIGHT * POINTS_PER_MM
    top, footer = A4[1] - TOP * POINTS_PER_MM, 15 * POINTS_PER_MM
    outside = [
        each
        for each in characters(pdf)
        if each.left < left - 1 or each.right > right + 1 or each.top > top + 1 or each.bottom < footer
    ]
    assert outside == []


@pytest.mark.parametrize("kind", Kind)
def test_a_notice_says_who_is_told_what_by_whom_and_when(kind: Kind) -> None:
    text = text_of(printed(kind))
    for said in (
        "张三（居民身份证：1101**********002X）：",
        "2025年3月3日作出的认定（文书号：忻公(反诈)认字〔2025〕12号）",
        "特此告知。忻州市公安局2026年11月22日",
        f"告知书编号：{NOTICE}",
        "联系电话：0350-110。",
    ):
        assert said in text, said


def test_a_designation_notice_holds_basis_term_measures_and_the_right_to_appeal() -> None:
    text = text_of(printed())
    for said in (
        "惩戒对象认定告知书",
        "出租银行账户，数量3个。",
        f"依据《{JOINT}》第三条、第九条至第十条，惩戒期限自2025年3月3日起至2027年3月3日止",
        "停止支付账户所有业务（将余额转入本人同名银行账户不受影响）第五条、第六条、第八条2027年3月3日",
        "暂停新开支付账户（暂定）第五条至第九条2026年3月3日",
        "你对上述认定或者惩戒措施有异议的，可向作出认定的忻州市公安局申诉。",
        "标有“暂定”的内容",
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.VARIATION, "自2026年11月23日起变更"),
        (Kind.RELEASE, "自2026年11月23日起，对你依"),
        (Kind.RELEASE, "停止支付账户所有业务；暂停新开支付账户。"),
        (Kind.APPEAL_DECISION, "申诉成立。"),
        (Kind.WITHDRAWAL, "自2026年11月24日起撤回2026年第1批曝光名单中"),
    ],
)
def test_each_kind_says_what_it_is_about(kind: Kind, said: str) -> None:
    text = text_of(printed(kind))
    assert said in text
    assert "经复核，原认定的事实有变化。" in text


def test_an_organisation_is_addressed_as_one() -> None:
    text = text_of(printed(recipient="忻州市某某商贸有限公司", document_type="uscc", organisation=True))
    assert "统一社会信用代码：" in text
    assert "你单位" in text and text.count("你") == text.count("你单位")


def test_a_sanction_to_which_the_cap_left_no_term_says_so_instead_of_days() -> None:
    empty = replace(SANCTION, starts_on=date(2030, 3, 4), ends_on=date(2030, 3, 3))
    text = text_of(printed(sanctions=(empty,)))
    assert "惩戒期限累计已达上限，不再增加。" in text
    assert "2030年" not in text and "截止日期" not in text


def test_several_sanctions_are_numbered_each_with_its_own_table() -> None:
    other = replace(SANCTION, regime="中国人民银行银发〔2019〕85号通知", article="(九)")
    text = text_of(printed(sanctions=(SANCTION, other)))
    assert f"（一）依据《{JOINT}》" in text
    assert "（二）依据中国人民银行银发〔2019〕85号通知（九），" in text
    assert text.count("截止日期") == 2


# -- any text --------------------------------------------------------------------------------------

INJECTIONS = [
    '#read("/etc/passwd")',
    "#{1+1}",
    "$x^2$ *bold* _it_ `raw`",
    "= 标题",
    "- 甲 + 乙 / 丙",
    "// 注释",
    "/* 注 */ 释",
    "@who <where>",
    r"\u{41} \ \\ \n",
    '"quoted" \'single\' "]}) ',
    '#import "@preview/x:0.1.0": *',
    '#eval("1+1")',
    "---...--",
    "https://example.org/*",
    "%00 ${jndi} {{7*7}} <script>",
    "][#panic()",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_that_comes_in_is_evaluated(text: str) -> None:
    told = {"recipient": text, "authority": text, "ground": text, "appeal": text, "decision_no": text}
    measure = replace(SANCTION.measures[0], text=text, exempt=(text,))
    pdf = printed(**told, phone=text, paragraphs=(text,), sanctions=(replace(SANCTION, measures=(measure,)),))
    assert text_of(pdf).count("".join(text.split())) == 9
    assert_within_margins(pdf)


@pytest.mark.parametrize("name", [MINORITY, FOREIGN, UNBROKEN, RARE, "𠮷" * 100, "张" * 100, "a·b" * 33])
@pytest.mark.parametrize("kind", Kind)
def test_the_longest_names_stay_within_the_margins_and_can_be_copied(kind: Kind, name: str) -> None:
    pdf = printed(kind, recipient=name, authority=LONG_UNIT, decision_no=("忻公(反诈)认字" + "9" * 80)[:80])
    assert "".join(name.split()) in text_of(pdf)
    assert LONG_UNIT in text_of(pdf)
    assert_within_margins(pdf)


@pytest.mark.parametrize("kind", [Kind.DESIGNATION, Kind.VARIATION])
def test_ten_measures_and_long_reasons_run_over_pages_with_the_head_of_the_table_repeated(kind: Kind) -> None:
    pdf = printed(kind, reason=REASON, sanctions=(replace(SANCTION, measures=TEN),), authority=LONG_UNIT)
    text = text_of(pdf)
    assert pages(pdf) >= 3
    assert f"第{pages(pdf)}页，共{pages(pdf)}页" in text
    for measure in TEN:
        assert measure.text.split("、")[0] in text
    assert_within_margins(pdf)


@pytest.mark.parametrize("sentences", range(1, 14))
def test_the_signature_never_stands_on_a_page_alone(sentences: int) -> None:
    pdf = printed(Kind.APPEAL_DECISION, reason="经核对，有关账户系他人冒用其身份信息开立。" * sentences * 2)
    last = [each.text for each in characters(pdf) if each.page == pages(pdf) - 1]
    assert "特此告知" in "".join(last)


# -- fonts and bytes -------------------------------------------------------------------------------


def test_every_font_is_ours_or_the_typesetters_and_embedded() -> None:
    used = fonts(printed(recipient=RARE + FOREIGN + "Łukasz"))
    assert used and all(used.values()), used
    assert {name.partition("+")[2] for name in used} == {
        "NotoSerifCJKsc-Regular",
        "NotoSerifCJKsc-Bold",
        "RareHanB-Regular",
        "LibertinusSerif-Regular",
    }


@pytest.mark.parametrize(
    "characters",
    ["𠮷𠀀𪛖𬭊", "䶮㐀䶵", "〇々〻", "Nguyễn Thị Ánh", "ŁŽşğ", "Ёж", "Ωμ", "①②〔〕·", "はなこ"],
)
def test_rare_characters_have_a_glyph(characters: str) -> None:
    """A character without a glyph leaves nothing that could be copied."""
    assert "".join(characters.split()) in text_of(printed(recipient=characters))


def test_the_same_notice_has_the_same_bytes_and_another_one_has_others() -> None:
    assert printed() == printed()
    assert printed() != printed(recipient="李四")


def test_a_pdf_does_not_name_the_recipient_beside_its_pages() -> None:
    pdf = printed(recipient="KANARIE")
    assert b"KANARIE" not in pdf and "KANARIE".encode("utf-16-be") not in pdf


def test_the_newest_template_of_the_day_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_days", lambda kind: ["2024-12-01", "2027-01-01"])
    chosen = [
        printing.newest(Kind.RELEASE, date.fromisoformat(day))
        for day in ("2020-01-01", "2024-12-01", "2026-12-31", "2027-01-01", "2030-01-01")
    ]
    old, new = "release/2024-12-01", "release/2027-01-01"
    assert chosen == [old, old, old, new, new]


def test_every_kind_has_a_template_and_every_template_prints() -> None:
    folders = {path.parent.name for path in printing.TEMPLATES.glob("*/*.typ")}
    assert folders == {*Kind, "page"}
    assert DRAFTED_AT.utcoffset() is not None
