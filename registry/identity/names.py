"""Names of persons and organisations in one form, so that two spellings of one name compare equal.

Source: law.md §7.
"""

import re
from dataclasses import dataclass
from unicodedata import normalize

from registry.errors import Invalid, invalid_field
from registry.identity.characters import LONGEST_RAW, has_unprintable, plain, without_spaces
from registry.text import Text

MIDDLE_DOT = "·"
LONGEST_NAME = 100
"""Characters of a normalised name."""

# Ideographs of all planes, zero 〇, repetition 々, and the radicals that NFKC leaves.
_HAN_CLASS = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_HAN_CLASS}]")

# What keyboards and systems put for ·, with spaces around it or not (NFKC has mapped the others):
# bullet, hyphenation point, bullet operator, dot operator, katakana dot, word separator dots.
_MIDDLE_DOTS = re.compile(" *[·\u2022\u2027\u2219\u22c5\u30fb\u2e31\u2e33] *")
# The full stop stands for it only between ideographs: elsewhere it abbreviates.
_FULL_STOP_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN_CLASS}]) *\. *(?=[{_HAN_CLASS}])")
_SPACES = re.compile(" +")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as shown, and the `key` under which two spellings of it compare equal."""

    display: str
    key: str


def normalise_name(raw: str) -> Name:
    """`raw` in one form: NFKC, trimmed, one middle dot, no spaces in Chinese names, single ones in others.

    Full-width and ASCII brackets are one; case counts for `display` only. Normalising `display` again
    changes nothing. Raises `Invalid` `invalid-name` at the pointer "" for an empty name, one longer than
    100 characters, and one with control characters.
    """
    if len(raw) > LONGEST_RAW:
        raise _invalid_name()
    name = _MIDDLE_DOTS.sub(MIDDLE_DOT, plain(raw))
    name = _FULL_STOP_BETWEEN_HAN.sub(MIDDLE_DOT, name).strip(MIDDLE_DOT)
    name = without_spaces(name) if is_chinese(name) else _SPACES.sub(" ", name)
    if not 1 <= len(name) <= LONGEST_NAME or has_unprintable(name):
        raise _invalid_name()
    return Name(name, normalize("NFKC", name.casefold()))


def is_chinese(name: str) -> bool:
    """Whether a name is written in Chinese characters, at least in part."""
    return _HAN.search(name) is not None


def _invalid_name() -> Invalid:
    return invalid_field(
        "invalid-name",
        Text(
            "姓名或名称应为1至100个字符，不得含换行等控制字符，请按证件所载填写。",
            "A name has 1 to 100 characters and no control characters such as line breaks; "
            "enter it as the document shows it.",
        ),
    )
