"""What of a name and a number may be seen in public. One mask for the whole register: two different
masks of one person could be joined.

Source: law.md §6. Masks never fail: what cannot be understood is hidden.
"""

import re

from registry.identity.names import MIDDLE_DOT, is_chinese
from registry.identity.surnames import surname_of

_HIDDEN_CHARACTER = "某"
_HIDDEN = "*"
_FIRST_WORD = re.compile(f"[^ {MIDDLE_DOT}]+[ {MIDDLE_DOT}](?=.)")
_CITIZEN_LENGTH = 18


def mask_name(name: str) -> str:
    """A person's normalised name with the surname alone readable: 张某, 欧阳某, 买买提·某某某, Mike *.

    A name that is all surname would stay readable, so its only word or character is hidden as well.
    """
    if is_chinese(name):
        return _mask_chinese(name)
    first_word = _FIRST_WORD.match(name)
    return (first_word.group() if first_word else name[:1]) + _HIDDEN


def mask_number(number: str) -> str:
    """A document's normalised number, same length: 18 characters keep 4 and 4, others the first and last."""
    kept = 4 if len(number) == _CITIZEN_LENGTH else 1
    if len(number) <= 2 * kept:
        return _HIDDEN * len(number)
    return number[:kept] + _HIDDEN * (len(number) - 2 * kept) + number[-kept:]


def _mask_chinese(name: str) -> str:
    first, dot, rest = name.partition(MIDDLE_DOT)
    if rest:
        return first + dot + "".join(c if c == MIDDLE_DOT else _HIDDEN_CHARACTER for c in rest)
    surname = surname_of(name)
    return surname + _HIDDEN_CHARACTER * (len(name) - len(surname))
