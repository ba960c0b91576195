"""Days, instants, clocks and histories in the reader's words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from registry import clock
from registry.api.respond import language
from registry.appeals.submissions import PUBLIC
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.clock import BEIJING, beijing_day
from registry.law.workdays import Unit
from registry.screening.wording import day_words
from registry.text import Text
from registry.workdays.service import PAUSED, STOPPED

_ACTS = 100
"""Acts in a history; earlier ones are in the log."""

_SHORT = 3
"""A clock warns when less than this part of its time is left."""


def day(value: date | datetime | None) -> str:
    """A day, or the Beijing day of an instant."""
    if value is None:
        return ""
    return day_words(beijing_day(value) if isinstance(value, datetime) else value).into(language())


def moment(value: datetime | None) -> str:
    """An instant to the minute, in Beijing's time."""
    return f"{day(value)} {value.astimezone(BEIJING):%H:%M}" if value else ""


def running(clocks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The clock that has not stopped, as `clock_words` tells it."""
    return next((clock_words(each) for each in clocks if each["state"] != STOPPED), None)


def clock_words(view: Mapping[str, Any]) -> dict[str, Any]:
    """A clock in words and with the kind of its colour and shape."""
    reader, days = language(), abs(view["days_left"])
    working = view["counted_in"] == Unit.WORKING_DAYS
    unit = Text("个工作日" if working else "天", "working days" if working else "days")
    if days == 1:
        unit = Text(unit.zh, unit.en.removesuffix("s"))
    kind, text = _kind_and_text(view)
    return {
        "kind": kind,
        "text": text.format(n=days, unit=unit, day=_short_day(view["due_on"])).into(reader),
        "provisional": view["provisional"],
        "source": source(view["basis"]),
        "due_on": day(view["due_on"]),
        "event_on": day(view["event_on"]),
        "rule": view["rule"],
    }


def source(basis: Mapping[str, Any]) -> str:
    """Where a rule stands, as documents cite it; the same in both languages."""
    article = basis["article"]
    cited = f"第{article.replace(', ', '、')}条" if article[:1].isdigit() else article
    return f"《{basis['instrument']}》{cited}"


def history(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was done last, by whom and why, the last act first."""
    reader = language()
    return [
        {
            "at": moment(each["at"]),
            "act": ACTS[Tag(each["act"])].into(reader) if each["act"] in ACTS else each["act"],
            "by": _NAMELESS[each["by"]].into(reader) if each["by"] in _NAMELESS else each["by"],
            "reason": each["reason"],
        }
        for each in records[: -_ACTS - 1 : -1]
    ]


def _kind_and_text(view: Mapping[str, Any]) -> tuple[str, Text]:
    if view["state"] == STOPPED:
        return ("limit", _LATE) if view["overdue"] else ("proceed", _DONE)
    if view["overdue"]:
        return "refuse", _OVERDUE
    if view["state"] == PAUSED:
        return "silent", _PAUSED
    whole = (view["due_on"] - view["event_on"]).days
    short = (view["due_on"] - clock.today()).days * _SHORT < whole
    return ("limit" if short else "off"), (_LEFT if view["days_left"] else _TODAY)


def _short_day(value: date) -> Text:
    words = day_words(value)
    if value.year != clock.today().year:
        return words
    return Text(words.zh.partition("年")[2], words.en.rpartition(" ")[0])


_LEFT = Text("还剩 {n} {unit}（{day}前）", "{n} {unit} left (by {day})")
_TODAY = Text("今天到期（{day}）", "Due today ({day})")
_OVERDUE = Text("已超期 {n} {unit}（应于{day}前办结）", "{n} {unit} overdue (was due by {day})")
_PAUSED = Text("补正中，已停止计时，剩 {n} {unit}", "Waiting for papers, clock stopped with {n} {unit} left")
_DONE = Text("已按期办结（期限{day}）", "Done in time (due {day})")
_LATE = Text("已超期办结（期限{day}）", "Done late (due {day})")

_NAMELESS: Mapping[str, Text] = MappingProxyType(
    {OPERATOR.id: Text("系统", "the system"), PUBLIC.id: Text("公众", "the public")}
)
"""Who acted without a login."""

ACTS: Mapping[Tag, Text] = MappingProxyType(
    {
        Tag.EXPOSURE_DRAFTED: Text("起草名单", "Drafted"),
        Tag.EXPOSURE_SUBMITTED: Text("提交发布", "Submitted"),
        Tag.EXPOSURE_REJECTED: Text("退回名单", "Returned"),
        Tag.EXPOSURE_PUBLISHED: Text("发布名单", "Published"),
        Tag.EXPOSURE_WITHDRAWN: Text("撤回名单", "Withdrew the list"),
        Tag.ENTRY_DROPPED: Text("移出一行", "Dropped a row"),
        Tag.ENTRY_WITHDRAWN: Text("撤下一行", "Took a row down"),
        Tag.APPEAL_RECEIVED: Text("登记申诉", "Received"),
        Tag.APPEAL_ACCEPTED: Text("受理", "Accepted"),
        Tag.APPEAL_REFUSED: Text("不予受理", "Refused"),
        Tag.APPEAL_PAUSED: Text("通知补正，停止计时", "Stopped the clock for papers"),
        Tag.APPEAL_RESUMED: Text("恢复计时", "Let the clock run on"),
        Tag.DECISION_PROPOSED: Text("拟定决定", "Proposed a decision"),
        Tag.DECISION_RETURNED: Text("退回决定", "Returned the decision"),
        Tag.APPEAL_DECIDED: Text("批准决定", "Decided"),
        Tag.APPEAL_FORWARDED: Text("转交机构", "Forwarded"),
        Tag.APPEAL_ANSWERED: Text("机构答复", "Answered"),
        Tag.APPEAL_WITHDRAWN: Text("申诉人撤回", "Taken back"),
        Tag.SUBMISSION_RECEIVED: Text("网上提交", "Submitted"),
        Tag.SUBMISSION_TAKEN_IN: Text("接收为申诉", "Taken in"),
        Tag.SUBMISSION_SET_ASIDE: Text("不予接收", "Set aside"),
        Tag.CLOCK_STARTED: Text("开始计时", "Clock started"),
        Tag.CLOCK_PAUSED: Text("停止计时", "Clock paused"),
        Tag.CLOCK_RESUMED: Text("恢复计时", "Clock resumed"),
        Tag.CLOCK_STOPPED: Text("计时结束", "Clock stopped"),
        Tag.CLOCK_RECALCULATED: Text("日历更新，期限重算", "Counted anew with another calendar"),
        Tag.CLOCK_OVERDUE: Text("超期提醒", "Told as overdue"),
    }
)
"""What officers did, as a history tells it."""
