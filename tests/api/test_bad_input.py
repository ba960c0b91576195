"""What bad input gets: the right status, a problem with pointers, in the reader's language, and never 500."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.audit.tags import Tag
from tests.api.answers import explained, is_chinese, logged, pointers, problem, sentences
from tests.support.world import World

Body = dict[str, Any]
PLACE = "xyz_00000000000000000000000000"


@pytest.fixture
def json_routes(world: World) -> list[tuple[str, str | None]]:
    """Every route that reads JSON, by the description, with a token that opens it."""
    description = world.get(None, "/v1/openapi.json").json
    tokens = {"check": world.partner("bank"), "account": world.officer("admin", Role.SECURITY_ADMIN)}
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    routes = []
    for path, item in description["paths"].items():
        operation = item.get("post", {})
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            family = operation.get("x-permission", "").partition(".")[0]
            token = tokens.get(family, both) if family else None
            routes.append((path.replace("{", "").replace("}", ""), token))
    assert len(routes) >= 7
    return routes


def send(world: World, token: str | None, path: str, body: bytes, **headers: str) -> TestResponse:
    """`body` as it is, as JSON unless `headers` say otherwise."""
    named = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if token:
        named["Authorization"] = f"Bearer {token}"
    return world.http.post(path, data=body, headers=named)


def check(world: World, **changes: Any) -> Body:
    person = world.people.person()
    return world.check_body(person.name, person.resident_id) | changes


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


# -- a check's fields ------------------------------------------------------------------------------


def party(number: str = "11010519491231002X", name: str = "张三", role: str = "applicant", **more: Any) -> Body:
    return {"role": role, "name": name, "document": {"type": "resident_id", "number": number}} | more


CHECKS: dict[str, tuple[Body, list[str]]] = {
    "wrong check digit": ({"parties": [party("110105194912310021")]}, ["/parties/0/document/number"]),
    "impossible birth": ({"parties": [party("110105194902310027")]}, ["/parties/0/document/number"]),
    "birth in the future": ({"parties": [party("110105209912310028")]}, ["/parties/0/document/number"]),
    "wrong length": ({"parties": [party("1101051949123100")]}, ["/parties/0/document/number"]),
    "only spaces": ({"parties": [party("   ")]}, ["/parties/0/document/number"]),
    "unknown type": (
        {"parties": [party(document={"type": "library_card", "number": "1"})]},
        ["/parties/0/document/type"],
    ),
    "empty type": ({"parties": [party(document={"type": "", "number": "1"})]}, ["/parties/0/document/type"]),
    "empty name": ({"parties": [party(name="")]}, ["/parties/0/name"]),
    "blank name": ({"parties": [party(name=" \u3000 ")]}, ["/parties/0/name"]),
    "unseen name": ({"parties": [party(name="\u200b\u200d\ufeff")]}, ["/parties/0/name"]),
    "name of two lines": ({"parties": [party(name="张\n三")]}, ["/parties/0/name"]),
    "long name": ({"parties": [party(name="张" * 101)]}, ["/parties/0/name"]),
    "name that grows": ({"parties": [party(name="\ufdfa" * 100)]}, ["/parties/0/name"]),
    "many accents": ({"parties": [party(name="a" + "\u0301" * 99)]}, []),
    "eleven parties": ({"parties": [party(), *[party(role="agent")] * 10]}, ["/parties"]),
    "no party": ({"parties": []}, ["/parties"]),
    "two applicants": ({"parties": [party(), party()]}, ["/parties"]),
    "no applicant": ({"parties": [party(role="agent")]}, ["/parties"]),
    "no role": ({"parties": [{"name": "张三", "document": party()["document"]}]}, ["/parties/0/role"]),
    "null role": ({"parties": [party(role=None)]}, ["/parties/0/role"]),  # type: ignore[arg-type]
    "unknown role": ({"parties": [party(role="friend")]}, ["/parties/0/role"]),
    "one of two without a role": ({"parties": [party(), {"name": "李四"}]}, ["/parties/1/document", "/parties/1/role"]),
    "party a text": ({"parties": ["张三"]}, ["/parties/0"]),
    "party null": ({"parties": [None]}, ["/parties/0"]),
    "parties an object": ({"parties": {}}, ["/parties"]),
    "parties null": ({"parties": None}, ["/parties"]),
    "document a list": ({"parties": [party(document=[])]}, ["/parties/0/document"]),
    "document null": ({"parties": [party(document=None)]}, ["/parties/0/document"]),
    "number a number": (
        {"parties": [party(document={"type": "resident_id", "number": 110105194912310021})]},
        ["/parties/0/document/number"],
    ),
    "unknown field": ({"risk": 1}, ["/risk"]),
    "unknown field inside": ({"parties": [party(age=3)]}, ["/parties/0/age"]),
    "unknown field with odd characters": ({"a/b~c": 1}, ["/a~1b~0c"]),
    "field called as marshmallow's own": ({"_schema": 1}, ["/_schema"]),
    "unknown purpose": ({"purpose": "buy_a_house"}, ["/purpose"]),
    "purpose a list": ({"purpose": ["open_bank_account"]}, ["/purpose"]),
    "purpose null": ({"purpose": None}, ["/purpose"]),
    "empty reference": ({"reference": ""}, ["/reference"]),
    "long reference": ({"reference": "x" * 65}, ["/reference"]),
    "reference a number": ({"reference": 5}, ["/reference"]),
    "blank reference": ({"reference": "  "}, ["/reference"]),
    "unprintable reference": ({"reference": "a\u0007b"}, ["/reference"]),
    "unprintable operator": ({"operator": "a\u202eb"}, ["/operator"]),
    "empty operator": ({"operator": ""}, ["/operator"]),
    "operator an object": ({"operator": {}}, ["/operator"]),
    "area of five digits": ({"area": "14090"}, ["/area"]),
    "area with a line break": ({"area": "140900\n"}, ["/area"]),
    "area full-width": ({"area": "140900".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})}, ["/area"]),
    "area a number": ({"area": 140900}, ["/area"]),
    "area null": ({"area": None}, ["/area"]),
    "several at once": (
        {"purpose": "x", "parties": [party(name=1)], "y": 0},  # type: ignore[arg-type]
        ["/purpose", "/parties/0/name", "/y"],
    ),
    "two faults of two parties": (
        {"parties": [party("110105194912310021"), party(role="agent", name=" ")]},
        ["/parties/0/document/number", "/parties/1/name"],
    ),
}


@pytest.mark.parametrize(("changes", "where"), CHECKS.values(), ids=CHECKS)
def test_a_faulty_check_is_422_and_points_at_each_fault_in_both_languages(
    app: Flask, world: World, changes: Body, where: list[str]
) -> None:
    body = check(world, **changes)
    if not where:
        assert world.post(world.partner("bank"), "/v1/checks", body).status_code == 201
        return
    faulty(app, world, world.partner("bank"), "/v1/checks", body, where)
    assert logged(Tag.CHECK_ANSWERED) == 0


@pytest.mark.parametrize("missing", ["purpose", "reference", "operator", "parties"])
def test_every_required_field_of_a_check_is_asked_for(app: Flask, world: World, missing: str) -> None:
    body = check(world)
    del body[missing]
    faulty(app, world, world.partner("bank"), "/v1/checks", body, [f"/{missing}"])


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
    assert chinese["type"] == english["type"], "codes never change with the language"
    assert explained(app, chinese)


def test_a_purpose_of_another_sector_is_403_before_anybody_is_looked_up(world: World) -> None:
    body = check(world, purpose="issue_phone_card")
    told = problem(world.post(world.partner("bank"), "/v1/checks", body), 403, "purpose-not-permitted")
    assert all(map(is_chinese, sentences(told)))
    assert logged(Tag.CHECK_ANSWERED) == 0


# -- a designation's fields ------------------------------------------------------------------------


def inside(*path: Any, value: Any) -> Callable[[Body], None]:
    """Set `value` at `path` of a draft."""

    def change(body: Body) -> None:
        place: Any = body
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


NUMBER = ("subject", "documents", 0, "number")
COUNTS: dict[str, Any] = {
    "negative": -1,
    "a fraction": 1.5,
    "tiny": 2.6e-42,
    "too large": 1_000_001,
    "huge": 10**18,
    "beyond 64 bits": 10**30,
    "hundreds of digits": 10**300,
    "huge float": 1e300,
    "a text": "3",
    "true": True,
    "a list": [1],
}
DRAFTS: dict[str, tuple[Callable[[Body], None], list[str]]] = {
    "wrong check digit": (inside(*NUMBER, value="110105194912310021"), ["/subject/documents/0/number"]),
    "impossible birth": (inside(*NUMBER, value="110105194902310027"), ["/subject/documents/0/number"]),
    "no document": (inside("subject", "documents", value=[]), ["/subject/documents"]),
    "unknown type": (inside("subject", "documents", 0, "type", value="x"), ["/subject/documents/0/type"]),
    "empty name": (inside("subject", "name", value=""), ["/subject/name"]),
    "blank name": (inside("subject", "name", value=" "), ["/subject/name"]),
    "unknown kind": (inside("subject", "kind", value="robot"), ["/subject/kind"]),
    "person as organisation": (inside("subject", "kind", value="organisation"), ["/subject/documents/0/type"]),
    "birth against the document": (inside("subject", "birth_on", value="1901-01-01"), ["/subject/birth_on"]),
    "birth no day": (inside("subject", "birth_on", value="1901-02-30"), ["/subject/birth_on"]),
    "unknown sex": (inside("subject", "sex", value="x"), ["/subject/sex"]),
    "unknown ground": (inside("ground", value="suspected"), ["/ground"]),
    "no day": (inside("decided_on", value="2025-02-30"), ["/decided_on"]),
    "day with a time": (inside("decided_on", value="2025-03-03T00:00:00Z"), ["/decided_on"]),
    "day of another form": (inside("decided_on", value="20250303"), ["/decided_on"]),
    "week day": (inside("decided_on", value="2025-W10-1"), ["/decided_on"]),
    "day a number": (inside("decided_on", value=20250303), ["/decided_on"]),
    "day null": (inside("decided_on", value=None), ["/decided_on"]),
    "long number": (inside("decision_no", value="x" * 81), ["/decision_no"]),
    "blank number": (inside("decision_no", value="   "), ["/decision_no"]),
    "number of two lines": (inside("decision_no", value="a\nb"), ["/decision_no"]),
    "conduct backwards": (inside("conduct", "to", value="2024-12-31"), ["/conduct/to"]),
    "unknown behaviour": (inside("conduct", "behaviours", value=["steal"]), ["/conduct/behaviours/0"]),
    "no behaviour": (inside("conduct", "behaviours", value=[]), ["/conduct/behaviours"]),
    "unknown role": (inside("conduct", "role", value="boss"), ["/conduct/role"]),
    "offence in words": (inside("conduct", "offence", value="帮信罪"), ["/conduct/offence"]),
    "offence with a line break": (inside("conduct", "offence", value="287-2\n"), ["/conduct/offence"]),
    "unknown item kind": (inside("item_kinds", value=["spoon"]), ["/item_kinds/0"]),
    "unknown field": (inside("secret", value=1), ["/secret"]),
    "unknown field of the subject": (inside("subject", "age", value=1), ["/subject/age"]),
    "long evidence": (inside("evidence_ref", value="x" * 201), ["/evidence_ref"]),
    "empty evidence": (inside("evidence_ref", value=""), ["/evidence_ref"]),
    "evidence of two lines": (inside("evidence_ref", value="a\nb"), ["/evidence_ref"]),
    "wrong item": (inside("items", value=[{"kind": "phone_card", "number": "x"}]), ["/items/0/number"]),
    "item held backwards": (
        inside(
            "items",
            value=[{"kind": "phone_card", "number": "13800138000", "held_from": "2025-02-01", "held_to": "2025-01-01"}],
        ),
        ["/items/0/held_to"],
    ),
    "too many items": (inside("items", value=[{"kind": "phone_card", "number": "1"}] * 201), ["/items"]),
    "unknown penalty": (inside("penalty", value="death"), ["/penalty"]),
    "judgment without a day": (inside("judgment", value={"court": "a", "no": "b"}), ["/judgment/on"]),
    **{f"count {name}": (inside("conduct", "items", value=value), ["/conduct/items"]) for name, value in COUNTS.items()},
}


@pytest.mark.parametrize(("change", "where"), DRAFTS.values(), ids=DRAFTS)
def test_a_faulty_designation_is_422_and_points_at_each_fault_in_both_languages(
    app: Flask, world: World, change: Callable[[Body], None], where: list[str]
) -> None:
    body = world.draft_body()
    change(body)
    faulty(app, world, world.clerk, "/v1/designations", body, where)
    assert logged(Tag.DESIGNATION_DRAFTED) == 0


def test_a_whole_number_may_be_written_with_a_point(world: World) -> None:
    body = world.draft_body()
    body["conduct"]["items"] = 3.0
    designation = world.draft(body)
    shown = world.get(world.clerk, f"/v1/designations/{designation}").json
    assert shown["conduct"]["items"] == 3
    assert b"3.0" not in world.get(world.clerk, f"/v1/designations/{designation}").data


@pytest.mark.parametrize("depth", [60, 300, 900])
def test_deep_nesting_inside_a_field_is_refused(world: World, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    body = json.dumps(check(world, purpose="X")).encode().replace(b'"X"', nested)
    answer = send(world, world.partner("bank"), "/v1/checks", body)
    assert pointers(problem(answer, 422)) == ["/purpose"]


@pytest.mark.parametrize("name", ["𠮷野家𪚥", "أحمد", "Zoë Ångström", "张三\U0010ffff", "\ue000三", "👩‍👩‍👧‍👦", "И" * 100])
def test_any_script_is_a_name(world: World, name: str) -> None:
    answer = world.post(world.partner("bank"), "/v1/checks", check(world, parties=[party(name=name)]))
    assert answer.status_code == 201


def test_what_the_law_does_not_allow_is_409_with_the_rule_in_both_languages(world: World) -> None:
    for changes in (
        {"decided_on": "2010-01-01", "conduct": {"behaviours": ["rent"]}},
        {"decided_on": "2099-01-01"},
        {"item_kinds": []},
        {"conduct": {"behaviours": ["rent"], "items": 1, "to": "2025-02-01"}},
    ):
        body = world.draft_body(**changes)
        chinese = problem(world.post(world.clerk, "/v1/designations", body), 409, "not-lawful")
        assert chinese["rule"]
        assert all(map(is_chinese, sentences(chinese)))
        english = problem(world.post(world.clerk, "/v1/designations", body, Accept_Language="en"), 409)
        assert not any(map(is_chinese, sentences(english)))


# -- search, lists and paths -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"document": {"type": "resident_id", "number": "110105194912310021"}}, ["/document/number"]),
        ({"document": {"type": "x", "number": "1"}}, ["/document/type"]),
        ({"document": {"type": "resident_id"}}, ["/document/number"]),
        ({"name": " "}, ["/name"]),
        ({"name": None}, ["/name"]),
        ({"limit": 0}, ["/limit"]),
        ({"limit": 201}, ["/limit"]),
        ({"limit": "5"}, ["/limit"]),
        ({"limit": 1.5}, ["/limit"]),
        ({"state": "x"}, ["/state"]),
        ({"decision_no": ""}, ["/decision_no"]),
        ({"cursor": ""}, ["/cursor"]),
        ({"phone": "1"}, ["/phone"]),
    ],
    ids=str,
)
def test_a_faulty_search_is_422(app: Flask, world: World, body: Body, where: list[str]) -> None:
    faulty(app, world, world.clerk, "/v1/designations/search", body, where)


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
        ("=x", "/"),
    ],
    ids=lambda text: text[:40],
)
def test_a_faulty_query_is_422(world: World, query: str, where: str) -> None:
    told = problem(world.get(world.clerk, f"/v1/designations?{query}"), 422, "invalid-input")
    assert pointers(told) == [where]
    assert all(map(is_chinese, sentences(told)))


@pytest.mark.parametrize("odd", ["%00", "a%00b", "%FF", "%ED%A0%80", "%F0%9F", "张三", "%0A", "'; --", "x" * 60])
def test_an_odd_value_in_a_query_or_path_never_breaks_anything(world: World, odd: str) -> None:
    for query in (f"cursor={odd}", f"import={odd}"):
        answer = world.get(world.clerk, f"/v1/designations?{query}")
        assert answer.status_code in (200, 400, 422), query
    admin = world.officer("admin", Role.SECURITY_ADMIN)
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    reason = {"reason": "错"}
    for token, path, body in (
        (world.partner("bank"), f"/v1/checks/{odd}", None),
        (world.partner("bank"), f"/v1/checks/{odd}/slip", None),
        (both, f"/v1/designations/{odd}", None),
        (both, f"/v1/designation-imports/{odd}", None),
        (both, f"/v1/designations/{odd}/submit", {}),
        (both, f"/v1/designations/{odd}/approve", {}),
        (both, f"/v1/designations/{odd}/reject", reason),
        (both, f"/v1/designation-imports/{odd}/submit", {}),
        (both, f"/v1/designation-imports/{odd}/approve", {}),
        (both, f"/v1/designation-imports/{odd}/reject", reason),
        (admin, f"/v1/credentials/{odd}/revoke", {}),
        (admin, f"/v1/credentials/{odd}/rotate", {}),
        (admin, f"/v1/officers/{odd}/disable", {}),
        (admin, f"/v1/partners/{odd}/suspend", {}),
    ):
        answer = world.get(token, path) if body is None else world.post(token, path, body)
        problem(answer, 404, "not-found")
    credentials = world.get(admin, f"/v1/accounts/{odd}/credentials")
    assert credentials.status_code in (200, 404)


def test_a_raw_query_that_is_not_utf_8_never_breaks_anything(world: World) -> None:
    token = world.partner("bank")
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = world.http.post(
            "/v1/checks",
            json=check(world),
            headers={"Authorization": f"Bearer {token}", **headers},
            environ_overrides={"QUERY_STRING": "a=\xff\xfe"},
        )
        assert answer.status_code in (201, 400, 422), headers


@pytest.mark.parametrize("value", ["x", '"x"', '"1", "2"', "W/1", "-1", "1.0", "９", "²", '"' + "9" * 5000 + '"'])
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
    assert logged(Tag.CHECK_ANSWERED) == 0


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
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n\r\n--x--\r\n', MULTIPART, 422),
        (b"--x\r\n" * 5000, MULTIPART, 422),
    ],
    ids=["csv bare", "json", "nothing", "empty", "no boundary", "bytes", "no file", "cut", "empty file", "parts"],
)
def test_an_upload_that_is_none_creates_nothing(world: World, body: bytes, kind: str, status: int) -> None:
    told = problem(upload(world, body, kind), status)
    assert all(map(is_chinese, sentences(told)))
    assert logged(Tag.IMPORT_UPLOADED) == 0


def test_an_upload_beyond_its_limit_is_413(app: Flask, world: World) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    told = problem(upload(world, head + b"x" * app.config["MAX_CONTENT_LENGTH"], MULTIPART), 413, "too-large")
    assert all(map(is_chinese, sentences(told)))


def test_a_refused_file_explains_itself_at_a_page(app: Flask, world: World) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    told = problem(upload(world, head + b"PK\x03\x04 half\r\n--x--\r\n", MULTIPART), 422)
    assert explained(app, told), told["type"]


# -- addresses, methods, languages -----------------------------------------------------------------

NOWHERE = ["/nowhere", "/v1", "/v1/", "/v1/nowhere", "/v2/checks", "/v1/checks/", "/v1//checks", "//", "/.env"]
NOWHERE += ["/docs/", "/static/", "/static/nothing", "/static/../../config.py", "/problems/", "/problems/nothing"]
NOWHERE += ["/v1/checks/%2e%2e/designations", "/v1/Checks", "/%00", "/%ff", "/张三"]


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
