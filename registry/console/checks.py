"""`/console/checks`: the counter. A teller asks, sees at one glance what to do, and asks again."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from registry import clock
from registry.access.rules import Permission
from registry.api import problems, slips
from registry.api.checks import MAX_PARTIES
from registry.api.observability import check_answered
from registry.api.operation import partner, services
from registry.api.respond import language
from registry.console import answering, check_form, words
from registry.console.pages import go_to, is_fragment, page, said
from registry.console.routing import fields, route
from registry.designations.intake import MAX_FREE_TEXT
from registry.errors import Conflict, Invalid, Unavailable
from registry.identity.codes import DOCUMENT_NAMES
from registry.identity.names import normalise_name
from registry.law.book import View
from registry.mismatches.rules import Outcome, State
from registry.mismatches.service import Found
from registry.text import Text

OWN = 8
"""How many of the teller's own checks are shown."""

_CHECK = "/checks/<string(length=30):check_id>"


@route("GET", "/checks/new", Permission.CHECK_MAKE)
def new_check() -> Response:
    """The form, with the business of the last check, and one's own checks of today."""
    own = services().screening.own_today(partner(), OWN)
    purposes = _purposes(_law())
    last = own[0]["answer"]["purpose"] if own else next(iter(purposes))
    return _desk({"purpose": last}, own=own)


@route("GET", "/checks", Permission.CHECK_MAKE)
def list_checks() -> Response:
    """Whoever loads the address of an answer again does not ask again."""
    return go_to("console.new_check")


@route("POST", "/checks", Permission.CHECK_MAKE)
def make_check() -> Response:
    """Ask, exactly as a partner's system does; the answer is in the log before it is here."""
    typed, law = fields(), _law()
    user = partner().user
    request, faults = check_form.read(typed, _purposes(law), user.login if user else partner().name)
    if request is None:
        return _desk(typed, 422, faults=faults)
    try:
        answer = services().screening.check(partner(), request, language())
    except Unavailable as silent:
        told = problems.from_registry(silent)
        response = _desk(typed, told.status_code, silent=silent.sentence)
        response.headers["Retry-After"] = told.headers["Retry-After"]
        return response
    check_answered(answer)
    record = {"answer": answer, "request": {"parties": answering.asked(request, services().mask)}}
    shown = answering.shown(record, law, language())
    for party, question in zip(shown["parties"], request.parties, strict=True):
        party["full_name"] = question.name.display
    return _desk(typed, answer=shown)


@route("GET", _CHECK, Permission.CHECK_READ)
def show_check(check_id: str) -> Response:
    """An answer as it was given."""
    record = services().screening.record(partner(), check_id)
    shown = answering.shown(record, _law(), language())
    return page("checks/answer.html", answer=shown, longest_note=MAX_FREE_TEXT, outcomes=said(words.OUTCOMES))


@route("GET", f"{_CHECK}/slip", Permission.CHECK_READ)
def check_slip(check_id: str) -> Response:
    """What the customer takes away."""
    return slips.page(services().screening.record(partner(), check_id))


@route("POST", f"{_CHECK}/resolutions", Permission.CHECK_RESOLVE)
def resolve_check(check_id: str) -> Response:
    """Who it turned out to be that bears the number under another name."""
    record = services().screening.record(partner(), check_id)
    typed = fields()
    party = int(typed.get("party", "")) if typed.get("party") in _PARTIES else 0
    name, outcome, note = (typed.get(f"{field}_{party}", "") for field in ("name", "outcome", "note"))
    faults: dict[str, Text] = {}
    state = None
    if outcome not in set(Outcome):
        faults["outcome"] = _NO_OUTCOME
    if not note:
        faults["note"] = _NO_NOTE
    elif len(note) > MAX_FREE_TEXT:
        faults["note"] = _LONG_NOTE
    if not faults:
        try:
            found = Found(normalise_name(name), Outcome(outcome), note)
            state = services().mismatches.record_of_check(
                partner(), check_id, record["request"]["parties"], party, found
            )["state"]
        except Invalid as refused:
            faults["name"] = refused.sentence
        except Conflict as refused:
            faults["outcome"] = refused.sentence
    return page(
        "checks/_resolution.html" if is_fragment() else "checks/resolution.html",
        422 if faults else 200,
        check_id=check_id,
        party_number=party,
        full_name=name if is_fragment() and "name" not in faults else None,
        typed=typed,
        faults=said({f"{field}_{party}": text for field, text in faults.items()}),
        outcomes=said(words.OUTCOMES),
        longest_note=MAX_FREE_TEXT,
        done=state and ("at_once" if state == State.EFFECTIVE else "passed_on"),
    )


def _desk(
    typed: Mapping[str, str],
    status: int = 200,
    *,
    faults: Mapping[str, Text] | None = None,
    answer: dict[str, Any] | None = None,
    silent: Text | None = None,
    own: list[dict[str, Any]] | None = None,
) -> Response:
    """The form with what was typed, beside it the answer, below one's own checks.

    A script has all that already and takes the answer alone; the form too where it shows mistakes, or did.
    """
    told = {
        "answer": answer,
        "silent": silent and silent.into(language()),
        "outcomes": said(words.OUTCOMES),
        "longest_note": MAX_FREE_TEXT,
    }
    scripted = is_fragment()
    if scripted and not faults and not typed.get("mended"):
        return page("checks/_answered.html", status, **told)
    law = _law()
    if own is None:
        own = [] if scripted else services().screening.own_today(partner(), OWN)
    response = page(
        "checks/_desk.html" if scripted else "checks/new.html",
        status,
        purposes=_purposes(law),
        documents=said(DOCUMENT_NAMES),
        longest_reference=check_form.LONGEST_REFERENCE,
        values=typed,
        faults=said(faults or {}),
        own=[answering.line(record, law, language()) for record in own],
        **told,
    )
    if scripted:
        response.headers["HX-Retarget"] = "#desk"
    return response


def _law() -> View:
    return services().book.on(clock.today())


def _purposes(law: View) -> dict[str, str]:
    return answering.purposes(law, partner().sector, language())


_PARTIES = frozenset(map(str, range(MAX_PARTIES)))
_NO_OUTCOME = Text("请选择核实结果。", "Say who it turned out to be.")
_NO_NOTE = Text("请写明核对了什么、由谁核对。", "Write down what was looked at, and by whom.")
_LONG_NOTE = Text("说明过长，请缩短。", "The note is too long; please shorten it.")
