"""Publishers, and people who may be shown: how the tests of exposure lists set the stage."""

from datetime import date
from typing import Any

from registry.access.principals import Officer
from registry.access.rules import Role
from registry.demo.people import SyntheticPerson
from registry.exposures.public import PublicRow
from tests.support.world import World

BASIS = "忻公(反诈)发〔2026〕3号"


def publisher(world: World) -> str:
    return world.officer("publisher", Role.PUBLISHER)


def second_publisher(world: World) -> str:
    return world.officer("second-publisher", Role.PUBLISHER)


def as_officer(world: World, token: str) -> Officer:
    return world.services.access.officer(token)


def adult(world: World) -> SyntheticPerson:
    """Somebody who was of age in 2024 already, and whom the mask hides."""
    while True:
        person = world.people.person()
        if person.birth_on < date(2000, 1, 1) and person.resident_id.startswith("1409"):
            return person


def exposable(world: World, person: SyntheticPerson | None = None, **changes: Any) -> dict[str, Any]:
    """What a clerk enters of a convict, so that the designation may be shown."""
    body = world.draft_body(person or adult(world), ground="convicted", penalty="criminal")
    return body | {"conduct": body["conduct"] | {"from": "2024-06-01", "offence": "287-2"}} | changes


def designated(world: World, person: SyntheticPerson | None = None, **changes: Any) -> str:
    """The id of a designation in force that may be shown."""
    return str(world.designate(exposable(world, person, **changes))["id"])


def list_body(*designation_ids: str, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"title": "惩戒曝光名单", "impact_assessment_ref": "PIA-1"}
    if designation_ids:
        body["designation_ids"] = list(designation_ids)
    return body | changes


def drafted(world: World, *designation_ids: str, **changes: Any) -> str:
    response = world.post(publisher(world), "/v1/exposure-lists", list_body(*designation_ids, **changes))
    assert response.status_code == 201, response.json
    return str(response.json["id"])


def published(world: World, *designation_ids: str, **changes: Any) -> str:
    list_id = drafted(world, *designation_ids, **changes)
    for token, verb in ((publisher(world), "submit"), (second_publisher(world), "publish")):
        response = world.post(token, f"/v1/exposure-lists/{list_id}/{verb}")
        assert response.status_code == 200, response.json
    return list_id


def seen(world: World, list_id: str) -> list[PublicRow]:
    """What the public sees of a list now."""
    rows = list(world.services.public_lists.rows(list_id))
    assert world.services.public_lists.count(list_id) == len(rows)
    return rows


def entries(world: World, list_id: str, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    response = world.get(publisher(world), f"/v1/exposure-lists/{list_id}/entries?limit=200&{asked}")
    assert response.status_code == 200, response.json
    return list(response.json["items"])
