"""What of a name and a number may be seen in public. One mask for the whole register: two different
masks of one person could be joined.

Source: law.md §6. Masks never fail: what cannot be understood is hidden.
"""

import re
from dataclasses import dataclass

from registry.identity.citizen import CITIZEN_LENGTH
from registry.identity.names import MIDDLE_DOT, is_chinese
from registry.identity.surnames import surname_of

_HIDDEN_CHARACTER = "某"
HIDDEN = "*"
_FIRST_WORD = re.compile(f"[^ {MIDDLE_DOT}]+[ {MIDDLE_DOT}](?=.)")
_FORM = re.compile(r"([0-9]{1,2})\+([0-9]{1,2})\*\+([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Mask:
    """How many characters of an 18-digit number stay readable at its beginning and at its end."""

    first: int
    last: int

    @classmethod
    def parse(cls, form: str) -> "Mask":
        """The mask written as `4+10*+4`. Raises ValueError that ends a sentence."""
        parts = _FORM.fullmatch(form)
        if not parts:
            raise ValueError("it must have the form 4+10*+4: kept + hidden* + kept")
        first, hidden, last = map(int, parts.groups())
        if first + hidden + last != CITIZEN_LENGTH:
            raise ValueError(f"its three numbers must add up to {CITIZEN_LENGTH}")
        if not hidden:
            raise ValueError("it must hide at least one character")
        return cls(first, last)

    def number(self, number: str) -> str:
        """A document's normalised number, same length. Of other lengths than 18 the first and last stay."""
        first, last = (self.first, self.last) if len(number) == CITIZEN_LENGTH else (1, 1)
        hidden = len(number) - first - last
        if hidden <= 0:
            return HIDDEN * len(number)
        return number[:first] + HIDDEN * hidden + number[len(number) - last :]

    def __str__(self) -> str:
        return f"{self.first}+{CITIZEN_LENGTH - self.first - self.last}*+{self.last}"


def mask_name(name: str) -> str:
    """A person's normalised name with the surname alone readable: 张某, 欧阳某, 买买提·某某某, Mike *.

    A name that is all surname would stay readable, so its only word or character is hidden as well.
    """
    if is_chinese(name):
        return _mask_chinese(name)
    first_word = _FIRST_WORD.match(name)
    return (first_word.group() if first_word else name[:1]) + HIDDEN


def _mask_chinese(name: str) -> str:
    first, dot, rest = name.partition(MIDDLE_DOT)
    if rest:
        return first + dot + "".join(c if c == MIDDLE_DOT else _HIDDEN_CHARACTER for c in rest)
    surname = surname_of(name)
    return surname + _HIDDEN_CHARACTER * (len(name) - len(surname))
