"""`/console/work`: what waits for a clerk or an approver, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from registry.access.rules import Permission, permits
from registry.api.operation import officer, services
from registry.console import designation_words as words
from registry.console.designation_imports import summary
from registry.console.designation_shown import Telling, telling
from registry.console.pages import page
from registry.console.routing import route
from registry.designations.waiting import MANY
from registry.imports.service import DRAFT, RECALLING, SUBMITTED
from registry.text import Text

PAGE = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work, for whoever may do it. `none` says what to do where there is none."""

    title: Text
    permission: Permission
    none: Text


@route("GET", "/work", Permission.IMPORT_READ)
def show_work() -> Response:
    """What waits, a kind at a time; without a choice the first kind of which there is something."""
    mine = {key: kind for key, kind in KINDS.items() if permits(officer().roles, kind.permission)}
    counts = services().waiting.counts(officer())
    imports, _ = services().imports.page(officer(), _import_states(), MANY, None)
    counts["imports"] = len(imports)
    asked = request.args.get("what", "")
    what = asked if asked in mine else next((key for key in mine if counts[key]), next(iter(mine)))
    teller = telling()
    rows, following = _rows(what, teller, request.args.get("cursor") or None)
    return page(
        "work.html",
        what=what,
        kinds=[
            {"key": key, "title": teller.text(kind.title), "count": _counted(counts[key])}
            for key, kind in mine.items()
        ],
        title=teller.text(mine[what].title),
        nothing=teller.text(mine[what].none),
        rows=rows,
        following=following,
        may_draft=permits(officer().roles, Permission.DESIGNATION_DRAFT),
    )


def _rows(what: str, teller: Telling, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
    if what == "imports":
        found, following = services().imports.page(officer(), _import_states(), PAGE, cursor)
        return [summary(each, teller) for each in found], following
    read = getattr(services().waiting, what)
    waiting = read(officer(), PAGE, cursor)
    return [_row(what, each, teller) for each in waiting.items], waiting.next


def _row(what: str, each: Mapping[str, Any], teller: Telling) -> dict[str, Any]:
    if what in ("drafts", "approvals"):
        return teller.line(each) | {"at": teller.instant(each["drafted_at"]), "by": each["drafted_by"]}
    line = teller.line(each["designation"])
    if what == "notices":
        title = teller.word(words.NOTICES, each["kind"])
        return line | {"title": title, "at": teller.instant(each["drafted_at"]), "overdue": each["overdue"]}
    return line | {
        "title": teller.word(words.CHANGE_VERBS, each["verb"]),
        "at": teller.instant(each["proposed_at"]),
        "by": each["proposed_by"],
        "clocks": [teller.clock(clock) for clock in each["clocks"]],
    }


def _import_states() -> tuple[str, ...]:
    """Lists that wait for an officer of these roles."""
    own = (DRAFT,) if permits(officer().roles, Permission.IMPORT_SUBMIT) else ()
    theirs = (SUBMITTED, RECALLING) if permits(officer().roles, Permission.IMPORT_RELEASE) else ()
    return own + theirs


def _counted(count: int) -> str:
    return f"{MANY}+" if count >= MANY else str(count)


_NOTHING = Text("目前没有。", "Nothing at present.")
KINDS: Mapping[str, Kind] = {
    "reviews": Kind(Text("中止待复核", "Suspensions to review"), Permission.CHANGE_DECIDE, _NOTHING),
    "approvals": Kind(
        Text("认定待审批", "Designations to approve"),
        Permission.DESIGNATION_APPROVE,
        Text("办案民警提交后，会出现在这里。", "They appear here once a clerk has submitted them."),
    ),
    "changes": Kind(Text("变更待批准", "Changes to decide"), Permission.CHANGE_DECIDE, _NOTHING),
    "drafts": Kind(
        Text("我的草稿", "My drafts"),
        Permission.DESIGNATION_SUBMIT,
        Text("起草一项认定，或者导入一份名单。", "Draft a designation, or import a list."),
    ),
    "imports": Kind(
        Text("名单", "Lists"),
        Permission.IMPORT_READ,
        Text("没有等待处理的名单。", "No list waits to be dealt with."),
    ),
    "notices": Kind(
        Text("未送达告知书", "Undelivered notices"),
        Permission.NOTICE_DELIVER,
        Text("所有告知书均已送达。", "Every notice has been delivered."),
    ),
}
"""In the order in which they are due."""
