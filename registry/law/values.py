"""What a value in `data/` may be, one kind for each `unit`, and how it is read from YAML.

Every reader takes the raw YAML value and returns a frozen one, or raises `ValueError` with a
sentence for the person who edits the file.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from registry.law.words import (
    Behaviour,
    Direction,
    Exposure,
    Ground,
    Level,
    Penalty,
    Purpose,
    Sector,
    When,
)
from registry.law.workdays import Period, Unit
from registry.text import Text

E = TypeVar("E", bound=StrEnum)

TERM = "term"  # a measure that lasts as long as its sanction


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which counts a class may be designated, by whom, and below them by whom only."""

    items: int
    times: int
    recipients: int
    level: Level
    below: Level
    without_threshold: frozenset[Behaviour]


@dataclass(frozen=True, slots=True)
class RegimeMeasure:
    """A measure as one regime imposes it."""

    classes: frozenset[str]
    years: int | None  # None: as long as the sanction
    exempt: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """A measure as every regime shares it: whom it binds and what it means for each purpose."""

    name: Text
    sectors: frozenset[Sector]
    directions: Mapping[Purpose, Direction]
    still_allowed: Mapping[Sector, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class NamedException:
    """A direction that follows from the regime itself and from none of its measures."""

    when: When
    purpose: Purpose
    direction: Direction
    reason: Text


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """A purpose in words, the sectors that may ask for it, and what of it remains under `limit`."""

    name: Text
    sectors: frozenset[Sector]
    limited: Text | None


def _keys(raw: Any, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError("must be a mapping")
    if missing := set(required) - raw.keys():
        raise ValueError(f"lacks {', '.join(sorted(missing))}")
    if unknown := {str(key) for key in raw.keys() - {*required, *optional}}:
        raise ValueError(f"has unknown keys: {', '.join(sorted(unknown))}")
    return raw


def _word(kind: type[E]) -> Callable[[Any], E]:
    def read(raw: Any) -> E:
        try:
            return kind(raw)
        except ValueError:
            raise ValueError(f"{raw!r} is none of {', '.join(kind)}") from None

    return read


def _words(kind: type[E]) -> Callable[[Any], frozenset[E]]:
    read = _word(kind)
    return lambda raw: frozenset(read(item) for item in _list(raw))


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        raise ValueError("must be a list with at least one element")
    return raw


def _count(raw: Any) -> int:
    if type(raw) is not int or raw < 1:
        raise ValueError(f"{raw!r} must be a whole number from 1")
    return raw


def text(raw: Any) -> Text:
    """A sentence in both languages: `{zh: …, en: …}`."""
    pair = _keys(raw, {"zh", "en"})
    if not all(isinstance(value, str) and value.strip() for value in pair.values()):
        raise ValueError("a text needs words in zh and in en")
    return Text(pair["zh"], pair["en"])


def _texts(raw: Any) -> tuple[Text, ...]:
    return tuple(text(item) for item in _list(raw))


def _state(raw: Any) -> bool:
    if raw not in ("open", "closed"):
        raise ValueError(f"{raw!r} must be open or closed")
    return bool(raw == "open")


def _day(raw: Any) -> date:
    if type(raw) is not date:
        raise ValueError(f"{raw!r} must be a day, as 2024-12-01")
    return raw


def _event(raw: Any) -> str:
    # The law leaves open which event starts the term; only the designation's day is served so far.
    if raw != "designation":
        raise ValueError(f"{raw!r} must be designation")
    return str(raw)


def _area(raw: Any) -> str:
    if not (isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) in (2, 4, 6)):
        raise ValueError(f"{raw!r} must be the first 2, 4 or 6 digits of an area code, in quotes")
    return raw


def _item_kinds(raw: Any) -> frozenset[str]:
    kinds = _list(raw)
    if not all(isinstance(kind, str) for kind in kinds):
        raise ValueError("must be a list of item kinds")
    return frozenset(kinds)


def _classes(raw: Any) -> Mapping[Ground, str]:
    grounds = _keys(raw, set(Ground))
    return MappingProxyType({Ground(ground): str(name) for ground, name in grounds.items()})


def _years(raw: Any) -> Mapping[str, int]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError("must map each class (or any) to years")
    return MappingProxyType({str(name): _count(years) for name, years in raw.items()})


def _exposure(raw: Any) -> Mapping[str, Exposure]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError("must say for each class (or any) whether it may be shown")
    return MappingProxyType({str(name): _word(Exposure)(value) for name, value in raw.items()})


def _thresholds(raw: Any) -> Mapping[str, Threshold]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError("must map each class to its thresholds")
    return MappingProxyType({str(name): _threshold(value) for name, value in raw.items()})


def _threshold(raw: Any) -> Threshold:
    value = _keys(raw, {"items", "times", "recipients", "level", "below", "without_threshold"})
    return Threshold(
        items=_count(value["items"]),
        times=_count(value["times"]),
        recipients=_count(value["recipients"]),
        level=_word(Level)(value["level"]),
        below=_word(Level)(value["below"]),
        without_threshold=_words(Behaviour)(value["without_threshold"]),
    )


def _regime_measure(raw: Any) -> RegimeMeasure:
    value = _keys(raw, {"classes", "lasts"}, {"exempt"})
    return RegimeMeasure(
        classes=frozenset(str(name) for name in _list(value["classes"])),
        years=None if value["lasts"] == TERM else _count(value["lasts"]),
        exempt=_texts(value["exempt"]) if "exempt" in value else (),
    )


def _measure(raw: Any) -> MeasureEffect:
    value = _keys(raw, {"name", "sectors", "directions"}, {"still_allowed"})
    if not isinstance(value["directions"], dict):
        raise ValueError("directions must map purposes to directions; {} where there is none")
    allowed = value.get("still_allowed", {})
    if not isinstance(allowed, dict):
        raise ValueError("still_allowed must map sectors to texts")
    return MeasureEffect(
        name=text(value["name"]),
        sectors=_words(Sector)(value["sectors"]),
        directions=MappingProxyType(
            {_word(Purpose)(p): _word(Direction)(d) for p, d in value["directions"].items()}
        ),
        still_allowed=MappingProxyType({_word(Sector)(s): _texts(t) for s, t in allowed.items()}),
    )


def _exception(raw: Any) -> NamedException:
    value = _keys(raw, {"when", "purpose", "direction", "reason"})
    if value["direction"] == Direction.PROCEED:
        raise ValueError("an exception to proceed would show a sanction that has no effect")
    return NamedException(
        when=_word(When)(value["when"]),
        purpose=_word(Purpose)(value["purpose"]),
        direction=_word(Direction)(value["direction"]),
        reason=text(value["reason"]),
    )


def _purposes(raw: Any) -> Mapping[Purpose, PurposeRule]:
    purposes = _keys(raw, set(Purpose))
    return MappingProxyType({Purpose(name): _purpose(value) for name, value in purposes.items()})


def _purpose(raw: Any) -> PurposeRule:
    value = _keys(raw, {"name", "sectors"}, {"limited"})
    return PurposeRule(
        text(value["name"]),
        _words(Sector)(value["sectors"]),
        text(value["limited"]) if "limited" in value else None,
    )


def _period(raw: Any) -> Period:
    value = _keys(raw, {"count", "unit"}, {"moves"})
    unit, moves = _word(Unit)(value["unit"]), value.get("moves", False)
    if not isinstance(moves, bool):
        raise ValueError("moves must be true or false")
    if moves and unit is Unit.WORKING_DAYS:
        raise ValueError("working days end on a working day; there is nothing that moves")
    return Period(_count(value["count"]), unit, moves)


def _offences(raw: Any) -> Mapping[str, Text]:
    if not isinstance(raw, dict) or not all(isinstance(article, str) for article in raw):
        raise ValueError("must map articles, in quotes, to names")
    return MappingProxyType({article: text(name) for article, name in raw.items()})


READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "state": _state,
        "day": _day,
        "event": _event,
        "area": _area,
        "level": _word(Level),
        "item_kinds": _item_kinds,
        "classes": _classes,
        "years": _years,
        "count": _count,
        "count of years": _count,
        "thresholds": _thresholds,
        "regime measure": _regime_measure,
        "measure": _measure,
        "exception": _exception,
        "purposes": _purposes,
        "direction": _word(Direction),
        "period": _period,
        "offences": _offences,
        "exposure": _exposure,
        "penalties": _words(Penalty),
        "text": text,
    }
)
