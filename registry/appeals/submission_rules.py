"""What the public form takes in: an appeal as its sender tells it, which waits for an officer's look.

Pure. What was entered is never compared with the register here: no answer may depend on who is on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from registry.appeals.rules import Asks, Capacity, Track
from registry.errors import InvalidState
from registry.text import Text

TRACKS = (Track.DESIGNATION, Track.PARTNER)
"""What the form is for."""


class SubmissionState(StrEnum):
    """What became of a submission."""

    WAITING = "waiting"
    TAKEN_IN = "taken_in"
    SET_ASIDE = "set_aside"


class SetAside(StrEnum):
    """Why a submission does not become an appeal. A closed list: its sender reads it without a login."""

    IDENTITY_UNPROVEN = "identity_unproven"
    INCOMPLETE = "incomplete"
    OTHER_AUTHORITY = "other_authority"
    REPEATED = "repeated"
    NO_APPEAL = "no_appeal"


TOLD: Mapping[SetAside, Text] = MappingProxyType(
    {
        SetAside.IDENTITY_UNPROVEN: Text(
            "所填身份信息无法核实，请携带身份证件当面提交。",
            "Who you are could not be established. Please come in person with your identity document.",
        ),
        SetAside.INCOMPLETE: Text(
            "所填内容不足以办理，请补充后重新提交，或者当面提交。",
            "What was entered is not enough to go on. Submit it again with more detail, or come in person.",
        ),
        SetAside.OTHER_AUTHORITY: Text(
            "不属于该机关办理，请向告知书载明的机关提交。",
            "This is another authority's business. Submit it to the one that your notice names.",
        ),
        SetAside.REPEATED: Text("与另一次提交重复。", "The same was submitted before."),
        SetAside.NO_APPEAL: Text("所填内容不是申诉。", "What was entered is no appeal."),
    }
)


@dataclass(frozen=True, slots=True)
class Submission:
    """An appeal as somebody sends it in; `type` and `number` of a document of a right form.

    `name` and document are those of the person concerned; `representative` is who acts for them, if
    anybody. What belongs to the other track is `None`.
    """

    track: Track
    authority_id: str
    name: str
    type: str
    number: str
    capacity: Capacity
    representative: str | None
    contact: str
    grounds: str
    decision_no: str | None = None
    asks: Asks | None = None
    partner_id: str | None = None


def require_waiting(state: SubmissionState) -> None:
    """Raises InvalidState for a submission on which somebody has decided."""
    if state is not SubmissionState.WAITING:
        raise InvalidState(
            "invalid-state",
            Text("此件已经处理：{state}。", "This submission is dealt with already: {state}.").format(
                state=state
            ),
            facts={"state": state.value},
        )


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LETTERS_OF_A_CODE = 20
_GROUP = 5


def receipt_code(random: bytes) -> str:
    """A code of 20 letters (100 bits) in groups of five, made of 20 random bytes."""
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in random[:_LETTERS_OF_A_CODE])
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS_OF_A_CODE, _GROUP))


def read_code(raw: str) -> str | None:
    """The letters of a code as somebody types it; `None` for what can be no code."""
    letters = "".join(letter for letter in raw.upper() if letter.isalnum()).translate(_MISREAD)
    right = len(letters) == _LETTERS_OF_A_CODE and set(letters) <= set(_LETTERS)
    return letters if right else None
