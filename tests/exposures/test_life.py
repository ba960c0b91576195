"""An exposure list from draft to withdrawal, by the officers who may."""

from typing import Any

import pytest

from registry.access.rules import Role
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.exposures.exposing import (
    BASIS,
    adult,
    designated,
    drafted,
    entries,
    exposable,
    list_body,
    published,
    publisher,
    second_publisher,
    seen,
)
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")


def act(world: World, token: str, path: str, body: Any = None) -> Any:
    return world.post(token, f"/v1/exposure-lists/{path}", body)


def test_a_list_is_drafted_submitted_and_published_by_another_officer(world: World) -> None:
    first, second = designated(world), designated(world)
    list_id = drafted(world, second, first, batch="2026年第1批")
    assert [row["designation"] for row in entries(world, list_id)] == [second, first]
    assert act(world, publisher(world), f"{list_id}/submit").json["state"] == "submitted"
    shown = act(world, second_publisher(world), f"{list_id}/publish").json
    assert (shown["state"], shown["person_times"]) == ("published", 2)
    assert shown["entries"] == {"drafted": 0, "refused": 0, "shown": 2, "withdrawn": 0}
    assert [line["act"] for line in shown["history"]] == [
        "exposure.drafted",
        "exposure.submitted",
        "exposure.published",
    ]
    assert [row.serial for row in seen(world, list_id)] == [1, 2]


def test_the_public_sees_a_masked_person_with_ground_measures_and_term(world: World) -> None:
    person = adult(world)
    designation = world.designate(exposable(world, person))
    list_id = published(world, designation["id"])
    (row,) = seen(world, list_id)
    assert row.name[0] == person.name[0] and row.name != person.name and len(row.name) == len(person.name)
    assert row.number == person.resident_id[:4] + "*" * 10 + person.resident_id[-4:]
    assert row.sex == person.sex
    assert (str(row.starts_on), str(row.ends_on)) == ("2025-03-03", "2028-03-03")
    assert str(row.shown_until) == "2028-03-03"
    assert row.authority == "忻州市公安局"
    assert "刑事处罚" in row.ground.zh
    assert [text.zh for text in row.measures] == [
        measure["text"] for measure in designation["sanctions"][0]["measures"]
    ]
    listed = world.services.public_lists.get(list_id)
    assert "反电信网络诈骗法" in listed.legal_basis.zh


def test_a_designation_tells_on_which_lists_it_stands(world: World) -> None:
    designation_id = designated(world)
    list_id = published(world, designation_id)
    (shown,) = world.get(world.clerk, f"/v1/designations/{designation_id}").json["exposures"]
    assert (shown["list"], shown["serial"], shown["state"]) == (list_id, 1, "shown")


def test_nobody_publishes_what_they_drafted_or_submitted(world: World) -> None:
    list_id = drafted(world, designated(world))
    act(world, publisher(world), f"{list_id}/submit")
    refused = act(world, publisher(world), f"{list_id}/publish")
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/four-eyes")
    other = drafted(world, designated(world))
    act(world, second_publisher(world), f"{other}/submit")
    assert act(world, second_publisher(world), f"{other}/publish").status_code == 403


def test_a_clerk_drafts_and_never_publishes(world: World) -> None:
    response = world.post(world.clerk, "/v1/exposure-lists", list_body(designated(world)))
    assert response.status_code == 201
    list_id = response.json["id"]
    assert act(world, world.clerk, f"{list_id}/submit").status_code == 200
    assert act(world, world.clerk, f"{list_id}/publish").json["type"] == "/problems/forbidden"


@pytest.mark.parametrize("verb", ["submit", "publish"])
def test_a_published_list_is_published_no_second_time(world: World, verb: str) -> None:
    list_id = published(world, designated(world))
    again = act(world, second_publisher(world), f"{list_id}/{verb}")
    assert (again.status_code, again.json["type"]) == (409, "/problems/invalid-state")


def test_a_draft_is_not_published_before_it_was_submitted(world: World) -> None:
    list_id = drafted(world, designated(world))
    assert act(world, second_publisher(world), f"{list_id}/publish").status_code == 409


def test_a_whole_list_is_withdrawn_once_by_one_officer_with_a_public_reason(world: World) -> None:
    list_id = published(world, designated(world), designated(world))
    shown = act(world, publisher(world), f"{list_id}/withdraw", {"reason": "依据有误"}).json
    assert (shown["state"], shown["reason"]) == ("withdrawn", "依据有误")
    assert seen(world, list_id) == []
    assert world.services.public_lists.get(list_id).state == "withdrawn"
    assert {row["cause"] for row in entries(world, list_id)} == {"list_withdrawn"}
    assert act(world, publisher(world), f"{list_id}/withdraw", {"reason": "再次"}).status_code == 409


def test_one_entry_is_withdrawn_once_and_the_numbers_of_the_others_stay(world: World) -> None:
    list_id = published(world, designated(world), designated(world), designated(world))
    second = entries(world, list_id)[1]["id"]
    path = f"{list_id}/entries/{second}/withdraw"
    assert act(world, publisher(world), path, {"reason": "身份核实有误"}).status_code == 200
    assert [row.serial for row in seen(world, list_id)] == [1, 3]
    (gone,) = world.services.public_news.withdrawals(10).items
    assert (gone.id, gone.serial, gone.cause, gone.reason) == (second, 2, "withdrawn", "身份核实有误")
    again = act(world, publisher(world), path, {"reason": "再次"})
    assert (again.status_code, again.json["type"]) == (409, "/problems/invalid-state")


def test_a_row_dropped_before_publication_leaves_no_gap(world: World) -> None:
    list_id = drafted(world, designated(world), designated(world), designated(world))
    second = entries(world, list_id)[1]["id"]
    act(world, publisher(world), f"{list_id}/entries/{second}/withdraw", {"reason": "暂缓"})
    act(world, publisher(world), f"{list_id}/submit")
    shown = act(world, second_publisher(world), f"{list_id}/publish").json
    assert shown["person_times"] == 2
    assert [row.serial for row in seen(world, list_id)] == [1, 2]
    assert world.services.public_news.withdrawals(10).items == []


@pytest.mark.parametrize("verb", ["withdraw", "entry"])
def test_a_public_reason_must_not_name_anybody(world: World, verb: str) -> None:
    person = adult(world)
    list_id = published(world, world.designate(exposable(world, person))["id"])
    entry = entries(world, list_id)[0]["id"]
    path = f"{list_id}/withdraw" if verb == "withdraw" else f"{list_id}/entries/{entry}/withdraw"
    said = [f"号码{person.resident_id}有误"]
    if verb == "entry":
        said.append(f"{person.name}核实有误")
    for reason in said:
        refused = act(world, publisher(world), path, {"reason": reason})
        assert (refused.status_code, refused.json["code"]) == (422, "names-somebody")
        assert refused.json["errors"][0]["pointer"] == "/reason"
    assert len(seen(world, list_id)) == 1


def test_a_rejected_list_frees_its_batch(world: World) -> None:
    first, second = designated(world), designated(world)
    list_id = drafted(world, first, batch="2026年第5批")
    taken = world.post(publisher(world), "/v1/exposure-lists", list_body(second, batch="2026年第5批"))
    assert (taken.status_code, taken.json["type"]) == (409, "/problems/batch-taken")
    act(world, publisher(world), f"{list_id}/reject", {"reason": "重做"})
    assert drafted(world, second, batch="2026年第5批")


def test_batches_are_numbered_by_year_and_authority(world: World, standing_clock: StandingClock) -> None:
    def batch(list_id: str) -> str:
        return str(world.get(publisher(world), f"/v1/exposure-lists/{list_id}").json["batch"])

    assert batch(drafted(world, designated(world), batch="2026年第9批")) == "2026年第9批"
    assert batch(drafted(world, designated(world))) == "2026年第10批"
    token = world.officer("p", Role.PUBLISHER, authority=world.province)
    body = list_body(designated(world))
    assert world.post(token, "/v1/exposure-lists", body).json["batch"] == "2026年第1批"
    standing_clock.day("2027-01-04")
    body = list_body(designated(world))
    assert world.post(world.clerk, "/v1/exposure-lists", body).json["batch"] == "2027年第1批"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"batch": "第1批"}, "/batch"),
        ({"batch": "2026年第01批"}, "/batch"),
        ({"designation_ids": ["dsg_x"], "filter": {}}, "/designation_ids"),
        ({}, "/designation_ids"),
        ({"designation_ids": ["dsg_" + "0" * 26]}, "/designation_ids/0"),
        ({"title": "张三 11010519491231002X", "filter": {}}, "/title"),
        ({"legal_basis": "电话13800138000", "filter": {}}, "/legal_basis"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_the_field(
    world: World, changes: dict[str, Any], pointer: str
) -> None:
    refused = world.post(publisher(world), "/v1/exposure-lists", list_body(**changes))
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_designation_named_twice_is_refused(world: World) -> None:
    designation_id = designated(world)
    refused = world.post(publisher(world), "/v1/exposure-lists", list_body(designation_id, designation_id))
    assert refused.status_code == 422


def test_another_authoritys_list_is_not_there_and_one_below_is(world: World) -> None:
    list_id = drafted(world, designated(world))
    neighbour = world.authority("大同市公安局", "140200", Level.CITY)
    stranger = world.officer("stranger", Role.PUBLISHER, authority=neighbour)
    above = world.officer("above", Role.PUBLISHER, authority=world.province)
    assert world.get(stranger, f"/v1/exposure-lists/{list_id}").status_code == 404
    assert world.get(stranger, f"/v1/exposure-lists/{list_id}/entries").status_code == 404
    assert act(world, stranger, f"{list_id}/submit").status_code == 404
    assert world.get(stranger, "/v1/exposure-lists").json["items"] == []
    assert world.get(above, f"/v1/exposure-lists/{list_id}").status_code == 200
    assert len(world.get(above, "/v1/exposure-lists").json["items"]) == 1
    refused = world.post(stranger, "/v1/exposure-lists", list_body(designated(world)))
    assert refused.json["errors"][0]["pointer"] == "/designation_ids/0"


def test_a_filter_takes_what_may_be_shown_and_tells_why_the_rest_may_not(world: World) -> None:
    good = designated(world, decided_on="2025-03-03")
    early = designated(
        world, decided_on="2025-01-15", conduct=exposable(world)["conduct"] | {"to": "2025-01-01"}
    )
    second_class = world.designate(exposable(world, ground="facilitated", penalty="none"))["id"]
    unclear = world.designate(exposable(world, penalty=None))["id"]
    list_id = drafted(world, filter={"decided_from": "2025-01-01"})
    rows = entries(world, list_id, state="drafted")
    assert [row["designation"] for row in rows] == [early, good]
    refused = {
        row["designation"]: [r["code"] for r in row["reasons"]]
        for row in entries(world, list_id, state="refused")
    }
    assert refused == {second_class: ["needs_basis"], unclear: ["penalty_unknown"]}
    with_basis = drafted(
        world, filter={"decided_from": "2025-02-01", "role": "account_holder"}, legal_basis=BASIS
    )
    assert {row["designation"] for row in entries(world, with_basis, state="drafted")} == {good, second_class}


def test_a_filter_that_finds_nobody_who_may_be_shown_says_why(world: World) -> None:
    unclear = world.designate(exposable(world, penalty=None))["id"]
    refused = world.post(publisher(world), "/v1/exposure-lists", list_body(filter={}))
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/not-exposable")
    assert refused.json["rows"] == [{"designation": unclear, "reasons": ["penalty_unknown"]}]
    assert [fault["pointer"] for fault in refused.json["errors"]] == ["/filter"]


def test_chosen_rows_that_may_not_be_shown_refuse_the_whole_list_with_reasons(world: World) -> None:
    good = designated(world)
    child = adult(world)
    conduct = exposable(world)["conduct"] | {"from": f"{child.birth_on.year + 17}-01-01"}
    minor = world.designate(exposable(world, child, conduct=conduct))["id"]
    second_class = world.designate(exposable(world, ground="facilitated", penalty="administrative"))["id"]
    ended = designated(world)
    world.post(world.clerk, f"/v1/designations/{ended}/suspend", {"reason": "急"})
    refused = world.post(publisher(world), "/v1/exposure-lists", list_body(good, minor, second_class, ended))
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/not-exposable")
    assert refused.json["rows"] == [
        {"designation": minor, "reasons": ["minor"]},
        {"designation": second_class, "reasons": ["penalty_sealed", "needs_basis"]},
        {"designation": ended, "reasons": ["not_in_force"]},
    ]
    assert [fault["pointer"] for fault in refused.json["errors"]] == [
        "/designation_ids/1",
        "/designation_ids/2",
        "/designation_ids/2",
        "/designation_ids/3",
    ]
    assert world.get(publisher(world), "/v1/exposure-lists").json["items"] == []


def test_what_is_shown_is_shown_once(world: World) -> None:
    designation_id = designated(world)
    waiting = drafted(world, designation_id)
    published(world, designation_id)
    refused = world.post(publisher(world), "/v1/exposure-lists", list_body(designation_id))
    assert refused.json["rows"] == [{"designation": designation_id, "reasons": ["already_shown"]}]
    refused = act(world, publisher(world), f"{waiting}/submit")
    (row,) = entries(world, waiting)
    assert refused.json["errors"][0]["pointer"] == f"/entries/{row['id']}"


@pytest.mark.parametrize("after", ["draft", "submit"])
def test_what_ended_meanwhile_is_not_published(world: World, after: str) -> None:
    one, other = designated(world), designated(world)
    list_id = drafted(world, one, other)
    if after == "submit":
        act(world, publisher(world), f"{list_id}/submit")
    world.post(world.clerk, f"/v1/designations/{one}/suspend", {"reason": "急"})
    verb, token = ("submit", publisher(world)) if after == "draft" else ("publish", second_publisher(world))
    refused = act(world, token, f"{list_id}/{verb}")
    assert (refused.status_code, refused.json["rows"]) == (
        409,
        [{"designation": one, "reasons": ["not_in_force"]}],
    )
