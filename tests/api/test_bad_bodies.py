"""Bodies and uploads that cannot be taken: the right status, a problem in Chinese, and never 500."""

import gzip
import json
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.access.rules import Role
from tests.api.answers import explained, is_chinese, pointers, problem, sentences
from tests.api.asking import PLACE, check, send
from tests.support.world import World


@pytest.fixture(scope="module")
def world(steady_world: World) -> World:
    """One for all: what is refused here never reaches a database, of whatever kind."""
    return steady_world


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    return world.app


@pytest.fixture(scope="module")
def json_routes(world: World) -> list[tuple[str, str | None]]:
    """Every route that reads JSON, by the description, with a token that opens it."""
    description = world.get(None, "/v1/openapi.json").json
    tokens = {
        "check": world.partner("bank"),
        "account": world.officer("admin", Role.SECURITY_ADMIN),
        "evidence": world.officer("auditor", Role.AUDITOR),
    }
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    routes = []
    for path, item in description["paths"].items():
        operation = item.get("post", {})
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            family = operation.get("x-permission", "").partition(".")[0]
            token = tokens.get(family, both) if family else None
            routes.append((re.sub(r"{\w+}", PLACE, path), token))
    assert len(routes) >= 7
    return routes


# -- bodies that cannot be read --------------------------------------------------------------------

DEEP = b"[" * 900_000
UNREADABLE = {
    "empty": b"",
    "not JSON": b"purpose=open_bank_account",
    "half": b'{"purpose": "open_bank',
    "single quotes": b"{'a': 1}",
    "trailing": b"{} {}",
    "comment": b"{} // x",
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "not UTF-8": '{"name": "张三"}'.encode("gb18030"),
    "cut UTF-8": b'{"name": "\xe5\xbc"}',
    "overlong UTF-8": b'{"name": "\xc0\x80"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "BOM": b"\xef\xbb\xbf{}",
    "raw NUL": b'{"name": "a\x00b"}',
    "raw NUL behind": b"{}\x00",
    "raw control": b'{"name": "a\x01b"}',
    "escaped NUL": b'{"name": "a\\u0000b"}',
    "escaped NUL in a key": b'{"a\\u0000b": 1}',
    "escaped NUL far inside": b'{"a":[[{"b":["\\u0000"]}]]}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "surrogates the wrong way": b'{"name": "\\udc00\\ud800"}',
    "deep lists": DEEP,
    "deep objects": b'{"a":' * 150_000,
    "deep but closed": b"[" * 400_000 + b"]" * 400_000,
    "deep with an escaped NUL": b"[" * 1000 + b'"\\u0000"' + b"]" * 1000,
    "gzip": gzip.compress(b"{}"),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_is_400_on_every_json_route(
    world: World, json_routes: list[tuple[str, str | None]], body: bytes
) -> None:
    for path, token in json_routes:
        told = problem(send(world, token, path, body), 400, "bad-request")
        assert all(map(is_chinese, sentences(told))), path


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Type": "application/problem+json"},
        {"Content_Type": "application/json; charset=gb18030"},
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Type": "application/json; charset=nonsense"},
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "deflate"},
        {"Content_Encoding": "br"},
        {"Content_Encoding": "identity, gzip"},
    ],
    ids=str,
)
def test_another_content_type_charset_or_encoding_is_415(
    world: World, json_routes: list[tuple[str, str | None]], headers: dict[str, str]
) -> None:
    for path, token in json_routes:
        told = problem(send(world, token, path, b"{}", **headers), 415, "unsupported-media-type")
        assert all(map(is_chinese, sentences(told))), path


def test_a_gzip_bomb_is_not_unpacked(world: World) -> None:
    bomb = gzip.compress(b" " * 200_000_000, 9)
    assert len(bomb) < 1 << 20
    problem(send(world, world.partner("bank"), "/v1/checks", bomb, Content_Encoding="gzip"), 415)


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}], ids=["without a key", "with a key"])
def test_more_than_a_mebibyte_of_json_is_413(
    world: World, json_routes: list[tuple[str, str | None]], headers: dict[str, str]
) -> None:
    padding = b" " * (2 << 20)
    for path, token in json_routes:
        told = problem(send(world, token, path, b"{}" + padding, **headers), 413, "too-large")
        assert all(map(is_chinese, sentences(told))), path


def test_a_mebibyte_of_json_is_read_and_a_byte_more_is_not(world: World) -> None:
    body = json.dumps(check(world)).encode()
    token = world.partner("bank")
    assert send(world, token, "/v1/checks", body.ljust(1 << 20)).status_code == 201
    problem(send(world, token, "/v1/checks", body.ljust((1 << 20) + 1)), 413)


def test_utf_8_may_be_named(world: World) -> None:
    body = json.dumps(check(world), ensure_ascii=False).encode()
    for kind in ("application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"):
        answer = send(world, world.partner("bank"), "/v1/checks", body, Content_Type=kind)
        assert answer.status_code == 201, kind


@pytest.mark.parametrize("body", [b"[]", b"[{}]", b"1", b"1.5", b"null", b"true", b'"text"', b'""'])
def test_json_that_is_no_object_is_422_at_the_root(
    world: World, json_routes: list[tuple[str, str | None]], body: bytes
) -> None:
    for path, token in json_routes:
        told = problem(send(world, token, path, body), 422, "invalid-input")
        assert pointers(told) == [""], path
        assert all(map(is_chinese, sentences(told))), path


# -- uploads ---------------------------------------------------------------------------------------


def upload(world: World, body: bytes, kind: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {world.clerk}", "Content-Type": kind}
    return world.http.post("/v1/designation-imports", data=body, headers=headers)


MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a,b\n", "text/csv", 415),
        (b"{}", "application/json", 415),
        (b"", "", 415),
        (b"", MULTIPART, 422),
        (b"", "multipart/form-data", 422),
        (b"\xff\xfe\x00", MULTIPART, 422),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n', MULTIPART, 422),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n', MULTIPART, 422),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n\r\n--x--\r\n',
            MULTIPART,
            422,
        ),
        (b"--x\r\n" * 5000, MULTIPART, 422),
    ],
    ids=[
        "csv bare",
        "json",
        "nothing",
        "empty",
        "no boundary",
        "bytes",
        "no file",
        "cut",
        "empty file",
        "parts",
    ],
)
def test_an_upload_that_is_none_creates_nothing(world: World, body: bytes, kind: str, status: int) -> None:
    told = problem(upload(world, body, kind), status)
    assert all(map(is_chinese, sentences(told)))


def test_an_upload_beyond_its_limit_is_413(app: Flask, world: World) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    told = problem(upload(world, head + b"x" * app.config["MAX_CONTENT_LENGTH"], MULTIPART), 413, "too-large")
    assert all(map(is_chinese, sentences(told)))


def test_a_refused_file_explains_itself_at_a_page(app: Flask, world: World) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    told = problem(upload(world, head + b"PK\x03\x04 half\r\n--x--\r\n", MULTIPART), 422)
    assert explained(app, told), told["type"]
