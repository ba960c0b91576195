"""Forms read by the schemas of the API, so that both faces ask for the same and complain in the same words.

The name of a field is its place in the JSON body, joined by underscores: `filter_decided_from`. A box of a
list is named by its own word: `variation_lifted_bank_account_stop`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields

from registry.api import problems
from registry.api.body import load
from registry.errors import Conflict, Forbidden, RegistryError
from registry.text import Text

REFUSALS = (Conflict, Forbidden)
"""What may come of a right form: the thing, or its other officers, do not allow it."""


def read(schema: Schema, typed: Mapping[str, str]) -> Any:
    """What was typed, as `schema` reads it; what was left empty is not there. Raises Invalid."""
    return load(schema, _nested(schema, typed))


def faults(refused: RegistryError, form: Schema, elsewhere: str) -> dict[str, Text]:
    """A sentence for each field that is wrong; what is no field of `form` is said at `elsewhere`."""
    known = frozenset(_names(form))
    told: dict[str, Text] = {}
    for error in refused.errors:
        name = _known(error.pointer.strip("/").replace("/", "_"), known)
        told.setdefault(name or elsewhere, error.text)
    return told or {elsewhere: refused.sentence}


def refusal(refused: RegistryError) -> int:
    """The status that goes with a refusal that a page tells of."""
    return problems.from_registry(refused).status_code


def _known(name: str, known: Collection[str]) -> str | None:
    """The field itself, or the one that holds it."""
    return next(
        (each for each in sorted(known, reverse=True) if name == each or name.startswith(f"{each}_")), None
    )


def _names(schema: Schema, prefix: str = "") -> Iterator[str]:
    for name, field in schema.fields.items():
        place = prefix + (field.data_key or name)
        if isinstance(field, fields.Nested):
            yield from _names(field.schema, f"{place}_")
        yield place


def _nested(schema: Schema, typed: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in schema.fields.items():
        key = field.data_key or name
        place = prefix + key
        value: Any
        if isinstance(field, fields.Nested):
            value = _nested(field.schema, typed, f"{place}_")
        elif isinstance(field, fields.List):
            value = [each.removeprefix(f"{place}_") for each in typed if each.startswith(f"{place}_")]
        else:
            value = typed.get(place)
        if value:
            found[key] = value
    return found
