"""Objections to the record in the credit database (异议): to what they go, and how they may end. Pure.

While one is open the record is annotated; what checks answer does not change. It ends by verbs that there
are anyway: a variation lifts the record, or a correction has mended what was entered wrongly.
"""

from collections.abc import Collection

from registry.appeals.rules import Decision, Outcome, refuse
from registry.designations.variations import Variation
from registry.errors import FieldError
from registry.text import Text

CREDIT_RECORD = "credit_database_record"
"""The measure that is objected to."""

_LIFTED = Variation(lifted=frozenset({CREDIT_RECORD}))


def require_recorded(measures: Collection[str]) -> None:
    """Raises Invalid where a designation with these measures has put nobody into the credit database."""
    if CREDIT_RECORD not in measures:
        none = Text("该认定没有征信记录措施。", "This designation imposes no record in the credit database.")
        refuse([FieldError("/designation_id", none)])


def check_decision(decision: Decision, mended: bool) -> None:
    """Raises Invalid for a decision that an objection cannot have.

    `mended`: a correction took effect since it came in, or the designation is revoked.
    """
    allowed, variation = decision.outcome is Outcome.ALLOWED, decision.variation
    if decision.outcome is Outcome.PARTLY_ALLOWED:
        refuse([FieldError("/outcome", _NOTHING_BETWEEN)])
    if variation not in (None, _LIFTED) or (variation and not allowed):
        refuse([FieldError("/variation", _NOTHING_ELSE)])
    if allowed and not variation and not mended:
        refuse([FieldError("/variation", _NOTHING_MENDED)])


_NOTHING_BETWEEN = Text("异议只有成立或者不成立。", "An objection is allowed or dismissed, nothing between.")
_NOTHING_ELSE = Text(
    "异议成立的，只能解除 credit_database_record 一项。",
    "An objection that is allowed may lift credit_database_record, and nothing else.",
)
_NOTHING_MENDED = Text(
    "异议成立的，须解除 credit_database_record，或者先更正登记信息。",
    "It is allowed by lifting credit_database_record, or after a correction took effect.",
)
