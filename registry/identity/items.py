"""Items (涉案两卡): the cards, accounts and lines that were sold, lent or rented.

Source of the rules: law.md §7, paragraph on cards. What it leaves open is read as it comes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn

from registry.errors import Invalid, invalid_field
from registry.identity.characters import LONGEST_RAW, compact, has_unprintable, plain, without_spaces
from registry.text import Text


class ItemKind(StrEnum):
    """A kind of item (law.md §1)."""

    phone_card = "phone_card"
    iot_card = "iot_card"
    fixed_line = "fixed_line"
    telecom_line = "telecom_line"
    sms_port = "sms_port"
    bank_account = "bank_account"
    corporate_account = "corporate_account"
    payment_account = "payment_account"
    ecny_wallet = "ecny_wallet"
    internet_account = "internet_account"


@dataclass(frozen=True, slots=True)
class Item:
    """An item whose number is well formed. Two numbers are one item's when their `key`s are equal.

    `number` is normalised, for display; `key` is led by the number space it belongs to.
    """

    kind: ItemKind
    number: str
    key: str
    warnings: tuple[Text, ...] = ()


def parse_item(kind: str, number: str) -> Item:
    """The item of this kind and number.

    A phone or IoT card may be given by its telephone number or by its ICCID; country code and separators
    do not matter. Raises `Invalid`: `unknown-item-kind` at `/kind`; `wrong-item-form` or
    `wrong-check-digit` at `/number`.
    """
    known = _kind(kind)
    if len(number) > LONGEST_RAW:
        raise _wrong_form(known)
    match known:
        case ItemKind.phone_card | ItemKind.iot_card:
            return _sim_card(known, number)
        case ItemKind.fixed_line:
            return _fixed_line(number)
        case ItemKind.bank_account:
            return _bank_card(number)
        case ItemKind.payment_account | ItemKind.internet_account:
            return _handle(known, number)
        case _:
            return _loose(known, compact(number))


_LONGEST_LOOSE = 100  # characters; far above any number in use

_TELEPHONE_SEPARATORS = re.compile(r"[().]")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)86")
_SIM_NUMBERS = {
    ItemKind.phone_card: re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})"),
    ItemKind.iot_card: re.compile(r"(?:(?:\+|00)?86)?(1[04][0-9]{11})"),
}
_ICCID = re.compile(r"89[0-9A-Z]{17,18}")  # 89 is telecommunication in ITU-T E.118
_FIXED_LINE = re.compile(r"(?!00)[0-9]{5,12}")
_BANK_CARD = re.compile(r"[0-9]{13,19}")


def _sim_card(kind: ItemKind, raw: str) -> Item:
    number = _telephone(raw)
    if telephone := _SIM_NUMBERS[kind].fullmatch(number):
        return Item(kind, telephone[1], f"{kind}:{telephone[1]}")
    if _ICCID.fullmatch(number):
        # One number space for every card with a chip, whichever kind the sender takes it for.
        warned = number.isdigit() and not luhn.is_valid(number)
        return Item(kind, number, f"iccid:{number}", (_ICCID_CHECK,) if warned else ())
    raise _wrong_form(kind)


def _fixed_line(raw: str) -> Item:
    national, country_codes = _COUNTRY_CODE.subn("", _telephone(raw))
    if country_codes and not national.startswith("0"):  # abroad the trunk prefix is not dialled
        national = "0" + national
    if not _FIXED_LINE.fullmatch(national):
        raise _wrong_form(ItemKind.fixed_line)
    return Item(ItemKind.fixed_line, national, f"{ItemKind.fixed_line}:{national}")


def _bank_card(raw: str) -> Item:
    number = compact(raw)
    if not _BANK_CARD.fullmatch(number):
        raise _wrong_form(ItemKind.bank_account)
    if not luhn.is_valid(number):
        raise invalid_field(
            "wrong-check-digit",
            Text(
                "银行卡号的校验位与其余各位不符，至少有一位录错，请对照卡片重新录入。",
                "The check digit of the bank card does not agree with the rest, so at least one digit is "
                "wrong; compare with the card and enter it again.",
            ),
            "/number",
        )
    return Item(ItemKind.bank_account, number, f"{ItemKind.bank_account}:{number}")


def _handle(kind: ItemKind, raw: str) -> Item:
    """An account that its holder named: case does not tell two apart, a hyphen does."""
    return _loose(kind, without_spaces(plain(raw)))


def _loose(kind: ItemKind, number: str) -> Item:
    if not 1 <= len(number) <= _LONGEST_LOOSE or has_unprintable(number):
        raise _wrong_form(kind)
    return Item(kind, number, f"{kind}:{number.casefold()}")


def _telephone(raw: str) -> str:
    return _TELEPHONE_SEPARATORS.sub("", compact(raw))


_ICCID_CHECK = Text(
    "ICCID的校验位与其余各位不符；部分卡不使用校验位，请对照卡面核对。",
    "The check digit of the ICCID does not agree with the rest; some cards have none, "
    "so compare with the print on the card.",
)

_LOOSE_FORM = Text(
    "号码应为1至100个字符，不得含控制字符，请核对后重新录入。",
    "The number has 1 to 100 characters and no control characters; check it and enter it again.",
)
_WRONG_FORMS = {
    ItemKind.phone_card: Text(
        "手机号码应为以13至19开头的11位数字，或填写以89开头的19至20位ICCID，请核对后重新录入。",
        "A mobile number has 11 digits beginning with 13 to 19; an ICCID has 19 or 20 characters beginning "
        "with 89. Check it and enter it again.",
    ),
    ItemKind.iot_card: Text(
        "物联网卡号码应为以10或14开头的13位数字，或填写以89开头的19至20位ICCID，请核对后重新录入。",
        "An IoT number has 13 digits beginning with 10 or 14; an ICCID has 19 or 20 characters beginning "
        "with 89. Check it and enter it again.",
    ),
    ItemKind.fixed_line: Text(
        "固定电话号码应为5至12位数字（含区号），请核对后重新录入。",
        "A fixed line has 5 to 12 digits, area code included; check it and enter it again.",
    ),
    ItemKind.bank_account: Text(
        "银行卡号应为13至19位数字；对公账户请使用 corporate_account 类型。请核对后重新录入。",
        "A bank card has 13 to 19 digits; for an organisation's account use the kind corporate_account. "
        "Check it and enter it again.",
    ),
}


def _wrong_form(kind: ItemKind) -> Invalid:
    return invalid_field("wrong-item-form", _WRONG_FORMS.get(kind, _LOOSE_FORM), "/number")


def _kind(word: str) -> ItemKind:
    try:
        return ItemKind(word)
    except ValueError:
        raise invalid_field(
            "unknown-item-kind",
            Text(
                "涉案账户或卡的类型不在登记系统认可之列，请使用规定的类型名称，如 phone_card。",
                "This kind of item is not known here; send one of the kinds, such as phone_card.",
            ),
            "/kind",
        ) from None
