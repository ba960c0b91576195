"""The same request again gets the same answer and is done once; whatever else differs does not."""

import io
import json
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.access.models import ReplyRow
from registry.access.rules import Role
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.db import reading
from tests.api.answers import csv_list, logged, problem
from tests.conftest import StandingClock
from tests.support.world import World

KEY = {"Idempotency_Key": "0f3c9a1e-same"}


@pytest.fixture
def body(world: World) -> dict[str, Any]:
    person = world.people.person()
    return world.check_body(person.name, person.resident_id)


def ask(world: World, body: dict[str, Any], token: str | None = None, **headers: str) -> TestResponse:
    return world.post(token or world.partner("bank"), "/v1/checks", body, **(KEY | headers))


# -- the same request ------------------------------------------------------------------------------


def test_a_check_asked_twice_is_answered_twice_with_one_record(world: World, body: dict[str, Any]) -> None:
    first, second = ask(world, body), ask(world, body)
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert first.content_type == second.content_type
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert logged(Tag.CHECK_ANSWERED) == 1


def test_without_a_key_every_request_is_one_of_its_own(world: World, body: dict[str, Any]) -> None:
    answers = [world.post(world.partner("bank"), "/v1/checks", body).json["id"] for _ in range(2)]
    assert answers[0] != answers[1]
    assert logged(Tag.CHECK_ANSWERED) == 2


def test_a_draft_sent_twice_is_one_draft_with_its_location_and_version(world: World) -> None:
    body = world.draft_body()
    first, second = (world.post(world.clerk, "/v1/designations", body, **KEY) for _ in range(2))
    assert first.data == second.data
    for header in ("Location", "ETag", "Content-Type"):
        assert first.headers[header] == second.headers[header]
    assert logged(Tag.DESIGNATION_DRAFTED) == 1


def test_a_verb_sent_twice_is_done_once(world: World) -> None:
    designation = world.draft(world.draft_body())
    for verb, token in (("submit", world.clerk), ("approve", world.approver)):
        path = f"/v1/designations/{designation}/{verb}"
        first, second = (world.post(token, path, **KEY) for _ in range(2))
        assert first.status_code == second.status_code == 200
        assert first.data == second.data
        problem(world.post(token, path), 409, "invalid-state")
    assert logged(Tag.DESIGNATION_APPROVED) == 1


def test_the_answer_stays_word_for_word_in_the_first_language(world: World, body: dict[str, Any]) -> None:
    assert ask(world, body).data == ask(world, body, Accept_Language="en").data


def test_ten_at_once_with_one_key_are_one_act(app: Flask, world: World, body: dict[str, Any]) -> None:
    token = world.partner("bank")
    together = threading.Barrier(10)
    answers: list[tuple[int, bytes]] = []

    def go() -> None:
        client = app.test_client()
        together.wait()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "together"}
        answer = client.post("/v1/checks", json=body, headers=headers)
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=go) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 10
    assert {status for status, _ in answers} == {201}
    assert len({data for _, data in answers}) == 1
    assert logged(Tag.CHECK_ANSWERED) == 1


# -- another request -------------------------------------------------------------------------------


def test_another_body_under_the_same_key_is_422(world: World, body: dict[str, Any]) -> None:
    ask(world, body)
    for other in (body | {"reference": "B-2"}, body | {"unknown": 1}):
        problem(ask(world, other), 422, "idempotency-key-reused")
    assert logged(Tag.CHECK_ANSWERED) == 1


def test_a_query_makes_another_request(world: World, body: dict[str, Any]) -> None:
    ask(world, body)
    answer = world.post(world.partner("bank"), "/v1/checks?x=1", body, **KEY)
    problem(answer, 422, "idempotency-key-reused")


def test_another_credential_with_the_same_key_is_independent(world: World, body: dict[str, Any]) -> None:
    mine = world.partner("bank")
    rotated = world.services.access.rotate(OPERATOR, world.get(mine, "/v1/me").json["id"]).secret
    others = world.partner("bank", "140200")
    answers = {ask(world, body, token).json["id"] for token in (mine, rotated, others)}
    assert len(answers) == 3
    assert logged(Tag.CHECK_ANSWERED) == 3


def test_another_route_with_the_same_key_is_independent(world: World) -> None:
    one, two = world.draft(world.draft_body()), world.draft(world.draft_body())
    for designation in (one, two):
        answer = world.post(world.clerk, f"/v1/designations/{designation}/submit", **KEY)
        assert answer.json["id"] == designation
    found = world.post(world.clerk, "/v1/designations/search", {}, **KEY)
    assert len(found.json["items"]) == 2


def test_a_revoked_token_gets_no_kept_answer(world: World, body: dict[str, Any]) -> None:
    token = world.partner("bank")
    assert ask(world, body).status_code == 201
    world.services.access.revoke(OPERATOR, world.get(token, "/v1/me").json["id"])
    problem(ask(world, body), 401)


# -- errors ----------------------------------------------------------------------------------------


def test_a_refusal_is_not_kept_so_the_mended_request_may_use_the_key(
    world: World, body: dict[str, Any]
) -> None:
    problem(ask(world, body | {"operator": ""}), 422, "invalid-input")
    problem(ask(world, body | {"purpose": "issue_phone_card"}), 403)
    assert ask(world, body).status_code == 201


def test_a_verb_refused_for_the_state_works_later_under_its_key(world: World) -> None:
    designation = world.draft(world.draft_body())
    path = f"/v1/designations/{designation}/approve"
    problem(world.post(world.approver, path, **KEY), 409, "invalid-state")
    world.submit(designation)
    assert world.post(world.approver, path, **KEY).json["state"] == "in_force"


def test_a_crash_is_not_kept(world: World, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.screening.service import Screening

    def crash(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(Screening, "check", crash)
        problem(ask(world, body), 500, "internal-error")
    assert ask(world, body).status_code == 201
    assert logged(Tag.CHECK_ANSWERED) == 1


# -- how long --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "again", "same"),
    [
        ("2026-11-22T12:00:00", "2026-11-22T12:09:59", True),
        ("2026-11-22T12:00:00", "2026-11-22T12:10:00", False),
        ("2026-11-22T23:55:00", "2026-11-22T23:59:59", True),
        ("2026-11-22T23:55:00", "2026-11-23T00:00:00", False),
        ("2026-11-22T23:59:59", "2026-11-23T00:00:01", False),
        ("2026-11-23T00:00:00", "2026-11-23T00:09:59", True),
        ("2026-11-23T07:59:00", "2026-11-23T08:01:00", True),  # midnight in UTC means nothing
    ],
)
def test_a_check_is_kept_ten_minutes_and_never_past_midnight_in_beijing(
    world: World, body: dict[str, Any], standing_clock: StandingClock, asked: str, again: str, same: bool
) -> None:
    standing_clock.set(asked)
    first = ask(world, body).json
    standing_clock.set(again)
    second = ask(world, body).json
    assert (first["id"] == second["id"]) is same
    assert logged(Tag.CHECK_ANSWERED) == (1 if same else 2)


def test_after_its_time_a_key_is_free_for_another_request(
    world: World, body: dict[str, Any], standing_clock: StandingClock
) -> None:
    ask(world, body)
    standing_clock.set("2026-11-22T12:10:00")
    assert ask(world, body | {"reference": "B-2"}).status_code == 201


def test_other_answers_are_kept_72_hours(world: World, standing_clock: StandingClock) -> None:
    body = world.draft_body()
    first = world.post(world.clerk, "/v1/designations", body, **KEY).json
    standing_clock.set("2026-11-25T11:59:59")
    assert world.post(world.clerk, "/v1/designations", body, **KEY).json == first
    standing_clock.set("2026-11-25T12:00:00")
    problem(world.post(world.clerk, "/v1/designations", body, **KEY), 409, "duplicate-designation")


def test_outlived_answers_are_swept_away(
    world: World, body: dict[str, Any], standing_clock: StandingClock
) -> None:
    for number in range(5):
        ask(world, body, Idempotency_Key=f"old-{number}")
    standing_clock.day("2026-11-24")
    ask(world, body, Idempotency_Key="new")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRow)) == 1


# -- uploads and tokens ----------------------------------------------------------------------------


def upload(world: World, content: bytes, boundary: str, name: str = "list.csv") -> TestResponse:
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return world.http.post(
        "/v1/designation-imports",
        data=part.encode() + content + f"\r\n--{boundary}--\r\n".encode(),
        headers={
            "Authorization": f"Bearer {world.clerk}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": "upload",
        },
    )


def test_an_upload_tried_again_with_another_boundary_is_one_import(world: World) -> None:
    content = csv_list(world).read()
    first, second = upload(world, content, "one"), upload(world, content, "two")
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert first.json["rows_total"] == 1
    assert first.headers["Location"] == second.headers["Location"]
    assert logged(Tag.IMPORT_UPLOADED) == 1
    problem(upload(world, content + b"x", "three"), 422, "idempotency-key-reused")


def test_an_upload_with_a_key_is_read_whole(world: World) -> None:
    """What is hashed for the key must be there to be read afterwards."""
    content = csv_list(world).read()
    keyed = upload(world, content, "one").json
    bare = world.http.post(
        "/v1/designation-imports",
        data={"file": (io.BytesIO(content), "list.csv")},
        headers={"Authorization": f"Bearer {world.clerk}"},
    ).json
    assert keyed["file_sha256"] == bare["file_sha256"]
    assert keyed["accepted"] == bare["accepted"]


def test_a_route_that_shows_a_secret_never_repeats_it(world: World) -> None:
    admin = world.officer("admin", Role.SECURITY_ADMIN)
    bank = world.get(world.partner("bank"), "/v1/me").json["id"]
    path = f"/v1/credentials/{bank}/rotate"
    first, second = (world.post(admin, path, {}, **KEY) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json["token"] != second.json["token"]
    assert "Idempotency-Replayed" not in second.headers
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRow)) == 0


def test_an_enrolment_code_works_once_whatever_the_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services.access, "_enrolment", True)
    code = world.services.access.add_officer(OPERATOR, world.city, "newcomer", {Role.CLERK}).secret
    problem(world.get(code, "/v1/me"), 401)
    first, second = (world.post(None, "/v1/enrolments", {"code": code}, **KEY) for _ in range(2))
    assert world.get(first.json["token"], "/v1/me").json["name"] == "newcomer"
    problem(second, 401, "unauthenticated")


def test_a_key_of_255_characters_is_one_and_blanks_do_not_matter_to_the_rest(
    world: World, body: dict[str, Any]
) -> None:
    long = "k" * 255
    first, second = (ask(world, body, Idempotency_Key=long) for _ in range(2))
    assert first.json == second.json
    assert ask(world, body, Idempotency_Key=long[:-1]).json["id"] != first.json["id"]
    respaced = json.dumps(body, indent=1).encode()
    again = world.http.post(
        "/v1/checks",
        data=respaced,
        headers={
            "Authorization": f"Bearer {world.partner('bank')}",
            "Content-Type": "application/json",
            "Idempotency-Key": long,
        },
    )
    assert again.status_code in (201, 422)


def test_an_empty_key_is_refused_rather_than_taken_for_none(world: World, body: dict[str, Any]) -> None:
    """The description says 1 to 255 characters; a client that sends none believes itself protected."""
    problem(ask(world, body, Idempotency_Key=""), 422)
    assert logged(Tag.CHECK_ANSWERED) == 0
