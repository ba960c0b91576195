"""`/console/log`: the auditor searches the log, sees who looked at whom, and holds the log to its seals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Response, request, url_for

from registry import clock
from registry.access.rules import Permission
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.audit.checkpoints import MAX_CHARACTERS
from registry.audit.queries import Line, Wanted
from registry.audit.recent import verify_recent
from registry.audit.tags import Tag
from registry.audit.verification import Fault
from registry.console.acts import ACTS
from registry.console.pages import page, said
from registry.console.routing import fields, route
from registry.errors import Invalid
from registry.identity.codes import DOCUMENT_NAMES, DocumentType
from registry.identity.documents import parse_document
from registry.screening.looks import require_token
from registry.screening.wording import day_words
from registry.text import Text

PAGE = 50
VERIFIED = 10_000
"""So many of the newest records are held to their seals while somebody waits: about a second."""
SHOWN_FAULTS = 20


@route("GET", "/log", Permission.LOG_READ)
def search_log() -> Response:
    """By act, day, thing and actor; the newest first."""
    typed = {name: request.args.get(name, "").strip()[:40] for name in ("act", "day", "object", "actor")}
    faults: dict[str, Text] = {}
    act = Tag(typed["act"]) if typed["act"] in set(Tag) else None
    day = _day(typed["day"])
    if typed["day"] and day is None:
        faults["day"] = _NO_DAY
    before = _before(request.args.get("before", ""))
    lines: list[Line] = []
    following = None
    if not faults:
        wanted = Wanted(act, day, typed["object"] or None, typed["actor"] or None)
        try:
            lines, following = services().looks.page(wanted, PAGE, before)
        except Invalid as refused:
            faults = {"day": refused.sentence}
    kept: dict[str, Any] = {name: value for name, value in typed.items() if value}
    return page(
        "log/search.html",
        422 if faults else 200,
        lines=_lines(lines),
        first=before is None,
        start=url_for("console.search_log", **kept),
        following=following and url_for("console.search_log", **kept, before=following),
        acts=dict(sorted(said(ACTS).items(), key=lambda pair: pair[0])),
        values=typed,
        faults=said(faults),
    )


@route("GET", "/log/looks", Permission.LOG_READ)
def ask_looks() -> Response:
    """The form for a document."""
    return _looks({"type": DocumentType.resident_id.value})


@route("POST", "/log/looks", Permission.LOG_READ)
def show_looks() -> Response:
    """Who did and saw what about the bearer of a document; its number is never shown again."""
    typed = fields()
    kept = {"type": typed.get("type", "")}
    try:
        if "token" in typed:
            token = require_token(typed["token"])
        else:
            document = parse_document(kept["type"], typed.get("number", ""), clock.today())
            token = services().looks.token(officer(), document)
    except Invalid as refused:
        pointer = refused.errors[0].pointer if refused.errors else "/number"
        field = "type" if pointer == "/type" else "number"
        return _looks(kept, 422, {field: refused.sentence})
    before = _before(typed.get("before", ""))
    lines, following = services().looks.about(token, PAGE, before)
    return _looks(kept, token=token, lines=lines, following=following)


@route("GET", "/log/verification", Permission.LOG_READ)
def offer_verification() -> Response:
    """What verifying means, and the button."""
    return page("log/verification.html", most=VERIFIED, longest=MAX_CHARACTERS)


@route("POST", "/log/verification", Permission.LOG_READ)
def verify_log() -> Response:
    """Hold the newest records and a kept checkpoint to the signed hashes."""
    keys, text = services().keys, fields().get("checkpoint", "")
    kept = [f"{text}\n"] if text else []
    began = clock.now()
    found = verify_recent(keys.log_name(), keys.public_keys(), VERIFIED, kept)
    report = found.report
    return page(
        "log/verification.html",
        most=VERIFIED,
        longest=MAX_CHARACTERS,
        values={"checkpoint": text},
        report={
            "sound": not report.faults,
            "sealed": report.sealed,
            "unsealed": report.unsealed,
            "retired": report.retired,
            "size": found.size,
            "since": found.since and _time(found.since),
            "sealed_at": found.sealed_at and _time(found.sealed_at),
            "faults": [_fault(fault) for fault in report.faults[:SHOWN_FAULTS]],
            "more": max(0, len(report.faults) - SHOWN_FAULTS),
            "kept": bool(kept),
            "seconds": f"{(clock.now() - began).total_seconds():.1f}",
        },
    )


@route("GET", "/log/records/<string(length=30):record_id>", Permission.LOG_READ)
def show_record(record_id: str) -> Response:
    """One record: its facts; what is sealed in it stays sealed."""
    line, state = services().looks.record(record_id)
    return page(
        "log/record.html",
        line=_lines([line])[0],
        facts={name: str(value) for name, value in sorted(line.facts.items())},
        state=state,
        sealed=line.sealed,
        digest=line.digest.hex(),
        evidence=line.tag is Tag.CHECK_ANSWERED,
    )


def _looks(
    typed: Mapping[str, str],
    status: int = 200,
    faults: Mapping[str, Text] | None = None,
    *,
    token: str | None = None,
    lines: Sequence[Line] = (),
    following: int | None = None,
) -> Response:
    return page(
        "log/looks.html",
        status,
        documents=said(DOCUMENT_NAMES),
        token=token,
        lines=_lines(lines),
        following=following,
        values=typed,
        faults=said(faults or {}),
    )


def _fault(fault: Fault) -> str:
    """What is not as it was sealed, and where."""
    words = next((told for what, told in _FAULTS.items() if fault.what.startswith(what)), None)
    if words is None or language() == "en":
        return str(fault)
    return str(replace(fault, what=words))


def _lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    names = services().accounts.names(
        {each for line in lines for each in (line.actor, line.organisation) if each}
    )
    return [
        {
            "id": line.id,
            "at": _time(line.at),
            "position": line.position,
            "act": ACTS[line.tag].into(language()),
            "tag": line.tag.value,
            "actor": line.actor,
            "by": names.get(line.actor) or said(_NOBODY).get(line.actor, line.actor),
            "unit": names.get(line.organisation or "") if line.organisation != line.actor else None,
            "object": line.object_id or _concerned(line),
        }
        for line in lines
    ]


def _concerned(line: Line) -> str | None:
    """The one thing an act without an object was about; a document's token says nobody anything."""
    about = (line.facts.get(name) for name in ("designation", "appeal", "notice", "resolution", "submission"))
    return next((str(each) for each in about if each), None)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _before(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _time(instant: datetime) -> str:
    at = instant.astimezone(clock.BEIJING)
    return f"{day_words(at.date()).into(language())} {at:%H:%M:%S}"


_NO_DAY = Text("日期须如 2026-11-22。", "A day is written 2026-11-22.")
_FAULTS = {
    "a seal whose signature": "封存的签名不成立",
    "the stored hashes do not give": "保存的哈希与签名的根不符",
    "the stored hashes of earlier": "较早记录的哈希不完整",
    "a record that is not what its digest": "记录与其摘要不符",
    "a record out of its order": "记录次序不对",
    "a record that was not sealed": "记录与封存时不同",
    "a sealed record is missing": "已封存的记录缺失或者被改动",
    "a tombstone": "清理证明的签名不成立",
    "a kept checkpoint": "留存的检查点不属于本日志",
    "the log ends before": "日志短于留存的检查点",
    "the log is another one": "日志与留存的检查点不一致",
}
"""By how what the verification says begins, in Chinese."""
_NOBODY = {
    "operator": Text("运维命令或自动任务", "operator or worker"),
    "nobody": Text("不存在的账号", "no account of that name"),
    "public": Text("公众", "the public"),
}
