"""An allowed appeal is one act: broken off anywhere, nothing of it has happened; else all of it has."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from registry.access.principals import Officer
from registry.config import Config
from registry.db import Base, Line, engine
from registry.notices.service import Notices
from tests.appeals.appealing import act, judge, proposed, shown
from tests.conftest import StandingClock
from tests.designations import acting
from tests.designations.acting import terms
from tests.exposures import exposing
from tests.support.world import World

VARIATION = {"ends_on": "2026-12-31", "lifted": ["payment_account_stop"]}


class Broken(Exception):
    """What stands for a crash."""


class Fuse:
    """Breaks in the place of the n-th statement (from 0) or of the commit, whichever way they go."""

    def __init__(self, left: int) -> None:
        self.left = left

    def burn(self, *_: Any) -> None:
        if self.left == 0:
            raise Broken
        self.left -= 1

    @contextmanager
    def lit(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        def add(line: Line, *rest: Any, add: Callable[..., None] = Line.add) -> None:
            self.burn()  # on PostgreSQL the log goes past SQLAlchemy
            add(line, *rest)

        places = ("before_cursor_execute", "commit")
        for place in places:
            event.listen(engine(), place, self.burn)
        try:
            with monkeypatch.context() as patched:
                patched.setattr(Line, "add", add)
                yield
        finally:
            for place in places:
                event.remove(engine(), place, self.burn)


def everything(apart: Engine) -> dict[str, list[Any]]:
    """Every row of every table, as somebody else sees it."""
    with apart.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(table.select())))
            for name, table in Base.metadata.tables.items()
        }


def second_officer(world: World) -> Officer:
    return world.services.access.officer(judge(world, "second-judge"))


@pytest.mark.parametrize(("outcome", "body"), [("allowed", {}), ("partly_allowed", {"variation": VARIATION})])
def test_broken_off_anywhere_nothing_has_happened(
    world: World,
    config: Config,
    standing_clock: StandingClock,
    monkeypatch: pytest.MonkeyPatch,
    outcome: str,
    body: dict[str, Any],
) -> None:
    person = exposing.adult(world)
    first, later = (
        exposing.designated(world, person, ground="facilitated", penalty="none", decided_on=day)
        for day in ("2025-03-03", "2026-03-03")
    )
    list_id = exposing.published(world, first, legal_basis=exposing.BASIS)
    appeal_id = proposed(world, first, outcome, **body)
    officer = second_officer(world)
    apart = create_engine(config.database_url.replace("postgresql://", "postgresql+psycopg://"))
    before, broken = everything(apart), 0
    while True:
        fuse = Fuse(broken)
        try:
            with fuse.lit(monkeypatch):
                world.services.appeals.approve(officer, appeal_id)
        except Broken:
            assert everything(apart) == before, broken
            broken += 1
        else:
            break
    assert broken > 15  # look-ups, designation, sanctions, chain, list, clock, appeal, log, commit
    after = everything(apart)
    apart.dispose()
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"decision_keys", "sanctions", "exposure_entries"} == {
        "appeals",
        "clocks",
        "designations",
        "exposure_lists",
        "list_changes",
        "log",
        "notices",
        "register_state",
    }
    assert len(exposing.seen(world, list_id)) == (outcome == "partly_allowed")
    view = shown(world, appeal_id)
    assert (view["state"], [clock["state"] for clock in view["clocks"]]) == ("decided", ["stopped"] * 2)
    assert terms(acting.shown(world, later)) == [
        ("2026-03-03", "2028-03-03") if outcome == "allowed" else ("2027-01-01", "2028-12-31")
    ]
    assert view["history"][-1]["act"] == "appeal.decided"


@pytest.mark.parametrize("outcome", ["allowed", "partly_allowed", "dismissed"])
def test_the_notice_of_the_decision_is_part_of_the_act(
    world: World, standing_clock: StandingClock, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    designation_id = world.designate(world.draft_body())["id"]
    relief = {"variation": VARIATION} if outcome == "partly_allowed" else {}
    appeal_id = proposed(world, designation_id, outcome, **relief)
    before = shown(world, appeal_id)
    officer = second_officer(world)

    def cannot(*_: Any, **__: Any) -> None:
        raise Broken

    with monkeypatch.context() as patched:
        patched.setattr(Notices, "draft", cannot)
        with pytest.raises(Broken):
            world.services.appeals.approve(officer, appeal_id)
    assert (shown(world, appeal_id), acting.shown(world, designation_id)["state"]) == (before, "in_force")
    world.services.appeals.approve(officer, appeal_id)
    notices = acting.shown(world, designation_id)["notices"]
    drafted = {"allowed": ["release"], "partly_allowed": ["variation"], "dismissed": []}[outcome]
    assert [each["kind"] for each in notices] == ["designation", *drafted, "appeal_decision"]
    document = world.get(
        world.clerk, f"/v1/designations/{designation_id}/notices/{notices[-1]['id']}/document"
    )
    assert document.data.startswith(b"%PDF")


def test_a_request_sent_twice_decides_once(world: World, standing_clock: StandingClock) -> None:
    appeal_id = proposed(world, world.designate(world.draft_body())["id"])
    path, second = f"/v1/appeals/{appeal_id}/decision/approve", judge(world, "second-judge")
    first, again = (world.post(second, path, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json) == (200, first.json)
    assert act(world, appeal_id, "decision/approve", second).status_code == 409
