"""Somebody as an officer names them: a name and a document, every fault with its pointer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from registry import clock
from registry.api.checks import DocumentSchema
from registry.api.fields import Line
from registry.errors import FieldError, Invalid
from registry.identity.documents import Document, parse_document
from registry.identity.names import Name, normalise_name
from registry.text import Text


class NamedSchema(Schema):
    """A person or an organisation by name and document."""

    name = Line(100, required=True)
    document = fields.Nested(DocumentSchema, required=True)


def read_name(raw: str, field: str) -> Name:
    """The name in this field. Raises Invalid with its pointer."""
    try:
        return normalise_name(raw)
    except Invalid as fault:
        faults = [error.under(f"/{field}") for error in fault.errors]
        raise Invalid(fault.slug, fault.sentence, errors=faults) from None


def read_person(raw: Mapping[str, Any], prefix: str = "") -> tuple[Name, Document]:
    """What `raw`, of the shape of `NamedSchema`, stands for. Raises Invalid with pointers under `prefix`."""
    faults: list[FieldError] = []
    try:
        name = normalise_name(raw["name"])
    except Invalid as fault:
        faults += [error.under(f"{prefix}/name") for error in fault.errors]
    try:
        document = parse_document(raw["document"]["type"], raw["document"]["number"], clock.today())
    except Invalid as fault:
        faults += [error.under(f"{prefix}/document") for error in fault.errors]
    if faults:
        raise Invalid(
            "invalid-input",
            Text("输入有误，请按提示逐项更正。", "The input has faults; mend each one named."),
            errors=faults,
        )
    return name, document
