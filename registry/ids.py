"""Opaque identifiers with a prefix that says what they name: `dsg_…`, `chk_…`.

48 bits of time and 80 random bits, in Crockford's base 32. The time part keeps new rows at one
end of an index; nobody may read a meaning into it.
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new(prefix: str) -> str:
    """A fresh identifier: `prefix`, an underscore, 26 characters."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = []
    for _ in range(26):
        digits.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(digits))}"
