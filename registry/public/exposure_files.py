"""Lists as files, for machines and for keeping: JSON, CSV, workbooks, a feed, and what to take down again."""

import uuid
from typing import Any

import flask
from flask import Response, url_for
from flask_smorest import Blueprint

from registry.api.operation import operation, services
from registry.api.respond import language, respond
from registry.exposures.news import News
from registry.exposures.public import PublicList
from registry.exposures.wording import CAUSES
from registry.public import caching, pages
from registry.public.exposure_schemas import (
    LanguageQuery,
    ListsQuery,
    PublicListFileSchema,
    PublicListsSchema,
    WithdrawalsQuery,
    WithdrawalsSchema,
)
from registry.publishing.columns import plain
from registry.publishing.writing import Form
from registry.text import Text

blueprint = Blueprint(
    "exposure-files",
    __name__,
    url_prefix=pages.PREFIX,
    description="公开名单 · For everybody",
)
pages.guard(blueprint)

_ID = "/exposure-lists/<string(length=30):list_id>"
_ATOM = "application/atom+xml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {
    Form.JSON: "application/json",
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: _XLSX,
}
_NEWS = 200
_NEWS_SPACE = uuid.UUID("0f8c1f5e-6f0b-5d0a-9a39-2f2f3c1c7a51")
"""What the ids of the feed are made in; never to be changed."""

_PUBLISHED = Text("发布：{title}（{batch}）", "Published: {title} ({batch})")
_LIST_DOWN = Text("撤回：{title}（{batch}）", "Withdrawn: {title} ({batch})")
_ENTRY_DOWN = Text("撤下：{title}（{batch}）第 {serial} 号", "Taken down: {title} ({batch}), no. {serial}")


@operation(blueprint, "GET", "/exposure-lists.json", None, query=ListsQuery, answer=PublicListsSchema)
def list_public_exposure_lists(query: dict[str, Any]) -> Response:
    """公开名单目录 · Published lists and withdrawn ones, the newest first"""
    lists = services().public_lists
    etag = caching.tag("lists.json", lists.stamp(), query["limit"], query.get("cursor"))
    if same := caching.unchanged(etag):
        return same
    found = lists.lists(query["limit"], query.get("cursor"))
    body = {"items": [_summary(each) for each in found.items], "next": found.next}
    return caching.cached(respond(body), etag)


@operation(blueprint, "GET", f"{_ID}.json", None, query=LanguageQuery, answer=PublicListFileSchema)
def read_public_exposure_list(list_id: str, query: dict[str, Any]) -> Response:
    """名单文件（JSON） · A list with its rows, signed"""
    return _file(list_id, Form.JSON)


@operation(blueprint, "GET", f"{_ID}.csv", None, query=LanguageQuery, answer=None, content_type="text/csv")
def read_public_exposure_list_csv(list_id: str, query: dict[str, Any]) -> Response:
    """名单文件（CSV） · The same as CSV, UTF-8 with a byte order mark"""
    return _file(list_id, Form.CSV)


@operation(blueprint, "GET", f"{_ID}.xlsx", None, query=LanguageQuery, answer=None, content_type=_XLSX)
def read_public_exposure_list_xlsx(list_id: str, query: dict[str, Any]) -> Response:
    """名单文件（Excel） · The same as a workbook; every cell is text"""
    return _file(list_id, Form.XLSX)


@operation(
    blueprint, "GET", "/exposure-withdrawals.json", None, query=WithdrawalsQuery, answer=WithdrawalsSchema
)
def list_exposure_withdrawals(query: dict[str, Any]) -> Response:
    """撤下清单 · Entries taken down, the oldest first, each with a signature of its own

    Whoever republishes reads on from the last entry he has seen, and takes down what is named.
    """
    publishing, list_id, cursor = services().publishing, query.get("list_id"), query.get("cursor")
    etag = caching.tag(
        "withdrawals", services().public_lists.stamp(), query["limit"], cursor, list_id, publishing.key_id
    )
    if same := caching.unchanged(etag):
        return same
    found = services().public_news.withdrawals(query["limit"], cursor, list_id)
    items = [
        {
            "entry": taken.id,
            "list": taken.list_id,
            "serial": taken.serial,
            "at": taken.at,
            "cause": taken.cause,
            "cause_text": CAUSES[taken.cause],
            "reason": taken.reason,
            "signature": publishing.sign_withdrawal(taken),
        }
        for taken in found.items
    ]
    return caching.cached(respond({"items": items, "next": found.next}), etag)


@operation(
    blueprint, "GET", "/exposure-lists.atom", None, query=LanguageQuery, answer=None, content_type=_ATOM
)
def read_exposure_feed(query: dict[str, Any]) -> Response:
    """动态（Atom） · What was published and taken down lately, never by name"""
    etag = caching.tag("feed", services().public_lists.stamp())
    if same := caching.unchanged(etag):
        return same
    news = [_told(each) for each in services().public_news.news(_NEWS)]
    body = flask.render_template(
        "public/feed.xml",
        language=language(),
        zh=language() != "en",
        id=uuid.uuid5(_NEWS_SPACE, services().keys.log_name()),
        news=news,
        updated=news[0]["at"] if news else "1970-01-01T00:00:00Z",
        here=_address("exposure-files.read_exposure_feed"),
        page=_address("public.exposure_lists"),
    )
    return caching.cached(Response(body, content_type=f"{_ATOM}; charset=utf-8"), etag)


def _file(list_id: str, form: Form) -> Response:
    found, publishing = services().public_lists.get(list_id), services().publishing
    if same := caching.unchanged(caching.tag(*publishing.edition(found, form, language()))):
        return same
    file = publishing.file(list_id, form, language())
    response = Response(file.chunks(), content_type=_TYPES[form])
    response.content_length = file.size
    if form is not Form.JSON:
        response.headers["Content-Disposition"] = f"attachment; filename={list_id}.{form}"
    return caching.cached(response, caching.tag(*file.edition))


def _summary(found: PublicList) -> dict[str, Any]:
    return {
        "list": found.id,
        "version": found.version,
        "state": found.state,
        "batch": found.batch,
        "title": found.title,
        "authority": found.authority,
        "person_times": found.rows_total,
        "published_at": found.published_at,
        "withdrawn_at": found.withdrawn_at,
        "reason": found.reason,
        "page": _address("public.exposure_list", list_id=found.id),
        "file": _address("exposure-files.read_public_exposure_list", list_id=found.id),
    }


def _told(each: News) -> dict[str, str]:
    """An entry of the feed. What happens to a list or an entry happens once, so its name and what it was make
    an id for ever."""
    sentence = _PUBLISHED if each.cause is None else _LIST_DOWN if each.serial is None else _ENTRY_DOWN
    facts = {"title": each.title, "batch": each.batch, "serial": each.serial}
    why = [CAUSES[each.cause].into(language())] if each.cause and each.serial is not None else []
    why += [each.reason] if each.reason else []
    happened = each.cause.value if each.cause else "published"
    return {
        "id": f"urn:uuid:{uuid.uuid5(_NEWS_SPACE, f'{each.id}/{happened}')}",
        "at": each.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "title": plain(sentence.format(**facts).into(language())),
        "why": plain(Text("：", ": ").into(language()).join(why)),
        "address": _address("public.exposure_list", list_id=each.list_id),
    }


def _address(endpoint: str, **values: Any) -> str:
    return services().config.public_url + url_for(endpoint, **values)
