"""The 18-digit number of GB 11643: 6 area, 8 birth, 3 sequence (odd male), 1 check (ISO 7064 MOD 11-2).

Three documents share it: the resident id, the residence permit for people of Hong Kong, Macao and
Taiwan, and the foreign permanent residence id since 2023-12-01.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.iso7064 import mod_11_2

from registry.errors import Invalid, invalid_field
from registry.identity.codes import DocumentType
from registry.text import Text

Sex = Literal["male", "female"]

CITIZEN_LENGTH = 18
CITIZEN_TYPES = frozenset(
    {
        DocumentType.resident_id,
        DocumentType.hmt_residence_permit,
        DocumentType.foreign_permanent_residence_id,
    }
)
"""The types whose numbers of 18 characters have this form."""

_EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Holder:
    """What an 18-digit number tells about its holder. The checksum proves the form, never the issue."""

    birth_on: date
    sex: Sex


def with_check_digit(first_17: str) -> str:
    """The whole number that begins with these 17 digits."""
    return first_17 + mod_11_2.calc_check_digit(first_17)


def upgrade(first_generation: str) -> str:
    """The 18-digit number of a 15-digit one: all of those were born in 19xx."""
    return with_check_digit(first_generation[:6] + "19" + first_generation[6:])


def read_holder(number: str, today: date) -> Holder:
    """Read `number`, 17 digits and a digit or X, as of `today` (a Beijing day).

    Raises `Invalid` `wrong-check-digit` or `impossible-birth-date` at `/number`.
    """
    if not mod_11_2.is_valid(number):
        raise wrong_check_digit()
    return Holder(
        birth_on=_birth(number[6:14], today),
        sex="male" if int(number[16]) % 2 else "female",
    )


def wrong_check_digit() -> Invalid:
    """The fault of a document whose check digit contradicts the rest."""
    return invalid_field(
        "wrong-check-digit",
        Text(
            "证件号码的校验码与其余各位不符，至少有一位录错，请对照证件原件重新录入。",
            "The check digit does not agree with the rest, so at least one character is wrong; "
            "compare with the document and enter it again.",
        ),
        "/number",
    )


def _birth(digits: str, today: date) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _impossible_birth() from None
    if not _EARLIEST_BIRTH <= birth_on <= today:
        raise _impossible_birth()
    return birth_on


def _impossible_birth() -> Invalid:
    return invalid_field(
        "impossible-birth-date",
        Text(
            "证件号码中的出生日期不存在，或不在1900年1月1日至今天之间，请对照证件原件核对第7至14位。",
            "The birth date inside the number does not exist, or is not between 1900-01-01 and today; "
            "compare characters 7 to 14 with the document.",
        ),
        "/number",
    )
