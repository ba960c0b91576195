"""The shapes of exposure lists as they come in and go out."""

from marshmallow import Schema, fields, validate

from registry.api.designation_schemas import HistorySchema, PageQuery
from registry.api.fields import Line, day, word
from registry.designations.intake import MAX_FREE_TEXT
from registry.exposures.counts import By
from registry.exposures.rules import Cause, EntryState, Reason, State, Template
from registry.law.words import Role

MAX_CHOSEN = 20_000
_TIME = {"format": "date-time"}


class FilterSchema(Schema):
    """Which designations: those that fit all that is said, are in force and stand on no public list."""

    import_ = fields.String(data_key="import", attribute="import_id", validate=validate.Length(min=1, max=60))
    decided_from = day()
    decided_to = day()
    role = word(Role)


class ExposureDraftSchema(Schema):
    """A list: `designation_ids`, or a `filter`. `legal_basis` is printed, and needed by some classes."""

    title = Line(200, required=True)
    batch = Line(
        40,
        allow_none=True,
        metadata={"description": "2026年第1批; the next one of the year where it is left out"},
    )
    template = word(Template, load_default=Template.STANDARD.value)
    legal_basis = Line(MAX_FREE_TEXT, allow_none=True)
    impact_assessment_ref = Line(200, required=True)
    designation_ids = fields.List(Line(40), validate=validate.Length(min=1, max=MAX_CHOSEN))
    filter = fields.Nested(FilterSchema)


class PublisherSchema(Schema):
    """Who publishes."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class ExposureListSummarySchema(Schema):
    """曝光名单. `person_times`: rows that are on it, and once published those it was published with."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = word(State, required=True)
    authority = fields.Nested(PublisherSchema, required=True)
    batch = fields.String(required=True)
    title = fields.String(required=True)
    template = word(Template, required=True)
    legal_basis = fields.String(required=True, allow_none=True)
    impact_assessment_ref = fields.String(required=True)
    person_times = fields.Integer(required=True)
    drafted_by = fields.String(required=True)
    drafted_at = fields.String(required=True, metadata=_TIME)
    submitted_by = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    published_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    withdrawn_by = fields.String(required=True, allow_none=True)
    withdrawn_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    reason = fields.String(required=True, allow_none=True)


class ParagraphsSchema(Schema):
    """What the list says beside its rows, in the reader's language."""

    legal_basis = fields.String(required=True)
    measures = fields.String(required=True)


class EntryCountsSchema(Schema):
    """How many rows are in which state."""

    drafted = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    shown = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)


class ExposureListSchema(ExposureListSummarySchema):
    """One list with its paragraphs, its rows counted, and its history."""

    paragraphs = fields.Nested(ParagraphsSchema, required=True)
    entries = fields.Nested(EntryCountsSchema, required=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)


class ExposureListPageSchema(Schema):
    """A page, newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(ExposureListSummarySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class RowReasonSchema(Schema):
    """Why a row may not be shown."""

    code = word(Reason, required=True)
    detail = fields.String(required=True)


class ExposureEntrySchema(Schema):
    """One row as the public sees it. A refused one has no face and says why; one taken down says why."""

    id = fields.String(required=True)
    serial = fields.Integer(required=True, allow_none=True)
    designation = fields.String(required=True)
    state = word(EntryState, required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    document = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(RowReasonSchema), required=True)
    withdrawn_at = fields.String(required=True, allow_none=True, metadata=_TIME)
    cause = fields.String(required=True, allow_none=True, validate=validate.OneOf([*map(str, Cause), None]))
    reason = fields.String(required=True, allow_none=True)


class ExposureEntryPageSchema(Schema):
    """Rows in their order. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(ExposureEntrySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ExposureListsQuery(PageQuery):
    """Which lists."""

    state = word(State)


class EntriesQuery(PageQuery):
    """Which rows."""

    state = word(EntryState)


class CountsQuery(Schema):
    """What to count: published on the Beijing days `from … to`, together by `by`."""

    by = word(By, load_default=By.BATCH.value)
    from_ = day(data_key="from", attribute="from", required=True)
    to = day(required=True)


class CountSchema(Schema):
    """`key`: a list's id, an area code, a role or a month as 2026-11; null where nobody recorded it."""

    key = fields.String(required=True, allow_none=True)
    person_times = fields.Integer(required=True)
    persons = fields.Integer(required=True)


class CountsSchema(Schema):
    """人次 and persons. One person may be in several groups, so `persons` do not add up."""

    person_times = fields.Integer(required=True)
    persons = fields.Integer(required=True)
    groups = fields.List(fields.Nested(CountSchema), required=True)
