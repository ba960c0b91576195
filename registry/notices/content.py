"""What a notice says, as whoever drafts it hands it over. It is sealed and never changes."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

AppealOutcome = Literal["allowed", "partly_allowed", "dismissed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class ToldMeasure:
    """A measure as the recipient reads it; `ends_on` is its own last day. `provisional`: not confirmed."""

    text: str
    ends_on: date
    instrument: str
    article: str = ""
    exempt: tuple[str, ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class ToldSanction:
    """A sanction as the recipient reads it.

    Both days are inclusive; `ends_on` lies before `starts_on` where a chain's cap left no term. `regime` is
    the instrument as it is cited, `article` where in it class and term stand. `provisional`: the term rests
    on a value that is not confirmed.
    """

    regime: str
    starts_on: date
    ends_on: date
    measures: tuple[ToldMeasure, ...]
    article: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """All that a notice says, in Chinese, beside the fixed words of its template.

    `sanctions` are those imposed, as varied, or ended, by the kind; `effective_on` is the first day of a
    variation, a release or a withdrawal; `withdrawn` what was published and is withdrawn; `document_type`
    a word of `DocumentType`.
    """

    recipient: str
    document_type: str
    masked_number: str
    authority: str
    decision_no: str
    decided_on: date
    organisation: bool = False
    phone: str | None = None
    ground: str = ""
    sanctions: tuple[ToldSanction, ...] = ()
    appeal: str = ""
    reason: str = ""
    effective_on: date | None = None
    outcome: AppealOutcome | None = None
    withdrawn: str = ""
    paragraphs: tuple[str, ...] = ()
