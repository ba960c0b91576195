"""What officers and partners do in these tests, in few words."""

from dataclasses import replace
from typing import Any

from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.demo.people import SyntheticPerson
from tests.support.world import World


def act(
    world: World, verb: str, designation_id: str, token: str | None = None, **headers: str
) -> TestResponse:
    """`submit` as the clerk, `approve` and `reject` as the approver, unless `token` says who else."""
    body = {"reason": "材料不全"} if verb == "reject" else None
    token = token or (world.clerk if verb == "submit" else world.approver)
    return world.post(token, f"/v1/designations/{designation_id}/{verb}", body, **headers)


def shown(world: World, designation_id: str, token: str | None = None) -> dict[str, Any]:
    """The designation as an officer sees it."""
    response = world.get(token or world.clerk, f"/v1/designations/{designation_id}")
    assert response.status_code == 200, response.json
    return dict(response.json)


def submitted(world: World, body: dict[str, Any] | None = None) -> str:
    designation_id = world.draft(body or world.draft_body())
    world.submit(designation_id)
    return designation_id


def refused(response: TestResponse, status: int, slug: str) -> dict[str, Any]:
    """The problem, which must be this one."""
    problem = response.json or {}
    assert (response.status_code, problem.get("type")) == (status, f"/problems/{slug}"), problem
    assert response.mimetype == "application/problem+json"
    return dict(problem)


def pointers(response: TestResponse) -> list[str]:
    """Where the faults of a 422 lie."""
    assert response.status_code == 422, response.json
    return [error["pointer"] for error in response.json["errors"]]


def post(world: World, body: dict[str, Any], token: str | None = None) -> TestResponse:
    return world.post(token or world.clerk, "/v1/designations", body)


def with_subject(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return body | {"subject": body["subject"] | changes}


def with_conduct(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return body | {"conduct": body["conduct"] | changes}


def with_documents(body: dict[str, Any], *documents: tuple[str, str]) -> dict[str, Any]:
    listed = [{"type": kind, "number": number} for kind, number in documents]
    return with_subject(body, documents=listed)


def passport_body(world: World, name: str, number: str, **changes: Any) -> dict[str, Any]:
    """A designation of somebody known by a passport only."""
    return with_documents(with_subject(world.draft_body(**changes), name=name), ("passport", number))


def check(
    world: World, name: str, number: str, document_type: str = "resident_id", **changes: Any
) -> dict[str, Any]:
    """The one party's part of a bank's check."""
    body = world.check_body(name, number, **changes)
    body["parties"][0]["document"]["type"] = document_type
    response = world.post(world.partner("bank"), "/v1/checks", body)
    assert response.status_code == 201, response.json
    return dict(response.json["parties"][0])


def found(party: dict[str, Any]) -> list[str]:
    """The decision numbers that a check's answer shows."""
    return sorted(sanction["designation_no"] for sanction in party["sanctions"])


def terms(view: dict[str, Any]) -> list[tuple[str, str]]:
    return [(sanction["starts_on"], sanction["ends_on"]) for sanction in view["sanctions"]]


def both(world: World, login: str = "both") -> str:
    """An officer who is clerk and approver at once."""
    return world.officer(login, Role.CLERK, Role.APPROVER)


def renamed(person: SyntheticPerson, name: str) -> SyntheticPerson:
    return replace(person, name=name)
