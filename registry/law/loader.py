"""Reads the dated law from YAML files: a rule a file, named by its path below the data folder.

A file holds `description`, `unit`, `values` (day → value), `source` (the same days → instrument,
article, mark) and `checked_on`. An overlay folder of the same form replaces rules of the same
name and may add more. Nothing is guessed: whatever is not of this form is refused, with the file's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from registry.errors import Unavailable
from registry.law.values import READERS
from registry.text import Text

SHIPPED = Path(__file__).with_name("data")
MARKS = ("A", "B", "C", "U")


class LawFault(Unavailable):
    """The law cannot be read as it stands; `str()` names the file and the fault for its editor."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            "law-faulty",
            Text(f"法律数据有误：{where}：{what}", f"The law data is faulty: {where}: {what}"),
        )
        self.what = f"{where}: {what}"

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from. `article` is empty where only the instrument is known."""

    instrument: str
    article: str
    mark: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a rule, valid from `since` until the next one."""

    since: date
    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over time. `id` is its path, as `joint-2024/term`."""

    id: str
    description: str
    unit: str
    values: tuple[Dated, ...]
    checked_on: date


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice: the second would silently overrule the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise ValueError(f"the key {key} is given twice")
        return super().construct_mapping(node, deep)


def load(overlay: Path | None = None) -> Mapping[str, Rule]:
    """All rules by id, the shipped ones overruled by those of `overlay`.

    Raises LawFault for anything that is not a rule.
    """
    rules = _folder(SHIPPED)
    if overlay is not None:
        if not overlay.is_dir():
            raise LawFault(str(overlay), "this folder does not exist; set REGISTRY_LAW_DIR to one that does")
        rules |= _folder(overlay)
    return rules


def _folder(root: Path) -> dict[str, Rule]:
    for path in root.rglob("*.yml"):
        raise LawFault(path.name, "rules are files that end in .yaml; this one would be passed over")
    return {rule.id: rule for path in sorted(root.rglob("*.yaml")) for rule in [_file(root, path)]}


def _file(root: Path, path: Path) -> Rule:
    rule_id = path.relative_to(root).with_suffix("").as_posix()
    try:
        raw = yaml.load(path.read_text("utf-8"), _StrictLoader)  # nosec B506: a SafeLoader
        return _rule(rule_id, raw)
    except (ValueError, TypeError, yaml.YAMLError, OSError) as fault:
        raise LawFault(rule_id, " ".join(str(fault).split())) from fault


def _rule(rule_id: str, raw: Any) -> Rule:
    expected = {"description", "unit", "values", "source", "checked_on"}
    if not isinstance(raw, dict) or raw.keys() != expected:
        raise ValueError(f"needs exactly the keys {', '.join(sorted(expected))}")
    if not isinstance(raw["description"], str) or not raw["description"].strip():
        raise ValueError("description must say what the rule is")
    if raw["unit"] not in READERS:
        raise ValueError(f"unit {raw['unit']!r} is none of {', '.join(READERS)}")
    if type(raw["checked_on"]) is not date:
        raise ValueError("checked_on must be the day on which somebody last compared it with its source")
    values, sources = raw["values"], raw["source"]
    if not isinstance(values, dict) or not values or not isinstance(sources, dict):
        raise ValueError("values and source must map days to values and sources")
    if values.keys() != sources.keys():
        raise ValueError("every day in values needs its source, and no other day has one")
    if not all(type(day) is date for day in values):
        raise ValueError("the keys of values must be days, as 2024-12-01")
    return Rule(
        rule_id,
        raw["description"].strip(),
        raw["unit"],
        tuple(_dated(raw["unit"], day, values[day], sources[day]) for day in sorted(values)),
        raw["checked_on"],
    )


def _dated(unit: str, day: date, value: Any, source: Any) -> Dated:
    if value is None:
        raise ValueError(f"the value of {day} is empty; a repealed rule has a value that says so")
    try:
        return Dated(day, READERS[unit](value), _source(source))
    except ValueError as fault:
        raise ValueError(f"on {day}: {fault}") from fault


def _source(raw: Any) -> Source:
    if not isinstance(raw, dict) or not {"instrument", "mark"} <= raw.keys():
        raise ValueError("a source needs an instrument and a mark")
    if unknown := raw.keys() - {"instrument", "article", "mark", "provisional"}:
        raise ValueError(f"the source has unknown keys: {', '.join(sorted(map(str, unknown)))}")
    if raw["mark"] not in MARKS:
        raise ValueError(f"the mark {raw['mark']!r} is none of {', '.join(MARKS)}")
    if not isinstance(raw["instrument"], str) or not raw["instrument"].strip():
        raise ValueError("the instrument must be named")
    article = raw.get("article", "")
    if not isinstance(article, str):
        raise ValueError("the article must be in quotes")
    provisional = raw.get("provisional", raw["mark"] == "U")
    if not isinstance(provisional, bool):
        raise ValueError("provisional must be true or false")
    if raw["mark"] == "U" and not provisional:
        raise ValueError("an unconfirmed value (mark U) is always provisional")
    return Source(raw["instrument"].strip(), article, raw["mark"], provisional)


def plain(value: Any) -> Any:
    """A value of the law as plain data, for showing it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(inner) for inner in value)
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
