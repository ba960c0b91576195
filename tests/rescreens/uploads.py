"""A bank with customers, what it uploads, and what a check says of each of them."""

import io
from itertools import chain
from typing import Any

import orjson

from registry.access.principals import Partner
from registry.demo.people import SyntheticPerson
from registry.law.words import Purpose
from registry.rescreens.orders import Order
from registry.rescreens.service import Form
from tests.support.world import World

PURPOSE = Purpose.REVIEW_EXISTING_CUSTOMER


def bank(world: World, sector: str = "bank") -> Partner:
    principal = world.services.access.authenticate(world.partner(sector))
    assert isinstance(principal, Partner)
    return principal


def row(ref: str, name: str, number: str, type_: str = "resident_id") -> dict[str, Any]:
    return {"ref": ref, "name": name, "document": {"type": type_, "number": number}}


def of(person: SyntheticPerson, ref: str) -> dict[str, Any]:
    return row(ref, person.name, person.resident_id)


def ndjson(*rows: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in rows)


def order(form: Form = Form.NDJSON, keep: bool = False, **changes: Any) -> Order:
    return Order(**{"purpose": PURPOSE, "form": form, "language": "zh-CN", "keep": keep} | changes)


def start(world: World, content: bytes, **options: Any) -> str:
    return world.services.rescreens.start(bank(world), order(**options), io.BytesIO(content))


def work(world: World, limit: int = 10_000) -> int:
    """Let the worker work until there is nothing to do; in how many steps."""
    for steps in range(limit):
        if not world.runner.step():
            return steps
    raise AssertionError("it never ends")


def state(world: World, job_id: str) -> dict[str, Any]:
    return world.services.rescreens.get(bank(world), job_id)


def results(world: World, job_id: str) -> list[dict[str, Any]]:
    assert state(world, job_id)["state"] == "done", state(world, job_id)
    return list(chain.from_iterable(world.services.rescreens.result(bank(world), job_id)))


def checked(world: World, each: dict[str, Any], purpose: Purpose = PURPOSE) -> dict[str, Any]:
    """What a check answers about this customer."""
    body = world.check_body("", "", purpose.value)
    body["parties"] = [{"role": "applicant", "name": each["name"], "document": each["document"]}]
    response = world.post(world.partner("bank"), "/v1/checks", body)
    assert response.status_code == 201, response.json
    party = dict(response.json["parties"][0])
    del party["role"]
    return party
