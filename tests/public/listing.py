"""Published lists, and what the public reads of them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.exposures.exposing import adult, publisher, second_publisher
from tests.support.world import World

TITLE = "电信网络诈骗及其关联违法犯罪惩戒曝光名单"


def designated(world: World, **changes: Any) -> str:
    """The id of a designation in force that may be shown."""
    body = world.draft_body(adult(world), penalty="none")
    return str(world.designate(body | changes)["id"])


def drafted(world: World, *designation_ids: str, **changes: Any) -> str:
    body: dict[str, Any] = {
        "title": TITLE,
        "impact_assessment_ref": "PIA-1",
        "legal_basis": "忻公(反诈)发〔2026〕3号",
        "designation_ids": list(designation_ids),
    }
    response = world.post(publisher(world), "/v1/exposure-lists", body | changes)
    assert response.status_code == 201, response.json
    return str(response.json["id"])


def published(world: World, *designation_ids: str, **changes: Any) -> str:
    list_id = drafted(world, *designation_ids, **changes)
    for token, verb in ((publisher(world), "submit"), (second_publisher(world), "publish")):
        response = world.post(token, f"/v1/exposure-lists/{list_id}/{verb}")
        assert response.status_code == 200, response.json
    return list_id


def public_list(world: World, how_many: int) -> tuple[str, list[str]]:
    """A published list of so many people, and their designations."""
    designations = [designated(world) for _ in range(how_many)]
    return published(world, *designations), designations


def entry_ids(world: World, list_id: str) -> list[str]:
    """The entries of a list by serial number."""
    items = world.get(publisher(world), f"/v1/exposure-lists/{list_id}/entries?limit=200").json["items"]
    return [str(item["id"]) for item in items]


def take_down(world: World, list_id: str, serial: int, reason: str = "信息有误") -> None:
    entry = entry_ids(world, list_id)[serial - 1]
    path = f"/v1/exposure-lists/{list_id}/entries/{entry}/withdraw"
    response = world.post(publisher(world), path, {"reason": reason})
    assert response.status_code == 200, response.json


def page_of(list_id: str) -> str:
    return f"/public/exposure-lists/{list_id}"


def fetch(world: World, path: str, status: int = 200, **headers: str) -> TestResponse:
    response = world.get(None, path, **headers)
    assert response.status_code == status, response.text[:2000]
    return response
