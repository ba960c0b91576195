"""`/public/appeals`: anybody appeals, without a login, and sees later where the appeal stands.

Whatever is entered, the answer is the same: nothing here looks at the register. The receipt code is shown
once, and comes back in the body of a form, never in an address.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from registry.api.forms import read_form, visitor
from registry.api.operation import services
from registry.api.respond import language
from registry.appeals.rules import State, Track
from registry.appeals.submission_rules import TRACKS, SubmissionState, read_code
from registry.errors import NotFound
from registry.identity.codes import DOCUMENT_NAMES
from registry.public import words
from registry.public.appeal_form import LONGEST, Choices, Reading
from registry.public.pages import page
from registry.screening.wording import day_words
from registry.text import Text

_NO_CODE = Text("请填写提交时显示的20位回执码。", "Enter the code of 20 letters that was shown to you.")
_UNKNOWN_CODE = Text(
    "没有使用此回执码的提交，请核对后重新填写。",
    "Nothing was submitted under this code. Compare it with your note and enter it again.",
)


def add_to(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.add_url_rule("/appeals", "appeals", lambda: page("appeals.html"))
    for track in TRACKS:
        blueprint.add_url_rule(
            f"/appeals/{track}",
            f"appeal_{track}",
            appeal,
            methods=["GET", "POST"],
            defaults={"track": track},
        )
    blueprint.add_url_rule("/appeals/status", "appeal_status", status, methods=["GET", "POST"])


def appeal(track: Track) -> Response:
    """The form, and the receipt for what was submitted with it."""
    access = services().access
    choices = Choices(
        {each.id: name for name, each in sorted(access.authorities().items())},
        dict(sorted(access.partners().items(), key=lambda partner: partner[1])),
    )
    if request.method == "GET":
        return _form(track, choices, {}, {})
    fields = read_form()
    reading = Reading(fields, track, choices)
    submission = reading.submission()
    if submission is None:
        return _form(track, choices, fields, reading.faults)
    return page("received.html", code=services().submissions.submit(submission, visitor()))


def _form(track: Track, choices: Choices, fields: Mapping[str, str], faults: Mapping[str, Text]) -> Response:
    return page(
        "appeal_form.html",
        422 if faults else 200,
        track=track,
        against=track is Track.DESIGNATION,
        choices=choices,
        documents=_said(DOCUMENT_NAMES),
        capacities=_said(words.CAPACITIES),
        asks=_said(words.ASKS),
        longest=LONGEST,
        values=fields,
        faults=_said(faults),
    )


def status() -> Response:
    """Where it stands what was submitted under a code."""
    if request.method == "GET":
        return page("status_form.html", values={}, faults={})
    fields = read_form()
    code = read_code(fields.get("code", ""))
    if code is None:
        return _status_form(fields, _NO_CODE)
    try:
        told = services().submissions.status(code, visitor())
    except NotFound:
        return _status_form(fields, _UNKNOWN_CODE)
    return page("status.html", **_told(told))


def _status_form(fields: Mapping[str, str], fault: Text) -> Response:
    return page("status_form.html", 422, values=fields, faults=_said({"code": fault}))


def _told(told: dict[str, Any]) -> dict[str, Any]:
    reader = language()
    appeal = told["appeal"]
    due = appeal and appeal["clock"]
    return {
        "submitted_on": day_words(told["submitted_on"]).into(reader),
        "state": words.SUBMISSIONS[SubmissionState(told["state"])].into(reader),
        "reason": told["reason"] and told["reason"].into(reader),
        "appeal": appeal and words.APPEALS[State(appeal["state"])].into(reader),
        "due_on": due and day_words(due["due_on"]).into(reader),
        "paused": due and due["state"] == "paused",
        "provisional": due and due["provisional"],
    }


def _said(texts: Mapping[Any, Text]) -> dict[str, str]:
    """By the plain word, in the reader's language."""
    reader = language()
    return {str(key): text.into(reader) for key, text in texts.items()}
