"""`/console/designation-imports`: police lists, mended until every row passes, released by two officers."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from registry.access.principals import Officer
from registry.access.rules import Permission, permits
from registry.api import problems
from registry.api.body import load, load_file
from registry.api.designation_imports import MAX_UPLOAD
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.operation import officer, services
from registry.console import designation_words as words
from registry.console.designation_shown import Telling, telling
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.designations.intake import MAX_FREE_TEXT
from registry.errors import Conflict, Forbidden, Invalid, RegistryError
from registry.imports.service import DRAFT, RECALLING, RELEASED, STATES, SUBMITTED
from registry.imports.spreadsheet import MAX_FILE
from registry.text import Text

LISTS, ROWS = 20, 200
"""How many lists, and rows of one, a page shows."""

_ID = "/designation-imports/<string(length=30):import_id>"


@route("GET", "/designation-imports", Permission.IMPORT_READ)
def list_imports() -> Response:
    """Lists, the newest first, and the form for another one."""
    return _listed()


@route("POST", "/designation-imports", Permission.IMPORT_UPLOAD, max_upload=MAX_UPLOAD)
def upload_import() -> Response:
    """Read a list into a report per row; nothing is created yet."""
    try:
        upload = load_file(MAX_FILE)
        if not upload.filename:
            return _listed(422, {"file": _NO_FILE})
        import_id = services().imports.upload(officer(), upload.stream, upload.filename)
    except Invalid as refused:
        return _listed(422, {"file": refused.errors[0].text if refused.errors else refused.sentence})
    return go_to("console.show_import", import_id=import_id)


@route("GET", _ID, Permission.IMPORT_READ)
def show_import(import_id: str) -> Response:
    """A list with its report: the rows with something to mend, or all."""
    return _shown(import_id)


@route("GET", f"{_ID}/report", Permission.IMPORT_READ)
def download_report(import_id: str) -> Response:
    """The report as a table for the spreadsheet program."""
    view, teller = services().imports.get(officer(), import_id), telling()
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow([teller.text(title) for title in _COLUMNS])
    for row in view["rows"]:
        result = teller.word(words.ROW_STATES, row["status"])
        for problem in row["problems"] or [None]:
            told = (
                [problem["cell"], problem["column"], teller.text(problem["detail"])] if problem else [""] * 3
            )
            table.writerow([row["row"], result, *map(_inert, told)])
    # The mark tells spreadsheet programs that it is UTF-8.
    response = Response(("\ufeff" + file.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{import_id}.csv"'
    return response


@route("POST", f"{_ID}/submit", Permission.IMPORT_SUBMIT)
def submit_import(import_id: str) -> Response:
    """draft → submitted."""
    return _act(import_id, lambda: services().imports.submit(officer(), import_id))


@route("POST", f"{_ID}/release", Permission.IMPORT_RELEASE)
def release_import(import_id: str) -> Response:
    """submitted → released: every row takes effect, or none."""
    return _act(import_id, lambda: services().imports.release(officer(), import_id))


@route("POST", f"{_ID}/reject", Permission.IMPORT_REJECT)
def reject_import(import_id: str) -> Response:
    """draft or submitted → rejected."""
    return _act_for_reason(import_id, services().imports.reject, "return")


@route("POST", f"{_ID}/recall", Permission.RECALL_PROPOSE)
def recall_import(import_id: str) -> Response:
    """released → recalling: another officer decides."""
    return _act_for_reason(import_id, services().imports.propose_recall, "recall")


@route("POST", f"{_ID}/recall/approve", Permission.RECALL_DECIDE)
def approve_recall(import_id: str) -> Response:
    """recalling → recalled: every designation of the list is revoked."""
    return _act(import_id, lambda: services().imports.recall(officer(), import_id))


@route("POST", f"{_ID}/recall/reject", Permission.RECALL_DECIDE)
def reject_recall(import_id: str) -> Response:
    """recalling → released."""
    return _act_for_reason(import_id, services().imports.keep, "keep")


def _act(import_id: str, verb: Callable[[], None], of: str = "") -> Response:
    try:
        verb()
    except (Conflict, Forbidden, Invalid) as refused:
        return _shown(import_id, refused, of)
    return go_to("console.show_import", import_id=import_id)


def _act_for_reason(import_id: str, verb: Callable[[Officer, str, str], None], of: str) -> Response:
    """The same with the reason in the page's form `of`."""

    def act() -> None:
        typed = fields().get(f"reason-{of}")
        body = load(ReasonBodySchema(), {"reason": typed} if typed else {})
        verb(officer(), import_id, body["reason"])

    return _act(import_id, act, of)


def _listed(status: int = 200, faults: Mapping[str, Text] | None = None) -> Response:
    teller, asked = telling(), request.args.get("state", "")
    states = (asked,) if asked in STATES else STATES
    found, following = services().imports.page(officer(), states, LISTS, request.args.get("cursor") or None)
    return page(
        "imports/list.html",
        status,
        found=[summary(each, teller) for each in found],
        following=following,
        asked=asked if asked in STATES else "",
        states=said({state: word for state, (_, word) in words.IMPORT_STATES.items()}),
        faults=said(faults or {}),
        may_upload=permits(officer().roles, Permission.IMPORT_UPLOAD),
        most=MAX_FILE >> 20,
    )


def summary(view: Mapping[str, Any], teller: Telling) -> dict[str, Any]:
    """A list as a row of a table."""
    kind, word = words.IMPORT_STATES[view["state"]]
    return {
        **{name: view[name] for name in ("id", "rows_total", "accepted", "warnings", "refused")},
        "at": teller.instant(view["uploaded_at"]),
        "state": {"kind": kind, "word": teller.text(word)},
    }


def _shown(import_id: str, refused: RegistryError | None = None, of: str = "") -> Response:
    view, teller = services().imports.get(officer(), import_id), telling()
    every = request.args.get("rows") == "all" or not any(row["problems"] for row in view["rows"])
    rows = [row for row in view["rows"] if every or row["problems"]]
    told = request.args.get("page", "1")
    number = int(told) if told.isascii() and told.isdigit() and 0 < len(told) < 5 else 1
    last = max(1, -(-len(rows) // ROWS))
    number = min(max(number, 1), last)
    faulty = isinstance(refused, Invalid)
    return page(
        "imports/show.html",
        problems.from_registry(refused).status_code if refused else 200,
        view=view,
        about=summary(view, teller),
        rows=[_row(row, teller) for row in rows[(number - 1) * ROWS : number * ROWS]],
        number=number,
        last=last,
        every=every,
        history=[
            {"at": teller.instant(act["at"]), "act": teller.word(words.IMPORT_ACTS, act["act"])}
            | {"by": act["by"], "reason": act["reason"]}
            for act in services().imports.history(officer(), import_id)
        ],
        may=_may(view),
        own=officer().id in (view["uploaded_by"], view["submitted_by"]),
        own_recall=officer().id == view["recall_by"],
        refused=refused and not faulty and teller.text(refused.sentence),
        values=fields() if refused else {},
        faults=said({f"reason-{of}": _EMPTY}) if faulty else {},
        longest=MAX_FREE_TEXT,
    )


def _row(row: Mapping[str, Any], teller: Telling) -> dict[str, Any]:
    kind = {"accepted": "proceed", "warning": "limit"}.get(row["status"], "refuse")
    return {
        "row": row["row"],
        "kind": kind,
        "word": teller.word(words.ROW_STATES, row["status"]),
        "problems": [
            {"cell": each["cell"], "column": each["column"], "detail": teller.text(each["detail"])}
            | {"refused": each["severity"] == "refused"}
            for each in row["problems"]
        ],
    }


def _may(view: Mapping[str, Any]) -> dict[str, bool]:
    state, roles = view["state"], officer().roles
    return {
        "submit": state == DRAFT and not view["refused"] and permits(roles, Permission.IMPORT_SUBMIT),
        "release": state == SUBMITTED and permits(roles, Permission.IMPORT_RELEASE),
        "reject": state in (DRAFT, SUBMITTED) and permits(roles, Permission.IMPORT_REJECT),
        "recall": state == RELEASED and permits(roles, Permission.RECALL_PROPOSE),
        "decide": state == RECALLING and permits(roles, Permission.RECALL_DECIDE),
        "expose": state == RELEASED and permits(roles, Permission.EXPOSURE_DRAFT),
        "mend": state == DRAFT and bool(view["refused"]),
    }


def _inert(cell: str | None) -> str:
    """A cell that no spreadsheet program takes for a formula: headers are the uploader's own text."""
    text = cell or ""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


_NONE = {"cell": "", "column": "", "detail": Text("", "")}
_NO_FILE = Text("请选择文件。", "Choose a file.")
_EMPTY = Text("请填写理由，最多200个字符。", "Say why, in up to 200 characters.")
_COLUMNS = (
    Text("行号", "Row"),
    Text("结果", "Result"),
    Text("单元格", "Cell"),
    Text("列", "Column"),
    Text("说明", "What is wrong"),
)
