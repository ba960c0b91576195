"""Overlays of the law, written for a test. None of them is any province's law."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from registry.law.loader import SHIPPED


def rule(folder: Path, rule_id: str, unit: str, values: dict[date, Any]) -> None:
    """Write one rule."""
    path = folder / f"{rule_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "description": "An invented example for tests",
        "unit": unit,
        "values": values,
        "source": {day: {"instrument": "example", "mark": "U"} for day in values},
        "checked_on": date(2026, 11, 22),
    }
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def phone_44(folder: Path) -> Path:
    """Province-level phone-card rules for 44, open from 2021 until the joint measures, five years long."""
    first = date(2021, 1, 1)
    name = {"zh": "示例省电话卡惩戒规定", "en": "Example provincial phone-card rules"}
    rule(folder, "phone-44/name", "text", {first: name})
    rule(folder, "phone-44/designating", "state", {first: "open", date(2024, 12, 1): "closed"})
    rule(folder, "phone-44/area", "area", {first: "44"})
    rule(folder, "phone-44/level", "level", {first: "province"})
    rule(folder, "phone-44/items", "item_kinds", {first: ["phone_card"]})
    rule(folder, "phone-44/term", "years", {first: {"any": 5}})
    rule(folder, "phone-44/term-start", "event", {first: "designation"})
    exempt = [{"zh": "一个未涉案号码", "en": "one number that was not involved"}]
    ban = {"classes": ["any"], "lasts": "term", "exempt": exempt}
    rule(folder, "phone-44/measures/phone_new_ban", "regime measure", {first: ban})
    return folder


def checks_since_2017(folder: Path) -> Path:
    """The shipped rules of screening, dated back, so that a test may ask before 2022-12-01."""
    for path in (SHIPPED / "screening").glob("*.yaml"):
        raw = yaml.safe_load(path.read_text("utf-8"))
        (newest,) = raw["values"].values()
        rule(folder, f"screening/{path.stem}", raw["unit"], {date(2017, 1, 1): newest})
    return folder
