"""What the page of a designation and its review show."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from registry import clock
from registry.access.rules import Permission, permits
from registry.api import problems
from registry.api.designations import assembled
from registry.api.operation import officer, services
from registry.appeals.rules import State as AppealState
from registry.audit.tags import Tag
from registry.console import appeal_words
from registry.console import designation_words as words
from registry.console.designation_shown import Telling, telling, time_line
from registry.console.pages import page, said
from registry.console.routing import fields
from registry.console.words import ENTRIES
from registry.designations.intake import MAX_FREE_TEXT
from registry.designations.rules import FROM, ChangeState, State, Verb
from registry.designations.words import ITEMS
from registry.errors import Invalid, RegistryError, Stale
from registry.notices.rules import MAX_PROOF
from registry.text import Text


def shown_page(
    designation_id: str, *, template: str = "page", refused: RegistryError | None = None, of: str = ""
) -> Response:
    view, teller = assembled(designation_id), telling()
    others = services().designation_queries.others(officer(), designation_id)
    sanctions = [(view["decision_no"], each) for each in view["sanctions"]]
    sanctions += [(other["decision_no"], each) for other in others for each in other["sanctions"]]
    hands = {act["by"] for act in view["history"] if act["act"] in _HANDS}
    return page(
        f"designations/{template}.html",
        problems.from_registry(refused).status_code if refused else 200,
        view=view,
        state=teller.state(view["state"]),
        facts=teller.facts(view),
        items=[
            item
            | {
                "kind": teller.word(ITEMS, item["kind"]),
                "from": teller.day(item["held_from"]),
                "to": teller.day(item["held_to"]),
            }
            for item in view["items"]
        ],
        warnings=[teller.text(text) for text in view["warnings"]],
        planned=[teller.sanction(each) for each in view["planned"]],
        sanctions=[teller.sanction(each) for each in view["sanctions"]],
        line=time_line(teller, sanctions, clock.today()),
        others=[teller.line(other) for other in others],
        changes=[_change(each, teller, view) for each in view["changes"]],
        notices=[_notice(each, teller) for each in view["notices"]],
        repair=view["credit_repair"]
        and {name: teller.day(view["credit_repair"][f"{name}_on"]) for name in ("opens", "closes")},
        appeals=[_appeal(each, teller) for each in view["appeals"]],
        exposures=[each | {"state": teller.word(ENTRIES, each["state"])} for each in view["exposures"]],
        history=[
            {"at": teller.instant(act["at"]), "act": teller.act(act["act"])}
            | {"by": act["by"], "reason": act["reason"]}
            for act in view["history"]
        ],
        own=officer().login in hands,
        may=_may(view),
        reopened=of,
        refused=refused and not isinstance(refused, Invalid) and teller.text(refused.sentence),
        stale=isinstance(refused, Stale),
        values=_retyped(refused),
        faults=_faults(refused, of),
        longest=MAX_FREE_TEXT,
        longest_proof=MAX_PROOF,
        forms=said(words.FORMS),
        outcomes=said(words.OUTCOMES),
        sexes=said(words.SEXES),
        today=clock.today().isoformat(),
    )


def _retyped(refused: RegistryError | None) -> Mapping[str, str]:
    """What was typed, where that was refused."""
    return fields() if refused else {}


def _faults(refused: RegistryError | None, of: str) -> dict[str, str]:
    """Faults of one of the page's forms, by field."""
    if not isinstance(refused, Invalid):
        return {}
    found: dict[str, Text] = {}
    for error in refused.errors:
        name = f"{error.pointer.strip('/').split('/')[0] or 'reason'}-{of}"
        found.setdefault(name, error.text if fields().get(name) else _EMPTY)
    return said(found)


def _may(view: Mapping[str, Any]) -> dict[str, bool]:
    """What the officer may do with it now; a verb that waits already is not offered again."""
    state, roles = State(view["state"]), officer().roles
    waiting = {each["verb"] for each in view["changes"] if each["state"] == ChangeState.PENDING}
    may = {
        verb.value: state in FROM[verb]
        and verb.value not in waiting
        and permits(
            roles, Permission.DESIGNATION_SUSPEND if verb is Verb.SUSPEND else Permission.CHANGE_PROPOSE
        )
        for verb in Verb
    }
    may["repair"] = bool(may["vary"] and view["credit_repair"])
    may["submit"] = state is State.DRAFT and permits(roles, Permission.DESIGNATION_SUBMIT)
    may["approve"] = state is State.SUBMITTED and permits(roles, Permission.DESIGNATION_APPROVE)
    may["decide"] = permits(roles, Permission.CHANGE_DECIDE)
    may["deliver"] = permits(roles, Permission.NOTICE_DELIVER)
    may["appeals"] = permits(roles, Permission.APPEAL_READ)
    may["draft"] = permits(roles, Permission.DESIGNATION_DRAFT)
    return may


def _change(change: Mapping[str, Any], teller: Telling, view: Mapping[str, Any]) -> dict[str, Any]:
    named = {m["code"]: teller.text(m["text"]) for s in view["sanctions"] for m in s["measures"]}
    correction = change["correction"] or {}
    told = []
    if change["ends_on"]:
        told.append(_ENDS.format(day=teller.day(change["ends_on"])))
    told += [_LIFTS.format(measure=named.get(code, code)) for code in change["lifted"]]
    if correction.get("name"):
        told.append(_NAMED.format(was=correction["was"], name=correction["name"]))
    if correction.get("sex"):
        told.append(_SEX.format(sex=words.SEXES[correction["sex"]]))
    if correction.get("birth_on"):
        told.append(_BORN.format(day=teller.day(correction["birth_on"])))
    pending = change["state"] == ChangeState.PENDING
    return {
        "id": change["id"],
        "verb": change["verb"],
        "title": teller.word(words.CHANGE_VERBS, change["verb"]),
        "state": teller.word(words.CHANGE_STATES, change["state"]),
        "pending": pending,
        "reason": change["reason"],
        "told": [teller.text(text) for text in told],
        "at": teller.instant(change["proposed_at"]),
        "own": change["proposed_by"] == officer().id,
        "effect": teller.word(words.CHANGE_EFFECTS, change["verb"]),
        "clocks": [teller.clock(each) for each in change["clocks"]] if pending else [],
    }


def _notice(notice: Mapping[str, Any], teller: Telling) -> dict[str, Any]:
    return {
        "id": notice["id"],
        "title": teller.word(words.NOTICES, notice["kind"]),
        "at": teller.instant(notice["drafted_at"]),
        "reached": notice["delivered_on"] and teller.day(notice["delivered_on"]),
        "overdue": notice["overdue_delivery"],
        "deliveries": [
            {
                "form": teller.word(words.FORMS, each["form"]),
                "outcome": teller.word(words.OUTCOMES, each["outcome"]),
                "on": teller.day(each["delivered_on"]),
                "proof": each["proof"],
                "by": each["recorded_by"],
            }
            for each in notice["deliveries"]
        ],
    }


def _appeal(appeal: Mapping[str, Any], teller: Telling) -> dict[str, Any]:
    outcome = appeal["outcome"]
    return {
        "id": appeal["id"],
        "on": teller.day(appeal["received_on"]),
        "state": teller.text(appeal_words.STATES[AppealState(appeal["state"])][1]),
        "outcome": outcome and teller.word(appeal_words.OUTCOMES, outcome),
    }


_NEEDED = {Verb.SUSPEND: Permission.DESIGNATION_SUSPEND}
_HANDS = (Tag.DESIGNATION_DRAFTED.value, Tag.DESIGNATION_SUBMITTED.value)
_EMPTY = Text("请填写此项。", "Fill this in.")
_ENDS = Text("期限提前至 {day}", "The term ends earlier, on {day}")
_LIFTS = Text("解除：{measure}", "Lifted: {measure}")
_NAMED = Text("姓名：{was} 更正为 {name}", "Name: {was} becomes {name}")
_SEX = Text("性别更正为：{sex}", "Sex: {sex}")
_BORN = Text("出生日期更正为：{day}", "Born: {day}")
