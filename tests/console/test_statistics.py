"""Numbers as pictures, tables and files: of what the officer may see, and nobody in them."""

import csv
import io
import re
from datetime import date

import pytest

from registry.access.rules import Role
from registry.appeals.counts import Times, times
from registry.console.charts import Chart, Row, drawn
from registry.designations.counts import By, in_force, releases
from registry.law.words import Level
from registry.screening.counts import count_on
from registry.text import Text
from tests.appeals.appealing import decided
from tests.conftest import StandingClock
from tests.console.browsing import user
from tests.public.listing import designated, published
from tests.support.world import World


def test_what_is_in_force_is_counted_by_regime_role_area_and_month(
    world: World, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    for decided_on in ("2025-03-03", "2025-04-01"):
        number = f"忻公(反诈)认字〔2025〕{decided_on}号"
        world.designate(world.draft_body(person, decided_on=decided_on, decision_no=number))
    world.designate(world.draft_body())
    gone = world.designate(world.draft_body())["id"]
    decided(world, gone)  # revoked
    asker = world.services.access.officer(world.clerk)
    assert [(each.designations, each.persons) for each in in_force(asker, By.AREA)] == [(3, 2)]
    assert [(each.key, each.designations) for each in in_force(asker, By.ROLE)] == [("account_holder", 3)]
    assert [(each.key, each.designations) for each in in_force(asker, By.MONTH)] == [
        ("2025-03", 2),
        ("2025-04", 1),
    ]
    assert sum(each.designations for each in in_force(asker, By.REGIME)) >= 3
    neighbour = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.CLERK, authority=neighbour)
    assert in_force(world.services.access.officer(stranger), By.AREA) == []
    standing_clock.set("2031-01-01T00:00:00")
    assert in_force(asker, By.AREA) == []


def test_releases_are_those_whose_term_ended_and_those_revoked_by_month_in_beijing(
    world: World, standing_clock: StandingClock
) -> None:
    asker = world.services.access.officer(world.clerk)
    designation = world.designate(world.draft_body())["id"]
    world.designate(world.draft_body())
    standing_clock.set("2026-12-01T00:00:00")
    decided(world, designation)
    standing_clock.set("2031-01-15T12:00:00")
    world.services.designations.expire()
    counted = releases(asker, date(2026, 11, 1), date(2031, 1, 31))
    found = {each.month: (each.ended, each.revoked) for each in counted}
    assert {month: both for month, both in found.items() if any(both)} == {
        "2026-12": (0, 1),
        "2031-01": (1, 0),
    }
    assert len(found) == 51
    assert [each.revoked for each in releases(asker, date(2026, 11, 1), date(2026, 11, 30))] == [0]


def test_the_days_that_appeals_took_and_how_many_were_late(
    world: World, standing_clock: StandingClock
) -> None:
    asker = world.services.access.officer(world.clerk)
    assert times(world.services.workdays, asker, date(2026, 1, 1), date(2026, 12, 31)) == []
    decided(world, world.designate(world.draft_body())["id"])
    (month,) = times(world.services.workdays, asker, date(2026, 1, 1), date(2026, 12, 31))
    assert month == Times("2026-11", 1, 2.0, 2, 0)


def test_each_topic_is_a_picture_with_a_message_a_table_and_a_file(
    world: World, standing_clock: StandingClock
) -> None:
    published(world, designated(world), designated(world))
    decided(world, world.designate(world.draft_body())["id"])
    world.ask("bank", "open_bank_account", world.people.person())
    world.seal()
    count_on()
    browser = user(world, "p", Role.PUBLISHER)
    for topic in ("exposed", "in_force", "checks", "appeals", "releases"):
        page = browser.get(f"/console/statistics?topic={topic}")
        assert page.status_code == 200
        files = re.findall(r'href="(/console/statistics/[^"]+\.csv[^"]*)"', page.text)
        assert files and page.text.count('role="img"') == len(files), topic
        for file in files:
            table = list(csv.reader(io.StringIO(browser.client.get(file.replace("&amp;", "&")).text)))
            assert len(table) >= 2 and all(len(row) == len(table[0]) for row in table)
    page = browser.get("/console/statistics?topic=exposed")
    assert "核查次数 1" in browser.get("/console/statistics?topic=checks").text
    assert "人次 2" in page.text and "卡农（开户人、持卡人）" in page.text


def test_a_period_that_cannot_be_is_said_at_its_field(world: World) -> None:
    browser = user(world, "p", Role.PUBLISHER)
    answer = browser.get("/console/statistics?from=2026-05-01&to=2026-04-01")
    assert answer.status_code == 422 and 'id="to-fault"' in answer.text
    assert 'value="2026-05-01"' in answer.text
    assert browser.get("/console/statistics?from=x").status_code == 422
    assert browser.get("/console/statistics?from=1900-01-01").status_code == 422
    assert browser.get("/console/statistics?topic=elsewhere").status_code == 200
    assert browser.get("/console/statistics/elsewhere.csv").status_code == 404


def test_bars_are_as_long_as_their_numbers_and_the_rest_is_in_the_table() -> None:
    rows = [Row(Text(f"第{n}", f"no. {n}"), (n,)) for n in range(1, 21)]
    chart = Chart(Text("标题", "Title"), (Text("甲", "a"), Text("乙", "b")), rows, 210, by_month=False)
    shown = drawn(chart, "en")
    marks = shown["picture"]["marks"]
    assert [mark["number"] for mark in marks] == list(range(20, 8, -1))
    assert marks[0]["width"] == pytest.approx(2 * marks[10]["width"])
    assert len(shown["rows"]) == 20
    assert shown["message"] == "b: 210; most: no. 20, 20 (10 %)"
