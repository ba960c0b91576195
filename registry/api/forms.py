"""What a browser sends in: read strictly and within bounds, with the address that limits count by."""

import ipaddress
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

MAX_FORM = 64 << 10
_MAX_FIELDS = 30


def read_form(most: int = _MAX_FIELDS) -> dict[str, str]:
    """The fields of the form, at most `most`, trimmed, with plain line ends. Raises HTTP 400, 413, 415."""
    request.max_content_length = MAX_FORM
    if request.mimetype != "application/x-www-form-urlencoded" or request.content_encoding:
        raise UnsupportedMediaType
    try:
        sent = parse_qsl(
            request.get_data().decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=most,
        )
    except ValueError as fault:
        raise BadRequest from fault
    fields = {name: value.replace("\r\n", "\n").strip() for name, value in sent}
    if len(fields) < len(sent) or any("\0" in text for pair in sent for text in pair):
        raise BadRequest
    return fields


def visitor() -> str:
    """The address of whoever asks. A proxy of our own, known by its inner address, tells it last in
    `X-Forwarded-For`."""
    peer = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if told and _is_inner(peer) else peer


def _is_inner(address: str) -> bool:
    """Whether it is this machine (also by a socket, which has none) or one of a private network."""
    try:
        return not address or ipaddress.ip_address(address).is_private
    except ValueError:
        return False
