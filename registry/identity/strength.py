"""How many numbers fit a masked one: the people whom a reader of the public list cannot tell apart.

Counted is what somebody finds who tries every number: known areas, days on which an adult was born,
the sex that the list shows, and the check digit. Whatever is unsure is counted low, so nobody is
better hidden on paper than in truth. One thing is unsure and counted all the same: an area younger
than its holder, because numbers are also given late in life.

The figures of law.md §6 come out so: with twenty county codes `4+10*+4` leaves about 40,000,
`6+8*+4` about 2,000 and `10+4*+4` about 33.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from statistics import median_low

from registry.identity.areas import KNOWN_AREAS, PERMIT_AREAS
from registry.identity.citizen import CITIZEN_LENGTH, CITIZEN_TYPES, Sex, with_check_digit
from registry.identity.codes import DocumentType
from registry.identity.masks import HIDDEN, Mask

Counts = Sequence[int]  # how many beginnings or ends of a number leave each remainder

_YOUNGEST, _OLDEST = 18, 79  # completed years: minors are never published, the very old are few
_FIRST_CARDS = 1984  # numbers exist since then: no code that ended earlier is in one

_MODULUS = 11
_WEIGHTS = tuple((1 << CITIZEN_LENGTH - place) % _MODULUS for place in range(1, CITIZEN_LENGTH + 1))
_DIGITS = "0123456789"
_CHECKS = _DIGITS + "X"


def adults(since: date, day: date) -> range:
    """The years of birth of people who were adults on `since` and are not 80 yet on `day`.

    `since` is the earliest day on which anything published shows them as adults; it is what a later list
    takes from the choice. Years that fit in part only are left out.
    """
    return range(day.year - _OLDEST, since.year - _YOUNGEST)


def candidates(mask: Mask, type_: DocumentType, number: str, sex: Sex | None, births: range) -> int:
    """How many numbers of this type fit the normalised `number` under `mask`; at least 1, itself.

    `sex` is the one shown beside the number; `births` are years, see `adults`.

    Numbers of 18 digits are counted exactly. Of a foreigner's the area is counted as known, because it
    holds the nationality, which the name betrays. Of all other documents only hidden digits count, ten
    each: letters and words can be guessed.
    """
    shown = mask.number(number)
    if type_ not in CITIZEN_TYPES or len(number) != CITIZEN_LENGTH:
        hidden = sum(was in _DIGITS for was, seen in zip(number, shown, strict=True) if seen == HIDDEN)
        return int(10**hidden)
    area = (number if type_ is DocumentType.foreign_permanent_residence_id else shown)[:6]
    beginnings, ends = _beginnings(type_, area, shown[6:14], births), _ends(shown[14:17], shown[17], sex)
    return max(1, sum(begun * ended for begun, ended in zip(beginnings, ends, strict=True)))


@lru_cache(maxsize=16)
def typical(mask: Mask, births: range) -> int:
    """How many numbers fit the resident number of a middle-aged man of the median county.

    Half of all county codes leave at least as many. Where a prefecture has few counties, fewer are left
    under any usable mask; those people are kept off the lists one by one, since a second mask for them
    could be joined with the first.
    """
    born = f"{births[len(births) // 2]}0615"
    return median_low(
        candidates(mask, DocumentType.resident_id, with_check_digit(f"{county}{born}001"), "male", births)
        for county in _COUNTIES
    )


def _remainder(digits: str, place: int) -> int:
    """What `digits`, the first of them at `place` from 0, add to the sum that ISO 7064 MOD 11-2 checks."""
    return sum(_CHECKS.index(c) * _WEIGHTS[place + i] for i, c in enumerate(digits)) % _MODULUS


def _fits(pattern: str, digits: str) -> bool:
    """Whether these digits may stand behind the pattern; a mask hides one stretch."""
    return digits.startswith(pattern.split(HIDDEN, 1)[0]) and digits.endswith(pattern.rsplit(HIDDEN, 1)[-1])


@lru_cache(maxsize=8192)
def _beginnings(type_: DocumentType, area: str, birth: str, births: range) -> Counts:
    """How many pairs of an area and a birth fit, by remainder."""
    counts = [0] * _MODULUS
    for remainder, last_year in _areas(type_, area):
        born = _born_until(birth, births, last_year)
        for i in range(_MODULUS):
            counts[i] += born[(i - remainder) % _MODULUS]
    return counts


@lru_cache(maxsize=32768)
def _ends(sequence: str, check: str, sex: Sex | None) -> Counts:
    """How many ends fit, by the remainder of the beginning that they make a valid number of."""
    counts = [0] * _MODULUS
    for remainder, count in enumerate(_sequences(sequence, sex)):
        for digit in _CHECKS if check == HIDDEN else check:
            counts[(1 - remainder - _remainder(digit, 17)) % _MODULUS] += count
    return counts


@lru_cache(maxsize=4096)
def _sequences(pattern: str, sex: Sex | None) -> Counts:
    """How many sequence numbers fit, by remainder: odd ones are men's."""
    counts = [0] * _MODULUS
    for digits in map("{:03}".format, range(1000)):
        if _fits(pattern, digits) and (sex is None or (digits[-1] in "13579") == (sex == "male")):
            counts[_remainder(digits, 14)] += 1
    return counts


def _county_codes() -> Iterator[str]:
    """Codes that residents' numbers begin with: counties, and prefectures that have none."""
    with_counties = {code[:4] for code in KNOWN_AREAS if code[4:] != "00"}
    for code, last_year in KNOWN_AREAS.items():
        whole = code[2:] == "0000" or (code[4:] == "00" and code[:4] in with_counties)
        if not whole and (last_year is None or last_year >= _FIRST_CARDS):
            yield code


_COUNTIES = tuple(sorted(_county_codes()))


@lru_cache(maxsize=8192)
def _areas(type_: DocumentType, pattern: str) -> Sequence[tuple[int, int | None]]:
    """The remainder and the last year of every area that fits."""
    match type_:
        case DocumentType.resident_id:
            seen = pattern.split(HIDDEN, 1)[0]
            known: Sequence[str] = _COUNTIES[
                bisect_left(_COUNTIES, seen) : bisect_left(_COUNTIES, seen + "~")
            ]
        case DocumentType.hmt_residence_permit:
            known = sorted(PERMIT_AREAS)
        case _:
            known = [pattern]
    return [(_remainder(code, 0), KNOWN_AREAS.get(code)) for code in known if _fits(pattern, code)]


@lru_cache(maxsize=8192)
def _born_until(pattern: str, births: range, last_year: int | None) -> Counts:
    """How many births up to that year fit, by remainder: nobody got a code that had ended before."""
    counts = [0] * _MODULUS
    for year in births:
        if _fits(pattern[:4], str(year)) and (last_year is None or year <= last_year):
            for i, count in enumerate(_born_in(year, pattern[4:])):
                counts[i] += count
    return counts


@lru_cache(maxsize=65536)
def _born_in(year: int, pattern: str) -> Counts:
    """How many births of one year fit, by remainder; of the pattern only month and day."""
    counts = [0] * _MODULUS
    for digits, remainder in _days(year):
        if _fits(pattern, digits):
            counts[remainder] += 1
    return counts


@lru_cache(maxsize=256)
def _days(year: int) -> Sequence[tuple[str, int]]:
    """Month and day of every day of the year, with the remainder of the whole birth."""
    first = date(year, 1, 1)
    days = [f"{first + timedelta(days=i):%m%d}" for i in range((date(year + 1, 1, 1) - first).days)]
    return [(digits, _remainder(f"{year}{digits}", 6)) for digits in days]
