"""The shortcut of the check's route never lets a body through that its schema would refuse or change."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry.api.checks import CheckSchema
from registry.api.counter import plainly_right

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=130),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def body(parties: int) -> dict[str, Any]:
    roles = ["applicant"] + ["agent"] * (parties - 1)
    document = {"type": "resident_id", "number": "11010519491231002X"}
    return {
        "purpose": "open_bank_account",
        "reference": "B-1",
        "operator": "t-1",
        "parties": [{"role": role, "name": "张三", "document": dict(document)} for role in roles],
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside `value`, as the keys that lead there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [found for key, each in inner for found in places(each, (*path, key))]


@st.composite
def nearly_right(draw: st.DrawFn) -> Any:
    """A right body in which up to two places are replaced, removed or joined by something odd."""
    changed = body(draw(st.integers(1, 11)))
    for _ in range(draw(st.integers(0, 2))):
        *way, last = draw(st.sampled_from(places(changed)))
        holder = changed
        for key in way:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "remove", "join"])):
            case "replace":
                holder[last] = draw(ODD | st.sampled_from(["agent", "applicant", "issue_phone_card", ""]))
            case "remove":
                del holder[last]
            case "join" if isinstance(holder, dict):
                holder[draw(st.text(max_size=5))] = draw(ODD)
        if not places(changed):
            break
    return changed


def test_a_right_body_takes_the_shortcut() -> None:
    assert all(plainly_right(body(parties)) for parties in range(1, 11))


@given(nearly_right() | ODD)
def test_what_takes_the_shortcut_is_what_the_schema_would_return(given_body: Any) -> None:
    if plainly_right(given_body):
        assert CheckSchema().load(deepcopy(given_body)) == given_body
