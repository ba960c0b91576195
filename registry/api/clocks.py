"""The law's clocks as answers show them."""

from marshmallow import Schema, fields

from registry.api.checks import BasisSchema
from registry.api.fields import day, word
from registry.workdays.service import STATES


class ClockSchema(Schema):
    """A period that runs. `days_left` is below zero by as many days as it is over."""

    rule = fields.String(required=True)
    basis = fields.Nested(BasisSchema, required=True)
    provisional = fields.Boolean(required=True)
    event_on = day(required=True)
    due_on = day(required=True)
    state = word(STATES, required=True)
    overdue = fields.Boolean(required=True)
    days_left = fields.Integer(required=True)
    counted_in = fields.String(required=True)
