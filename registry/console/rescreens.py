"""`/console/rescreens`: all customers of a partner are screened at once, by its administrator."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any, cast

from flask import Response, request, url_for

from registry import clock
from registry.access.rules import Permission
from registry.api.operation import partner, services
from registry.api.rescreens import CSV, NDJSON, as_csv, as_ndjson, outside
from registry.api.respond import language
from registry.console import answering, words
from registry.console.pages import go_to, is_fragment, page, said
from registry.console.routing import fields, route, upload
from registry.console.uploads import Upload
from registry.errors import Conflict, Invalid
from registry.imports.spreadsheet import MAX_FILE
from registry.law.words import Direction, Purpose
from registry.rescreens.orders import Order
from registry.rescreens.service import MAX_UPLOAD, Form, State
from registry.screening.wording import DIRECTIONS, day_words
from registry.text import Text

PAGE = 20
SHOWN = 30
"""Rows of a result that are shown on the screen; all are in the download."""

_ID = "/rescreens/<string(length=30):rescreen_id>"
_FORMS = {".ndjson": Form.NDJSON, ".jsonl": Form.NDJSON, ".csv": Form.CSV, ".xlsx": Form.XLSX}
_OPEN = (State.RECEIVING, State.QUEUED, State.RUNNING)


@route("GET", "/rescreens", Permission.RESCREEN_READ)
def list_rescreens() -> Response:
    """The form for a new one, and own ones, the newest first."""
    return _listed({"purpose": Purpose.REVIEW_EXISTING_CUSTOMER.value})


@route("POST", "/rescreens", Permission.RESCREEN_START, max_upload=MAX_UPLOAD, streamed=True)
def start_rescreen() -> Response:
    """Take a file in, as a partner's system hands in the same."""
    typed, file = fields(), upload()
    form = _form(file)
    faults: dict[str, Text] = {}
    if typed.get("purpose") not in _purposes():
        faults["purpose"] = _NO_PURPOSE
    if file is None or form is None:
        faults["file"] = _NO_FILE if file is None else _OTHER_FORM
    if faults or file is None or form is None:
        return _refused(typed, file, faults)
    if form is Form.XLSX:
        file.limit(MAX_FILE)
    try:
        order = Order(Purpose(typed["purpose"]), form, language(), "keep" in typed, _once(typed))
        rescreen_id = services().rescreens.start(partner(), order, cast(IO[bytes], file))
    except (Invalid, Conflict) as refused:
        return _refused(typed, file, {"file": refused.sentence})
    return go_to("console.show_rescreen", rescreen_id=rescreen_id)


@route("POST", f"{_ID}/again", Permission.RESCREEN_START)
def rescreen_again(rescreen_id: str) -> Response:
    """The kept rows once more, against what has changed since."""
    earlier = services().rescreens.get(partner(), rescreen_id)
    order = Order(Purpose(earlier["purpose"]), Form.KEPT, language(), repeat=_once(fields()))
    started = services().rescreens.start_since(partner(), order, rescreen_id)
    return go_to("console.show_rescreen", rescreen_id=started)


@route("GET", _ID, Permission.RESCREEN_READ)
def show_rescreen(rescreen_id: str) -> Response:
    """How far it is; what came of it."""
    job = services().rescreens.get(partner(), rescreen_id)
    rows: list[dict[str, Any]] = []
    if job["state"] == State.DONE:
        for part in services().rescreens.result(partner(), rescreen_id):
            rows += islice(part, SHOWN - len(rows))
            if len(rows) == SHOWN:
                break
    return page(
        "rescreens/one.html",
        job=_shown(job),
        rows=[_row(row) for row in rows],
        more=job["invalid"] + job["matches"] + job["possible_matches"] - len(rows),
        once=secrets.token_urlsafe(16),
    )


@route("GET", f"{_ID}/progress", Permission.RESCREEN_READ, in_use=False)
def show_rescreen_progress(rescreen_id: str) -> Response:
    """The part of the page that moves; once it is over the whole page comes anew."""
    job = services().rescreens.get(partner(), rescreen_id)
    here = url_for("console.show_rescreen", rescreen_id=rescreen_id)
    if not is_fragment():
        return Response(status=303, headers={"Location": here})
    if job["state"] not in _OPEN:
        return Response(status=204, headers={"HX-Redirect": here})
    return page("rescreens/_progress.html", job=_shown(job))


@route("GET", f"{_ID}/result.<any(csv, ndjson):ending>", Permission.RESCREEN_READ)
def download_rescreen_result(rescreen_id: str, ending: str) -> Response:
    """The matches and the rows that could not be screened, as a file."""
    found = outside(services().rescreens.result(partner(), rescreen_id))
    lines, kind = (as_csv(found), f"{CSV}; charset=utf-8") if ending == "csv" else (as_ndjson(found), NDJSON)
    name = f'attachment; filename="{rescreen_id}.{ending}"'
    return Response(lines, content_type=kind, headers={"Content-Disposition": name})


@route("GET", f"{_ID}/certificate", Permission.RESCREEN_READ)
def show_rescreen_certificate(rescreen_id: str) -> Response:
    """What was screened against which list and law, to be printed; and the same signed."""
    told = services().rescreens.certificate(partner(), rescreen_id)
    return page(
        "rescreens/certificate.html",
        told=told | {"purpose": _purpose(told["purpose"]), "done_at": _time(told["done_at"])},
        unit=partner().name,
    )


@route("POST", f"{_ID}/cancel", Permission.RESCREEN_END)
def cancel_rescreen(rescreen_id: str) -> Response:
    """Stop it; the upload is deleted."""
    services().rescreens.cancel(partner(), rescreen_id)
    return go_to("console.show_rescreen", rescreen_id=rescreen_id)


@route("POST", f"{_ID}/delete", Permission.RESCREEN_END)
def delete_rescreen(rescreen_id: str) -> Response:
    """Forget it with its result and whatever was kept."""
    services().rescreens.delete(partner(), rescreen_id)
    return go_to("console.list_rescreens")


def _listed(
    typed: Mapping[str, str], status: int = 200, faults: Mapping[str, Text] | None = None
) -> Response:
    after = request.args.get("after") or None
    jobs, following = services().rescreens.page(partner(), PAGE, after)
    return page(
        "rescreens/list.html",
        status,
        screenings=[_shown(job) for job in jobs],
        following=following and url_for("console.list_rescreens", after=following),
        first=after is None,
        purposes=_purposes(),
        values=typed,
        faults=said(faults or {}),
        once=secrets.token_urlsafe(16),
    )


def _refused(typed: Mapping[str, str], file: Upload | None, faults: Mapping[str, Text]) -> Response:
    if file is not None:
        file.skip()
    return _listed(typed, 422, faults)


def _form(file: Upload | None) -> Form | None:
    """In which form the rows come, told by the end of the file's name."""
    name = file.name.lower() if file else ""
    return next((form for ending, form in _FORMS.items() if name.endswith(ending)), None)


def _once(typed: Mapping[str, str]) -> bytes:
    """What makes a form that is sent twice one order."""
    said_once = "\n".join((partner().credential, "console", typed.get("once", secrets.token_urlsafe(16))))
    return hashlib.sha256(said_once.encode()).digest()


def _purposes() -> dict[str, str]:
    return answering.purposes(services().book.on(clock.today()), partner().sector, language())


def _purpose(code: str) -> str:
    law = services().book.on(clock.today())
    return answering.business(law.purposes.value[Purpose(code)].name, language())


def _shown(job: dict[str, Any]) -> dict[str, Any]:
    state = State(job["state"])
    kind, word = words.RESCREENS[state]
    return job | {
        "purpose": _purpose(job["purpose"]),
        "kind": kind,
        "word": word.into(language()),
        "open": state in _OPEN,
        "done": state is State.DONE,
        "created": _time(job["created_at"]),
        "finished": _time(job["done_at"]) if job["done_at"] else None,
        "failure": job["failure"] and job["failure"]["detail"].into(language()),
        "left": _left(job) if state is State.RUNNING else None,
        "now": int(clock.now().timestamp()),
    }


def _left(job: dict[str, Any]) -> str | None:
    """How long it will take, by what was done since this reader looked before."""
    before, then = (request.args.get(name, "") for name in ("rows", "at"))
    if not (before.isascii() and before.isdigit() and then.isascii() and then.isdigit() and len(then) < 12):
        return None
    seconds, rows = int(clock.now().timestamp()) - int(then), job["rows_done"] - int(before[:12])
    if job["rows_total"] is None or seconds <= 0 or rows <= 0:
        return None
    left = (job["rows_total"] - job["rows_done"]) * seconds // rows
    minutes = -(-left // 60)
    told = Text("不到1分钟", "less than a minute") if left < 60 else Text("约{n}分钟", "about {n} min")
    return told.format(n=minutes).into(language())


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the result as it is shown: never more than the download has."""
    direction = Direction(row["direction"]) if "direction" in row else None
    change = row.get("change")
    return {
        "line": row["line"],
        "ref": row["ref"],
        "kind": direction.value if direction else "silent",
        "word": (DIRECTIONS[direction] if direction else words.NOT_SCREENED).into(language()),
        "what": words.RESULTS[row["result"]].into(language()),
        "change": change and words.CHANGES[change].into(language()),
        "faults": [fault["detail"] for fault in row.get("errors", ())],
    }


def _time(instant: str) -> str:
    at = datetime.fromisoformat(instant).astimezone(clock.BEIJING)
    return f"{day_words(at.date()).into(language())} {at:%H:%M}"


_NO_PURPOSE = Text("请从列表中选择业务。", "Choose the business from the list.")
_NO_FILE = Text("请选择要上传的文件。", "Choose the file to upload.")
_OTHER_FORM = Text(
    "文件须为 .csv、.xlsx 或 .ndjson；请另存为其中一种。",
    "The file must be .csv, .xlsx or .ndjson; save it as one of these.",
)
