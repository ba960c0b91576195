"""A stranger who has every published list, a table of areas and a calendar, and tries to undo the masks.

Works by arithmetic of its own and shares none with the registry. Knows the numbers of residents only.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from stdnum import numdb

FIRST_CARDS = 1984


@dataclass(frozen=True)
class Published:
    """What one row of one list shows of a person."""

    listed_on: date
    masked_name: str
    sex: str
    masked_number: str
    authority: str
    designated_on: date


@dataclass
class Person:
    """Rows that the stranger takes for one person, and all characters of the number seen in any of them."""

    rows: list[Published]
    pattern: str
    lists: set[date] = field(default_factory=set)

    def candidates(self) -> int:
        """How many numbers this person can have."""
        first = min(min(row.designated_on, row.listed_on) for row in self.rows)
        last = max(row.listed_on for row in self.rows)
        born_after = _years_before(last, 80)
        return count(self.pattern, self.rows[0].sex, born_after + timedelta(1), _years_before(first, 18))


def people(rows: Iterable[Published]) -> list[Person]:
    """Everybody on the lists, after rows are joined by name, number, authority and date."""
    alike: dict[tuple[str, str, str], list[Published]] = defaultdict(list)
    for row in rows:
        alike[row.masked_name, row.sex, row.masked_number].append(row)
    known: dict[tuple[str, str, str, date], list[Person]] = defaultdict(list)
    found = []
    for (name, sex, number), same in alike.items():
        lists = {row.listed_on for row in same}
        acts = {(name, sex, row.authority, row.designated_on) for row in same}
        others = {id(person): person for act in acts for person in known[act]}.values()
        fitting = [p for p in others if not p.lists & lists and _overlay(p.pattern, number)]
        if len(fitting) == 1:
            (person,) = fitting
            person.rows += same
            person.pattern = _overlay(person.pattern, number)
            person.lists |= lists
        else:
            person = Person(same, number, lists)
            found.append(person)
        for act in acts:
            if all(other is not person for other in known[act]):
                known[act].append(person)
    return found


def numbers(pattern: str, sex: str, first: date, last: date) -> Iterator[str]:
    """Every number that fits, of somebody born from `first` to `last`."""
    for area, births, rest in _fitting(pattern, sex, first, last):
        for birth in births:
            yield area + birth + rest


@cache
def count(pattern: str, sex: str, first: date, last: date) -> int:
    """How many `numbers` there are."""
    return sum(len(births) for _, births, _ in _fitting(pattern, sex, first, last))


def _fitting(pattern: str, sex: str, first: date, last: date) -> Iterator[tuple[str, Sequence[str], str]]:
    days = _days(pattern[6:14], first, last)
    for rest in _rests(pattern[14:], sex):
        for area, last_year in _areas(pattern[:6]):
            # 13 leaves 2 when divided by 11: in base 13 a number is its own weighted sum.
            without = int(area, 13) * 13**11 + int(rest[:3], 13)
            births = days[(1 - "0123456789X".index(rest[3]) - 2 * without) % 11]
            yield area, births[: bisect_right(births, f"{last_year}1231")], rest


@cache
def _rests(pattern: str, sex: str) -> list[str]:
    """Sequence and check digit: odd sequences are men's."""
    numbers = [f"{number:03}" for number in range(sex == "male", 1000, 2)]
    numbers = [number for number in numbers if _fits(pattern[:3], number)]
    return [number + check for number in numbers for check in "0123456789X" if _fits(pattern[3], check)]


@cache
def _days(pattern: str, first: date, last: date) -> list[list[str]]:
    days: list[list[str]] = [[] for _ in range(11)]
    for birth in _calendar(first, last):
        if _fits(pattern, birth):
            days[2 * int(birth, 13) * 13**3 % 11].append(birth)
    return days


@cache
def _calendar(first: date, last: date) -> list[str]:
    return [(first + timedelta(i)).strftime("%Y%m%d") for i in range((last - first).days + 1)]


@cache
def _areas(pattern: str) -> list[tuple[str, int]]:
    return [(area, last_year) for area, last_year in _table() if _fits(pattern, area)]


@cache
def _table() -> list[tuple[str, int]]:
    """Counties, and cities without any, that existed when there were numbers; with the last year of each."""
    codes = {}
    for _, province, _, _, inside in numdb.get("cn/loc").prefixes:
        for _, county, _, told, _ in inside:
            names = told["county"].split(",")
            ends = [name.split("]")[0].split("-")[1] if name[0] == "[" else "" for name in names]
            codes[province + county] = 9999 if "" in ends else max(map(int, ends))
    counties = [code for code in codes if not code.endswith("00")]
    cities = {code[:4] for code in counties}
    lonely = [code for code in codes if code[4:] == "00" and code[2:] != "0000" and code[:4] not in cities]
    return [(code, codes[code]) for code in sorted(counties + lonely) if codes[code] >= FIRST_CARDS]


def _overlay(one: str, other: str) -> str:
    """Both patterns in one; empty where they contradict each other."""
    if len(one) != len(other):
        return ""
    both = [b if a == "*" else a for a, b in zip(one, other, strict=True)]
    return "".join(both) if _fits(one, "".join(both)) and _fits(other, "".join(both)) else ""


def _fits(pattern: str, text: str) -> bool:
    return all(p in ("*", c) for p, c in zip(pattern, text, strict=True))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
