"""The calendar of working days over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.audit.tags import Tag
from tests.api.answers import is_chinese, logged, pointers, problem, sentences
from tests.support.world import World

OFF = [str(date(2027, 10, 1) + timedelta(n)) for n in range(10)]
BODY = {"off": OFF, "on": ["2027-09-26"], "source": "国办发明电〔2026〕1号"}
TABLE = "\n".join(["day,kind,name", *(f"{day},off,国庆节" for day in OFF), "2027-09-26,on,国庆节"])


@pytest.fixture
def admin(world: World) -> str:
    return world.officer("system", Role.SYSTEM_ADMIN)


def put(world: World, token: str, body: Any = None, year: str = "2027", **request: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} | request.pop("headers", {})
    if body is not None:
        request["json"] = body
    query = request.pop("query", "")
    return world.http.put(f"/v1/calendar-years/{year}{query}", headers=headers, **request)


def test_every_officer_reads_the_years_that_ship(world: World) -> None:
    answer = world.get(world.clerk, "/v1/calendar-years")

    assert answer.status_code == 200
    assert [year["year"] for year in answer.json["items"]] == list(range(2026, 2016, -1))
    newest = answer.json["items"][0]
    assert "2026-10-10" in newest["on"]
    assert "2026-10-01" in newest["off"]
    assert (newest["imported_by"], newest["imported_at"]) == (None, None)


def test_a_year_is_imported_as_json_and_then_known(world: World, admin: str) -> None:
    answer = put(world, admin, BODY)

    assert answer.status_code == 200, answer.json
    assert {key: answer.json[key] for key in BODY} == BODY
    assert answer.json["recalculated"] == 0
    known = world.get(admin, "/v1/calendar-years").json["items"][0]
    assert known == {key: value for key, value in answer.json.items() if key != "recalculated"}
    assert known["imported_by"] == world.get(admin, "/v1/me").json["id"]
    assert logged(Tag.CALENDAR_IMPORTED) == 1


def test_a_table_is_the_same_year(world: World, admin: str) -> None:
    answer = put(world, admin, data=TABLE.encode(), content_type="text/csv", query="?source=通知")

    assert answer.status_code == 200, answer.json
    assert (answer.json["off"], answer.json["on"], answer.json["source"]) == (OFF, ["2027-09-26"], "通知")


def test_the_same_key_imports_once(world: World, admin: str) -> None:
    key = {"Idempotency-Key": "k"}
    first = put(world, admin, BODY, headers=key)
    again = put(world, admin, BODY, headers=key)

    assert again.json == first.json
    assert logged(Tag.CALENDAR_IMPORTED) == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"off": OFF[:9]}, ["/off"]),
        ({"off": "2027-10-01"}, ["/off"]),
        ({"off": [*OFF[:9], "2027-10-40"]}, ["/off/9"]),
        ({"off": [*OFF, "2026-10-01"]}, ["/off/10"]),
        ({"on": ["2027-09-27"]}, ["/on/0"]),
        ({"source": ""}, ["/source"]),
        ({"source": None}, ["/source"]),
        ({"name": "国庆节"}, ["/name"]),
    ],
)
def test_a_faulty_year_is_422_and_each_fault_has_its_place(
    world: World, admin: str, changes: dict[str, Any], where: list[str]
) -> None:
    told = problem(put(world, admin, BODY | changes), 422, "invalid-input")

    assert pointers(told) == where
    assert all(map(is_chinese, sentences(told)))
    assert logged(Tag.CALENDAR_IMPORTED) == 0


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"data": TABLE.encode(), "content_type": "text/csv"}, 422),  # no source
        ({"data": b"day\n2027-10-01\n", "content_type": "text/csv", "query": "?source=x"}, 422),
        ({"data": TABLE.encode(), "content_type": "text/plain"}, 415),
        ({"data": TABLE.encode(), "content_type": "text/csv", "headers": {"Content-Encoding": "gzip"}}, 415),
        ({"data": b"x" * (2 << 20), "content_type": "text/csv", "query": "?source=x"}, 413),
        ({"data": b"{", "content_type": "application/json"}, 400),
        ({"json": BODY, "query": "?year=2027"}, 422),
        ({"json": BODY, "year": "1999"}, 404),
        ({"json": BODY, "year": "2100"}, 404),
        ({"json": BODY, "year": "20x7"}, 404),
    ],
)
def test_what_is_no_year_is_refused_as_a_problem(
    app: Flask, world: World, admin: str, request_: dict[str, Any], status: int
) -> None:
    problem(put(world, admin, **request_), status)
    assert logged(Tag.CALENDAR_IMPORTED) == 0
