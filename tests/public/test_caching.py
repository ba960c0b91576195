"""Who has an answer already is told so for the price of one row; what the public could see change is new."""

from collections.abc import Callable

import pytest

from registry.publishing.service import Publishing
from tests.conftest import StandingClock
from tests.public.listing import (
    designated,
    drafted,
    fetch,
    page_of,
    public_list,
    published,
    publisher,
    take_down,
)
from tests.support.world import World

ENDS = ["", "?page=1", ".json", ".csv", ".xlsx"]
COMMON = [
    "/public/exposure-lists",
    "/public/exposure-lists.json",
    "/public/exposure-lists.atom",
    "/public/exposure-withdrawals.json",
]


def tags(world: World, list_id: str) -> dict[str, str]:
    """The ETag of everything that tells of a list."""
    paths = COMMON + [page_of(list_id) + end for end in ENDS]
    return {path: fetch(world, path).headers["ETag"] for path in paths}


def test_every_answer_has_a_strong_tag_and_is_kept_for_less_than_five_seconds(
    world: World, standing_clock: StandingClock
) -> None:
    list_id, _ = public_list(world, 1)
    for path, etag in tags(world, list_id).items():
        again = fetch(world, path, 304, If_None_Match=etag)
        assert not etag.startswith("W/")
        assert again.get_data() == b""
        for answer in (fetch(world, path), again):
            assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=4, must-revalidate"
            assert answer.headers["Vary"] == "Accept-Language"
            assert answer.headers["ETag"] == etag
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "Set-Cookie" not in answer.headers
        fetch(world, path, 304, If_None_Match=f"W/{etag}")  # as it comes back from a proxy that compresses
        fetch(world, path, 200, If_None_Match='"another"')


def test_a_language_a_page_and_a_form_have_tags_of_their_own(world: World) -> None:
    list_id, _ = public_list(world, 1)
    path = page_of(list_id)
    seen = [
        fetch(world, f"{path}{end}").headers["ETag"]
        for end in ("", ".json", ".csv", ".xlsx", ".json?lang=en")
    ]
    seen.append(fetch(world, path, Accept_Language="en").headers["ETag"])
    assert len(set(seen)) == len(seen)


def suspend(world: World, list_id: str, designations: list[str]) -> None:
    world.post(world.clerk, f"/v1/designations/{designations[0]}/suspend", {"reason": "核实"})


def revoke(world: World, list_id: str, designations: list[str]) -> None:
    path = f"/v1/designations/{designations[0]}"
    change = world.post(world.clerk, f"{path}/revoke", {"reason": "错"}).json["change"]
    assert world.post(world.approver, f"{path}/changes/{change}/approve").status_code == 200


def vary(world: World, list_id: str, designations: list[str]) -> None:
    path = f"/v1/designations/{designations[0]}"
    body = {"reason": "缩短", "ends_on": "2026-12-31"}
    change = world.post(world.clerk, f"{path}/vary", body).json["change"]
    assert world.post(world.approver, f"{path}/changes/{change}/approve").status_code == 200


def withdraw_entry(world: World, list_id: str, designations: list[str]) -> None:
    take_down(world, list_id, 1)


def withdraw(world: World, list_id: str, designations: list[str]) -> None:
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/withdraw", {"reason": "依据有误"})


@pytest.mark.parametrize(
    "act", [suspend, revoke, vary, withdraw_entry, withdraw], ids=lambda act: act.__name__
)
def test_every_verb_changes_every_tag(world: World, act: Callable[[World, str, list[str]], None]) -> None:
    list_id, designations = public_list(world, 2)
    before = tags(world, list_id)
    act(world, list_id, designations)
    after = tags(world, list_id)
    assert not [path for path in before if before[path] == after[path]]


def test_publishing_changes_what_tells_of_all_lists(world: World) -> None:
    list_id, _ = public_list(world, 1)
    before = tags(world, list_id)
    published(world, designated(world))
    after = tags(world, list_id)
    assert {path for path in before if before[path] != after[path]} == set(COMMON)


def test_a_draft_changes_nothing(world: World) -> None:
    list_id, _ = public_list(world, 1)
    before = tags(world, list_id)
    drafted(world, designated(world))
    assert tags(world, list_id) == before


def test_at_midnight_in_beijing_everything_is_new_and_until_then_nothing_is_kept_longer(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.set("2027-03-03T23:00:00")  # the last day of the sanction
    list_id, _ = public_list(world, 1)
    before = tags(world, list_id)
    kept = {}
    for at in ("23:59:54.000000", "23:59:57.500000", "23:59:58.000000", "23:59:59.000000", "23:59:59.999999"):
        standing_clock.set(f"2027-03-03T{at}")
        directives = fetch(world, page_of(list_id)).headers["Cache-Control"]
        kept[at[6:10]] = int(directives.split("s-maxage=")[1].split(",")[0])
    # A cache that counts in whole seconds serves until the last of them is over: never into the new day.
    assert kept == {"54.0": 4, "57.5": 2, "58.0": 1, "59.0": 0, "59.9": 0}
    assert "某" in fetch(world, page_of(list_id)).text
    standing_clock.set("2027-03-04T00:00:00")
    after = tags(world, list_id)
    assert not [path for path in before if before[path] == after[path]]
    for end in ENDS:
        if end != ".xlsx":
            assert "某" not in fetch(world, page_of(list_id) + end).text  # no worker has swept


def test_304_makes_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id, _ = public_list(world, 1)
    etag = fetch(world, f"{page_of(list_id)}.json").headers["ETag"]

    def refuse(*_: object) -> None:
        raise AssertionError("made")

    monkeypatch.setattr(Publishing, "_make", refuse)
    monkeypatch.setattr(Publishing, "_kept", lambda *_: None)
    fetch(world, f"{page_of(list_id)}.json", 304, If_None_Match=etag)
    fetch(world, f"{page_of(list_id)}.json", 500)


def test_the_same_file_is_made_once_and_a_list_that_changes_meanwhile_is_made_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id, _ = public_list(world, 3)
    made: list[int] = []
    genuine = Publishing._make

    def counted(self: Publishing, found: object, edition: object) -> object:
        file = genuine(self, found, edition)  # type: ignore[arg-type]
        made.append(found.version)  # type: ignore[attr-defined]
        if len(made) == 1:
            take_down(world, list_id, 2)
        return file

    monkeypatch.setattr(Publishing, "_make", counted)
    first = fetch(world, f"{page_of(list_id)}.json")
    assert [row["serial"] for row in first.json["rows"]] == [1, 3]
    assert (made, first.json["version"]) == ([2, 3], 3)
    assert fetch(world, f"{page_of(list_id)}.json").data == first.data
    assert made == [2, 3]


def test_a_list_that_changes_each_time_is_503(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id, _ = public_list(world, 5)
    genuine, serial = Publishing._make, iter(range(1, 6))

    def disturbed(self: Publishing, found: object, edition: object) -> object:
        take_down(world, list_id, next(serial))
        return genuine(self, found, edition)  # type: ignore[arg-type]

    monkeypatch.setattr(Publishing, "_make", disturbed)
    answer = fetch(world, f"{page_of(list_id)}.csv", 503)
    assert answer.headers["Retry-After"]
