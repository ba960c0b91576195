"""Answers as JSON in the reader's language."""

from typing import Any

import orjson
from flask import Response, request

from registry.text import DEFAULT_LANGUAGE, Language, Text

JSON = "application/json"


def language() -> Language:
    """The reader's language by `Accept-Language`, Chinese unless asked otherwise."""
    for tag, quality in request.accept_languages:  # the best liked first
        primary = tag.replace("_", "-").split("-")[0].lower()
        if quality and primary in ("zh", "en"):
            return "en" if primary == "en" else "zh-CN"
    return DEFAULT_LANGUAGE


def dump(data: Any, reader: Language) -> bytes:
    """`data` as JSON; every `Text` in the reader's language, instants as RFC 3339 UTC."""

    def default(value: Any) -> Any:
        if isinstance(value, Text):
            return value.into(reader)
        if isinstance(value, (set, frozenset)):
            return sorted(value)
        raise TypeError(type(value).__name__)

    return orjson.dumps(data, default=default, option=orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS)


def respond(data: Any, status: int = 200, content_type: str = JSON) -> Response:
    """`data` as an HTTP answer."""
    response = Response(dump(data, language()), status, content_type=content_type)
    response.headers["Vary"] = "Accept-Language"
    return response
