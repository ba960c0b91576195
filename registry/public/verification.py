"""`/public/verify`: whether a kept file is from here, unchanged, and still true."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from registry.api.operation import services
from registry.api.respond import language
from registry.clock import beijing_day
from registry.errors import Invalid, invalid_field
from registry.exposures.wording import CAUSES
from registry.public.pages import page
from registry.publishing.reading import MAX_KEPT, token_in
from registry.publishing.statements import WithdrawalStatement
from registry.publishing.verdicts import Examined, examine_file, examine_signature, standing
from registry.screening.wording import day_words
from registry.text import Text
from registry.vault.signatures import SignatureBroken

_AROUND = 64 * 1024
"""Bytes of a form beside the file."""

_FORGED = Text(
    "签名无效：不是由本登记系统签发，或者已被改动。请勿采信，重新下载原文件。",
    "The signature does not hold: this registry has not issued it, or it was altered. Do not rely on the "
    "file; download it again.",
)


def add_to(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.add_url_rule("/verify", "verify", ask)
    blueprint.add_url_rule("/verify", "verified", verify, methods=["POST"])


def ask() -> Response:
    """The form."""
    return page("verify.html", verdict=None, faults={})


def verify() -> Response:
    """What can be said of the file or the signature that was sent."""
    request.max_content_length = MAX_KEPT + _AROUND
    upload, pasted = request.files.get("file"), request.form.get("signature", "").strip()
    with services().publishing.turns.turn():
        try:
            examined = _examined(upload, pasted)
        except Invalid as fault:
            place = "file" if upload is not None and upload.filename else "signature"
            told = _FORGED if isinstance(fault, SignatureBroken) else fault.errors[0].text
            return page("verify.html", 422, verdict=None, faults={place: told.into(language())})
        return page("verify.html", verdict=_verdict(examined), faults={})


def _examined(upload: FileStorage | None, pasted: str) -> Examined:
    """Raises Invalid."""
    keys = services().keys.public_keys()
    if upload is not None and upload.filename:
        return examine_file(upload.stream, upload.filename, keys)
    if not pasted:
        raise invalid_field(
            "invalid-input",
            Text("请选择文件，或粘贴签名。", "Choose a file, or paste a signature."),
            "/file",
        )
    token = token_in(pasted)
    if token is None:
        raise invalid_field(
            "invalid-input",
            Text(
                "这段文字不是完整的签名。签名以 eyJ 开头，由两个点分为三段。",
                "This is no whole signature. One begins with eyJ and has three parts with dots between.",
            ),
            "/signature",
        )
    return examine_signature(token, keys)


def _verdict(examined: Examined) -> dict[str, Any]:
    """What the page says, by names that the template knows."""
    said, now = examined.said, standing(examined, services().public_lists, services().public_news)
    verdict: dict[str, Any] = {"said": said, "found": now.found, "standing": now}
    if isinstance(said, WithdrawalStatement):
        day, cause = day_words(beijing_day(said.at)), CAUSES[said.cause]
        return verdict | {"kind": "withdrawal", "day": day.into(language()), "cause": cause.into(language())}
    gone = now.found.withdrawn_at if now.found else None
    return verdict | {
        "kind": "file",
        "day": day_words(said.day).into(language()),
        "unchanged": examined.unchanged,
        "withdrawn_on": day_words(beijing_day(gone)).into(language()) if gone else None,
    }
