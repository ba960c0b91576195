"""`/v1/information-requests`: people ask at the desk what is held about them."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from registry.access.rules import Permission
from registry.api.checks import BasisSchema
from registry.api.designation_schemas import (
    AppealBriefSchema,
    AuthoritySchema,
    KnownSubjectSchema,
    SanctionSchema,
)
from registry.api.fields import day, word
from registry.api.operation import officer, operation, services
from registry.api.persons import NamedSchema, read_person
from registry.designations.rules import State
from registry.law.words import Ground

blueprint = Blueprint(
    "information-requests",
    __name__,
    url_prefix="/v1",
    description="本人查询 · People asking about themselves",
)


class InformationRequestSchema(NamedSchema):
    """Who asks about themselves; the officer has compared them with the document that they showed."""

    identity_checked = word(["original_document"], required=True)


class RightSchema(Schema):
    """Where to appeal, and on what basis."""

    text = fields.String(required=True)
    basis = fields.Nested(BasisSchema, required=True)


class HeldDesignationSchema(Schema):
    """A designation as its subject may know it."""

    id = fields.String(required=True)
    state = word(State, required=True)
    authority = fields.Nested(AuthoritySchema, required=True)
    ground = word(Ground, required=True)
    decided_on = day(required=True)
    decision_no = fields.String(required=True)
    sanctions = fields.List(fields.Nested(SanctionSchema), required=True)
    appeals = fields.List(fields.Nested(AppealBriefSchema), required=True)
    objected = fields.Boolean(required=True)
    right_to_appeal = fields.Nested(RightSchema, required=True)


class InformationSchema(Schema):
    """What is held about them; both lists are empty where nothing is."""

    id = fields.String(required=True)
    answered_at = fields.String(required=True, metadata={"format": "date-time"})
    subjects = fields.List(fields.Nested(KnownSubjectSchema), required=True)
    designations = fields.List(fields.Nested(HeldDesignationSchema), required=True)


@operation(
    blueprint,
    "POST",
    "/information-requests",
    Permission.INFORMATION_GIVE,
    body=InformationRequestSchema,
    answer=InformationSchema,
    status=201,
)
def give_information(body: dict[str, Any]) -> dict[str, Any]:
    """本人查询 · Tell somebody what the register holds about them, and where they may appeal"""
    name, document = read_person(body)
    return services().information.give(officer(), name, document)
