"""Many at once: one wins, the others hear why, and nobody is shown who was just released."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from registry.access.rules import Role
from tests.exposures.exposing import designated, drafted, entries, published, publisher, second_publisher
from tests.support.world import World

AT_ONCE = 20


def together(app: Flask, asked: list[tuple[str, str, Any]]) -> list[int]:
    """The statuses of requests that are all on their way at once."""

    def send(each: tuple[str, str, Any]) -> int:
        token, path, body = each
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().post(path, json=body, headers=headers).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, asked))


def test_a_list_is_published_once(app: Flask, world: World) -> None:
    list_id = drafted(world, designated(world))
    world.post(publisher(world), f"/v1/exposure-lists/{list_id}/submit")
    path = f"/v1/exposure-lists/{list_id}/publish"
    answers = together(app, [(second_publisher(world), path, None)] * AT_ONCE)
    assert Counter(answers) == {200: 1, 409: AT_ONCE - 1}


def test_an_entry_is_withdrawn_once(app: Flask, world: World) -> None:
    list_id = published(world, designated(world))
    entry = entries(world, list_id)[0]["id"]
    path = f"/v1/exposure-lists/{list_id}/entries/{entry}/withdraw"
    answers = together(app, [(publisher(world), path, {"reason": "更正"})] * AT_ONCE)
    assert Counter(answers) == {200: 1, 409: AT_ONCE - 1}
    assert len(world.services.public_news.withdrawals(10).items) == 1


def test_one_designation_on_two_lists_is_shown_once(app: Flask, world: World) -> None:
    designation_id = designated(world)
    lists = [drafted(world, designation_id) for _ in range(4)]
    for list_id in lists:
        world.post(publisher(world), f"/v1/exposure-lists/{list_id}/submit")
    asked = [(second_publisher(world), f"/v1/exposure-lists/{each}/publish", None) for each in lists]
    assert Counter(together(app, asked)) == {200: 1, 409: 3}
    assert sum(world.services.public_lists.count(each) for each in lists) == 1


def test_publishing_and_releasing_at_once_shows_nobody_released(app: Flask, world: World) -> None:
    appeals = world.officer("appeals", Role.APPEAL_OFFICER)
    for _ in range(5):
        designation_ids = [designated(world) for _ in range(4)]
        list_id = drafted(world, *designation_ids)
        world.post(publisher(world), f"/v1/exposure-lists/{list_id}/submit")
        asked = [
            (token, f"/v1/designations/{each}/suspend", {"reason": "急"})
            for each, token in zip(designation_ids, [world.clerk, appeals] * 2, strict=True)
        ]
        asked.insert(2, (second_publisher(world), f"/v1/exposure-lists/{list_id}/publish", None))
        answers = together(app, asked)
        assert set(answers) <= {200, 409}
        assert answers.count(200) >= 4
        listed = world.get(publisher(world), f"/v1/exposure-lists/{list_id}").json
        if listed["state"] == "published":
            assert listed["entries"]["withdrawn"] == 4
            assert list(world.services.public_lists.rows(list_id)) == []


@pytest.mark.parametrize("verb", ["withdraw", "suspend"])
def test_two_who_take_the_same_down_do_not_wait_for_each_other(app: Flask, world: World, verb: str) -> None:
    designation_ids = [designated(world) for _ in range(6)]
    lists = [published(world, *designation_ids[:3]), published(world, *designation_ids[3:])]
    asked: list[tuple[str, str, Any]] = [
        (world.clerk, f"/v1/designations/{each}/suspend", {"reason": "急"}) for each in designation_ids
    ]
    if verb == "withdraw":
        asked += [
            (publisher(world), f"/v1/exposure-lists/{each}/withdraw", {"reason": "依据有误"})
            for each in lists
        ]
    assert set(together(app, asked)) == {200}
    assert len(world.services.public_news.withdrawals(10).items) == 6
