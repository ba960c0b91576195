"""Officers see and change what belongs to their authority and to those below it, nothing else."""

from registry.access.rules import Role
from registry.law.words import Level
from tests.designations.acting import act, refused, shown, submitted
from tests.support.world import World


def police(world: World, name: str, area: str, level: Level) -> tuple[str, str]:
    """A clerk and an approver of another authority."""
    authority = world.authority(name, area, level)
    return (
        world.officer(f"clerk-{name}", Role.CLERK, authority=authority),
        world.officer(f"approver-{name}", Role.APPROVER, authority=authority),
    )


def test_neighbours_and_those_below_find_nothing_and_those_above_find_it(world: World) -> None:
    body = world.draft_body()
    designation_id = submitted(world, body)
    search = {"document": body["subject"]["documents"][0]}

    def seen(token: str) -> list[list[str]]:
        listed = world.get(token, "/v1/designations").json["items"]
        found = world.post(token, "/v1/designations/search", search).json["items"]
        return [[item["id"] for item in items] for items in (listed, found)]

    for name, area, level in (
        ("太原市公安局", "140100", Level.CITY),
        ("忻州铁路公安局", "140900", Level.CITY),
        ("忻府区公安分局", "140902", Level.COUNTY),
        ("河北省公安厅", "130000", Level.PROVINCE),
    ):
        clerk, approver = police(world, name, area, level)
        refused(world.get(clerk, f"/v1/designations/{designation_id}"), 404, "not-found")
        refused(act(world, "submit", designation_id, clerk), 404, "not-found")
        refused(act(world, "approve", designation_id, approver), 404, "not-found")
        refused(act(world, "reject", designation_id, approver), 404, "not-found")
        assert seen(clerk) == seen(approver) == [[], []]
    for name, area, level in (
        ("山西省公安厅", "140000", Level.PROVINCE),
        ("公安部", "000000", Level.MINISTRY),
    ):
        clerk, approver = police(world, name, area, level)
        assert shown(world, designation_id, clerk)["authority"]["name"] == "忻州市公安局"
        assert seen(clerk) == seen(approver) == [[designation_id], [designation_id]]
    assert act(world, "approve", designation_id, approver).status_code == 200


def test_a_city_sees_nothing_of_its_province(world: World) -> None:
    clerk = world.officer("province-clerk", Role.CLERK, authority=world.province)
    response = world.post(clerk, "/v1/designations", world.draft_body())
    assert response.status_code == 201
    assert response.json["authority"]["level"] == "province"
    refused(world.get(world.clerk, f"/v1/designations/{response.json['id']}"), 404, "not-found")


def test_a_unit_of_a_neighbour_cannot_be_linked(world: World) -> None:
    neighbour, _ = police(world, "太原市公安局", "140100", Level.CITY)
    unit = world.people.organisation()
    body = world.draft_body()
    body["subject"] |= {
        "kind": "organisation",
        "name": unit.name,
        "documents": [{"type": "uscc", "number": unit.uscc}],
    }
    unit_id = world.post(neighbour, "/v1/designations", body).json["id"]
    response = world.post(world.clerk, "/v1/designations", world.draft_body(linked_to=unit_id))
    assert response.status_code in (404, 422)
