"""The fields of an appeal as people fill them in, and what is wrong with one, so that they can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from registry import clock
from registry.appeals.rules import MAX_GROUNDS, Asks, Capacity, Track
from registry.appeals.submission_rules import Submission
from registry.designations.intake import MAX_DECISION_NO, MAX_FREE_TEXT
from registry.errors import Invalid
from registry.identity.documents import Document, DocumentType, parse_document
from registry.identity.names import LONGEST_NAME, normalise_name
from registry.text import Text

LONGEST: Mapping[str, int] = {
    "decision_no": MAX_DECISION_NO,
    "name": LONGEST_NAME,
    "number": 64,
    "representative": LONGEST_NAME,
    "contact": MAX_FREE_TEXT,
    "grounds": MAX_GROUNDS,
}

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the lists of the form offer: names by id."""

    authorities: Mapping[str, str]
    partners: Mapping[str, str]


class Reading:
    """One form being read; `faults` has a sentence for each field that is wrong, in the order of the form."""

    def __init__(self, fields: Mapping[str, str], track: Track, choices: Choices) -> None:
        self.faults: dict[str, Text] = {}
        self._fields = fields
        self._track = track
        self._choices = choices

    def submission(self) -> Submission | None:
        """What was submitted, if nothing is wrong with it."""
        against = self._track is Track.DESIGNATION
        partner_id = None if against else self._listed("partner_id", self._choices.partners, _NO_PARTNER)
        authority_id = self._listed("authority_id", self._choices.authorities, _NO_AUTHORITY)
        decision_no = self._line("decision_no", None) if against else None
        name = self._name("name", _NO_NAME)
        document = self._document()
        capacity = self._word("capacity", Capacity, _NO_CAPACITY)
        representative = self._representative(capacity)
        contact = self._line("contact", _NO_CONTACT)
        asks = self._word("asks", Asks, _NO_ASKS) if against else None
        grounds = self._text("grounds", _NO_GROUNDS)
        if self.faults or document is None or capacity is None:
            return None
        return Submission(
            track=self._track,
            authority_id=authority_id,
            name=name,
            type=document.type.value,
            number=document.number,
            capacity=capacity,
            representative=representative or None,
            contact=contact,
            grounds=grounds,
            decision_no=decision_no or None,
            asks=asks,
            partner_id=partner_id,
        )

    # -- one field each ----------------------------------------------------------------------------

    def _text(self, field: str, missing: Text | None) -> str:
        text = self._fields.get(field, "")
        if not text and missing:
            self.faults[field] = missing
        elif len(text) > LONGEST[field]:
            self.faults[field] = _TOO_LONG.format(most=LONGEST[field], there=len(text))
        return text

    def _line(self, field: str, missing: Text | None) -> str:
        text = self._text(field, missing)
        if not text.isprintable():
            self.faults.setdefault(field, _NOT_A_LINE)
        return text

    def _name(self, field: str, missing: Text) -> str:
        raw = self._text(field, missing)
        if field in self.faults:
            return raw
        try:
            return normalise_name(raw).display
        except Invalid as fault:
            self.faults[field] = fault.sentence
            return raw

    def _listed(self, field: str, choices: Mapping[str, str], missing: Text) -> str:
        chosen = self._fields.get(field, "")
        if chosen not in choices:
            self.faults[field] = missing
        return chosen

    def _word(self, field: str, words: type[_Word], missing: Text) -> _Word | None:
        chosen = self._fields.get(field, "")
        if chosen not in set(words):
            self.faults[field] = missing
            return None
        return words(chosen)

    def _document(self) -> Document | None:
        type_ = self._word("type", DocumentType, _NO_TYPE)
        number = self._text("number", _NO_NUMBER)
        if type_ is None or "number" in self.faults:
            return None
        try:
            return parse_document(type_, number, clock.today())
        except Invalid as fault:
            self.faults["number"] = fault.sentence
            return None

    def _representative(self, capacity: Capacity | None) -> str:
        if capacity is Capacity.REPRESENTATIVE:
            return self._name("representative", _NO_REPRESENTATIVE)
        given = self._text("representative", None)
        if given and capacity is Capacity.SUBJECT:
            self.faults["representative"] = _ONE_TOO_MANY
        return given


_NO_AUTHORITY = Text("请从列表中选择机关。", "Choose an authority from the list.")
_NO_PARTNER = Text("请从列表中选择机构。", "Choose an institution from the list.")
_NO_NAME = Text("请填写当事人的姓名或者单位名称。", "Enter the name of the person or organisation concerned.")
_NO_TYPE = Text("请选择证件类型。", "Choose the kind of document.")
_NO_NUMBER = Text("请填写证件号码。", "Enter the number of the document.")
_NO_CAPACITY = Text(
    "请选择您是本人还是代他人提出。", "Say whether you are the person concerned or act for them."
)
_NO_REPRESENTATIVE = Text(
    "代他人提出的，请填写您自己的姓名。", "You act for somebody: enter your own name here."
)
_ONE_TOO_MANY = Text(
    "您选择了“本人”：请清空此项，或者改选“代当事人提出”。",
    "You said that you are the person concerned: leave this empty, or say that you act for them.",
)
_NO_CONTACT = Text(
    "请填写电话或者通信地址，以便机关联系您。", "Enter a telephone number or an address to reach you."
)
_NO_ASKS = Text("请选择您的请求。", "Choose what you ask for.")
_NO_GROUNDS = Text("请说明事实和理由。", "Say what happened and why it should change.")
_TOO_LONG = Text(
    "最多{most}个字符，现有{there}个，请缩短。",
    "At most {most} characters fit; there are {there}. Please shorten it.",
)
_NOT_A_LINE = Text("请勿输入换行等控制字符。", "Line breaks and other control characters do not fit here.")
