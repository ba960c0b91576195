"""Hypothesis: what goes in comes back equal, and no text in any field breaks anything."""

import copy
import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.demo.people import People
from registry.errors import Invalid
from registry.identity.names import normalise_name
from registry.law.words import Behaviour, Ground, Penalty, Role
from tests.designations.acting import shown
from tests.support.world import World

# One world serves all examples of a test: that they share a database is what happens in life.
shared = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failure shrunk over HTTP takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

_source = People(3, date(2026, 11, 22))
_NUMBERS = [_source.person().resident_id for _ in range(50)]
_serial = itertools.count(1)
_RARE = "𠮷㛃䶮〇々\ue000㐀龥\U00020000·"
_LAST = date(2025, 3, 3)


def _stays(name: str) -> bool:
    """Whether the registry shows this name as it is."""
    try:
        return normalise_name(name).display == name
    except Invalid:
        return False


names = st.text(st.sampled_from(_RARE + "张王欧阳李四abcÀéñ ()"), min_size=1, max_size=30).filter(_stays)
lines = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)
maybe_day = st.none() | st.dates(date(2022, 12, 1), _LAST).map(date.isoformat)
count = st.integers(3, 1_000_000)
maybe_count = st.none() | st.integers(0, 1_000_000)

documents = st.lists(
    st.one_of(
        st.builds(
            lambda n: {"type": "passport", "number": n}, st.from_regex(r"[0-9A-Z]{5,14}", fullmatch=True)
        ),
        st.builds(
            lambda n: {"type": "hk_macao_travel_permit", "number": n},
            st.from_regex(r"[HM][0-9]{8}", fullmatch=True),
        ),
        st.builds(
            lambda n: {"type": "taiwan_travel_permit", "number": n},
            st.from_regex(r"[0-9]{8}", fullmatch=True),
        ),
        st.builds(
            lambda n: {"type": "foreign_permanent_residence_id", "number": n},
            st.from_regex(r"[A-Z]{3}[0-9]{12}", fullmatch=True),
        ),
        st.builds(lambda n: {"type": "military_id", "number": f"军字第{n}号"}, st.integers(0, 10**6)),
        st.builds(lambda n: {"type": "resident_id", "number": n}, st.sampled_from(_NUMBERS)),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda document: document["number"],
).filter(lambda listed: sum(document["type"] == "resident_id" for document in listed) < 2)

held = st.fixed_dictionaries(
    {
        "kind": st.just("phone_card"),
        "number": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        "held_from": maybe_day,
        "held_to": st.none(),
    }
)


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """Any lawful designation of a person by a city."""
    begin, end = sorted(draw(st.tuples(*[st.dates(date(2022, 12, 1), _LAST)] * 2)))
    ground = draw(st.sampled_from(Ground))
    judged = st.fixed_dictionaries({"court": lines, "no": lines, "on": st.just(_LAST.isoformat())})
    return {
        "subject": {
            "kind": "person",
            "name": draw(names),
            "sex": None,
            "birth_on": None,
            "documents": draw(documents),
        },
        "ground": ground.value,
        "decided_on": _LAST.isoformat(),
        "decision_no": draw(lines),
        "conduct": {
            "from": draw(st.sampled_from([None, begin.isoformat()])),
            "to": draw(st.sampled_from([None, end.isoformat()])),
            "behaviours": sorted(draw(st.sets(st.sampled_from(Behaviour), min_size=1))),
            "role": draw(st.none() | st.sampled_from(Role).map(str)),
            "items": draw(count),
            "times": draw(maybe_count),
            "recipients": draw(maybe_count),
            "offence": draw(st.sampled_from([None, "287-2", "312", "266"])),
        },
        "item_kinds": sorted(draw(st.sets(st.sampled_from(["bank_account", "phone_card", "sms_port"])))),
        "evidence_ref": draw(st.none() | lines),
        "items": draw(st.lists(held, max_size=3)),
        "judgment": draw(st.none() | judged),
        "penalty": draw(st.none() | st.sampled_from(Penalty).map(str)),
        "linked_to": None,
    }


@shared
@given(draft=drafts())
def test_any_lawful_draft_comes_back_equal(world: World, draft: dict[str, Any]) -> None:
    draft["decision_no"] += f"/{next(_serial)}"  # the same draft drawn again is no duplicate
    response = world.post(world.clerk, "/v1/designations", draft)
    assert response.status_code == 201, response.json
    view = shown(world, response.json["id"])
    back = {key: view[key] for key in draft} | {
        "subject": {key: view["subject"][key] for key in draft["subject"]}
    }
    back["subject"] |= {"sex": None, "birth_on": None}  # the document may tell them
    assert unordered(back) == unordered(draft)


def unordered(draft: dict[str, Any]) -> dict[str, Any]:
    """Order of items and documents has a test of its own."""
    same = copy.deepcopy(draft)
    same["items"].sort(key=lambda item: (item["number"], item["held_from"] or ""))
    same["subject"]["documents"].sort(key=lambda document: document["number"])
    return same


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field of a body, objects and lists included."""
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in steps:
        yield from places(inner, (*path, key))


def replaced(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


FULL = {
    "subject": {"kind": "person", "name": "张三", "sex": None, "birth_on": None}
    | {"documents": [{"type": "passport", "number": "E12345678"}]},
    "ground": "facilitated",
    "decided_on": "2025-03-03",
    "decision_no": "1号",
    "conduct": {"from": "2025-01-01", "to": None, "behaviours": ["rent"], "role": None}
    | {"items": 3, "times": None, "recipients": None, "offence": "287-2"},
    "item_kinds": ["bank_account"],
    "evidence_ref": "E",
    "items": [{"kind": "internet_account", "number": "a", "held_from": None, "held_to": None}],
    "judgment": {"court": "法院", "no": "1", "on": "2025-03-01"},
    "penalty": "none",
    "linked_to": None,
}
SEARCH = {
    "document": {"type": "passport", "number": "E12345678"},
    "name": "张三",
    "decision_no": "1号",
    "state": "draft",
    "limit": 50,
    "cursor": "dsg_0",
}
any_text = st.text(max_size=120) | st.sampled_from(
    ["\x00", "a\u0000b", "\u202e", "ﷺ" * 20, "é" * 90, "0" * 5000]
)
any_value = (
    any_text
    | st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(any_text, max_size=3)
    | st.dictionaries(any_text, any_text, max_size=2)
)


@settings(shared, max_examples=120)
@given(data=st.data())
def test_nothing_in_any_field_breaks_the_server(world: World, data: st.DataObject) -> None:
    route, body = data.draw(
        st.sampled_from([("/v1/designations", FULL), ("/v1/designations/search", SEARCH)])
    )
    path = data.draw(st.sampled_from(list(places(body))))
    response = world.post(world.clerk, route, replaced(body, path, data.draw(any_value)))
    assert response.status_code in (200, 201, 400, 404, 409, 422), (path, response.json)
    if response.status_code == 201:
        assert world.get(world.clerk, f"/v1/designations/{response.json['id']}").status_code == 200


@settings(shared, max_examples=30)
@given(text=any_text.filter(bool))
def test_no_reason_breaks_the_server(world: World, text: str) -> None:
    designation_id = world.draft(world.draft_body())
    response = world.post(world.approver, f"/v1/designations/{designation_id}/reject", {"reason": text})
    assert response.status_code in (200, 400, 422)
    view = shown(world, designation_id)
    if response.status_code == 200:
        assert view["history"][-1]["reason"] == text
