"""`/public/exposure-lists`: the published lists, and each of them page by page."""

from typing import Any

import flask
from flask import Blueprint, Response, request, url_for
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema, fields, validate

from registry.access.rules import Permission
from registry.api import exposure_pages
from registry.api.fields import Digits
from registry.api.operation import officer, operation, services
from registry.api.respond import language
from registry.exposures.public import PAGE
from registry.exposures.rules import MAX_ROWS
from registry.public import caching
from registry.public.pages import page

_ID = "/exposure-lists/<string(length=30):list_id>"
_LISTS = 50
_CORRECTIONS = 100
_ATTEMPTS = 3

previews = ApiBlueprint("exposure-previews", __name__, url_prefix="/v1", description="预览 · Previews")


def add_to(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.add_url_rule("/exposure-lists", "exposure_lists", exposure_lists)
    blueprint.add_url_rule(_ID, "exposure_list", exposure_list)


def exposure_lists() -> Response:
    """The published lists and the withdrawn ones, the newest first."""
    before = request.args.get("before")
    etag = caching.tag("lists", services().public_lists.stamp(), before)
    if same := caching.unchanged(etag):
        return same
    found = services().public_lists.lists(_LISTS, before)
    return caching.cached(
        page("exposure_lists.html", lists=found.items, next=found.next, day=exposure_pages.day), etag
    )


def exposure_list(list_id: str) -> Response:
    """One page of a list, what was taken down from it, and where its files are."""
    number = _page_number()
    for _ in range(_ATTEMPTS):  # what is shown must not be newer in one part than in another
        found = services().public_lists.get(list_id)
        etag = caching.tag("list", found.id, found.version, number)
        if same := caching.unchanged(etag):
            return same
        rows = services().public_lists.page(list_id, number)
        shown = services().publishing.count(found)
        corrections = services().public_news.latest(list_id, _CORRECTIONS)
        if caching.tag("list", found.id, services().public_lists.get(list_id).version, number) == etag:
            break

    def address(other: int) -> str:
        return url_for("public.exposure_list", list_id=list_id, page=other if other > 1 else None)

    told = exposure_pages.told(
        found, rows, number=number, shown=shown, address=address, corrections=corrections
    )
    return caching.cached(page("exposure_list.html", **told), etag)


class PreviewQuery(Schema):
    """Which page, in which language."""

    page = Digits(1, MAX_ROWS // PAGE, load_default=1)
    lang = fields.String(validate=validate.OneOf(["zh-CN", "en"]))


@operation(
    previews,
    "GET",
    _ID + "/preview",
    Permission.EXPOSURE_READ,
    query=PreviewQuery,
    answer=None,
)
def preview_exposure_list(list_id: str, query: dict[str, Any]) -> Response:
    """预览 · The page as the public would see it if the list were published now"""
    flask.g.language = query.get("lang", language())

    def address(other: int) -> str:
        chosen = query.get("lang")
        return url_for("exposure-previews.preview_exposure_list", list_id=list_id, page=other, lang=chosen)

    told = exposure_pages.preview(officer(), list_id, query["page"], address)
    return page("exposure_list.html", **told)


def _page_number() -> int:
    asked = request.args.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and int(asked) > 0):
        flask.abort(404)
    return int(asked)
