"""`/console/appeals/new`: an appeal that came over the desk or by mail is taken in, on each track."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from registry import clock
from registry.access.rules import Permission
from registry.api.appeal_schemas import AppealIntakeSchema
from registry.api.appeals import read_intake
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.appeals.rules import MAX_GROUNDS, Capacity, Channel, Track
from registry.console import appeal_words, designation_words, typed
from registry.console.designation_card import card
from registry.console.pages import go_to, page, said
from registry.console.routing import fields, route
from registry.console.telling import day
from registry.designations.intake import MAX_DECISION_NO, MAX_FREE_TEXT
from registry.designations.queries import Search
from registry.designations.rules import State
from registry.errors import Invalid, RegistryError
from registry.identity.codes import DOCUMENT_NAMES
from registry.identity.documents import parse_document
from registry.identity.names import LONGEST_NAME
from registry.text import Text

_FOUND = 20


@route("GET", "/appeals/new", Permission.APPEAL_RECEIVE)
def new_appeal() -> Response:
    """Against what: a search for the designation, then the form with it; or the form about a partner."""
    asked = request.args.get("track")
    track = Track(asked) if asked in set(Track) else Track.DESIGNATION
    designation_id = request.args.get("designation", "")
    today = clock.today().isoformat()
    if track is not Track.PARTNER and not designation_id:
        return _search_form(track)
    values = {"received_on": today, "designation_id": designation_id, "appellant_capacity": Capacity.SUBJECT}
    return _form(track, values)


@route("POST", "/appeals/find", Permission.APPEAL_RECEIVE)
def find_appealed() -> Response:
    """The designations of a document or a number, of those that the officer may see."""
    values, faults, found = fields(), {}, None
    track = Track(values["track"]) if values.get("track") in set(Track) else Track.DESIGNATION
    try:
        search = _search(values)
    except Invalid as refused:
        faults = {"number": refused.sentence}
    else:
        found = services().designation_queries.page(officer(), search, _FOUND, None).items
    return _search_form(track, 422 if faults else 200, values=values, faults=said(faults), found=found)


@route("POST", "/appeals", Permission.APPEAL_RECEIVE)
def receive_appeal() -> Response:
    """Take it in; the time for accepting it runs from the day it came in."""
    values = fields()
    track = Track(values["track"]) if values.get("track") in set(Track) else Track.DESIGNATION
    try:
        body = typed.read(AppealIntakeSchema(), {**values, "track": track.value})
        appeal_id = services().appeals.receive(officer(), read_intake(body))
    except (Invalid, *typed.REFUSALS) as refused:
        return _form(track, values, refused)
    return go_to("console.show_appeal", appeal_id=appeal_id)


# -- inside ----------------------------------------------------------------------------------------


def _form(track: Track, values: Mapping[str, str], refused: RegistryError | None = None) -> Response:
    against = None
    if track is not Track.PARTNER:
        view = services().designation_queries.get(officer(), values.get("designation_id", ""))
        against = card(view)
    faults = typed.faults(refused, AppealIntakeSchema(), "received_on") if refused else {}
    return page(
        "appeals/new.html",
        typed.refusal(refused) if refused else 200,
        **_tracks(track),
        against=against,
        partners=dict(sorted(services().access.partners().items(), key=lambda each: each[1])),
        documents=said(DOCUMENT_NAMES),
        channels=said(
            {each: appeal_words.CHANNELS[each] for each in Channel if each is not Channel.PUBLIC_FORM}
        ),
        capacities=said(appeal_words.CAPACITIES),
        asks=said(appeal_words.ASKS),
        longest={"grounds": MAX_GROUNDS, "line": MAX_FREE_TEXT, "name": LONGEST_NAME},
        values=values,
        faults=said(faults),
    )


def _search_form(track: Track, status: int = 200, **told: Any) -> Response:
    found = told.pop("found", None)
    return page(
        "appeals/find.html",
        status,
        **_tracks(track),
        **told,
        documents=said(DOCUMENT_NAMES),
        longest=MAX_DECISION_NO,
        found=found and [_match(each) for each in found],
        searched=found is not None,
    )


def _tracks(track: Track) -> dict[str, Any]:
    return {"track": track.value, "tracks": said(appeal_words.TRACKS)}


def _search(values: Mapping[str, str]) -> Search:
    """Raises Invalid."""
    if number := values.get("decision_no"):
        return Search(number_token=services().designations.drafts.number_token(number))
    if not values.get("number"):
        raise Invalid("invalid-input", _NOTHING)
    return Search(document=parse_document(values.get("type", ""), values["number"], clock.today()))


def _match(view: Mapping[str, Any]) -> dict[str, Any]:
    kind, word = designation_words.STATES[State(view["state"])]
    return {
        "id": view["id"],
        "name": view["subject"]["name"],
        "decision_no": view["decision_no"],
        "authority": view["authority"]["name"],
        "decided_on": day(view["decided_on"]),
        "kind": kind,
        "word": word.into(language()),
    }


_NOTHING = Text("请填写证件号码，或者认定文书号。", "Enter the number of a document or of the decision.")
