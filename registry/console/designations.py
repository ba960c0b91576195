"""`/console/designations`: entered with the law beside it, submitted, found again."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from registry.access.rules import Permission
from registry.api import problems
from registry.api.body import load
from registry.api.designation_schemas import ListQuery, SearchSchema
from registry.api.designations import assembled, read_search
from registry.api.operation import officer, services
from registry.api.respond import language
from registry.console import designation_form as form
from registry.console import designation_words as words
from registry.console.designation_shown import Telling, telling
from registry.console.pages import go_to, is_fragment, page, said
from registry.console.routing import fields, route
from registry.db import reading
from registry.designations.drafting import duplicate
from registry.designations.intake import MAX_DECISION_NO, MAX_FREE_TEXT, Draft
from registry.designations.queries import Search
from registry.designations.rules import State
from registry.designations.words import BEHAVIOURS, ITEMS, LEVELS
from registry.errors import Conflict, Invalid, NotLawful
from registry.identity.codes import DOCUMENT_NAMES
from registry.law.words import Level
from registry.text import Text

PAGE = 20
ID = "/designations/<string(length=30):designation_id>"


# -- the form --------------------------------------------------------------------------------------


@route("GET", "/designations/new", Permission.DESIGNATION_DRAFT)
def new_designation() -> Response:
    """An empty form, or one filled in from an earlier designation (`from`)."""
    earlier = request.args.get("from")
    return _form(form.again(assembled(earlier)) if earlier else form.starting())


@route("POST", "/designations/preview", Permission.DESIGNATION_DRAFT)
def preview_designation() -> Response:
    """What would follow from what was typed; nothing is kept. A script asks for that part alone."""
    typed = fields()
    if typed.get("more"):
        return _form(typed)
    try:
        _, draft = form.read(officer(), typed)
    except form.Faulty as faulty:
        if not is_fragment():
            return _form(typed, 422, faults=faulty.faults)
        named = {name: text for name, text in faulty.faults.items() if typed.get(name)}
        return page("designations/_preview.html", preview={"lacking": True, "named": said(named)})
    preview = _preview(draft)
    return (
        page("designations/_preview.html", preview=preview)
        if is_fragment()
        else _form(typed, preview=preview)
    )


@route("POST", "/designations", Permission.DESIGNATION_DRAFT)
def draft_designation() -> Response:
    """Keep it as a draft, if the law of its day allows it."""
    typed = fields()
    try:
        body, draft = form.read(officer(), typed)
    except form.Faulty as faulty:
        return _form(typed, 422, faults=faulty.faults)
    try:
        designation_id = services().designations.drafts.draft(officer(), body)
    except Conflict as refused:
        return _form(typed, problems.from_registry(refused).status_code, preview=_preview(draft, refused))
    return go_to("console.show_designation", designation_id=designation_id)


def _preview(draft: Draft, refused: Conflict | None = None) -> dict[str, Any]:
    """What follows by law, or why nothing does and what to do."""
    drafts, teller = services().designations.drafts, telling()
    warnings = [teller.text(text) for text in draft.warnings]
    try:
        planned = drafts.planned(draft, officer().authority)
    except NotLawful as unlawful:
        return {"refusal": _refusal(unlawful, draft, teller), "warnings": warnings}
    with reading() as session:
        standing = drafts.standing(session, [draft])
    if standing or refused:
        conflict = duplicate(standing.get(0)) if standing else refused
        assert conflict is not None  # nosec B101: one of the two is
        refusal = {"sentence": teller.text(conflict.sentence), "known": conflict.facts.get("designation")}
        return {"refusal": refusal, "warnings": warnings}
    views = services().designation_queries.planned(planned, draft.facts.decided_on)
    return {"sanctions": [teller.sanction(view) for view in views], "warnings": warnings}


def _refusal(unlawful: NotLawful, draft: Draft, teller: Telling) -> dict[str, Any]:
    rule = str(unlawful.facts["rule"])
    setting = services().book.on(draft.facts.decided_on).find(rule)
    level = unlawful.facts.get("level")
    advice = _ADVICE.get(rule.rsplit("/", 1)[-1], _ADVICE["decided-on"])
    return {
        "sentence": teller.text(unlawful.sentence),
        "rule": rule,
        "basis": setting and {"instrument": setting.source.instrument, "article": setting.source.article},
        "provisional": bool(setting and setting.source.provisional),
        "advice": teller.text(advice.format(level=LEVELS[Level(str(level))] if level else "")),
    }


def _form(
    typed: Mapping[str, str],
    status: int = 200,
    *,
    faults: Mapping[str, Text] | None = None,
    preview: dict[str, Any] | None = None,
) -> Response:
    return page(
        "designations/new.html",
        status,
        values=typed,
        faults=said(faults or {}),
        preview=preview,
        unsaved=preview is not None and status != HTTPStatus.OK,
        document_rows=form.rows(typed, "documents"),
        item_rows=form.rows(typed, "items"),
        most=form.MOST,
        kinds=said(words.KINDS),
        sexes=said(words.SEXES),
        documents=said(DOCUMENT_NAMES),
        grounds=said(words.GROUNDS),
        behaviours=said(BEHAVIOURS),
        roles=said(words.PARTS),
        penalties=said(words.PENALTIES),
        items=said(ITEMS),
        offences={
            article: f"{article} {text.into(language())}"
            for article, text in services().designations.drafts.offences().items()
        },
        longest=MAX_FREE_TEXT,
        longest_no=MAX_DECISION_NO,
    )


# -- finding ---------------------------------------------------------------------------------------


@route("GET", "/designations", Permission.DESIGNATION_READ)
def list_designations() -> Response:
    """The designations of a state, the newest first, and the form to search by."""
    asked = {key: request.args[key] for key in ("state", "import", "cursor") if request.args.get(key)}
    try:
        query = load(_LIST, asked)
    except Invalid:
        return go_to("console.list_designations")
    state = State(query["state"]) if "state" in query else None
    search = Search(state=state, import_id=query.get("import_"))
    found = services().designation_queries.page(officer(), search, PAGE, query.get("cursor"))
    return _found(found.items, values=asked, following=found.next)


@route("POST", "/designations/search", Permission.DESIGNATION_READ)
def search_designations() -> Response:
    """By document, name, decision number and state; what is looked for stands in no address."""
    typed = fields()
    body: dict[str, Any] = {name: typed[name] for name in _SOUGHT if typed.get(name)}
    if typed.get("number"):
        body["document"] = {"type": typed.get("type", ""), "number": typed["number"]}
    try:
        query = load(_SEARCH, body)
        found = services().designation_queries.page(officer(), read_search(query), PAGE, query.get("cursor"))
    except Invalid as refused:
        faults = {error.pointer.rsplit("/", 1)[-1] or "number": error.text for error in refused.errors}
        return _found([], 422, values=typed, faults=faults, searched=True)
    return _found(found.items, values=typed, following=found.next, searched=True)


def _found(
    items: list[dict[str, Any]],
    status: int = 200,
    *,
    values: Mapping[str, str],
    following: str | None = None,
    faults: Mapping[str, Text] | None = None,
    searched: bool = False,
) -> Response:
    teller = telling()
    return page(
        "designations/found.html",
        status,
        found=[teller.line(view) for view in items],
        values={"type": "resident_id"} | dict(values),
        faults=said(faults or {}),
        following=following,
        searched=searched,
        states={state.value: teller.text(word) for state, (_, word) in words.STATES.items()},
        documents=said(DOCUMENT_NAMES),
        longest_no=MAX_DECISION_NO,
    )


_LIST, _SEARCH = ListQuery(), SearchSchema()
_SOUGHT = ("name", "decision_no", "state", "cursor")
_ADVICE: Mapping[str, Text] = {
    "decided-on": Text("请核对认定日期。", "Check the day of the decision."),
    "designating": Text("请核对认定日期。", "Check the day of the decision."),
    "items": Text("请核对卡种或物品是否漏填。", "See whether a kind of item was left out."),
    "conduct-from": Text("请核对行为终止日。", "Check the last day of the conduct."),
    "level": Text("请报{level}及以上公安机关认定。", "Pass it to an authority of level {level} or above."),
    "thresholds": Text(
        "请核对件数、次数、对象数和行为；填写无误的，报{level}及以上公安机关认定。",
        "Check the counts and the behaviour. If they are right, pass it to an authority of level "
        "{level} or above.",
    ),
}
