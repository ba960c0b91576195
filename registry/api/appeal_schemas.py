"""The shapes of appeals as they come in and go out."""

from marshmallow import Schema, fields, validate

from registry.api.clocks import ClockSchema
from registry.api.designation_schemas import (
    AuthoritySchema,
    HistorySchema,
    PageQuery,
    ReasonBodySchema,
)
from registry.api.fields import Line, day, word
from registry.api.persons import NamedSchema
from registry.appeals.rules import DECIDABLE, MAX_GROUNDS, Asks, Capacity, Channel, Outcome, State, Track
from registry.designations.intake import MAX_FREE_TEXT

_AT = {"format": "date-time"}


class AppellantSchema(Schema):
    """Who appeals, and how to reach them."""

    capacity = word(Capacity, required=True)
    name = Line(100, required=True)
    contact = Line(MAX_FREE_TEXT)


class ReliefSchema(Schema):
    """An earlier last day, measures that are lifted, or both."""

    ends_on = day()
    lifted = fields.List(Line(40), load_default=list, validate=validate.Length(max=40))


class AppealIntakeSchema(Schema):
    """An appeal as it came in.

    Track `designation` has `designation_id` and `asks` (with a `variation` for `vary`); track `partner` has
    `partner_id` and `customer`; track `credit`, an objection to the credit-database record, has
    `designation_id`.
    """

    track = word(Track, required=True)
    designation_id = Line(40)
    asks = word(Asks)
    variation = fields.Nested(ReliefSchema)
    partner_id = Line(40)
    customer = fields.Nested(NamedSchema)
    received_on = day(required=True)
    channel = word([each for each in Channel if each is not Channel.PUBLIC_FORM], required=True)
    appellant = fields.Nested(AppellantSchema, required=True)
    grounds = Line(MAX_GROUNDS, required=True)


class DecisionBodySchema(Schema):
    """A decision to be approved by another officer; `variation` goes with `partly_allowed`.

    On track `credit` an `allowed` one lifts `credit_database_record` by a `variation`, or has none where a
    correction took effect since the objection came in.
    """

    outcome = word(DECIDABLE, required=True)
    reason = Line(MAX_GROUNDS, required=True)
    variation = fields.Nested(ReliefSchema)


class AnswerBodySchema(ReasonBodySchema):
    """A partner's answer: why, where the customer may turn next, which papers it needs, when it released."""

    outcome = word(DECIDABLE, required=True)
    channel = Line(MAX_FREE_TEXT, required=True)
    papers = fields.List(Line(MAX_FREE_TEXT), required=True, validate=validate.Length(max=20))
    released_on = day()


class AppealsQuery(PageQuery):
    """Which appeals."""

    track = word(Track)
    state = word(State)
    overdue = word(["true"])


class ForwardedQuery(PageQuery):
    """Which of those that were forwarded."""

    state = word([State.FORWARDED, State.ANSWERED, State.WITHDRAWN])


class NamedPartnerSchema(Schema):
    """The partner whose risk control is appealed against."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class AppealSummarySchema(Schema):
    """申诉, without anything that somebody wrote. `escalated`: overdue at an authority below one's own."""

    id = fields.String(required=True)
    track = word(Track, required=True)
    state = word(State, required=True)
    outcome = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([*map(str, Outcome), None])
    )
    authority = fields.Nested(AuthoritySchema, required=True)
    designation_id = fields.String(required=True, allow_none=True)
    partner = fields.Nested(NamedPartnerSchema, required=True, allow_none=True)
    received_on = day(required=True)
    channel = word(Channel, required=True)
    clocks = fields.List(fields.Nested(ClockSchema), required=True)
    overdue = fields.Boolean(required=True)
    escalated = fields.Boolean(required=True)


class KnownAppellantSchema(Schema):
    """Who appeals, as recorded."""

    capacity = word(Capacity, required=True)
    name = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)


class KnownCustomerSchema(Schema):
    """A partner's customer, as recorded."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    number = fields.String(required=True)


class KnownReliefSchema(Schema):
    """Relief as asked for or granted."""

    ends_on = day(required=True, allow_none=True)
    lifted = fields.List(fields.String(), required=True)


class DecisionSchema(Schema):
    """What the authority decided; not `final` while it waits for another officer."""

    outcome = word(DECIDABLE, required=True)
    reason = fields.String(required=True)
    variation = fields.Nested(KnownReliefSchema, required=True, allow_none=True)
    final = fields.Boolean(required=True)
    proposed_by = fields.String(required=True)
    proposed_at = fields.String(required=True, metadata=_AT)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.String(required=True, allow_none=True, metadata=_AT)


class PartnerAnswerSchema(Schema):
    """What the partner answered."""

    outcome = word(DECIDABLE, required=True)
    reason = fields.String(required=True)
    channel = fields.String(required=True)
    papers = fields.List(fields.String(), required=True)
    released_on = day(required=True, allow_none=True)
    answered_at = fields.String(required=True, metadata=_AT)


class AppealSchema(AppealSummarySchema):
    """申诉."""

    appellant = fields.Nested(KnownAppellantSchema, required=True)
    grounds = fields.String(required=True)
    asks = fields.String(required=True, allow_none=True, validate=validate.OneOf([*map(str, Asks), None]))
    variation = fields.Nested(KnownReliefSchema, required=True, allow_none=True)
    customer = fields.Nested(KnownCustomerSchema, required=True, allow_none=True)
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    forwarded_at = fields.String(required=True, allow_none=True, metadata=_AT)
    answer = fields.Nested(PartnerAnswerSchema, required=True, allow_none=True)
    history = fields.List(fields.Nested(HistorySchema), required=True)


class AppealPageSchema(Schema):
    """A page, newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(AppealSummarySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ForwardingAuthoritySchema(Schema):
    """The authority that forwarded it."""

    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)


class ForwardedAppealSchema(Schema):
    """An appeal as the partner sees it that it was forwarded to."""

    id = fields.String(required=True)
    state = word(State, required=True)
    authority = fields.Nested(ForwardingAuthoritySchema, required=True)
    received_on = day(required=True)
    forwarded_at = fields.String(required=True, metadata=_AT)
    appellant = fields.Nested(KnownAppellantSchema, required=True)
    grounds = fields.String(required=True)
    customer = fields.Nested(KnownCustomerSchema, required=True)
    answer = fields.Nested(PartnerAnswerSchema, required=True, allow_none=True)


class ForwardedPageSchema(Schema):
    """A page, newest first. `next` is the `cursor` of the following page."""

    items = fields.List(fields.Nested(ForwardedAppealSchema), required=True)
    next = fields.String(required=True, allow_none=True)
