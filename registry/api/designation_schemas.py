"""The shapes of designations as they come in and go out."""

from marshmallow import Schema, fields, validate

from registry.api.checks import BasisSchema, DocumentSchema, LawSchema
from registry.api.clocks import ClockSchema
from registry.api.fields import Digits, Line, Pattern, Whole, day, word
from registry.api.notices import NoticeSchema
from registry.appeals.rules import Outcome, Track
from registry.appeals.rules import State as AppealState
from registry.designations.intake import MAX_COUNT, MAX_DECISION_NO, MAX_FREE_TEXT
from registry.designations.rules import ChangeState, State, Verb
from registry.exposures.rules import EntryState
from registry.identity.items import ItemKind
from registry.law.words import Behaviour, Ground, Level, Penalty, Role, When
from registry.subjects.drafts import SubjectKind

_SEX = ("male", "female")
_OFFENCE = Pattern(r"^[1-9][0-9]{0,2}(-[1-9][0-9]?)?$")


class SubjectSchema(Schema):
    """A person or an organisation. Sex and birth may be left to the document."""

    kind = word(SubjectKind, load_default=SubjectKind.PERSON.value)
    name = Line(100, required=True)
    sex = fields.String(allow_none=True, validate=validate.OneOf([*_SEX, None]))
    birth_on = day(allow_none=True)
    documents = fields.List(
        fields.Nested(DocumentSchema), required=True, validate=validate.Length(min=1, max=10)
    )


class ConductSchema(Schema):
    """What was done. Counts are null where nobody counted."""

    from_ = day(allow_none=True, data_key="from", attribute="from")
    to = day(allow_none=True)
    behaviours = fields.List(word(Behaviour), load_default=list, validate=validate.Length(max=len(Behaviour)))
    role = fields.String(allow_none=True, validate=validate.OneOf([*map(str, Role), None]))
    items = Whole(0, MAX_COUNT, allow_none=True)
    times = Whole(0, MAX_COUNT, allow_none=True)
    recipients = Whole(0, MAX_COUNT, allow_none=True)
    offence = fields.String(
        allow_none=True,
        validate=_OFFENCE,
        metadata={"description": "Article of the criminal law, as 287-2"},
    )


class ItemSchema(Schema):
    """A card or account and the days on which the subject held it."""

    kind = word(ItemKind, required=True)
    number = Line(64, required=True)
    held_from = day(allow_none=True)
    held_to = day(allow_none=True)


class JudgmentSchema(Schema):
    """The criminal judgment behind a conviction."""

    court = Line(MAX_FREE_TEXT, required=True)
    no = Line(MAX_FREE_TEXT, required=True)
    on = day(required=True)


class DesignationDraftSchema(Schema):
    """What a clerk enters."""

    subject = fields.Nested(SubjectSchema, required=True)
    ground = word(Ground, required=True)
    decided_on = day(required=True)
    decision_no = Line(MAX_DECISION_NO, required=True)
    conduct = fields.Nested(ConductSchema, required=True)
    item_kinds = fields.List(word(ItemKind), load_default=list, validate=validate.Length(max=len(ItemKind)))
    evidence_ref = fields.String(allow_none=True, validate=validate.Length(min=1, max=MAX_FREE_TEXT))
    items = fields.List(fields.Nested(ItemSchema), load_default=list, validate=validate.Length(max=200))
    judgment = fields.Nested(JudgmentSchema, allow_none=True)
    penalty = fields.String(allow_none=True, validate=validate.OneOf([*map(str, Penalty), None]))
    linked_to = fields.String(allow_none=True, validate=validate.Length(min=1, max=40))


class ReasonBodySchema(Schema):
    """Why."""

    reason = Line(MAX_FREE_TEXT, required=True)


class DatedMeasureSchema(Schema):
    """A measure of a sanction with its last day.

    Where one designation is shown, its credit-database record is `objected` while an objection is open.
    """

    code = fields.String(required=True)
    text = fields.String(required=True)
    ends_on = day(required=True)
    basis = fields.Nested(BasisSchema, required=True)
    provisional = fields.Boolean(required=True)
    objected = fields.Boolean()


class PlannedSanctionSchema(Schema):
    """A sanction that approval would bring."""

    regime = fields.String(required=True)
    class_ = fields.String(required=True, allow_none=True, data_key="class")
    starts_on = day(required=True)
    ends_on = day(required=True)
    measures = fields.List(fields.Nested(DatedMeasureSchema), required=True)
    basis = fields.Nested(LawSchema, required=True)


class SanctionSchema(PlannedSanctionSchema):
    """惩戒. `pending` until its turn in a chain comes."""

    id = fields.String(required=True)
    state = word(When, required=True)


class AuthoritySchema(Schema):
    """The designating authority."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    level = word(Level, required=True)


class KnownDocumentSchema(Schema):
    """A document as the register holds it."""

    type = fields.String(required=True)
    number = fields.String(required=True)


class KnownSubjectSchema(Schema):
    """A subject as the register knows it: other names and documents of the same subject included."""

    id = fields.String(required=True)
    kind = word(SubjectKind, required=True)
    name = fields.String(required=True)
    aliases = fields.List(fields.String(), required=True)
    sex = fields.String(required=True, allow_none=True)
    birth_on = day(required=True, allow_none=True)
    documents = fields.List(fields.Nested(KnownDocumentSchema), required=True)


class KnownConductSchema(Schema):
    """Conduct as recorded."""

    from_ = day(allow_none=True, data_key="from")
    to = day(allow_none=True)
    behaviours = fields.List(fields.String())
    role = fields.String(allow_none=True)
    items = fields.Integer(allow_none=True)
    times = fields.Integer(allow_none=True)
    recipients = fields.Integer(allow_none=True)
    offence = fields.String(allow_none=True)


class HistorySchema(Schema):
    """One act: when, what, who, why."""

    at = fields.String(required=True, metadata={"format": "date-time"})
    act = fields.String(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


class KnownItemSchema(Schema):
    """An item as recorded."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    held_from = day(required=True, allow_none=True)
    held_to = day(required=True, allow_none=True)


class KnownJudgmentSchema(Schema):
    """A judgment as recorded."""

    court = fields.String(required=True)
    no = fields.String(required=True)
    on = day(required=True)


class DesignationSummarySchema(Schema):
    """认定, without items and history."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = word(State, required=True)
    subject = fields.Nested(KnownSubjectSchema, required=True)
    authority = fields.Nested(AuthoritySchema, required=True)
    ground = word(Ground, required=True)
    decided_on = day(required=True)
    decision_no = fields.String(required=True)
    conduct = fields.Nested(KnownConductSchema, required=True)
    item_kinds = fields.List(fields.String(), required=True)
    evidence_ref = fields.String(required=True, allow_none=True)
    judgment = fields.Nested(KnownJudgmentSchema, required=True, allow_none=True)
    penalty = fields.String(required=True, allow_none=True)
    linked_to = fields.String(required=True, allow_none=True)
    import_ = fields.String(required=True, allow_none=True, data_key="import")
    warnings = fields.List(fields.String(), required=True)
    sanctions = fields.List(fields.Nested(SanctionSchema), required=True)
    planned = fields.List(fields.Nested(PlannedSanctionSchema), required=True)


class CorrectionSchema(Schema):
    """What is corrected about the subject: the name `was` is `name`."""

    was = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True)
    birth_on = day(required=True, allow_none=True)


class ChangeSchema(Schema):
    """A change that one officer proposed and another decides; `ends_on` and `lifted` are a variation's."""

    id = fields.String(required=True)
    verb = word(Verb, required=True)
    state = word(ChangeState, required=True)
    reason = fields.String(required=True)
    ends_on = day(required=True, allow_none=True)
    lifted = fields.List(fields.String(), required=True)
    correction = fields.Nested(CorrectionSchema, required=True, allow_none=True)
    proposed_by = fields.String(required=True)
    proposed_at = fields.String(required=True, metadata={"format": "date-time"})
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    clocks = fields.List(fields.Nested(ClockSchema), required=True)


class AppealBriefSchema(Schema):
    """An appeal against the designation."""

    id = fields.String(required=True)
    track = word(Track, required=True)
    state = word(AppealState, required=True)
    outcome = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([*map(str, Outcome), None])
    )
    received_on = day(required=True)


class RepairWindowSchema(Schema):
    """信用修复: from when an entry of the list of the seriously dishonest may go, and its last day."""

    opens_on = day(required=True)
    closes_on = day(required=True)
    rules = fields.List(fields.String(), required=True)


class ExposureBriefSchema(Schema):
    """A list on which the designation stands or stood."""

    list = fields.String(required=True)
    batch = fields.String(required=True)
    title = fields.String(required=True)
    entry = fields.String(required=True)
    serial = fields.Integer(required=True, allow_none=True)
    state = word(EntryState, required=True)
    published_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    withdrawn_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    cause = fields.String(required=True, allow_none=True)


class DesignationSchema(DesignationSummarySchema):
    """认定."""

    items = fields.List(fields.Nested(KnownItemSchema), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    credit_repair = fields.Nested(RepairWindowSchema, required=True, allow_none=True)
    appeals = fields.List(fields.Nested(AppealBriefSchema), required=True)
    exposures = fields.List(fields.Nested(ExposureBriefSchema), required=True)
    objected = fields.Boolean(required=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)


class ProposedSchema(DesignationSchema):
    """认定, with the id of the change that was just proposed."""

    change = fields.String(required=True)


class VariationSchema(ReasonBodySchema):
    """Relief that leaves the designation standing: an earlier last day, measures that are lifted, or both."""

    ends_on = day()
    lifted = fields.List(Line(40), load_default=list, validate=validate.Length(max=40))


class CorrectionBodySchema(ReasonBodySchema):
    """What was entered wrongly: the name `was` is `name`; sex, birth. Documents must not say otherwise."""

    was = Line(100)
    name = Line(100)
    sex = word(_SEX)
    birth_on = day()


class DesignationPageSchema(Schema):
    """A page, newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(DesignationSummarySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PageQuery(Schema):
    """Which page."""

    limit = Digits(1, 200, load_default=50)
    cursor = fields.String(validate=validate.Length(min=1, max=60))


class ListQuery(PageQuery):
    """Which designations."""

    state = word(State)
    import_ = fields.String(data_key="import", validate=validate.Length(min=1, max=60))


class SearchSchema(Schema):
    """Whom to look for; everything given must fit."""

    document = fields.Nested(DocumentSchema)
    name = Line(100)
    decision_no = Line(MAX_DECISION_NO)
    state = word(State)
    limit = Whole(1, 200, load_default=50)
    cursor = fields.String(validate=validate.Length(min=1, max=60))
