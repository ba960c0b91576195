"""What a designation must say to be understood: one reader for the API and for imported lists.

The input has the shape of `POST /v1/designations` (days as `date` or ISO text); every fault is pointed at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from registry.designations.rules import Facts
from registry.errors import FieldError, Invalid
from registry.identity.documents import Document, DocumentType, parse_document
from registry.identity.items import Item, ItemKind, parse_item
from registry.identity.names import Name, normalise_name
from registry.law.words import Behaviour, Ground, Penalty, Role
from registry.subjects.drafts import SubjectDraft, SubjectKind
from registry.text import Text

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

MAX_COUNT = 1_000_000
MAX_FREE_TEXT = 200
MAX_DECISION_NO = 80


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A card or account and the days on which the subject held it, both inclusive, `None` if unknown."""

    item: Item
    held_from: date | None
    held_to: date | None


@dataclass(frozen=True, slots=True)
class Judgment:
    """The criminal judgment behind a conviction."""

    court: str
    no: str
    on: date


@dataclass(frozen=True, slots=True)
class Draft:
    """A designation as understood. `warnings` do not keep it from being approved."""

    subject: SubjectDraft
    facts: Facts
    decision_no: str
    conduct_from: date | None
    role: Role | None
    offence: str | None
    penalty: Penalty | None
    evidence_ref: str | None
    items: tuple[HeldItem, ...]
    judgment: Judgment | None
    linked_to: str | None
    warnings: tuple[Text, ...]


def read(raw: Mapping[str, Any], today: date, offences: Mapping[str, Text]) -> Draft:
    """The draft that `raw` describes. `offences`: known articles; others only earn a warning.

    Raises Invalid (`invalid-designation`) with every fault found, each with its pointer.
    """
    return _Reader(today).read(raw, offences)


class _Reader:
    """Collects all faults of one draft before it gives up."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._errors: list[FieldError] = []
        self._warnings: list[Text] = []

    def read(self, raw: Mapping[str, Any], offences: Mapping[str, Text]) -> Draft:
        subject = self._subject(raw["subject"])
        conduct = raw["conduct"]
        decided_on = self._required("/decided_on", _day(raw["decided_on"]))
        conduct_from, conduct_to = self._conduct_days(conduct, decided_on)
        ground = self._word(Ground, raw["ground"], "/ground")
        behaviours = self._words(Behaviour, conduct.get("behaviours") or [], "/conduct/behaviours")
        if ground is Ground.FACILITATED and not behaviours:
            self._fault("/conduct/behaviours", Text("请至少填写一种行为。", "State at least one behaviour."))
        facts = Facts(
            ground=ground,
            decided_on=decided_on,
            behaviours=behaviours,
            item_kinds=frozenset(self._words(ItemKind, raw.get("item_kinds") or [], "/item_kinds")),
            items=self._count(conduct, "items"),
            times=self._count(conduct, "times"),
            recipients=self._count(conduct, "recipients"),
            conduct_to=conduct_to,
        )
        offence = self._offence(ground, conduct.get("offence"), offences)
        penalty = self._word(Penalty, raw["penalty"], "/penalty") if raw.get("penalty") else None
        if ground is Ground.CONVICTED and penalty in (Penalty.NONE, Penalty.ADMINISTRATIVE):
            self._warn(
                "处罚类别与认定事由(已判刑)不一致。", "The penalty does not fit the ground (convicted)."
            )
        draft = Draft(
            subject=subject,
            facts=facts,
            decision_no=self._line(raw["decision_no"], "/decision_no", MAX_DECISION_NO),
            conduct_from=conduct_from,
            role=self._word(Role, conduct["role"], "/conduct/role") if conduct.get("role") else None,
            offence=offence,
            penalty=penalty,
            evidence_ref=self._optional_line(raw, "evidence_ref"),
            items=tuple(self._held(held, f"/items/{n}") for n, held in enumerate(raw.get("items") or [])),
            judgment=self._judgment(raw.get("judgment"), decided_on),
            linked_to=raw.get("linked_to"),
            warnings=tuple(self._warnings),
        )
        if self._errors:
            raise Invalid(
                "invalid-designation",
                Text("认定内容有误，请按提示逐项更正。", "The designation has faults; mend each one named."),
                errors=self._errors,
            )
        return draft

    # -- subject -----------------------------------------------------------------------------------

    def _subject(self, raw: Mapping[str, Any]) -> SubjectDraft:
        kind = self._word(SubjectKind, raw.get("kind") or SubjectKind.PERSON, "/subject/kind")
        name = self._try(lambda: normalise_name(raw["name"]), "/subject/name", Name("", ""))
        documents = [
            document
            for position, given in enumerate(raw["documents"])
            if (document := self._document(given, kind, f"/subject/documents/{position}"))
        ]
        if len({document.key for document in documents}) < len(documents):
            self._fault("/subject/documents", Text("同一证件重复填写。", "One document is given twice."))
        birth_on = _day(raw.get("birth_on"))
        sex = raw.get("sex")
        if kind is SubjectKind.ORGANISATION:
            if sex or birth_on:
                self._fault(
                    "/subject", Text("单位没有性别和出生日期。", "An organisation has no sex and no birth.")
                )
            return SubjectDraft(kind, name, tuple(documents), None, None)
        for document in documents:
            if document.sex and sex and document.sex != sex:
                self._fault(
                    "/subject/sex",
                    Text(
                        "性别与证件号码不符，请核对。",
                        "The sex does not fit the document number; check both.",
                    ),
                )
            if document.birth_on and birth_on and document.birth_on != birth_on:
                self._fault(
                    "/subject/birth_on",
                    Text(
                        "出生日期与证件号码不符，请核对。",
                        "The day of birth does not fit the document number; check both.",
                    ),
                )
            sex, birth_on = sex or document.sex, birth_on or document.birth_on
        if birth_on and birth_on > self._today:
            self._fault("/subject/birth_on", Text("出生日期晚于今天。", "The day of birth is after today."))
        return SubjectDraft(kind, name, tuple(documents), sex, birth_on)

    def _document(self, raw: Mapping[str, Any], kind: SubjectKind, pointer: str) -> Document | None:
        document = self._try(lambda: parse_document(raw["type"], raw["number"], self._today), pointer, None)
        if document is None:
            return None
        if (document.type is DocumentType.uscc) is not (kind is SubjectKind.ORGANISATION):
            self._fault(
                f"{pointer}/type",
                Text(
                    "个人用个人证件，单位用统一社会信用代码。",
                    "A person has personal documents, an organisation its uniform social credit code.",
                ),
            )
        self._warnings += document.warnings
        return document

    # -- facts -------------------------------------------------------------------------------------

    def _conduct_days(self, conduct: Mapping[str, Any], decided_on: date) -> tuple[date | None, date | None]:
        begin, end = _day(conduct.get("from")), _day(conduct.get("to"))
        if begin and end and begin > end:
            self._fault("/conduct/to", Text("行为终止日早于起始日。", "The conduct ends before it begins."))
        for field, day in (("from", begin), ("to", end)):
            if day and day > decided_on:
                self._fault(
                    f"/conduct/{field}",
                    Text("行为日期晚于认定日期。", "The conduct lies after the designation."),
                )
        if end is None:
            self._warn("未填写行为终止日。", "The last day of the conduct is not stated.")
        return begin, end

    def _offence(self, ground: Ground, offence: str | None, offences: Mapping[str, Text]) -> str | None:
        if offence and not re.fullmatch(r"[1-9][0-9]{0,2}(-[1-9][0-9]?)?", offence):
            self._fault(
                "/conduct/offence",
                Text(
                    "罪名请填刑法条号，如 287-2。",
                    "Give the offence as an article of the criminal law, as 287-2.",
                ),
            )
        elif offence and offence not in offences:
            self._warn(
                "罪名不在联合惩戒所列条款之内，请核对。", "The offence is not among those listed; check it."
            )
        elif ground is Ground.CONVICTED and not offence:
            self._warn("已判刑而未填写罪名。", "A conviction without its offence.")
        return offence

    def _count(self, conduct: Mapping[str, Any], field: str) -> int | None:
        count: int | None = conduct.get(field)
        if count is not None and not 0 <= count <= MAX_COUNT:
            self._fault(
                f"/conduct/{field}", Text("数量须为 0 至 1000000 的整数。", "A count is 0 to 1,000,000.")
            )
        return count

    def _held(self, raw: Mapping[str, Any], pointer: str) -> HeldItem:
        item = self._try(
            lambda: parse_item(raw["kind"], raw["number"]), pointer, Item(ItemKind.phone_card, "", "")
        )
        self._warnings += item.warnings
        begin, end = _day(raw.get("held_from")), _day(raw.get("held_to"))
        if begin and end and begin > end:
            self._fault(
                f"{pointer}/held_to", Text("持有终止日早于起始日。", "It was held until before it was held.")
            )
        return HeldItem(item, begin, end)

    def _judgment(self, raw: Mapping[str, Any] | None, decided_on: date) -> Judgment | None:
        if raw is None:
            return None
        on = self._required("/judgment/on", _day(raw["on"]))
        if on > decided_on:
            self._fault(
                "/judgment/on", Text("判决日期晚于认定日期。", "The judgment lies after the designation.")
            )
        return Judgment(
            self._line(raw["court"], "/judgment/court", MAX_FREE_TEXT),
            self._line(raw["no"], "/judgment/no", MAX_FREE_TEXT),
            on,
        )

    # -- small things ------------------------------------------------------------------------------

    def _line(self, raw: str, pointer: str, longest: int) -> str:
        line = raw.strip()
        if not line or len(line) > longest or not line.isprintable():
            self._fault(
                pointer,
                Text("须为 1 至 {n} 个可见字符。", "It needs 1 to {n} visible characters.").format(n=longest),
            )
        return line

    def _optional_line(self, raw: Mapping[str, Any], field: str) -> str | None:
        return self._line(raw[field], f"/{field}", MAX_FREE_TEXT) if raw.get(field) else None

    def _word(self, kind: type[E], raw: str, pointer: str) -> E:
        try:
            return kind(raw)
        except ValueError:
            self._fault(
                pointer,
                Text("只能是以下之一：{words}。", "It must be one of: {words}.").format(
                    words=", ".join(kind)
                ),
            )
            return next(iter(kind))

    def _words(self, kind: type[E], raw: list[str], pointer: str) -> frozenset[E]:
        return frozenset(self._word(kind, word, f"{pointer}/{n}") for n, word in enumerate(raw))

    def _required(self, pointer: str, day: date | None) -> date:
        if day is None:
            self._fault(pointer, Text("请填写日期。", "State the day."))
        return day or self._today

    def _try(self, parse: Callable[[], T], pointer: str, otherwise: T) -> T:
        try:
            return parse()
        except Invalid as fault:
            self._errors += [error.under(pointer) for error in fault.errors]
            return otherwise

    def _fault(self, pointer: str, text: Text) -> None:
        self._errors.append(FieldError(pointer, text))

    def _warn(self, zh: str, en: str) -> None:
        self._warnings.append(Text(zh, en))


def _day(raw: date | str | None) -> date | None:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw
