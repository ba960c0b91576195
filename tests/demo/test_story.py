"""The demo: a city's first list of the year, whole and in force on whatever day it is loaded."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine

from registry import migrating
from registry.app import create_app
from registry.config import Config
from registry.db import engine
from registry.demo.guide import Guide
from registry.law.book import Book
from tests.conftest import BACKENDS, StandingClock
from tests.support import postgres, reidentify
from tests.support.reidentify import Published
from tests.support.world import World


@dataclass(frozen=True)
class Demo:
    """A registry with the demo in it."""

    world: World
    config: Config
    guide: dict[str, Any]


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    """With a key ring of its own: the demo remembers beside it that it was loaded."""
    return Config(database_url=database_url, keys=own_ring(keys, tmp_path))


@pytest.fixture(scope="module")
def loaded(
    request: pytest.FixtureRequest, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Demo]]:
    """The demo as loaded on a day, in a database of its own; loaded once, since that takes seconds.

    For tests that do not change what they are shown.
    """
    demos: dict[tuple[str, str], Demo] = {}
    with ExitStack() as stack:

        def demo(backend: str, day: str) -> Demo:
            if (backend, day) not in demos:
                place = tmp_path_factory.mktemp("demo")
                if backend == "sqlite":
                    shutil.copy(request.getfixturevalue("sqlite_template"), place / "registry.sqlite3")
                    url = f"sqlite:///{place / 'registry.sqlite3'}"
                else:
                    url = stack.enter_context(postgres.database(postgres.start().url))
                    empty = create_engine(url)
                    migrating.upgrade(empty)
                    empty.dispose()
                config = Config(database_url=url, keys=own_ring(keys, place))
                app = create_app(config)
                stack.callback(release, app)
                demos[backend, day] = Demo(World(app), config, load(app))
            return demos[backend, day]

        yield demo


def own_ring(keys: Path, place: Path) -> Path:
    own = place / "ring" / "keys.json"
    own.parent.mkdir()
    shutil.copy2(keys, own)
    return own


def release(app: Flask) -> None:
    with app.app_context():
        engine().dispose()


DAY = "2026-11-22"
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


@pytest.mark.parametrize("day", [DAY, "2027-01-01", "2028-02-29"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_list_is_in_force_on_every_day_it_may_be_loaded(
    loaded: Callable[[str, str], Demo], standing_clock: StandingClock, backend: str, day: str
) -> None:
    standing_clock.day(day)
    demo = loaded(backend, day)
    world, guide = demo.world, demo.guide
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
    assert len({item["subject"]["id"] for item in listed}) == 679
    (shown,) = world.get(guide["publisher"], "/v1/exposure-lists").json["items"]
    assert (shown["state"], shown["person_times"]) == ("published", 679)
    public = world.get(None, f"/public/exposure-lists/{shown['id']}.json").json
    assert len(public["entries"]) == 679
    assert {sanction["regime"] for item in listed for sanction in item["sanctions"]} == {"joint-2024"}

    assert len(older) == 12
    again = {item["subject"]["id"] for item in older} & {item["subject"]["id"] for item in listed}
    assert len(again) == 8
    assert {item["decided_on"][:4] for item in older} == {"2022"}
    assert {sanction["regime"] for item in older for sanction in item["sanctions"]} == {"pboc-2019-85"}

    for partner, purpose, direction in (
        ("bank", "open_bank_account", "limit"),
        ("carrier", "issue_phone_card", "refuse"),
    ):
        body = world.check_body(guide["name"], guide["number"], purpose)
        answer = world.post(guide[partner], "/v1/checks", body).json
        assert (answer["direction"], answer["parties"][0]["result"]) == (direction, "match")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_stranger_with_all_that_is_published_finds_nobody_with_fewer_candidates_than_the_minimum(
    loaded: Callable[[str, str], Demo], standing_clock: StandingClock, backend: str
) -> None:
    standing_clock.day(DAY)
    world = loaded(backend, DAY).world
    rows = []
    for item in world.get(None, "/public/exposure-lists.json").json["items"]:
        listed = world.get(None, f"/public/exposure-lists/{item['id']}.json").json
        listed_on = date.fromisoformat(listed["day"])
        rows += [
            Published(
                listed_on,
                row["name"],
                row["sex"],
                row["number"],
                row["authority"],
                date.fromisoformat(row["decided_on"]),
            )
            for row in listed["entries"]
        ]
    assert len(rows) == 679
    minimum = Book.load().on(date.fromisoformat(DAY)).get("exposure/mask-minimum").value
    assert min(person.candidates() for person in reidentify.people(rows)) >= minimum


@pytest.mark.parametrize("backend", BACKENDS)
def test_loading_again_tells_the_same_and_adds_nothing(
    loaded: Callable[[str, str], Demo], standing_clock: StandingClock, backend: str
) -> None:
    standing_clock.day(DAY)
    demo = loaded(backend, DAY)
    world, first = demo.world, demo.guide
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


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_demo_remembers_is_for_its_owner_only(
    loaded: Callable[[str, str], Demo], standing_clock: StandingClock, backend: str
) -> None:
    standing_clock.day(DAY)
    config = loaded(backend, DAY).config
    assert config.keys.with_name("demo.json").stat().st_mode & 0o077 == 0
