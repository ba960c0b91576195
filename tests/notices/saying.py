"""What notices say in these tests, and how a PDF is looked at: as a reader's program does."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson
import pypdfium2
from pypdfium2 import raw

from registry import clock
from registry.notices import printing
from registry.notices.content import Content, ToldMeasure, ToldSanction
from registry.notices.rules import Kind

JOINT = "电信网络诈骗及其关联违法犯罪联合惩戒办法"
DRAFTED_AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=clock.BEIJING)
NOTICE = "ntc_01m8v5k3t0abcdefghjkmnpqrs"

A4 = (595.28, 841.89)  # points
LEFT, RIGHT, TOP = 28, 26, 37  # millimetres
POINTS_PER_MM = 72 / 25.4

MEASURES = (
    ToldMeasure("限制银行账户和数字人民币钱包的非柜面出金功能", date(2027, 3, 3), JOINT, "5"),
    ToldMeasure("停止支付账户所有业务", date(2027, 3, 3), JOINT, "5, 6, 8", ("将余额转入本人同名银行账户",)),
    ToldMeasure("暂停新开支付账户", date(2026, 3, 3), JOINT, "5-9", provisional=True),
)
SANCTION = ToldSanction(
    f"《{JOINT}》", date(2025, 3, 3), date(2027, 3, 3), MEASURES, article="3, 9-10", provisional=True
)


def content(kind: Kind = Kind.DESIGNATION, **changes: Any) -> Content:
    """A complete notice of `kind` about somebody."""
    complete = Content(
        recipient="张三",
        document_type="resident_id",
        masked_number="1101**********002X",
        authority="忻州市公安局",
        phone="0350-110",
        decision_no="忻公(反诈)认字〔2025〕12号",
        decided_on=date(2025, 3, 3),
        appeal="可向作出认定的忻州市公安局申诉",
    )
    if kind is Kind.DESIGNATION:
        complete = replace(complete, ground="出租银行账户，数量3个。", sanctions=(SANCTION,))
    else:
        complete = replace(complete, reason="经复核，原认定的事实有变化。")
    if kind in (Kind.VARIATION, Kind.RELEASE):
        complete = replace(complete, sanctions=(SANCTION,), effective_on=date(2026, 11, 23))
    if kind is Kind.APPEAL_DECISION:
        complete = replace(complete, outcome="allowed")
    if kind is Kind.WITHDRAWAL:
        complete = replace(complete, withdrawn="2026年第1批曝光名单", effective_on=date(2026, 11, 24))
    return replace(complete, **changes)


def printed(kind: Kind = Kind.DESIGNATION, **changes: Any) -> bytes:
    """That notice as PDF."""
    template = printing.newest(kind, DRAFTED_AT.date())
    return printing.pdf(template, NOTICE, DRAFTED_AT, orjson.dumps(content(kind, **changes)))


@dataclass(frozen=True)
class Character:
    """A character of a page with its box, in points from the lower left corner."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float


def characters(pdf: bytes) -> Iterator[Character]:
    """Every visible character."""
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document):
        on_page = page.get_textpage()
        for index in range(on_page.count_chars()):
            code = raw.FPDFText_GetUnicode(on_page.raw, index)
            if not chr(code).isspace() and not raw.FPDFText_IsGenerated(on_page.raw, index):
                yield Character(number, chr(code), *on_page.get_charbox(index))


def text_of(pdf: bytes) -> str:
    """All that can be marked and copied, without spaces and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return "".join("".join(pages).split())


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def fonts(pdf: bytes) -> dict[str, bool]:
    """The fonts by name, and whether each is embedded."""
    found = {}
    for page in pypdfium2.PdfDocument(pdf):
        for piece in page.get_objects():
            if piece.type == raw.FPDF_PAGEOBJ_TEXT:
                font = raw.FPDFTextObj_GetFont(piece.raw)
                name = ctypes.create_string_buffer(raw.FPDFFont_GetBaseFontName(font, None, 0))
                raw.FPDFFont_GetBaseFontName(font, name, len(name))
                found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found
