"""Requests that the tests of bad input send, and what they look at in each refusal."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.api.answers import explained, is_chinese, pointers, problem, sentences
from tests.support.world import World

Body = dict[str, Any]
PLACE = "dsg_" + "0" * 26
"""An id of the right form that names nothing."""


def send(world: World, token: str | None, path: str, body: bytes, **headers: str) -> TestResponse:
    """`body` as it is, as JSON unless `headers` say otherwise."""
    named = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if token:
        named["Authorization"] = f"Bearer {token}"
    return world.http.post(path, data=body, headers=named)


def check(world: World, **changes: Any) -> Body:
    person = world.people.person()
    return world.check_body(person.name, person.resident_id) | changes


def faulty(app: Flask, world: World, token: str, path: str, body: Any, where: list[str]) -> None:
    """422 with a fault at each of `where` and nowhere else; Chinese by default, English when asked for."""
    chinese = problem(world.post(token, path, body), 422)
    assert sorted(pointers(chinese)) == sorted(where)
    for sentence in sentences(chinese):
        assert is_chinese(sentence), sentence
    english = problem(world.post(token, path, body, Accept_Language="en"), 422)
    assert sorted(pointers(english)) == sorted(where)
    for sentence in sentences(english):
        assert not is_chinese(sentence), sentence
    for word in ("type", "code"):
        assert chinese.get(word) == english.get(word), "codes never change with the language"
    assert explained(app, chinese)
