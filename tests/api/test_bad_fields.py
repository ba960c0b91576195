"""Fields that are wrong: 422, a pointer to each fault and to nothing else, in the reader's language."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.answers import is_chinese, pointers, problem, sentences
from tests.api.asking import Body, check, faulty, send
from tests.support.world import World


@pytest.fixture(scope="module")
def world(steady_world: World) -> World:
    """One for all: what is refused here never reaches a database, of whatever kind."""
    return steady_world


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    return world.app


# -- a check's fields ------------------------------------------------------------------------------


def party(
    number: str = "11010519491231002X", name: str = "张三", role: str = "applicant", **more: Any
) -> Body:
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
    "one of two without a role": (
        {"parties": [party(), {"name": "李四"}]},
        ["/parties/1/document", "/parties/1/role"],
    ),
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
    "unknown field with four digits": ({"a1234b5678": 1}, ["/a1234b5678"]),
    "unknown field with five digits": ({"a12345": 1}, [""]),
    "unknown field that is a number": ({"11010519491231002X": 1}, [""]),
    "unknown field that is a name": ({"张三": 1}, [""]),
    "unknown field with an accent": ({"zoë": 1}, [""]),
    "unknown field inside that is a number": ({"parties": [party(**{"13800138000": 1})]}, ["/parties/0"]),
    "unknown field inside that is a name": ({"parties": [party(李四=1)]}, ["/parties/0"]),
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
    "area full-width": (
        {"area": "140900".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})},
        ["/area"],
    ),
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


@pytest.mark.parametrize("missing", ["purpose", "reference", "operator", "parties"])
def test_every_required_field_of_a_check_is_asked_for(app: Flask, world: World, missing: str) -> None:
    body = check(world)
    del body[missing]
    faulty(app, world, world.partner("bank"), "/v1/checks", body, [f"/{missing}"])


def test_a_purpose_of_another_sector_is_403_before_anybody_is_looked_up(world: World) -> None:
    body = check(world, purpose="issue_phone_card")
    told = problem(world.post(world.partner("bank"), "/v1/checks", body), 403, "purpose-not-permitted")
    assert all(map(is_chinese, sentences(told)))


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
    "person as organisation": (
        inside("subject", "kind", value="organisation"),
        ["/subject/documents/0/type"],
    ),
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
            value=[
                {
                    "kind": "phone_card",
                    "number": "13800138000",
                    "held_from": "2025-02-01",
                    "held_to": "2025-01-01",
                }
            ],
        ),
        ["/items/0/held_to"],
    ),
    "too many items": (inside("items", value=[{"kind": "phone_card", "number": "1"}] * 201), ["/items"]),
    "unknown penalty": (inside("penalty", value="death"), ["/penalty"]),
    "judgment without a day": (inside("judgment", value={"court": "a", "no": "b"}), ["/judgment/on"]),
    **{
        f"count {name}": (inside("conduct", "items", value=value), ["/conduct/items"])
        for name, value in COUNTS.items()
    },
}


@pytest.mark.parametrize(("change", "where"), DRAFTS.values(), ids=DRAFTS)
def test_a_faulty_designation_is_422_and_points_at_each_fault_in_both_languages(
    app: Flask, world: World, change: Callable[[Body], None], where: list[str]
) -> None:
    body = world.draft_body()
    change(body)
    faulty(app, world, world.clerk, "/v1/designations", body, where)


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


@pytest.mark.parametrize(
    "name", ["𠮷野家𪚥", "أحمد", "Zoë Ångström", "张三\U0010ffff", "\ue000三", "👩‍👩‍👧‍👦", "И" * 100]
)
def test_any_script_is_a_name(world: World, name: str) -> None:
    answer = world.post(world.partner("bank"), "/v1/checks", check(world, parties=[party(name=name)]))
    assert answer.status_code == 201


def test_what_the_law_does_not_allow_is_409_with_the_rule_in_both_languages(world: World) -> None:
    for changes in (
        {"decided_on": "2010-01-01", "conduct": {"behaviours": ["rent"]}},
        {"decided_on": "2099-01-01"},
        {"decided_on": "2018-01-01", "item_kinds": ["phone_card"], "conduct": {"behaviours": ["rent"]}},
        {"conduct": {"behaviours": ["rent"], "items": 1, "to": "2025-02-01"}},
    ):
        body = world.draft_body(**changes)
        chinese = problem(world.post(world.clerk, "/v1/designations", body), 409, "not-lawful")
        assert chinese["rule"]
        assert all(map(is_chinese, sentences(chinese)))
        english = problem(world.post(world.clerk, "/v1/designations", body, Accept_Language="en"), 409)
        assert not any(map(is_chinese, sentences(english)))


# -- a search's fields -----------------------------------------------------------------------------


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
