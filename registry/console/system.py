"""`/console/system`: whether all is well, and the calendar of a year, for the system administrator."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from registry import clock, migrating
from registry.access.rules import Permission
from registry.api import catalogue
from registry.api.health import states_of
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.clock import BEIJING
from registry.console import law_words, words
from registry.console.pages import page, said
from registry.console.routing import fields, route
from registry.errors import Invalid
from registry.readiness import Readiness
from registry.screening.wording import day_words
from registry.text import Text
from registry.workdays import files
from registry.workdays.rules import FIRST_YEAR, LAST_YEAR, MAX_SOURCE

MAX_NOTICE = 1 << 20
"""Bytes of a file with the days of a year."""


@route("GET", "/system", Permission.SYSTEM_READ)
def show_system() -> Response:
    """Every part and what to do about one that is not well; nothing of any person."""
    book, today = services().book, clock.today()
    law = book.on(today)
    states = states_of(Readiness(services()))
    waiting = services().sealer.oldest_unsealed()
    return page(
        "system/health.html",
        parts=[_part(name, state) for name, state in states.items()],
        well=all(state == "ok" for state in states.values()),
        revision=migrating.current(),
        workload=[
            (words.RESCREENS[state][1].into(language()), count)
            for state, count in services().rescreens.workload().items()
        ],
        unsealed=int((clock.now() - waiting).total_seconds()) if waiting else 0,
        law_version=book.version,
        rules=len(book),
        provisional=[_rule(setting.rule) for setting in law.settings() if setting.source.provisional],
        unchecked=[_rule(rule) for rule in book.unchecked(today)],
        years=_years()[:3],
        calendar_known=any(year["year"] == today.year for year in _years()),
        next_known=any(year["year"] == today.year + 1 for year in _years()),
        this_year=today.year,
    )


@route("GET", "/calendar", Permission.CALENDAR_MANAGE)
def show_calendar() -> Response:
    """The known years, and the form for another."""
    return _calendar({"year": str(clock.today().year + 1)})


@route("POST", "/calendar", Permission.CALENDAR_MANAGE, max_upload=MAX_NOTICE)
def import_calendar() -> Response:
    """Take in a year; every clock that it touches is counted anew."""
    typed, file = fields(), request.files.get("file")
    faults: dict[str, Text] = {}
    year = typed.get("year", "")
    if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR):
        faults["year"] = _NO_YEAR
    if not typed.get("source"):
        faults["source"] = _NO_SOURCE
    if file is None or not file.filename:
        faults["file"] = _NO_FILE
    if faults or file is None:
        return _calendar(typed, faults)
    try:
        off, on = files.read(file.stream.read())
        changed = services().workdays.import_year(officer().actor, int(year), off, on, typed["source"])
    except Invalid as refused:
        return _calendar(typed, {_FIELDS.get(e.pointer, "file"): e.text for e in refused.errors})
    return _calendar({}, done=_DONE.format(year=year, n=changed))


def _calendar(
    typed: Mapping[str, str], faults: Mapping[str, Text] | None = None, done: Text | None = None
) -> Response:
    return page(
        "system/calendar.html",
        422 if faults else 200,
        years=_years(),
        longest=MAX_SOURCE,
        done=done and done.into(language()),
        values=typed,
        faults=said(faults or {}),
    )


def _years() -> list[dict[str, Any]]:
    return [
        {
            "year": year["year"],
            "off": len(year["off"]),
            "on": len(year["on"]),
            "source": year["source"],
            "imported": year["imported_at"] and _day(year["imported_at"]),
        }
        for year in services().workdays.years()
    ]


def _part(name: str, state: str) -> dict[str, Any]:
    well = state == "ok"
    return {
        "name": _PARTS[name].into(language()),
        "well": well,
        "state": state,
        "advice": None if well else catalogue.advice(state).into(language()),
    }


def _rule(rule_id: str) -> tuple[str, str]:
    rule, law = services().book.rule(rule_id), services().book.on(clock.today())
    folder = law_words.folder_title(rule_id.split("/", maxsplit=1)[0], law).into(language())
    return rule_id, f"{folder} · {law_words.title(rule, law).into(language()) if rule else rule_id}"


def _day(instant: Any) -> str:
    return day_words(instant.astimezone(BEIJING).date()).into(language())


_PARTS = {
    "database": Text("数据库可以写入", "The database takes writes"),
    "migrations": Text("数据库结构版本", "The schema is at head"),
    "keys": Text("密钥环", "The key ring"),
    "law": Text("规定数据", "The law"),
    "log": Text("日志按时封存（后台任务在运行）", "The log is sealed in time (the worker runs)"),
}
_FIELDS = {"/source": "source", "/year": "year"}
_NO_YEAR = Text("请填写年份，如 2027。", "Enter the year, as 2027.")
_NO_SOURCE = Text("请填写通知的标题或者文号。", "Enter the title or number of the notice.")
_NO_FILE = Text("请选择文件。", "Choose the file.")
_DONE = Text("已导入{year}年；{n}个期限的届满日已重算。", "{year} is known; {n} clocks have another due day.")
