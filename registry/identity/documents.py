"""Identity documents: what a type and a number, as somebody sent them, stand for.

Source of the rules: law.md §7.
"""

from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc

from registry.identity.areas import KNOWN_AREAS, PERMIT_AREAS
from registry.identity.characters import LONGEST_RAW, compact
from registry.identity.citizen import (
    CITIZEN_LENGTH,
    CITIZEN_TYPES,
    Sex,
    read_holder,
    upgrade,
    wrong_check_digit,
)
from registry.identity.codes import DocumentType, document_type
from registry.identity.forms import check_form, wrong_form
from registry.text import Text

__all__ = ["Document", "DocumentType", "parse_document"]

# A bank and the police may call the same 18 digits by another of these types: one family for all
# three, or the same person would be missed in silence.
_CITIZEN_FAMILY = "citizen"
_FIRST_GENERATION_LENGTH = 15
_HK_MACAO_HOLDER_LENGTH = 9  # the two digits behind it count re-issues to the same holder


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose form is right. Two numbers are one holder's document when their `key`s are equal.

    `number` is normalised, for display. `key` is led by the family of number spaces it belongs to.
    `birth_on` and `sex` are known only where the number tells them.
    """

    type: DocumentType
    number: str
    key: str
    birth_on: date | None = None
    sex: Sex | None = None
    warnings: tuple[Text, ...] = ()


def parse_document(type_: str, number: str, today: date) -> Document:
    """The document called `type_` (the registry's word or a partner's code) with this number.

    `today` is a Beijing day: nobody is born after it. Width, spaces, hyphens and case do not matter.
    Raises `Invalid`: `unknown-document-type` at `/type`; `wrong-document-form`, `wrong-check-digit` or
    `impossible-birth-date` at `/number`.
    """
    known = document_type(type_)
    if len(number) > LONGEST_RAW:
        raise wrong_form(known)
    number = compact(number)
    check_form(known, number)
    if known in CITIZEN_TYPES:
        return _citizen(known, number, today)
    # `uscc.validate` would refuse the codes of registers that put a letter in front.
    if known is DocumentType.uscc and uscc.calc_check_digit(number) != number[-1]:
        raise wrong_check_digit()
    if known is DocumentType.taiwan_travel_permit:
        number = number.replace("(", "").replace(")", "")  # old booklets print the last in brackets
    holder = number[:_HK_MACAO_HOLDER_LENGTH] if known is DocumentType.hk_macao_travel_permit else number
    return Document(known, number, f"{known}:{holder}")


def _citizen(type_: DocumentType, number: str, today: date) -> Document:
    if type_ is DocumentType.resident_id and len(number) == _FIRST_GENERATION_LENGTH:
        number = upgrade(number)
    key = f"{_CITIZEN_FAMILY}:{number}"
    if len(number) != CITIZEN_LENGTH:  # an old foreign card: its digits tell nothing
        return Document(type_, number, key)
    holder = read_holder(number, today)
    warnings = _area_warnings(number[:6]) if type_ is DocumentType.resident_id else ()
    return Document(type_, number, key, holder.birth_on, holder.sex, warnings)


def _area_warnings(area: str) -> tuple[Text, ...]:
    if area in PERMIT_AREAS:
        return (
            Text(
                "号码的地址码属于港澳台居民居住证，请核对证件类型。",
                "The area code is that of a residence permit for Hong Kong, Macao and Taiwan residents; "
                "check the document type.",
            ),
        )
    if area not in KNOWN_AREAS:
        return (
            Text(
                "号码的地址码不在行政区划代码表中，可能为新设区划，请对照证件原件核对前6位。",
                "The area code is not in the list of areas and may be a new one; "
                "compare the first 6 digits with the document.",
            ),
        )
    return ()
