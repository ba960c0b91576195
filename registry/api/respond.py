"""Answers as JSON in the reader's language."""

from functools import lru_cache
from typing import Any

import orjson
from flask import Response, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from registry.text import DEFAULT_LANGUAGE, Language, Text

JSON = "application/json"
VARY = "Accept-Language"


def language() -> Language:
    """The reader's language: the one chosen on a page, else by `Accept-Language`, else Chinese."""
    chosen: Language | None = g.get("language")
    return chosen or language_of(request.headers.get("Accept-Language"))


@lru_cache(maxsize=256)
def language_of(accepted: str | None) -> Language:
    """The language for this value of `Accept-Language`."""
    for tag, quality in parse_accept_header(accepted, LanguageAccept):  # the best liked first
        primary = tag.replace("_", "-").split("-")[0].lower()
        if quality and primary in ("zh", "en"):
            return "en" if primary == "en" else "zh-CN"
    return DEFAULT_LANGUAGE


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return value.into(language())
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value).__name__)


def dump(data: Any) -> bytes:
    """`data` as JSON; every `Text` in the reader's language, instants as RFC 3339 UTC."""
    return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS)


def respond(data: Any, status: int = 200, content_type: str = JSON) -> Response:
    """`data` as an HTTP answer."""
    response = Response(dump(data), status, content_type=content_type)
    response.headers["Vary"] = VARY
    return response
