"""The form of a designation: its fields as the body of the API, and faults of that as faults of fields.

What is right or wrong say the readers of the API and of `designations`; nothing is judged here.
"""

from collections.abc import Mapping
from typing import Any

from registry.access.principals import Officer
from registry.api.body import load
from registry.api.designation_schemas import DesignationDraftSchema
from registry.api.operation import services
from registry.db import reading
from registry.designations.intake import Draft
from registry.errors import Invalid
from registry.identity.items import ItemKind
from registry.law.words import Behaviour, Ground
from registry.text import Text

MOST = {"documents": 10, "items": 40}
"""How many rows the form takes; more items come as a list."""

_SCHEMA = DesignationDraftSchema()
_COUNTS = {"item_count": "items", "times": "times", "recipients": "recipients"}
_PLAIN = {
    "/subject": "kind",
    "/subject/kind": "kind",
    "/subject/name": "name",
    "/subject/sex": "sex",
    "/subject/birth_on": "birth_on",
    "/conduct/items": "item_count",
    "/conduct/from": "conduct_from",
    "/conduct/to": "conduct_to",
    "/conduct/behaviours": "behaviours",
    "/judgment/court": "judgment_court",
    "/judgment/no": "judgment_no",
    "/judgment/on": "judgment_on",
    "/linked_to": "linked_no",
}
_NO_UNIT = Text(
    "该文书号下没有本机关可见的单位认定，请核对。",
    "No unit that you may see is designated under this number; check it.",
)
_EMPTY = Text("请填写此项。", "Fill this in.")


class Faulty(Exception):
    """The form cannot be read; `faults` by field, in the order of the form."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        super().__init__()
        self.faults = dict(faults)


def rows(typed: Mapping[str, str], what: str) -> int:
    """How many rows of `documents` or `items` the form shows; a row more where that was asked for."""
    told = typed.get(f"{what}_rows", "")
    shown = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 1
    return max(1, min(shown + (typed.get("more") == what), MOST[what]))


def read(officer: Officer, typed: Mapping[str, str]) -> tuple[dict[str, Any], Draft]:
    """The body as the API takes it, and the designation it describes. Raises Faulty."""
    body, places = _body(typed)
    faults: dict[str, Text] = {}
    if number := typed.get("linked_no"):
        with reading() as session:
            unit = services().designations.drafts.unit_by_number(session, officer, number)
        if unit is None:
            faults["linked_no"] = _NO_UNIT
        body["linked_to"] = unit
    try:
        loaded = load(_SCHEMA, body)
        draft = services().designations.drafts.read(loaded)
    except Invalid as refused:
        for error in refused.errors:
            faults.setdefault(_field(error.pointer, places), error.text)
    if faults:
        blank = {name: _EMPTY for name in faults if _is_blank(typed, name) and name in _NEEDED}
        raise Faulty(faults | blank)
    return loaded, draft


def _body(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body, and which row of the form stands at which place of its lists."""
    places: dict[str, str] = {}
    documents = _listed(typed, "documents", {"document_type": "type", "document_number": "number"}, places)
    items = _listed(
        typed,
        "items",
        {"item_kind": "kind", "item_number": "number", "item_from": "held_from", "item_to": "held_to"},
        places,
    )
    judgment = _given(typed, {"judgment_court": "court", "judgment_no": "no", "judgment_on": "on"})
    conduct: dict[str, Any] = _given(
        typed, {"conduct_from": "from", "conduct_to": "to", "role": "role", "offence": "offence"}
    )
    conduct["behaviours"] = [word.value for word in Behaviour if typed.get(f"behaviour_{word}")]
    for name, theirs in _COUNTS.items():
        if count := typed.get(name):
            conduct[theirs] = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else count
    subject: dict[str, Any] = _given(
        typed, {"kind": "kind", "name": "name", "sex": "sex", "birth_on": "birth_on"}
    )
    body: dict[str, Any] = {
        "subject": subject | {"documents": documents or [{"type": typed.get("document_type_0", "")}]},
        "conduct": conduct,
        "item_kinds": [kind.value for kind in ItemKind if typed.get(f"kind_{kind}")],
        "items": items,
        **_given(
            typed, {name: name for name in ("ground", "decided_on", "decision_no", "evidence_ref", "penalty")}
        ),
    }
    if judgment:
        body["judgment"] = judgment
    return body, places


def _given(typed: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {theirs: typed[ours] for ours, theirs in names.items() if typed.get(ours)}


def _listed(
    typed: Mapping[str, str], what: str, names: Mapping[str, str], places: dict[str, str]
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    chosen = next(iter(names))  # the kind is chosen beforehand; a row with nothing else is empty
    for row in range(rows(typed, what)):
        given = _given(typed, {f"{ours}_{row}": theirs for ours, theirs in names.items()})
        if given.keys() - {names[chosen]}:
            prefix = f"/{what}/{len(found)}" if what == "items" else f"/subject/{what}/{len(found)}"
            places |= {f"{prefix}/{theirs}": f"{ours}_{row}" for ours, theirs in names.items()}
            places[prefix] = f"{list(names)[1]}_{row}"
            found.append(given)
    return found


_NEEDED = frozenset({"name", "document_number_0", "ground", "decided_on", "decision_no"})


def _is_blank(typed: Mapping[str, str], name: str) -> bool:
    return not typed.get(name)


def _field(pointer: str, places: Mapping[str, str]) -> str:
    """The field that a pointer into the body means."""
    if pointer in places:
        return places[pointer]
    if pointer.startswith("/subject/documents"):
        return "document_number_0"
    for name in ("behaviours", "item_kinds"):
        if f"/{name}" in pointer:
            return name
    return _PLAIN.get(pointer) or pointer.rsplit("/", 1)[-1] or "name"


def starting() -> dict[str, str]:
    """What a new form says before anybody has typed."""
    return {"kind": "person", "ground": Ground.FACILITATED.value, "document_type_0": "resident_id"}


def again(view: Mapping[str, Any]) -> dict[str, str]:
    """An earlier designation as it would be typed anew; its day and number are another decision's."""
    subject, conduct = view["subject"], view["conduct"]
    typed: dict[str, Any] = {
        **{name: subject[name] for name in ("kind", "name", "sex", "birth_on")},
        **{name: view[name] for name in ("ground", "penalty", "evidence_ref")},
        **{ours: conduct[theirs] for ours, theirs in _COUNTS.items()},
        **{name: conduct[name] for name in ("role", "offence")},
        "conduct_from": conduct["from"],
        "conduct_to": conduct["to"],
        "documents_rows": len(subject["documents"]),
        "items_rows": len(view["items"]),
    }
    for row, document in enumerate(subject["documents"]):
        typed |= {f"document_type_{row}": document["type"], f"document_number_{row}": document["number"]}
    for row, item in enumerate(view["items"]):
        typed |= {f"item_kind_{row}": item["kind"], f"item_number_{row}": item["number"]}
        typed |= {f"item_from_{row}": item["held_from"], f"item_to_{row}": item["held_to"]}
    if judgment := view["judgment"]:
        typed |= {f"judgment_{name}": judgment[name] for name in ("court", "no", "on")}
    typed |= {f"behaviour_{word}": "1" for word in conduct["behaviours"]}
    typed |= {f"kind_{kind}": "1" for kind in view["item_kinds"]}
    return {name: str(value) for name, value in typed.items() if value not in (None, "")}
