"""The demo: a city's first list of the year, whole and in force on whatever day it is loaded."""

import json
import shutil
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from registry.app import create_app
from registry.config import Config
from registry.demo.story import Guide
from tests.conftest import StandingClock
from tests.support.world import World


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    """With a key ring of its own: the demo remembers beside it that it was loaded."""
    own = tmp_path / "ring" / "keys.json"
    own.parent.mkdir()
    shutil.copy2(keys, own)
    return Config(database_url=database_url, keys=own)


GUIDE = tuple(field.name for field in fields(Guide))


def load(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def everything(world: World, guide: dict[str, Any]) -> list[dict[str, Any]]:
    """All designations, page by page."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = world.get(guide["clerk"], f"/v1/designations?limit=200{cursor and '&cursor=' + cursor}").json
        items += page["items"]
        cursor = page["next"]
    return items


@pytest.mark.parametrize("day", ["2026-11-22", "2027-01-01", "2028-02-29"])
def test_the_list_is_in_force_on_every_day_it_may_be_loaded(
    world: World, standing_clock: StandingClock, day: str
) -> None:
    standing_clock.day(day)
    guide = load(world.app)
    assert (guide["rows"], guide["title"]) == (679, f"{day[:4]}年第一批")
    items = everything(world, guide)
    listed = [item for item in items if item["import"]]
    older = [item for item in items if not item["import"]]
    assert len(listed) == 679
    assert {item["state"] for item in listed} == {"in_force"}
    assert {item["decided_on"][:4] for item in listed} == {day[:4]}
    assert all(item["decided_on"] <= day for item in listed)
    roles = Counter(item["conduct"]["role"] for item in listed)
    assert roles["dealer"] + roles["collector"] == 110
    assert (roles["insider"], roles["account_holder"]) == (1, 568)
    assert len({item["subject"]["id"] for item in listed}) == 671  # person-times, not persons
    assert {sanction["regime"] for item in listed for sanction in item["sanctions"]} == {"joint-2024"}

    assert len(older) == 12
    assert {item["decided_on"][:4] for item in older} == {"2022"}
    assert {sanction["regime"] for item in older for sanction in item["sanctions"]} == {"pboc-2019-85"}

    for partner, purpose, direction in (
        ("bank", "open_bank_account", "limit"),
        ("carrier", "issue_phone_card", "refuse"),
    ):
        body = world.check_body(guide["name"], guide["number"], purpose)
        answer = world.post(guide[partner], "/v1/checks", body).json
        assert (answer["direction"], answer["parties"][0]["result"]) == (direction, "match")


def test_loading_again_tells_the_same_and_adds_nothing(world: World, standing_clock: StandingClock) -> None:
    first = load(world.app)
    before = everything(world, first)
    standing_clock.day("2027-01-15")
    assert load(world.app) == first
    assert len(everything(world, first)) == len(before) == 691


def test_the_demo_is_not_loaded_beside_data(world: World) -> None:
    assert world.city
    result = world.app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "demo-not-here" in result.stderr


def test_the_demo_is_not_loaded_in_production(config: Config) -> None:
    app = create_app(replace(config, env="production"))
    result = app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert result.exit_code == 1 and "demo-not-here" in result.stderr


def test_what_was_remembered_of_another_database_is_not_told_of_an_empty_one(config: Config) -> None:
    """A new database beside an old ring: tokens that open nothing would be told as if all were there."""
    config.keys.with_name("demo.json").write_text(json.dumps(dict.fromkeys(GUIDE, "of another database")))
    app = create_app(config)
    with app.app_context():
        guide = load(app)
        world = World(app)
        assert world.get(guide["clerk"], "/v1/designations").status_code == 200


def test_what_the_demo_remembers_is_for_its_owner_only(world: World, config: Config) -> None:
    load(world.app)
    assert config.keys.with_name("demo.json").stat().st_mode & 0o077 == 0
