"""Words for what was found out about a name mismatch."""

from enum import StrEnum


class Outcome(StrEnum):
    """Who it is: the listed subject under another name, or somebody else with the same number (重号)."""

    SAME_PERSON = "same_person"
    ANOTHER_PERSON = "another_person"


class State(StrEnum):
    """A resolution waits for an officer, has effect, or was turned down."""

    PENDING = "pending"
    EFFECTIVE = "effective"
    REJECTED = "rejected"
