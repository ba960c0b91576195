"""`/console/exposure-lists`: drafted, looked at as the public will see it, published by another officer."""

from collections.abc import Callable, Mapping
from typing import Any

import flask
from flask import Response, request, url_for

from registry.access.rules import Permission
from registry.api import exposure_pages
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.exposure_lists import read_draft
from registry.api.exposure_schemas import ExposureDraftSchema
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.audit.tags import Tag
from registry.console import designation_words, typed, words
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, may, route
from registry.console.telling import day, history, moment
from registry.designations.intake import MAX_FREE_TEXT
from registry.errors import Conflict, Invalid, RegistryError
from registry.exposures.public import PAGE
from registry.exposures.rules import MAX_ROWS, Cause, EntryState, State
from registry.exposures.wording import CAUSES
from registry.law.words import Role
from registry.text import Text

_LISTS = "/exposure-lists"
_ID = f"{_LISTS}/<string(length=30):list_id>"
_ROWS = 50


@route("GET", _LISTS, Permission.EXPOSURE_READ)
def list_exposure_lists() -> Response:
    """Lists by state, the newest first."""
    state = _word(State, "state")
    found = services().exposure_queries.page(officer(), state, _ROWS, request.args.get("before"))
    return page(
        "exposures/lists.html",
        lists=[_summary(each) for each in found.items],
        state=state,
        states=said({each: word for each, (_, word) in words.LISTS.items()}),
        following=found.next and url_for("console.list_exposure_lists", state=state, before=found.next),
        may_draft=may(Permission.EXPOSURE_DRAFT),
    )


@route("GET", f"{_LISTS}/new", Permission.EXPOSURE_DRAFT)
def new_exposure_list() -> Response:
    """The form of a draft, perhaps of what came with one import."""
    return _form({"filter_import": request.args.get("import", "")})


@route("POST", _LISTS, Permission.EXPOSURE_DRAFT)
def draft_exposure_list() -> Response:
    """Draft from what fits; rows that may not be shown stay on it, with their reasons."""
    schema = ExposureDraftSchema()
    try:
        body = typed.read(schema, fields())
        body.setdefault("filter", {})
        list_id = services().exposures.draft(officer(), read_draft(body))
    except (Invalid, Conflict) as refused:
        elsewhere = "batch" if refused.slug == "batch-taken" else "filter_decided_from"
        return _form(fields(), typed.refusal(refused), typed.faults(refused, schema, elsewhere))
    return go_to("console.show_exposure_list", list_id=list_id)


@route("GET", _ID, Permission.EXPOSURE_READ)
def show_exposure_list(list_id: str) -> Response:
    """What it says, its rows with the refused ones and why, what may be done, and what was done."""
    return _shown(list_id)


@route("GET", f"{_ID}/preview", Permission.EXPOSURE_READ)
def preview_exposure_list(list_id: str) -> Response:
    """The page as the public would see it if the list were published now."""
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    if not 1 <= number <= MAX_ROWS // PAGE:
        flask.abort(404)

    def address(other: int) -> str:
        return url_for("console.preview_exposure_list", list_id=list_id, page=other)

    told = exposure_pages.preview(officer(), list_id, number, address)
    reader = language()
    other = "zh-CN" if reader == "en" else "en"
    html = flask.render_template(
        "public/exposure_list.html",
        language=reader,
        zh=reader != "en",
        other_language=url_for(request.endpoint or "", list_id=list_id, page=number, lang=other),
        **told,
    )
    return Response(html, content_type="text/html; charset=utf-8")


@route("POST", f"{_ID}/submit", Permission.EXPOSURE_SUBMIT)
def submit_exposure_list(list_id: str) -> Response:
    """draft → submitted."""
    return _done(list_id, lambda: services().exposures.submit(officer(), list_id))


@route("POST", f"{_ID}/reject", Permission.EXPOSURE_REJECT)
def reject_exposure_list(list_id: str) -> Response:
    """draft or submitted → rejected."""
    return _done(list_id, lambda: services().exposures.reject(officer(), list_id, _reason()))


@route("POST", f"{_ID}/publish", Permission.EXPOSURE_PUBLISH)
def publish_exposure_list(list_id: str) -> Response:
    """submitted → published: anybody can see it at once."""
    return _done(list_id, lambda: services().exposures.publish(officer(), list_id))


@route("POST", f"{_ID}/withdraw", Permission.EXPOSURE_WITHDRAW)
def withdraw_exposure_list(list_id: str) -> Response:
    """published → withdrawn: nobody on it is shown any more."""
    return _done(list_id, lambda: services().exposures.withdraw(officer(), list_id, _reason()))


@route("POST", f"{_ID}/entries/<string(length=30):entry_id>/withdraw", Permission.EXPOSURE_WITHDRAW)
def withdraw_exposure_entry(list_id: str, entry_id: str) -> Response:
    """One row is shown no more, or dropped before anybody saw it."""
    return _done(
        list_id, lambda: services().exposures.withdraw_entry(officer(), list_id, entry_id, _reason())
    )


# -- inside ----------------------------------------------------------------------------------------


def _form(values: Mapping[str, str], status: int = 200, faults: Mapping[str, Text] | None = None) -> Response:
    return page(
        "exposures/new.html",
        status,
        values=values,
        faults=said(faults or {}),
        roles=said({role: designation_words.PARTS[role] for role in Role}),
    )


def _done(list_id: str, verb: Callable[[], None]) -> Response:
    """Do it and show what came of it; a refusal stands above the list with what was typed."""
    try:
        verb()
    except (Invalid, *typed.REFUSALS) as refused:
        return _shown(list_id, typed.refusal(refused), refused)
    return go_to("console.show_exposure_list", list_id=list_id)


def _reason() -> str:
    """Raises Invalid."""
    return str(typed.read(ReasonBodySchema(), fields())["reason"])


def _shown(list_id: str, status: int = 200, refused: RegistryError | None = None) -> Response:
    view = services().exposure_queries.get(officer(), list_id)
    chosen = _word(EntryState, "rows") or _first(view["entries"], State(view["state"]))
    found = services().exposure_queries.entries(officer(), list_id, chosen, _ROWS, request.args.get("after"))
    state, public = State(view["state"]), view["state"] in (State.PUBLISHED, State.WITHDRAWN)
    drafters = {view["drafted_by"], view["submitted_by"]}
    return page(
        "exposures/list.html",
        status,
        list=_summary(view) | {"reason": view["reason"], "withdrawn_on": day(view["withdrawn_at"])},
        paragraphs=[view["paragraphs"][name].into(language()) for name in ("legal_basis", "measures")],
        counts=view["entries"],
        kinds=said(
            {each: words.ENTRIES[each] for each in EntryState if view["entries"][each] or each == chosen}
        ),
        chosen=chosen.value,
        rows=[_row(each) for each in found.items],
        following=found.next
        and url_for("console.show_exposure_list", list_id=list_id, rows=chosen, after=found.next),
        # Rows that were taken down are told of one by one among the rows.
        history=history([each for each in view["history"] if each["act"] != Tag.ENTRY_WITHDRAWN]),
        public=public,
        may={
            "submit": state is State.DRAFT and may(Permission.EXPOSURE_SUBMIT),
            "reject": state in (State.DRAFT, State.SUBMITTED) and may(Permission.EXPOSURE_REJECT),
            "publish": state is State.SUBMITTED and may(Permission.EXPOSURE_PUBLISH),
            "withdraw": state is State.PUBLISHED and may(Permission.EXPOSURE_WITHDRAW),
            "drop": chosen in _WITHDRAWABLE.get(state, ()) and may(Permission.EXPOSURE_WITHDRAW),
        },
        own=officer().id in drafters,
        longest=MAX_FREE_TEXT,
        values=fields() if refused else {},
        refused=refused and _told(refused),
    )


_WITHDRAWABLE: Mapping[State, tuple[EntryState, ...]] = {
    State.DRAFT: (EntryState.DRAFTED, EntryState.REFUSED),
    State.SUBMITTED: (EntryState.DRAFTED, EntryState.REFUSED),
    State.PUBLISHED: (EntryState.SHOWN,),
}
"""Rows that an officer can take off, by the list's state."""


def _first(counts: Mapping[str, int], state: State) -> EntryState:
    """The rows that matter most before anything else is chosen."""
    if state is State.DRAFT and counts[EntryState.REFUSED]:
        return EntryState.REFUSED
    order = (EntryState.SHOWN, EntryState.DRAFTED, EntryState.WITHDRAWN, EntryState.REFUSED)
    return next((each for each in order if counts[each]), EntryState.DRAFTED)


def _told(refused: RegistryError) -> dict[str, Any]:
    """A refusal and, where rows are to blame, their reasons."""
    reader = language()
    why = [error.text.into(reader) for error in refused.errors if error.text != refused.sentence]
    return {"sentence": refused.sentence.into(reader), "why": list(dict.fromkeys(why))}


def _summary(view: Mapping[str, Any]) -> dict[str, Any]:
    kind, word = words.LISTS[State(view["state"])]
    return {
        "id": view["id"],
        "kind": kind,
        "word": word.into(language()),
        "state": view["state"],
        "batch": view["batch"],
        "title": view["title"],
        "authority": view["authority"]["name"],
        "person_times": view["person_times"],
        "basis": view["legal_basis"],
        "assessment": view["impact_assessment_ref"],
        "drafted_on": day(view["drafted_at"]),
        "published_at": moment(view["published_at"]),
        "published_on": day(view["published_at"]),
    }


def _row(view: Mapping[str, Any]) -> dict[str, Any]:
    reader = language()
    cause = CAUSES[Cause(view["cause"])].into(reader) if view["cause"] else ""
    return {
        **{name: view[name] for name in ("id", "serial", "designation", "name", "number", "reason")},
        "reasons": [each["detail"].into(reader) for each in view["reasons"]],
        "cause": cause,
        "withdrawn_at": moment(view["withdrawn_at"]),
    }


def _word(kind: Any, name: str) -> Any:
    """A word of a closed list in the query; anything else counts as nothing said."""
    asked = request.args.get(name)
    return kind(asked) if asked in set(kind) else None
