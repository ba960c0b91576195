"""The vector part: check digits, birth dates and names of a whole chunk at once, then one MAC for each row.

It decides only what is plain: a resident id of 18 characters that is right, a name that is certainly a name.
Everything else goes to the readers that a check uses. A row that is not plain is never judged here.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from registry.errors import Invalid
from registry.identity.codes import PARTNER_CODES, DocumentType
from registry.identity.documents import parse_document
from registry.identity.names import LONGEST_NAME, normalise_name
from registry.rescreens.faults import Fault, faults_of
from registry.rescreens.rows import Rows, Slices
from registry.vault.vault import Vault

TOKEN = 32  # bytes
_NO_TOKEN = bytes(TOKEN)

Bools = NDArray[np.bool_]
Heads = NDArray[np.uint64]
Text18 = NDArray[np.uint8]

_RESIDENT = frozenset({DocumentType.resident_id.value, *PARTNER_CODES})  # all codes mean the resident id
_NUMBER = 18
_FILLER = "0" * _NUMBER  # its check digit is wrong
# In floats, which are exact for such small sums and several times as fast.
_WEIGHTS = np.array([pow(2, 17 - place, 11) for place in range(17)], np.float32)
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 87, np.int32)  # by two digits
_IMPOSSIBLE = "impossible-birth-date"
_LAST_DAY = date.max


@dataclass(slots=True)
class Tokens:
    """Tokens of the rows of a chunk, one behind the other; zeros where a row has none.

    `faults` by position are all faults of the chunk. A row whose only fault is a birth in the future has
    its tokens all the same, and the day from which it is right in `right_from`.
    """

    documents: bytes
    faults: dict[int, list[Fault]]
    right_from: dict[int, date] = field(default_factory=dict)


class Tokeniser:
    """Turns rows into tokens under one vault."""

    def __init__(self, vault: Vault) -> None:
        self._citizen = vault.token_maker("document", "citizen:")
        self._document = vault.token_maker("document")
        self._name = vault.token_maker("name")

    def documents(self, rows: Rows, today: date) -> Tokens:
        """The documents' tokens, and every fault of numbers and names, as of `today`."""
        text, fits = _as_matrix(rows.numbers)
        plain = fits & _is_resident(rows.types) & plain_numbers(text, today)
        named, _ = plain_names(rows.names)
        tokens = list(map(self._citizen, text.reshape(-1).view(f"S{_NUMBER}").tolist()))
        found = Tokens(b"", dict(rows.faults))
        for at in np.flatnonzero(~(plain & named)).tolist():
            tokens[at] = self._exactly(rows, at, today, found)
        found.documents = b"".join(tokens)
        return found

    def names(self, names: Sequence[str]) -> list[bytes]:
        """The names' tokens; zeros for what is no name."""
        _, ideographs = plain_names(names)
        return [
            self._name(name.encode() if itself else _key(name))
            for name, itself in zip(names, ideographs.tolist(), strict=True)
        ]

    def _exactly(self, rows: Rows, at: int, today: date, found: Tokens) -> bytes:
        """One row's token as a check would make it; its faults are added to `found`."""
        if at in rows.faults:
            return _NO_TOKEN
        faults: list[Fault] = []
        try:
            normalise_name(rows.names[at])
        except Invalid as wrong:
            faults += faults_of(wrong.slug, wrong.errors, "/name")
        token = _NO_TOKEN
        try:
            token = self._document(parse_document(rows.types[at], rows.numbers[at], today).key.encode())
        except Invalid as wrong:
            if wrong.slug == _IMPOSSIBLE and not faults:
                token = self._born_later(rows, at, today, found)
            faults += faults_of(wrong.slug, wrong.errors, "/document")
        if faults:
            found.faults[at] = faults
        return token if at in found.right_from or not faults else _NO_TOKEN

    def _born_later(self, rows: Rows, at: int, today: date, found: Tokens) -> bytes:
        """The token of somebody who is only not born yet; zeros for an impossible day."""
        try:
            document = parse_document(rows.types[at], rows.numbers[at], _LAST_DAY)
        except Invalid:
            return _NO_TOKEN
        if document.birth_on is None or document.birth_on <= today:
            return _NO_TOKEN
        found.right_from[at] = document.birth_on
        return self._document(document.key.encode())


def _key(name: str) -> bytes:
    try:
        return normalise_name(name).key.encode("utf-8", "surrogatepass")
    except Invalid:
        return b""


def _as_matrix(numbers: Sequence[str]) -> tuple[Text18, Bools]:
    """Numbers of 18 ASCII characters, one in each row, and which rows hold such a one."""
    if isinstance(numbers, Slices):
        return numbers.matrix(_NUMBER), numbers.lengths == _NUMBER
    fits = np.fromiter(
        (len(number) == _NUMBER and number.isascii() for number in numbers), np.bool_, len(numbers)
    )
    whole = [number if fit else _FILLER for number, fit in zip(numbers, fits.tolist(), strict=True)]
    return np.frombuffer("".join(whole).encode(), np.uint8).reshape(-1, _NUMBER), fits


def _is_resident(types: Sequence[str]) -> Bools:
    if isinstance(types, Slices):
        first: str = types[0]
        text = np.frombuffer(first.encode(), np.uint8)
        if (types.matrix(len(text)) == text).all():
            return np.full(len(types), first in _RESIDENT)
    return np.fromiter((type_ in _RESIDENT for type_ in types), np.bool_, len(types))


def plain_numbers(text: Text18, today: date) -> Bools:
    """Which are certainly right resident ids of 18 characters, of somebody born by `today`."""
    digits = text - ord("0")  # what is below wraps around and is too great
    is_x = text[:, 17] == ord("X")
    right = (digits[:, :17].max(axis=1) <= 9) & (is_x | (digits[:, 17] <= 9))
    check = np.where(is_x, 10, digits[:, 17])
    right &= ((digits[:, :17].astype(np.float32) @ _WEIGHTS).astype(np.int32) + check) % 11 == 1
    right &= _possible_births(digits[:, 6:14].astype(np.int32), today)
    return cast(Bools, right)


def _possible_births(digits: NDArray[np.int32], today: date) -> Bools:
    year = digits[:, :4] @ np.array([1000, 100, 10, 1], np.int32)
    month, day = digits[:, 4] * 10 + digits[:, 5], digits[:, 6] * 10 + digits[:, 7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.minimum(month, 99)] + (leap & (month == 2))
    whole = year * 10_000 + month * 100 + day
    latest = today.year * 10_000 + today.month * 100 + today.day
    possible: Bools = (day >= 1) & (day <= last) & (year >= 1900) & (whole <= latest)
    return possible


def plain_names(names: Sequence[str]) -> tuple[Bools, Bools]:
    """Which are certainly names, and which of them are their own key: nothing but common ideographs.

    The first are of ideographs, ASCII letters, spaces and middle dots, and begin with one of the former two,
    so that something is left when they are normalised.
    """
    if isinstance(names, Slices):
        mark, together = '"', names.together().decode()
    else:
        mark, together = "\n", "".join([f"{name}\n" for name in names])
    codes = np.frombuffer(together.encode("utf-32-le", "surrogatepass"), "<u4")
    ends = np.flatnonzero(codes == ord(mark))
    if len(ends) != len(names) or not len(names):  # a line break inside a name
        nothing = np.zeros(len(names), np.bool_)
        return nothing, nothing
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    ideograph = (codes >= 0x4E00) & (codes <= 0x9FFF)
    lower = codes | 0x20
    letter = ideograph | ((lower >= ord("a")) & (lower <= ord("z")))
    other = ~(letter | (codes == ord("·")) | (codes == ord(" ")) | (codes == ord(mark)))
    fits = (lengths >= 1) & (lengths <= LONGEST_NAME)
    plain = fits & letter[starts] & (np.add.reduceat(other, starts, dtype=np.intp) == 0)
    own_key = fits & (np.add.reduceat(ideograph, starts, dtype=np.intp) == lengths)
    return plain, own_key


class Listed:
    """Document tokens by their first 8 bytes, sorted: 80 MB for ten million. A hit is only a candidate."""

    def __init__(self, heads: Heads) -> None:
        """Takes `heads` over and sorts them in place."""
        heads.sort()
        self._heads = heads
        # One bit for a place of its own, most of them empty: what is not listed, as nearly everybody is not,
        # is told by one look into a map that the processor's cache can nearly hold.
        bits = max(16, (len(heads) * 8).bit_length())
        self._shift = np.uint64(64 - bits)
        self._map = np.zeros(1 << (bits - 3), np.uint8)
        for at in range(0, len(heads), 1 << 18):
            places = heads[at : at + (1 << 18)] >> self._shift
            np.bitwise_or.at(self._map, (places >> np.uint64(3)).astype(np.intp), _bit(places))

    def __len__(self) -> int:
        return len(self._heads)

    def candidates(self, tokens: bytes) -> NDArray[np.intp]:
        """The positions of those tokens (one behind the other) that may be listed."""
        wanted = heads_of(tokens)
        places = wanted >> self._shift
        maybe = np.flatnonzero(self._map[(places >> np.uint64(3)).astype(np.intp)] & _bit(places))
        if not len(maybe):
            return maybe
        # In order, so that each search begins in what the last one has brought into the cache.
        rising = maybe[np.argsort(wanted[maybe])]
        found = np.searchsorted(self._heads, wanted[rising])
        found[found == len(self._heads)] = 0
        candidates: NDArray[np.intp] = np.sort(rising[self._heads[found] == wanted[rising]])
        return candidates


def heads_of(tokens: bytes) -> Heads:
    """The first 8 bytes of each token."""
    return np.frombuffer(tokens, ">u8").reshape(-1, TOKEN // 8)[:, 0].astype(np.uint64)


def _bit(places: Heads) -> NDArray[np.uint8]:
    bits: NDArray[np.uint8] = np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
    return bits


@contextmanager
def without_collector() -> Iterator[None]:
    """Rows make no cycles; looking for some among each thousand new objects takes half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
