"""Many at once: one wins, the others are told so, and nothing is done twice."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from tests.designations.acting import shown, submitted, terms
from tests.support.world import World

THREADS = 20


def at_once(world: World, token: str, requests: Iterable[tuple[str, Any]]) -> Counter[tuple[int, str]]:
    """Post all of `requests` at the same time; how often each status and problem came."""

    def post(request: tuple[str, Any]) -> tuple[int, str]:
        path, body = request
        headers = {"Authorization": f"Bearer {token}"}
        response = world.app.test_client().post(path, json=body, headers=headers)
        return response.status_code, response.json.get("type", "").removeprefix("/problems/")

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(post, requests))


def test_twenty_approve_one_designation_and_one_wins(world: World) -> None:
    designation_id = submitted(world)
    path = f"/v1/designations/{designation_id}/approve"
    answers = at_once(world, world.approver, [(path, None)] * THREADS)
    assert answers == {(200, ""): 1, (409, "invalid-state"): THREADS - 1}
    view = shown(world, designation_id)
    assert (len(view["sanctions"]), view["version"]) == (1, 3)
    assert [act["act"] for act in view["history"]].count("designation.approved") == 1


def test_ten_approve_and_ten_reject_and_one_of_them_decides(world: World) -> None:
    path = f"/v1/designations/{submitted(world)}"
    requests = [(f"{path}/approve", None), (f"{path}/reject", {"reason": "材料不全"})] * 10
    answers = at_once(world, world.approver, requests)
    assert answers == {(200, ""): 1, (409, "invalid-state"): THREADS - 1}


def test_twenty_draft_the_same_designation_and_one_wins(world: World) -> None:
    body = world.draft_body()
    answers = at_once(world, world.clerk, [("/v1/designations", body)] * THREADS)
    assert answers == {(201, ""): 1, (409, "duplicate-designation"): THREADS - 1}
    assert len(world.get(world.clerk, "/v1/designations").json["items"]) == 1


def test_repeats_of_one_person_approved_at_once_are_one_subject_and_one_chain(world: World) -> None:
    person = world.people.person()
    days = ("2025-03-03", "2025-09-09", "2026-01-01")
    ids = [submitted(world, world.draft_body(person, decided_on=day)) for day in days]
    paths = [(f"/v1/designations/{designation_id}/approve", None) for designation_id in ids]
    assert at_once(world, world.approver, paths) == {(200, ""): 3}
    views = [shown(world, designation_id) for designation_id in ids]
    assert len({view["subject"]["id"] for view in views}) == 1
    spans = sorted(terms(view)[0] for view in views)
    assert all(begin > end for (_, end), (begin, _) in pairwise(spans))  # none overlap
    assert spans[0][0] == "2025-03-03" and max(end for _, end in spans) <= "2030-03-03"


def test_checks_go_on_while_designations_are_approved(world: World) -> None:
    people = [world.people.person() for _ in range(THREADS)]
    ids = [submitted(world, world.draft_body(person)) for person in people]
    token, approver = world.partner("bank"), world.approver
    asked: list[Callable[[], int]] = []
    for person, designation_id in zip(people, ids, strict=True):
        body = world.check_body(person.name, person.resident_id)
        asked += [
            lambda d=designation_id: status(world, approver, f"/v1/designations/{d}/approve", None),  # type: ignore[misc]
            lambda b=body: status(world, token, "/v1/checks", b),  # type: ignore[misc]
        ]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(lambda ask: ask(), asked))
    assert answers == {200: THREADS, 201: THREADS}
    directions = {world.ask("bank", "open_bank_account", person)["direction"] for person in people}
    assert directions == {"limit"}


def status(world: World, token: str, path: str, body: Any) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return world.app.test_client().post(path, json=body, headers=headers).status_code
