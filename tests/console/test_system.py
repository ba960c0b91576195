"""The system administrator's work: health, and the calendar of a year; nothing of any person."""

import io
from datetime import date, timedelta

import pytest

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.console.browsing import Browser, form_token, user
from tests.support.world import World


@pytest.fixture
def admin(standing_clock: StandingClock, world: World) -> Browser:
    return user(world, "system", Role.SYSTEM_ADMIN)


def test_health_tells_what_is_wrong_and_what_to_do(
    standing_clock: StandingClock, world: World, admin: Browser
) -> None:
    world.services.sealer.seal()
    page = admin.get("/console/system").text
    assert "</svg>\n<h2>正常" in page
    assert "申诉受理" in page  # provisional
    assert "2027年待导入" in page
    world.designate(world.draft_body())
    standing_clock.set("2026-11-22T12:10:00")
    broken = admin.get("/console/system").text
    assert "有故障" in broken
    assert "log-not-sealed" in broken


def test_nothing_of_a_person_is_on_it(world: World, admin: Browser) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    page = admin.get("/console/system").text
    assert person.name not in page
    assert person.resident_id not in page


def send(admin: Browser, content: bytes, **typed: str) -> str:
    page = admin.get("/console/calendar")
    data = {"csrf": form_token(page), "year": "2027", "source": "国办发明电〔2026〕某号"} | typed
    answer = admin.client.post("/console/calendar", data=data | {"file": (io.BytesIO(content), "y.csv")})
    return answer.text


def test_a_year_is_taken_in(world: World, admin: Browser) -> None:
    days = [date(2027, 1, 1), *(date(2027, 10, 1) + timedelta(days=n) for n in range(12))]
    table = "day,kind\n" + "".join(f"{day},off\n" for day in days)
    assert "已导入2027年" in send(admin, table.encode())
    page = admin.get("/console/calendar").text
    assert "国办发明电〔2026〕某号" in page
    assert "2026年11月22日" in page
    assert "已知2027年" in admin.get("/console/system").text


def test_what_is_wrong_with_a_year_is_told_and_nothing_is_taken_in(world: World, admin: Browser) -> None:
    wrong = send(admin, b"day,kind\n2027-01-01,holiday\n")
    assert "第 2 行有误" in wrong
    assert "国办发明电" in wrong
    assert "请填写年份" in send(admin, b"x", year="next")
    assert "请选择文件" in admin.post("/console/calendar", {"year": "2027", "source": "x"}).text
    assert "2027年待导入" in admin.get("/console/system").text
