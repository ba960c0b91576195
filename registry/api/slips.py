"""The slip that a customer takes away: the same words as at the counter, and how to appeal."""

import base64
from datetime import datetime
from typing import Any

from flask import Response, render_template

from registry import clock
from registry.law.words import Direction
from registry.screening.wording import DIRECTIONS, day_words

_SHAPES = {Direction.PROCEED: "✓", Direction.LIMIT: "▲", Direction.REVIEW: "?", Direction.REFUSE: "✕"}


def page(record: dict[str, Any]) -> Response:
    """The slip of a check's record, in the language in which the check was answered."""
    language, answer, asked = record["language"], record["answer"], record["request"]
    at = datetime.fromisoformat(answer["checked_at"]).astimezone(clock.BEIJING)
    parties = [
        {
            "name": question["masked_name"],
            "number": question["masked_number"],
            "direction": told["direction"],
            "word": DIRECTIONS[Direction(told["direction"])].into(language),
            "shape": _SHAPES[Direction(told["direction"])],
            "told": told,
        }
        for question, told in zip(asked["parties"], answer["parties"], strict=True)
    ]
    html = render_template(
        "slip.html",
        language=language,
        zh=language != "en",
        check=answer["id"],
        day=day_words(at.date()).into(language),
        time=at.strftime("%H:%M"),
        reference=asked["reference"],
        parties=parties,
        code=verification_code(record["digest"]),
    )
    return Response(html, content_type="text/html; charset=utf-8")


def verification_code(digest: str) -> str:
    """Ten characters of the record's digest (50 bits), for comparing paper and log."""
    letters = base64.b32encode(bytes.fromhex(digest))[:10].decode()
    return f"{letters[:5]}-{letters[5:]}"
