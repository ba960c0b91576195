"""What is shown goes with what it rests on: at once on a verb, by itself with the day."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from registry import db
from registry.access.rules import Role
from registry.app import create_app
from registry.config import Config
from registry.exposures.models import ExposureEntryRow
from tests.conftest import StandingClock
from tests.exposures.exposing import adult, designated, exposable, published, publisher, seen
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")


def of_list(world: World, list_id: str) -> int:
    return world.services.public_lists.get(list_id).version


def decided(world: World, designation_id: str, verb: str, body: dict[str, Any]) -> None:
    """A change that two officers make."""
    path = f"/v1/designations/{designation_id}"
    proposed = world.post(world.clerk, f"{path}/{verb}", body)
    assert proposed.status_code == 202, proposed.json
    done = world.post(world.approver, f"{path}/changes/{proposed.json['change']}/approve")
    assert done.status_code == 200, done.json


def suspend(world: World, designation_id: str) -> None:
    world.post(world.clerk, f"/v1/designations/{designation_id}/suspend", {"reason": "急"})


def revoke(world: World, designation_id: str) -> None:
    decided(world, designation_id, "revoke", {"reason": "认定有误"})


def cut_short(world: World, designation_id: str) -> None:
    decided(world, designation_id, "vary", {"reason": "减轻", "ends_on": "2026-11-21"})


def win_an_appeal(world: World, designation_id: str) -> None:
    judge, other = (world.officer(name, Role.APPEAL_OFFICER) for name in ("judge", "other"))
    body = {
        "track": "designation",
        "designation_id": designation_id,
        "asks": "revoke",
        "received_on": "2026-11-20",
        "channel": "in_person",
        "appellant": {"capacity": "subject", "name": "某某"},
        "grounds": "不服",
    }
    appeal = world.post(world.clerk, "/v1/appeals", body).json["id"]
    world.post(judge, f"/v1/appeals/{appeal}/accept")
    world.post(judge, f"/v1/appeals/{appeal}/decide", {"outcome": "allowed", "reason": "成立"})
    assert world.post(other, f"/v1/appeals/{appeal}/decision/approve").status_code == 200


@pytest.mark.parametrize(
    ("verb", "cause"),
    [(suspend, "suspended"), (revoke, "revoked"), (cut_short, "ended"), (win_an_appeal, "revoked")],
)
def test_what_a_verb_ends_is_gone_at_once_and_told_without_a_name(
    world: World, verb: Callable[[World, str], None], cause: str
) -> None:
    person = adult(world)
    fallen, other = world.designate(exposable(world, person))["id"], designated(world)
    list_id = published(world, fallen, other)
    before = of_list(world, list_id)
    verb(world, fallen)
    assert [row.serial for row in seen(world, list_id)] == [2]
    assert of_list(world, list_id) > before
    (gone,) = world.services.public_news.withdrawals(10).items
    assert (gone.serial, gone.cause, gone.list_id) == (1, cause, list_id)
    assert person.name not in repr(world.services.public_news.news(10))
    acts = world.get(publisher(world), f"/v1/exposure-lists/{list_id}").json["history"]
    assert acts[-1]["act"] == "exposure.entry-withdrawn"


def test_what_was_suspended_is_not_shown_again_by_itself(world: World) -> None:
    designation_id = designated(world)
    list_id = published(world, designation_id)
    suspend(world, designation_id)
    decided(world, designation_id, "resume", {"reason": "核实无误"})
    assert seen(world, list_id) == []
    assert len(seen(world, published(world, designation_id))) == 1


def test_a_recalled_import_takes_all_its_rows_down(world: World) -> None:
    designation_ids = [designated(world) for _ in range(3)]
    list_id = published(world, *designation_ids)
    for each in designation_ids[:2]:
        revoke(world, each)
    assert [row.serial for row in seen(world, list_id)] == [3]


@pytest.mark.parametrize("worker_lives", [True, False])
def test_at_midnight_after_the_last_day_it_is_gone_with_or_without_a_worker(
    world: World, standing_clock: StandingClock, worker_lives: bool
) -> None:
    list_id = published(world, designated(world))
    standing_clock.set("2028-03-03T23:59:59.9")
    assert len(seen(world, list_id)) == 1
    standing_clock.set("2028-03-04T00:00:00.0")
    assert seen(world, list_id) == []
    if worker_lives:
        before = of_list(world, list_id)
        world.services.designations.expire()
        (gone,) = world.services.public_news.withdrawals(10).items
        assert gone.cause == "ended"
        assert of_list(world, list_id) > before
        assert not world.services.take_down.sweep()


def test_after_three_years_a_document_is_shown_no_longer(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2023-06-01")
    conduct = exposable(world)["conduct"] | {"from": "2021-06-01", "to": "2021-07-01"}
    body = exposable(world, decided_on="2022-03-01", conduct=conduct)
    list_id = published(world, world.designate(body)["id"])
    standing_clock.day("2025-03-01")
    assert len(seen(world, list_id)) == 1
    assert str(seen(world, list_id)[0].shown_until) == "2025-03-01"
    standing_clock.day("2025-03-02")
    assert seen(world, list_id) == []
    world.services.take_down.sweep()
    (gone,) = world.services.public_news.withdrawals(10).items
    assert gone.cause == "display_over"


def test_a_record_that_the_law_seals_disappears_the_day_it_does(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2025-12-31")
    list_id = published(world, designated(world, penalty="administrative"))
    assert len(seen(world, list_id)) == 1
    standing_clock.set("2026-01-01T00:00:00")
    assert seen(world, list_id) == []
    world.services.take_down.sweep()
    assert world.services.public_news.withdrawals(10).items[0].cause == "not_exposable"


def test_a_corrected_name_is_the_one_shown_and_a_corrected_birth_may_end_it(world: World) -> None:
    person = adult(world)
    passport = {"type": "passport", "number": "E12345678"}
    subject = {"kind": "person", "name": "张三丰", "sex": "male", "birth_on": "1990-01-01"}
    body = exposable(world, person) | {"subject": subject | {"documents": [passport]}}
    designation_id = world.designate(body)["id"]
    list_id = published(world, designation_id)
    assert seen(world, list_id)[0].name == "张某某"
    decided(world, designation_id, "correct", {"reason": "录错", "was": "张三丰", "name": "章三"})
    assert seen(world, list_id)[0].name == "章某"
    decided(world, designation_id, "correct", {"reason": "录错", "birth_on": "2007-01-01"})
    assert seen(world, list_id) == []
    assert world.services.public_news.withdrawals(10).items[0].cause == "not_exposable"


def test_an_entry_under_another_mask_is_not_shown_until_it_wears_the_registers_own(
    world: World, config: Config
) -> None:
    list_id = published(world, designated(world))
    with db.transaction() as session:
        session.execute(update(ExposureEntryRow).values(mask="6+8*+4", face={"name": "x"}))
    assert seen(world, list_id) == []
    assert not world.services.take_down.sweep()
    (row,) = seen(world, list_id)
    assert row.number.count("*") == 10


def test_sweeping_is_idempotent_and_catches_up(world: World, standing_clock: StandingClock) -> None:
    list_id = published(world, *(designated(world) for _ in range(3)))
    standing_clock.day("2030-01-01")
    world.services.take_down.sweep()
    version = of_list(world, list_id)
    gone = world.services.public_news.withdrawals(10).items
    assert [(each.serial, each.cause) for each in gone] == [(1, "ended"), (2, "ended"), (3, "ended")]
    world.services.take_down.sweep()
    assert of_list(world, list_id) == version


def test_republishers_read_on_without_missing_any(world: World, standing_clock: StandingClock) -> None:
    designation_ids = [designated(world) for _ in range(5)]
    published(world, *designation_ids)
    read: list[int] = []
    cursor = None
    for number, each in enumerate(designation_ids):
        standing_clock.set(f"2026-11-22T13:00:0{number}")
        suspend(world, each)
        page = world.services.public_news.withdrawals(10, after=cursor)
        read += [item.serial for item in page.items]
        cursor = page.items[-1].id
    assert read == [1, 2, 3, 4, 5]


def test_another_process_sees_the_same(world: World, config: Config) -> None:
    designation_id = designated(world)
    list_id = published(world, designation_id)
    suspend(world, designation_id)
    other = create_app(config)
    with other.app_context():
        assert list(other.extensions["registry"].public_lists.rows(list_id)) == []
        db.engine().dispose()
