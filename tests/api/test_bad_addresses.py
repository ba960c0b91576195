"""Addresses, methods, queries and headers that are wrong, and the language in which that is told."""

import pytest
from flask import Flask

from tests.api.answers import is_chinese, pointers, problem, sentences
from tests.api.asking import PLACE, check
from tests.support.world import World


@pytest.fixture(scope="module")
def world(steady_world: World) -> World:
    """One for all: what is refused here never reaches a database, of whatever kind."""
    return steady_world


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    return world.app


# -- queries and headers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=-1", "/limit"),
        ("limit=", "/limit"),
        ("limit=x", "/limit"),
        ("limit=1.5", "/limit"),
        ("limit=1e1", "/limit"),
        ("limit=1_0", "/limit"),
        ("limit=%2B5", "/limit"),
        ("limit=%EF%BC%95", "/limit"),
        ("limit=" + "9" * 5000, "/limit"),
        ("limit=5&limit=5", "/limit"),
        ("limit=5&limit=6", "/limit"),
        ("state=in_force&state=draft", "/state"),
        ("state=x", "/state"),
        ("cursor=", "/cursor"),
        ("cursor=a&cursor=b", "/cursor"),
        ("cursor=" + "x" * 61, "/cursor"),
        ("import=", "/import"),
        ("import_=x", "/import_"),
        ("number=110105194912310021", "/number"),
        ("110105194912310021=number", ""),
        ("%E5%BC%A0%E4%B8%89=name", ""),
        ("=x", "/"),
    ],
    ids=lambda text: text[:40],
)
def test_a_faulty_query_is_422(world: World, query: str, where: str) -> None:
    told = problem(world.get(world.clerk, f"/v1/designations?{query}"), 422, "invalid-input")
    assert pointers(told) == [where]
    assert all(map(is_chinese, sentences(told)))


@pytest.mark.parametrize(
    "value", ["x", '"x"', 'W/"1"', "W/1", "-1", "1.0", "９", "²", '"' + "9" * 5000 + '"']
)
def test_an_if_match_that_is_no_version_is_412(world: World, value: str) -> None:
    designation = world.draft(world.draft_body())
    raw = value.encode().decode("latin-1")
    answer = world.http.post(
        f"/v1/designations/{designation}/submit",
        headers={"Authorization": f"Bearer {world.clerk}"},
        environ_overrides={"HTTP_IF_MATCH": raw},
    )
    told = problem(answer, 412, "stale-version")
    assert all(map(is_chinese, sentences(told)))


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", "\x7f"])
def test_an_idempotency_key_that_is_none_is_422(world: World, key: str) -> None:
    told = problem(world.post(world.partner("bank"), "/v1/checks", check(world), Idempotency_Key=key), 422)
    assert all(map(is_chinese, sentences(told)))


# -- addresses, methods, languages -----------------------------------------------------------------


def test_the_root_shows_the_way_to_the_docs(world: World) -> None:
    answer = world.get(None, "/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs")


NOWHERE = [
    "/nowhere",
    "/v1",
    "/v1/",
    "/v1/nowhere",
    "/v2/checks",
    "/v1/checks/",
    "/v1//checks",
    "/v1//",
    "/.env",
]
NOWHERE += [
    "/docs/",
    "/static/",
    "/static/nothing",
    "/static/../../config.py",
    "/problems/",
    "/problems/nothing",
]
NOWHERE += [
    "/v1/checks/%2e%2e/designations",
    "/v1/Checks",
    "/v1/checks/chk_0",
    f"/v1/designations/{PLACE}0",
    "/%00",
    "/%ff",
    "/张三",
]


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_none_is_a_404_problem(world: World, path: str, method: str) -> None:
    answer = world.http.open(path, method=method)
    if answer.status_code != 405:
        told = problem(answer, 404 if path != "/v1/checks/%2e%2e/designations" else answer.status_code)
        assert all(map(is_chinese, sentences(told)))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/checks", {"POST", "OPTIONS"}),
        ("DELETE", f"/v1/checks/{PLACE}", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/v1/designations", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("GET", f"/v1/designations/{PLACE}/approve", {"POST", "OPTIONS"}),
        ("PATCH", "/v1/designation-imports", {"POST", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/docs", {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/v1/me", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/v1/designations/search", {"POST", "OPTIONS"}),
    ],
)
def test_another_method_is_405_and_allow_names_the_right_ones(
    world: World, method: str, path: str, allowed: set[str]
) -> None:
    answer = world.http.open(path, method=method)
    told = problem(answer, 405, "method-not-allowed")
    assert all(map(is_chinese, sentences(told)))
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    ("accept", "chinese"),
    [
        ("", True),
        ("zh", True),
        ("zh-CN", True),
        ("zh-Hans-CN, en;q=0.5", True),
        ("fr", True),
        ("*", True),
        (";;;", True),
        ("en;q=0.1, zh;q=0.9", True),
        ("en", False),
        ("EN", False),
        ("en-GB, en;q=0.8", False),
        ("en-US,en;q=0.9,zh-CN;q=0.8", False),
        ("fr, en;q=0.5", False),
        ("en;q=0", True),
    ],
)
def test_the_reader_chooses_the_language_and_gets_chinese_otherwise(
    world: World, accept: str, chinese: bool
) -> None:
    answer = world.get(None, "/v1/me", Accept_Language=accept)
    assert [is_chinese(sentence) for sentence in sentences(problem(answer, 401))] == [chinese] * 2
    assert "Accept-Language" in answer.headers["Vary"]


def test_every_kind_of_problem_has_a_page_in_both_languages(world: World) -> None:
    from registry.api.catalogue import PROBLEMS

    for slug in PROBLEMS:
        assert is_chinese(world.get(None, f"/problems/{slug}").text)
        english = world.get(None, f"/problems/{slug}", Accept_Language="en")
        assert english.status_code == 200
        assert not is_chinese(english.text)
