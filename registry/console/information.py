"""`/console/information`: somebody at the desk asks what is held about them, and takes the answer away."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from registry.access.rules import Permission
from registry.api.information_requests import InformationRequestSchema
from registry.api.operation import officer, services
from registry.api.persons import read_person
from registry.api.respond import language
from registry.appeals.rules import State as AppealState
from registry.appeals.rules import Track
from registry.console import appeal_words, designation_words, typed
from registry.console.designation_card import documents, sanction
from registry.console.pages import page, said
from registry.console.routing import fields, route
from registry.console.telling import day, moment, source
from registry.designations.rules import State
from registry.errors import Invalid
from registry.identity.codes import DOCUMENT_NAMES
from registry.identity.names import LONGEST_NAME
from registry.law.words import Ground


@route("GET", "/information", Permission.INFORMATION_GIVE)
def ask_information() -> Response:
    """Who asks about themselves."""
    return _form({"document_type": "resident_id"})


@route("POST", "/information", Permission.INFORMATION_GIVE)
def give_information() -> Response:
    """What is held about them, to print and hand over; that it was given is in the log."""
    schema = InformationRequestSchema()
    try:
        name, document = read_person(typed.read(schema, fields()))
    except Invalid as refused:
        faults = typed.faults(refused, schema, "name")
        return _form(fields(), 422, said(faults))
    told = services().information.give(officer(), name, document)
    return page(
        "information/answer.html",
        name=name.display,
        id=told["id"],
        answered_at=moment(told["answered_at"]),
        authority=officer().authority.name,
        subjects=[
            {"names": [each["name"], *each["aliases"]], "documents": documents(each)}
            for each in told["subjects"]
        ],
        designations=[_designation(each) for each in told["designations"]],
    )


def _form(values: Mapping[str, str], status: int = 200, faults: Mapping[str, str] | None = None) -> Response:
    return page(
        "information/ask.html",
        status,
        documents=said(DOCUMENT_NAMES),
        longest=LONGEST_NAME,
        values=values,
        faults=faults or {},
    )


def _designation(view: Mapping[str, Any]) -> dict[str, Any]:
    reader, right = language(), view["right_to_appeal"]
    kind, word = designation_words.STATES[State(view["state"])]
    return {
        "kind": kind,
        "word": word.into(reader),
        "authority": view["authority"]["name"],
        "decision_no": view["decision_no"],
        "decided_on": day(view["decided_on"]),
        "ground": designation_words.GROUNDS[Ground(view["ground"])].into(reader),
        "sanctions": [sanction(each) for each in view["sanctions"]],
        "appeals": [
            {
                "about": appeal_words.TRACKS[Track(each["track"])].into(reader),
                "word": appeal_words.STATES[AppealState(each["state"])][1].into(reader),
                "received_on": day(each["received_on"]),
            }
            for each in view["appeals"]
        ],
        "right": right["text"].into(reader),
        "source": source(right["basis"]),
    }
