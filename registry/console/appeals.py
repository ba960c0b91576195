"""`/console/appeals`: what is due first, one appeal beside its designation, and what may be done with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response, request, url_for

from registry import clock
from registry.access.rules import Permission
from registry.api import notices
from registry.api.appeal_schemas import DecisionBodySchema
from registry.api.appeals import read_decision
from registry.api.designation_schemas import ReasonBodySchema
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.appeals.credit import CREDIT_RECORD
from registry.appeals.queries import Wanted
from registry.appeals.rules import (
    DECIDABLE,
    FROM,
    MAX_GROUNDS,
    Asks,
    Capacity,
    Channel,
    Outcome,
    State,
    Track,
    Verb,
)
from registry.console import appeal_words, typed
from registry.console.designation_card import card
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, may, route
from registry.console.telling import clock_words, day, history, moment, running
from registry.designations.intake import MAX_FREE_TEXT
from registry.errors import Invalid, RegistryError
from registry.workdays.service import PAUSED, RUNNING

_ID = "/appeals/<string(length=30):appeal_id>"
_ROWS = 50


@route("GET", "/appeals", Permission.APPEAL_READ)
def list_appeals() -> Response:
    """What waits, the first due first; or all there is, the newest first."""
    which, after = request.args.get("list"), request.args.get("after")
    if which == "all":
        found = services().appeal_queries.page(officer(), Wanted(), _ROWS, after)
    else:
        which = None
        found = services().appeal_queries.waiting(officer(), _ROWS, after)
    return page(
        "appeals/list.html",
        appeals=[_summary(each) for each in found.items],
        which=which,
        following=found.next and url_for("console.list_appeals", list=which, after=found.next),
        may_receive=may(Permission.APPEAL_RECEIVE),
    )


@route("GET", _ID, Permission.APPEAL_READ)
def show_appeal(appeal_id: str) -> Response:
    """One appeal beside what it goes against, its clocks, what may be done, and what was done."""
    return _shown(appeal_id)


@route("GET", f"{_ID}/notices/<string(length=30):notice_id>", Permission.NOTICE_READ)
def show_appeal_notice(appeal_id: str, notice_id: str) -> Response:
    """A notice of the designation that the appeal goes against, to print."""
    view = services().appeal_queries.get(officer(), appeal_id)
    return notices.document(view["designation_id"] or "", notice_id)


@route("POST", f"{_ID}/accept", Permission.APPEAL_JUDGE)
def accept_appeal(appeal_id: str) -> Response:
    """received → accepted."""
    return _done(appeal_id, lambda: services().appeals.accept(officer(), appeal_id))


@route("POST", f"{_ID}/refuse", Permission.APPEAL_JUDGE)
def refuse_appeal(appeal_id: str) -> Response:
    """received → refused."""
    return _done(appeal_id, lambda: services().appeals.refuse(officer(), appeal_id, _reason()))


@route("POST", f"{_ID}/pause", Permission.APPEAL_JUDGE)
def pause_appeal(appeal_id: str) -> Response:
    """Stop the clock until the papers are mended."""
    return _done(appeal_id, lambda: services().appeals.pause(officer(), appeal_id, _reason()))


@route("POST", f"{_ID}/resume", Permission.APPEAL_JUDGE)
def resume_appeal(appeal_id: str) -> Response:
    """Let the rest of the time run on."""
    return _done(appeal_id, lambda: services().appeals.resume(officer(), appeal_id))


@route("POST", f"{_ID}/withdraw", Permission.APPEAL_RECEIVE)
def withdraw_appeal(appeal_id: str) -> Response:
    """The appellant takes it back."""
    return _done(appeal_id, lambda: services().appeals.withdraw(officer(), appeal_id, _reason()))


@route("POST", f"{_ID}/forward", Permission.APPEAL_RECEIVE)
def forward_appeal(appeal_id: str) -> Response:
    """received → forwarded."""
    return _done(appeal_id, lambda: services().appeals.forward(officer(), appeal_id))


@route("POST", f"{_ID}/decision", Permission.APPEAL_JUDGE)
def propose_decision(appeal_id: str) -> Response:
    """A decision that another officer approves."""

    def propose() -> None:
        body = typed.read(DecisionBodySchema(), fields())
        services().appeals.propose(officer(), appeal_id, read_decision(body))

    return _done(appeal_id, propose)


@route("POST", f"{_ID}/decision/approve", Permission.APPEAL_DECIDE)
def approve_decision(appeal_id: str) -> Response:
    """It takes effect, all of it at once."""
    return _done(appeal_id, lambda: services().appeals.approve(officer(), appeal_id))


@route("POST", f"{_ID}/decision/return", Permission.APPEAL_DECIDE)
def return_decision(appeal_id: str) -> Response:
    """Turned down; the appeal stays where it was."""
    return _done(appeal_id, lambda: services().appeals.send_back(officer(), appeal_id, _reason()))


# -- inside ----------------------------------------------------------------------------------------


def _done(appeal_id: str, verb: Callable[[], None]) -> Response:
    """Do it and show what came of it; a refusal stands on the page with what was typed."""
    try:
        verb()
    except (Invalid, *typed.REFUSALS) as refused:
        return _shown(appeal_id, refused)
    return go_to("console.show_appeal", appeal_id=appeal_id)


def _reason() -> str:
    """Raises Invalid."""
    return str(typed.read(ReasonBodySchema(), fields())["reason"])


def _shown(appeal_id: str, refused: RegistryError | None = None) -> Response:
    view = services().appeal_queries.get(officer(), appeal_id)
    against = None
    if view["designation_id"]:
        against = card(services().designation_queries.get(officer(), view["designation_id"]))
    values = fields() if refused else {}
    in_form = isinstance(refused, Invalid) and values.get("verb") == Verb.PROPOSE
    faults = typed.faults(refused, DecisionBodySchema(), "outcome") if refused and in_form else {}
    return page(
        "appeals/appeal.html",
        typed.refusal(refused) if refused else 200,
        appeal=_summary(view) | _detail(view),
        against=against,
        clocks=[clock_words(each) for each in view["clocks"]],
        history=history(view["history"]),
        may=_verbs(view),
        own=view["decision"] is not None and view["decision"]["proposed_by"] == officer().id,
        outcomes=said(
            {
                each: appeal_words.OUTCOMES[each]
                for each in DECIDABLE
                if each is not Outcome.PARTLY_ALLOWED or view["track"] == Track.DESIGNATION
            }
        ),
        liftable=_liftable(view, against),
        longest=MAX_FREE_TEXT,
        longest_reason=MAX_GROUNDS,
        values=values,
        faults=said(faults),
        refused={"sentence": refused.sentence.into(language())} if refused and not in_form else None,
    )


def _verbs(view: Mapping[str, Any]) -> dict[str, bool]:
    """What the officer may do with it now; who had a hand in the matter is refused when they try."""
    track, state = Track(view["track"]), State(view["state"])
    clocks = {each["state"] for each in view["clocks"]}
    waits = view["decision"] is not None and not view["decision"]["final"]
    fits = {
        Verb.PAUSE: RUNNING in clocks,
        Verb.RESUME: PAUSED in clocks,
        Verb.PROPOSE: not waits,
        Verb.APPROVE: waits,
        Verb.RETURN: waits,
    }
    return {
        verb.value: state in FROM.get((track, verb), ()) and fits.get(verb, True) and may(permission)
        for verb, permission in _PERMISSIONS.items()
    }


_PERMISSIONS: Mapping[Verb, Permission] = {
    Verb.ACCEPT: Permission.APPEAL_JUDGE,
    Verb.REFUSE: Permission.APPEAL_JUDGE,
    Verb.PAUSE: Permission.APPEAL_JUDGE,
    Verb.RESUME: Permission.APPEAL_JUDGE,
    Verb.PROPOSE: Permission.APPEAL_JUDGE,
    Verb.APPROVE: Permission.APPEAL_DECIDE,
    Verb.RETURN: Permission.APPEAL_DECIDE,
    Verb.FORWARD: Permission.APPEAL_RECEIVE,
    Verb.WITHDRAW: Permission.APPEAL_RECEIVE,
}


def _liftable(view: Mapping[str, Any], against: Mapping[str, Any] | None) -> dict[str, str]:
    """Measures that a decision may lift."""
    measures: dict[str, str] = against["measures"] if against else {}
    if view["track"] == Track.CREDIT:
        return {code: text for code, text in measures.items() if code == CREDIT_RECORD}
    return measures


def _summary(view: Mapping[str, Any]) -> dict[str, Any]:
    reader = language()
    track, state = Track(view["track"]), State(view["state"])
    kind, word = appeal_words.STATES[state]
    following = appeal_words.NEXT_APPROVAL if view.get("proposed") else appeal_words.NEXT.get((track, state))
    return {
        **{name: view[name] for name in ("id", "overdue", "escalated")},
        "track": track.value,
        "about": appeal_words.TRACKS[track].into(reader),
        "state": state.value,
        "kind": kind,
        "word": word.into(reader),
        "next": following.into(reader) if following else "",
        "outcome": appeal_words.OUTCOMES[Outcome(view["outcome"])].into(reader) if view["outcome"] else "",
        "authority": view["authority"]["name"],
        "partner": view["partner"] and view["partner"]["name"],
        "received_on": day(view["received_on"]),
        "channel": appeal_words.CHANNELS[Channel(view["channel"])].into(reader),
        "clock": running(view["clocks"]),
    }


def _detail(view: Mapping[str, Any]) -> dict[str, Any]:
    reader, decision, answer = language(), view["decision"], view["answer"]
    appellant = view["appellant"]
    return {
        "appellant": appellant["name"],
        "contact": appellant["contact"],
        "capacity": appeal_words.CAPACITIES[Capacity(appellant["capacity"])].into(reader),
        "grounds": view["grounds"],
        "asks": appeal_words.ASKS[Asks(view["asks"])].into(reader) if view["asks"] else "",
        "relief": _relief(view["variation"]),
        "customer": view["customer"],
        "forwarded_at": moment(view["forwarded_at"]),
        "decision": decision
        and {
            "outcome": appeal_words.OUTCOMES[Outcome(decision["outcome"])].into(reader),
            "effect": appeal_words.EFFECTS[Track(view["track"]), Outcome(decision["outcome"])].into(reader),
            "reason": decision["reason"],
            "relief": _relief(decision["variation"]),
            "final": decision["final"],
            "at": moment(decision["decided_at"] or decision["proposed_at"]),
        },
        "answer": answer
        and {
            "outcome": appeal_words.OUTCOMES[Outcome(answer["outcome"])].into(reader),
            "at": moment(answer["answered_at"]),
            "released_on": answer["released_on"] and day(date.fromisoformat(answer["released_on"])),
            **{name: answer[name] for name in ("reason", "channel", "papers")},
        },
    }


def _relief(variation: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An earlier last day and measures lifted, in words."""
    if variation is None:
        return None
    measures = services().book.on(clock.today()).measures
    ends_on = variation["ends_on"]
    return {
        "ends_on": day(date.fromisoformat(ends_on)) if ends_on else "",
        "lifted": [measures[code].value.name.into(language()) for code in variation["lifted"]],
    }
