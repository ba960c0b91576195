"""A designation as its pages show it: words for codes, days as people write them, a drawn time line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registry import clock
from registry.api.operation import services
from registry.api.respond import language
from registry.console import designation_words as words
from registry.designations.rules import State
from registry.designations.words import BEHAVIOURS, ITEMS
from registry.identity.codes import DOCUMENT_NAMES, DocumentType
from registry.identity.items import ItemKind
from registry.law.book import Book
from registry.law.words import Behaviour, When
from registry.law.workdays import Unit
from registry.screening.wording import day_words
from registry.text import Language, Text


def telling() -> "Telling":
    """In the language of whoever asks."""
    return Telling(language(), services().book)


class Telling:
    """Says things in the language of one reader."""

    def __init__(self, reader: Language, book: Book) -> None:
        self.reader = reader
        self._book = book

    def text(self, text: Text) -> str:
        """A sentence."""
        return text.into(self.reader)

    def day(self, day: date | str | None) -> str:
        """A day, from itself or from ISO; a bar where there is none."""
        if isinstance(day, str):
            day = date.fromisoformat(day)
        return day_words(day).into(self.reader) if day else "–"

    def instant(self, at: datetime) -> str:
        """Day and time in Beijing."""
        local = at.astimezone(clock.BEIJING)
        return f"{self.day(local.date())} {local:%H:%M}"

    def state(self, state: str) -> dict[str, str]:
        """Shape and word of a designation's state."""
        kind, word = words.STATES[State(state)]
        return {"kind": kind, "word": self.text(word)}

    def word(self, known: Mapping[Any, Text], key: str | None) -> str:
        """The word for a code."""
        return self.text(known[key]) if key in known else key or "–"

    def regime(self, sanction: Mapping[str, Any]) -> str:
        """The instrument a sanction rests on, with the class."""
        name = self.text(self._book.on(sanction["basis"]["as_of"]).regimes[sanction["regime"]].name.value)
        class_ = sanction["class"]
        return f"{name} · {self.word(words.CLASSES, class_)}" if class_ else name

    def act(self, act: str) -> str:
        """An act of a history."""
        return self.word(words.ACTS, act)

    # -- parts of a designation --------------------------------------------------------------------

    def line(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """A designation as a row of a table."""
        ends = [sanction["ends_on"] for sanction in view["sanctions"]]
        return {
            "id": view["id"],
            "name": view["subject"]["name"],
            "numbers": [document["number"] for document in view["subject"]["documents"]],
            "decision_no": view["decision_no"],
            "decided_on": self.day(view["decided_on"]),
            "authority": view["authority"]["name"],
            "state": self.state(view["state"]),
            "until": self.day(max(ends)) if ends else "–",
        }

    def facts(self, view: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What was entered, in groups of label and value; `zh_only` are words of the register's people."""
        subject, conduct, judgment = view["subject"], view["conduct"], view["judgment"]
        documents = [
            f"{self.text(DOCUMENT_NAMES[DocumentType(each['type'])])} {each['number']}"
            for each in subject["documents"]
        ]
        days = conduct["from"], conduct["to"]
        unstated = self.text(Text("未填写", "not stated"))
        groups = [
            (
                Text("对象", "Subject"),
                [
                    (Text("类型", "Kind"), self.word(words.KINDS, subject["kind"])),
                    (Text("姓名或名称", "Name"), subject["name"]),
                    (Text("曾用名、异写", "Other names"), "、".join(subject["aliases"])),
                    (Text("证件", "Documents"), "；".join(documents)),
                    (Text("性别", "Sex"), self.word(words.SEXES, subject["sex"])),
                    (Text("出生日期", "Born"), self.day(subject["birth_on"])),
                ],
            ),
            (
                Text("认定", "Decision"),
                [
                    (Text("认定机关", "Authority"), view["authority"]["name"]),
                    (Text("文书号", "Number"), view["decision_no"]),
                    (Text("认定日期", "Day"), self.day(view["decided_on"])),
                    (Text("事由", "Ground"), self.word(words.GROUNDS, view["ground"])),
                    (Text("处罚类别", "Penalty"), self.word(words.PENALTIES, view["penalty"])),
                    (Text("证据编号", "Evidence"), view["evidence_ref"] or ""),
                ],
            ),
            (
                Text("行为", "Conduct"),
                [
                    (
                        Text("起止", "From – to"),
                        " – ".join(self.day(day) if day else unstated for day in days),
                    ),
                    (Text("行为", "Behaviour"), self._many(BEHAVIOURS, Behaviour, conduct["behaviours"])),
                    (Text("角色", "Role"), self.word(words.PARTS, conduct["role"])),
                    (Text("件数 · 次数 · 对象数", "Items · times · recipients"), _counts(conduct)),
                    (Text("卡种或物品", "Kinds of items"), self._many(ITEMS, ItemKind, view["item_kinds"])),
                    (Text("罪名（刑法条号）", "Offence (article)"), conduct["offence"] or ""),
                ],
            ),
        ]
        if judgment:
            groups.append(
                (
                    Text("判决", "Judgment"),
                    [
                        (Text("法院", "Court"), judgment["court"]),
                        (Text("案号", "Number"), judgment["no"]),
                        (Text("日期", "Day"), self.day(judgment["on"])),
                    ],
                )
            )
        return [
            {
                "title": self.text(title),
                "pairs": [(self.text(label), value) for label, value in pairs if value not in ("", "–")],
            }
            for title, pairs in groups
        ]

    def _many(self, known: Mapping[Any, Text], kind: type[StrEnum], chosen: Iterable[str]) -> str:
        separator = ", " if self.reader == "en" else "、"
        return separator.join(self.text(known[kind(each)]) for each in chosen)

    def sanction(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """A sanction, planned or in being, with its measures and their law."""
        shown: dict[str, Any] = {
            "regime": self.regime(view),
            "from": self.day(view["starts_on"]),
            "until": self.day(view["ends_on"]),
            "provisional": view["basis"]["provisional"],
            "rules": view["basis"]["rules"],
            "measures": [
                {
                    "text": self.text(measure["text"]),
                    "until": self.day(measure["ends_on"]),
                    "shorter": measure["ends_on"] < view["ends_on"],
                    "basis": measure["basis"],
                    "code": measure["code"],
                    "provisional": measure["provisional"],
                    "objected": measure.get("objected", False),
                }
                for measure in view["measures"]
            ],
        }
        shown["by_basis"] = [
            (basis, [each for each in shown["measures"] if each["basis"] == basis])
            for number, basis in enumerate(each["basis"] for each in shown["measures"])
            if basis not in [each["basis"] for each in shown["measures"][:number]]
        ]
        if "state" in view:
            kind, word = words.SANCTION_STATES[When(view["state"])]
            shown["state"] = {"kind": kind, "word": self.text(word)}
        return shown

    def clock(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """A clock in colour and words."""
        unit = _UNITS[Unit(view["counted_in"])]
        left, day = view["days_left"], self.day(view["due_on"])
        if view["overdue"]:
            told, kind = _OVERDUE, "refuse"
        else:
            told, kind = _LEFT, "limit" if left <= 1 else "review"
        return {
            "kind": kind,
            "word": self.text(told.format(n=abs(left), unit=unit, day=day)),
            "provisional": view["provisional"],
            "state": view["state"],
        }


_UNITS = {
    Unit.WORKING_DAYS: Text("个工作日", "working day(s)"),
    Unit.CALENDAR_DAYS: Text("天", "day(s)"),
}
_OVERDUE = Text("已超期 {n} {unit}（应于{day}前）", "Overdue by {n} {unit} (was due {day})")
_LEFT = Text("还剩 {n} {unit}（{day}前）", "{n} {unit} left (by {day})")


def _counts(conduct: Mapping[str, Any]) -> str:
    counted = [conduct[name] for name in ("items", "times", "recipients")]
    if all(count is None for count in counted):
        return ""
    return " · ".join("–" if count is None else str(count) for count in counted)


WIDTH, ROW, TOP = 1000, 46, 30
"""The time line in units of its own: how wide, how high a row and the scale above."""
_LABEL = 60  # what a word on the scale takes


def time_line(
    telling: Telling, sanctions: Sequence[tuple[str, Mapping[str, Any]]], today: date
) -> dict[str, Any] | None:
    """Where the bars of sanctions, each with its decision number, lie on a scale of years, and today on it.

    `None` without sanctions. A measure has a bar of its own where it ends before its sanction.
    """
    if not sanctions:
        return None
    first = min([today, *(each["starts_on"] for _, each in sanctions)])
    last = max([today, *(each["ends_on"] for _, each in sanctions)])
    first, last = date(first.year, 1, 1), date(last.year + 1, 1, 1)

    def at(day: date) -> float:
        return round((day - first).days * WIDTH / (last - first).days, 1)

    bars = []
    for number, sanction in sanctions:
        label = f"{number} · {telling.regime(sanction)}"
        bars.append((label, sanction["starts_on"], sanction["ends_on"], "sanction"))
        bars += [
            (telling.text(measure["text"]), sanction["starts_on"], measure["ends_on"], "measure")
            for measure in sanction["measures"]
            if measure["ends_on"] < sanction["ends_on"]
        ]
    step = max(1, (last.year - first.year + 7) // 8)
    years = [{"x": at(date(year, 1, 1)), "word": year} for year in range(first.year, last.year, step)]
    now = at(today)
    return {
        "width": WIDTH,
        "height": TOP + ROW * len(bars) + 8,
        "years": years,
        "today": now,
        "today_before": now > WIDTH - _LABEL or any(0 <= each["x"] - now < _LABEL for each in years),
        "bars": [
            {
                "label": label,
                "x": at(begin),
                "width": max(2.0, round(at(end) - at(begin), 1)),
                "y": TOP + ROW * row,
                "kind": kind if end >= today else f"{kind} over",
            }
            for row, (label, begin, end, kind) in enumerate(bars)
        ],
    }
