"""`/console/submissions`: what the public sent in, compared with the register, taken in or set aside."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request, url_for

from registry.access.rules import Permission
from registry.api.appeal_submissions import SetAsideBodySchema, TakeInBodySchema, read_taking
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.appeals.rules import MAX_GROUNDS, Asks, Capacity, Track
from registry.appeals.submission_rules import SetAside, SubmissionState
from registry.console import appeal_words, designation_words, typed
from registry.console.designation_card import card
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.console.telling import day, history, moment
from registry.designations.rules import State
from registry.errors import Invalid, RegistryError
from registry.identity.codes import DOCUMENT_NAMES, DocumentType

_ID = "/submissions/<string(length=30):submission_id>"
_ROWS = 50


@route("GET", "/submissions", Permission.APPEAL_RECEIVE)
def list_submissions() -> Response:
    """What waits to be looked at; the others by state."""
    asked = request.args.get("state")
    state = SubmissionState(asked) if asked in set(SubmissionState) else SubmissionState.WAITING
    found = services().inbox.page(officer(), state, _ROWS, request.args.get("before"))
    return page(
        "appeals/submissions.html",
        submissions=[_summary(each) for each in found.items],
        state=state.value,
        states=said({each: word for each, (_, word) in appeal_words.SUBMISSIONS.items()}),
        following=found.next and url_for("console.list_submissions", state=state, before=found.next),
    )


@route("GET", _ID, Permission.APPEAL_RECEIVE)
def show_submission(submission_id: str) -> Response:
    """What was entered, beside the designation that is chosen of those that may be meant."""
    return _shown(submission_id, {})


@route("POST", f"{_ID}/take-in", Permission.APPEAL_RECEIVE)
def take_in_submission(submission_id: str) -> Response:
    """waiting → taken_in: it becomes an appeal that came in on the day on which it was submitted."""
    try:
        taking = read_taking(typed.read(TakeInBodySchema(), fields()))
        appeal_id = services().submissions.take_in(officer(), submission_id, taking)
    except (Invalid, *typed.REFUSALS) as refused:
        return _shown(submission_id, fields(), refused)
    return go_to("console.show_appeal", appeal_id=appeal_id)


@route("POST", f"{_ID}/set-aside", Permission.APPEAL_RECEIVE)
def set_aside_submission(submission_id: str) -> Response:
    """waiting → set_aside: the sender reads the reason by their receipt code."""
    try:
        body = typed.read(SetAsideBodySchema(), fields())
        services().submissions.set_aside(officer(), submission_id, SetAside(body["reason"]), body.get("note"))
    except (Invalid, *typed.REFUSALS) as refused:
        return _shown(submission_id, fields(), refused)
    return go_to("console.list_submissions")


# -- inside ----------------------------------------------------------------------------------------


def _shown(submission_id: str, values: Mapping[str, str], refused: RegistryError | None = None) -> Response:
    view = services().inbox.get(officer(), submission_id)
    reader, setting_aside = language(), "reason" in values or "note" in values
    chosen = values.get("designation_id") or request.args.get("designation")
    chosen = chosen or _only(view["candidates"])
    form = SetAsideBodySchema() if setting_aside else TakeInBodySchema()
    invalid = isinstance(refused, Invalid)
    faults = typed.faults(refused, form, "reason" if setting_aside else "asks") if refused and invalid else {}
    return page(
        "appeals/submission.html",
        typed.refusal(refused) if refused else 200,
        submission=_summary(view)
        | {
            "name": view["person"]["name"],
            "document": DOCUMENT_NAMES[DocumentType(view["person"]["type"])].into(reader),
            "number": view["person"]["number"],
            "capacity": appeal_words.CAPACITIES[Capacity(view["capacity"])].into(reader),
            "asks": appeal_words.ASKS[Asks(view["asks"])].into(reader) if view["asks"] else "",
            **{name: view[name] for name in ("representative", "contact", "grounds", "decision_no")},
        },
        candidates=[_candidate(each) for each in view["candidates"]],
        chosen=chosen,
        against=card(services().designation_queries.get(officer(), chosen)) if chosen else None,
        partners=dict(sorted(services().access.partners().items(), key=lambda each: each[1])),
        asks=said(appeal_words.ASKS),
        reasons=said(appeal_words.SETTING_ASIDE),
        longest=MAX_GROUNDS,
        values={"asks": view["asks"], "partner_id": view["partner"] and view["partner"]["id"]} | dict(values),
        faults=said(faults),
        refused={"sentence": refused.sentence.into(reader)} if refused and not invalid else None,
        history=history(view["history"]),
    )


def _only(candidates: Sequence[Mapping[str, Any]]) -> str | None:
    """The one that is meant: the only one, or the only one that has both document and number."""
    both = [each["id"] for each in candidates if each["same_document"] and each["same_decision_no"]]
    if len(both) == 1:
        return str(both[0])
    return str(candidates[0]["id"]) if len(candidates) == 1 else None


def _candidate(view: Mapping[str, Any]) -> dict[str, Any]:
    kind, word = designation_words.STATES[State(view["state"])]
    shared = ("same_document", "same_decision_no")
    return {
        **{name: view[name] for name in ("id", "decision_no", "name", *shared)},
        "decided_on": day(view["decided_on"]),
        "kind": kind,
        "word": word.into(language()),
    }


def _summary(view: Mapping[str, Any]) -> dict[str, Any]:
    reader = language()
    kind, word = appeal_words.SUBMISSIONS[SubmissionState(view["state"])]
    reason = view["reason"]
    return {
        "id": view["id"],
        "kind": kind,
        "word": word.into(reader),
        "waiting": view["state"] == SubmissionState.WAITING,
        "track": view["track"],
        "about": appeal_words.TRACKS[Track(view["track"])].into(reader),
        "authority": view["authority"]["name"],
        "partner": view["partner"] and view["partner"]["name"],
        "submitted_at": moment(view["submitted_at"]),
        "appeal_id": view["appeal_id"],
        "reason": appeal_words.SETTING_ASIDE[SetAside(reason)].into(reader) if reason else "",
    }
