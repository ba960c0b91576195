"""`/console/evidence`: what was, or would have been, answered – for a court that asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request

from registry import clock
from registry.access.rules import Permission
from registry.api.body import load
from registry.api.checks import read_request
from registry.api.evidence import EvidenceQuestionSchema
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.console import answering, law_words
from registry.console.pages import page, said
from registry.console.routing import fields, route
from registry.designations.intake import MAX_FREE_TEXT
from registry.errors import Conflict, Invalid, NotFound
from registry.identity.codes import DOCUMENT_NAMES, DocumentType
from registry.law.words import Direction, Sector
from registry.screening.evidence import Supposed
from registry.screening.wording import DIRECTIONS
from registry.text import Text

_SUPPOSED = ("purpose", "sector", "area", "at", "name", "number")
_SCHEMA = EvidenceQuestionSchema()


@route("GET", "/evidence", Permission.EVIDENCE_ASK)
def ask_for_evidence() -> Response:
    """The form: a check by its id, or a question at an instant."""
    return _form({"check": request.args.get("check", "")[:40], "type": DocumentType.resident_id.value})


@route("POST", "/evidence", Permission.EVIDENCE_ASK)
def show_evidence() -> Response:
    """What was known then and what is known now; the question is in the log with the court's request."""
    typed = fields()
    try:
        body = load(_SCHEMA, _body(typed))
        if "check" in body:
            found = services().evidence.of_check(officer(), body["court_request"], body["check"])
        else:
            asked = read_request(body | {"reference": "evidence", "operator": "evidence"}, b"")
            supposed = Supposed(asked, Sector(body["sector"]), body["area"], body["at"])
            found = services().evidence.supposed(officer(), body["court_request"], supposed, language())
    except Invalid as refused:
        return _form(typed, {_field(error.pointer): error.text for error in refused.errors})
    except (NotFound, Conflict) as refused:
        return _form(typed, {"check" if typed.get("check") else "at": refused.sentence})
    return page(
        "evidence/answer.html",
        found=found,
        answers={name: _answer(found[name]) for name in ("stored", "then", "now") if found[name]},
        court_request=typed.get("court_request", ""),
    )


def _body(typed: Mapping[str, str]) -> dict[str, Any]:
    """The JSON that a system would send."""
    body: dict[str, Any] = {"court_request": typed.get("court_request", "")}
    if typed.get("check"):
        body["check"] = typed["check"]
    if any(typed.get(name) for name in _SUPPOSED):
        body |= {name: typed.get(name, "") for name in ("purpose", "sector", "area")}
        body["at"] = _instant(typed.get("at", ""))
        document = {"type": typed.get("type", ""), "number": typed.get("number", "")}
        body["parties"] = [{"name": typed.get("name", ""), "document": document}]
    return body


def _instant(typed: str) -> str:
    """Beijing time, as a browser sends it, with its offset."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.BEIJING).isoformat()
    except ValueError:
        return typed


def _field(pointer: str) -> str:
    """The field of the form that a pointer into the body means; the whole is the check's id."""
    last = pointer.rsplit("/", 1)[-1]
    return last if last in (*_SUPPOSED, "type", "court_request") else "check"


def _form(typed: Mapping[str, str], faults: Mapping[str, Text] | None = None) -> Response:
    law = services().book.on(clock.today())
    reader = language()
    purposes = {
        purpose.value: answering.business(rule.name, reader) for purpose, rule in law.purposes.value.items()
    }
    return page(
        "evidence/form.html",
        422 if faults else 200,
        purposes=purposes,
        sectors=said({s: law_words.SECTORS[s] for s in Sector if s is not Sector.PUBLIC}),
        documents=said(DOCUMENT_NAMES),
        longest=MAX_FREE_TEXT,
        values=typed,
        faults=said(faults or {}),
    )


def _answer(told: Mapping[str, Any]) -> dict[str, Any]:
    direction = Direction(told["direction"])
    return {
        "kind": direction.value,
        "word": DIRECTIONS[direction].into(language()),
        "list_version": told["list_version"],
        "parties": [
            {
                "kind": party["direction"],
                "word": DIRECTIONS[Direction(party["direction"])].into(language()),
                "say": party["say"],
                "sanctions": [
                    f"{each['designation_no'] or '–'} · {each['authority']} · "
                    f"{each['starts_on']} – {each['ends_on']}"
                    for each in party["sanctions"]
                ],
            }
            for party in told["parties"]
        ],
    }
