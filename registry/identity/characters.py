"""One form for what people type and systems send: widths, spaces, hyphens and characters nobody sees.

Everything here is pure and total: any `str` goes in, lone surrogates included, and a `str` comes out.
"""

import re
import string
from unicodedata import category, normalize

LONGEST_RAW = 400
"""Characters of raw input that are looked at; callers refuse longer ones before anything is computed,
because composing a very long run of accents takes quadratic time."""

# Drawn as nothing, though Unicode does not class them as format characters: the grapheme joiner,
# Hangul and Khmer fillers, and the variation selectors that choose the glyph of a rare character.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SEPARATORS = {"Zs", "Zl", "Zp", "Pd"}
_MINUS_SIGN = "\u2212"
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def plain(raw: str) -> str:
    """`raw` in NFKC, trimmed, without characters nobody sees. Controls stay, for the caller to refuse."""
    seen = "".join(c for c in _UNSEEN.sub("", raw.strip()) if category(c) != "Cf")
    return normalize("NFKC", seen).strip()


def without_spaces(text: str) -> str:
    """`text` without any space, in NFKC again, since neighbours may now compose."""
    return normalize("NFKC", "".join(c for c in text if category(c) != "Zs"))


def compact(raw: str) -> str:
    """`raw` as numbers are compared: `plain`, without spaces and hyphens, ASCII letters upper-case.

    Only ASCII letters are raised, so that no foreign letter (ß, ı) turns into an ASCII one.
    """
    if raw.isascii() and raw.isalnum():  # nearly always; nothing below would change more than case
        return raw.upper()
    kept = (c for c in plain(raw) if category(c) not in _SEPARATORS and c != _MINUS_SIGN)
    return normalize("NFKC", "".join(kept).translate(_UPPER))


def has_unprintable(text: str) -> bool:
    """Whether `text` holds a control, a line break or half a surrogate pair.

    Private and unassigned code points pass: rare characters of names still travel as such.
    """
    return any(category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in text)
