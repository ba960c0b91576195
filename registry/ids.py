"""Opaque identifiers with a prefix that says what they name: `dsg_…`, `chk_…`.

48 bits of time and 80 random bits, in Crockford's base 32. The time part keeps new rows at one
end of an index; nobody may read a meaning into it.
"""

import threading
import time

from registry import randomness

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # ten bits at a time: twice as fast

_turn = threading.Lock()
_last = 0


def new(prefix: str) -> str:
    """A fresh identifier: `prefix`, an underscore, 26 characters.

    Of two made in one process the later one sorts later, also within a millisecond.
    """
    global _last
    with _turn:
        number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(randomness.take(10))
        if number <= _last:
            number = _last + 1 + int.from_bytes(randomness.take(5))
        _last = number
    pairs = []
    for _ in range(13):
        pairs.append(_PAIRS[number & 1023])
        number >>= 10
    return f"{prefix}_{''.join(reversed(pairs))}"
