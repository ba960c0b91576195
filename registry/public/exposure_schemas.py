"""The shapes of public JSON."""

from marshmallow import Schema, fields, validate

from registry.api.designation_schemas import PageQuery
from registry.api.fields import word
from registry.exposures.rules import Cause, State

_TIME = {"format": "date-time"}
_DAY = {"format": "date"}
_STATES = validate.OneOf([State.PUBLISHED.value, State.WITHDRAWN.value])
LANGUAGES = ["zh-CN", "en"]


class LanguageQuery(Schema):
    """`lang` wins over Accept-Language."""

    lang = fields.String(validate=validate.OneOf(LANGUAGES))


class ListsQuery(PageQuery, LanguageQuery):
    """`cursor`: the id of the last list of the page before."""


class WithdrawalsQuery(PageQuery, LanguageQuery):
    """`cursor`: the id of the last entry that was read, also days later. `list`: only those of one list."""

    list_id = fields.String(data_key="list", validate=validate.Length(min=1, max=40))


class PublicListSchema(Schema):
    """A published list. `person_times`: rows with which it was published."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=_STATES)
    batch = fields.String(required=True)
    title = fields.String(required=True)
    authority = fields.String(required=True)
    person_times = fields.Integer(required=True)
    published_at = fields.String(required=True, metadata=_TIME)
    withdrawn_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    reason = fields.String(required=True, allow_none=True)
    page = fields.String(required=True)
    file = fields.String(required=True)


class PublicListsSchema(Schema):
    """Newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(PublicListSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PublicRowSchema(Schema):
    """One person-time, masked. Take it down after `shown_until`, or when `/public/exposure-withdrawals.json`
    names it."""

    id = fields.String(required=True)
    serial = fields.Integer(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    sex_text = fields.String(required=True)
    document = fields.String(required=True)
    document_text = fields.String(required=True)
    number = fields.String(required=True)
    ground = fields.String(required=True)
    measures = fields.List(fields.String(), required=True)
    starts_on = fields.String(required=True, metadata=_DAY)
    ends_on = fields.String(required=True, metadata=_DAY)
    authority = fields.String(required=True)
    decided_on = fields.String(required=True, metadata=_DAY)
    shown_until = fields.String(required=True, metadata=_DAY)


class PublicListFileSchema(Schema):
    """A list on a day. `signature`: a JWS about list, version, day, `shown` rows and their SHA-256, which the
    page `verify` explains."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    version_at = fields.String(required=True, metadata=_TIME)
    day = fields.String(required=True, metadata=_DAY)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    state = fields.String(required=True, validate=_STATES)
    batch = fields.String(required=True)
    title = fields.String(required=True)
    authority = fields.String(required=True)
    legal_basis = fields.String(required=True)
    measures = fields.String(required=True)
    published_at = fields.String(required=True, metadata=_TIME)
    withdrawn_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    reason = fields.String(required=True, allow_none=True)
    person_times = fields.Integer(required=True)
    verify = fields.String(required=True)
    entries = fields.List(fields.Nested(PublicRowSchema), required=True)
    shown = fields.Integer(required=True)
    signature = fields.String(required=True)


class WithdrawalSchema(Schema):
    """An entry that was taken down, never by name. `signature` proves it to third parties."""

    entry = fields.String(required=True)
    list = fields.String(required=True)
    serial = fields.Integer(required=True)
    at = fields.String(required=True, metadata=_TIME)
    cause = word(Cause, required=True)
    cause_text = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    signature = fields.String(required=True)


class WithdrawalsSchema(Schema):
    """Oldest first. `next`: the `cursor` of the following page; later go on from the last entry."""

    items = fields.List(fields.Nested(WithdrawalSchema), required=True)
    next = fields.String(required=True, allow_none=True)
