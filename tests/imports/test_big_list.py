"""A province's month: 20,000 rows through the real API, with the seconds printed."""

import time
from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest

from registry.demo.people import People, SyntheticPerson
from tests.imports.list_files import DECISION, NUMBER, Line, act, person_row, table, upload, xlsx
from tests.support.world import World

ROWS = 20_000


@dataclass(frozen=True)
class BigList:
    people: list[SyntheticPerson]
    rows: list[Line]
    content: bytes


@cache
def big_list() -> BigList:
    """Made once for both databases. Its first people come a second time at its end, under another number."""
    source = People(20_000, date(2026, 11, 22))
    people = [source.person() for _ in range(ROWS - ROWS // 50)]
    people += people[: ROWS // 50]
    rows = [person_row(person) for person in people]
    return BigList(people, rows, xlsx(table(rows)))


def test_twenty_thousand_rows_are_released_as_a_whole(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    big = big_list()
    seconds = {}

    started = time.perf_counter()
    response = upload(world, big.content)
    seconds["upload"] = time.perf_counter() - started
    report = response.json
    assert response.status_code == 201, report
    assert (report["rows_total"], report["accepted"], report["refused"]) == (ROWS, ROWS, 0)

    for verb, name in (("submit", "submit"), ("approve", "release")):
        started = time.perf_counter()
        response = act(world, verb, report["id"])
        seconds[name] = time.perf_counter() - started
        assert response.status_code == 200, response.json
    assert response.json["state"] == "released"

    backend = world.services.config.database_url.partition(":")[0].partition("+")[0]
    with capsys.disabled():
        told = ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items())
        size, total = len(big.content) / 1e6, sum(seconds.values())
        print(f"\n{backend}: {ROWS:,} rows ({size:.1f} MB): {told}, all {total:.1f} s")

    assert counted(world) == (ROWS, ROWS, len(set(big.people)))
    for serial in (0, 1, ROWS // 2, ROWS - 1):
        person, row = big.people[serial], big.rows[serial]
        party = world.ask("bank", "open_bank_account", person)["parties"][0]
        assert (party["result"], party["direction"]) == ("match", "limit")
        [designation] = world.post(
            world.clerk, "/v1/designations/search", {"decision_no": row[DECISION]}
        ).json["items"]
        assert designation["state"] == "in_force"
        assert row[NUMBER] in [document["number"] for document in designation["subject"]["documents"]]
    stranger = People(99, date(2026, 11, 22)).person()
    assert world.ask("bank", "open_bank_account", stranger)["direction"] == "proceed"


def counted(world: World) -> tuple[int, int, int]:
    """Designations in force, sanctions and subjects."""
    from sqlalchemy import text

    from registry.db import engine

    with world.app.app_context(), engine().connect() as connection:
        designations, sanctions, subjects = (
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("designations WHERE state = 'in_force'", "sanctions", "subjects")
        )
    return int(designations), int(sanctions), int(subjects)
