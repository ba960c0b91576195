"""Reading a request body strictly: JSON in UTF-8, within bounds, every fault with its pointer."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from registry.errors import FieldError, Invalid, invalid_field
from registry.text import Text

MAX_JSON = 1 << 20

# What marshmallow says, in both languages. Its texts are patterns, since some hold numbers.
_MESSAGES: tuple[tuple[str, str, str], ...] = (
    (r"Missing data for required field\.", "缺少此必填项。", "This field is required."),
    (r"Unknown field\.", "没有此字段。", "There is no such field."),
    (r"Field may not be null\.", "不能为空值 null。", "It may not be null."),
    (r"Not a valid string\.", "须为文字。", "It must be a text."),
    (r"Not a valid integer\.", "须为整数。", "It must be a whole number."),
    (r"Not a valid date\.", "须为日期，如 2025-03-03。", "It must be a day, as 2025-03-03."),
    (r"Not a valid list\.", "须为列表。", "It must be a list."),
    (r"Invalid input type\.", "须为对象。", "It must be an object."),
    (r"Must be one of: (.*)\.", "只能是以下之一：{0}。", "It must be one of: {0}."),
    (r"Must be equal to (.*)\.", "只能是 {0}。", "It must be {0}."),
    (r"Length must be between (\d+) and (\d+)\.", "长度须为 {0} 至 {1}。", "Its length must be {0} to {1}."),
    (r"Longer than maximum length (\d+)\.", "不能长于 {0}。", "It may not be longer than {0}."),
    (r"Shorter than minimum length (\d+)\.", "不能短于 {0}。", "It may not be shorter than {0}."),
    (
        r"Must be greater than or equal to (\d+) and less than or equal to (\d+)\.",
        "须为 {0} 至 {1}。",
        "It must be {0} to {1}.",
    ),
    (r"String does not match expected pattern\.", "格式不符。", "It does not have the right form."),
)


def load_json(schema: Schema) -> Any:
    """The JSON body as `schema` reads it. Raises Invalid, or HTTP 400, 413, 415."""
    if request.mimetype != "application/json" or request.content_encoding:
        raise UnsupportedMediaType
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType
    raw = request.get_data()
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise BadRequest from fault
    if b"\\u0000" in raw and _has_nul(data):
        raise BadRequest
    return load(schema, data)


def load_query(schema: Schema) -> Any:
    """The query as `schema` reads it; a parameter given twice counts as unknown. Raises Invalid."""
    query = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    return load(schema, query)


def load_file(most: int) -> FileStorage:
    """The file in the multipart field `file`, of at most `most` bytes. Raises Invalid, or HTTP 413."""
    upload = request.files.get("file")
    if upload is None:
        raise invalid_field(
            "invalid-input",
            Text("请在 multipart 字段 file 中上传文件。", "Send the file in the multipart field `file`."),
            "/file",
        )
    if len(upload.stream.read(most + 1)) > most:
        raise RequestEntityTooLarge
    upload.stream.seek(0)
    return upload


def load(schema: Schema, data: Any) -> Any:
    """`data` as `schema` reads it. Raises Invalid."""
    try:
        return schema.load(data)
    except ValidationError as fault:
        raise Invalid(
            "invalid-input",
            Text("输入有误，请按提示逐项更正。", "The input has faults; mend each one named."),
            errors=list(_faults(fault.messages, "")),
        ) from None


def _faults(messages: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            # An unknown key is the caller's own text: one that may be a number or a name is not repeated.
            hidden = key == "_schema" or (isinstance(key, str) and re.search(r"[0-9]{5}|[^ -~]", key))
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from _faults(inner, pointer if hidden else f"{pointer}/{escaped}")
    else:
        for message in messages:
            yield FieldError(pointer, message if isinstance(message, Text) else translate(message))


def translate(message: str) -> Text:
    """A message of marshmallow in both languages."""
    for pattern, zh, en in _MESSAGES:
        if found := re.fullmatch(pattern, message):
            return Text(zh.format(*found.groups()), en.format(*found.groups()))
    return Text("输入有误。", message)


def _has_nul(data: Any) -> bool:
    waiting = [data]  # no recursion: the body may be nested a thousand deep
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False
