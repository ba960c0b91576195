"""The fields of a check as a teller fills them in, and what is wrong with one, so that they can mend it."""

from collections.abc import Mapping
from typing import Any

import orjson

from registry.api.checks import read_request
from registry.errors import Invalid
from registry.screening.answers import CheckRequest, PartyRole
from registry.text import Text

LONGEST_REFERENCE = 64

_PREFIX = {PartyRole.APPLICANT: "", PartyRole.AGENT: "agent_"}
"""How the fields of each party begin."""

_NO_PURPOSE = Text("请从列表中选择业务。", "Choose the business from the list.")
_NO_REFERENCE = Text("请填写本机构的业务编号。", "Enter your own business number.")
_LONG_REFERENCE = Text("业务编号最多64个字符。", "A business number has up to 64 characters.")
_NO_NAME = Text("请填写姓名或者单位名称。", "Enter the name.")
_NO_NUMBER = Text("请填写证件号码。", "Enter the number of the document.")


def read(
    typed: Mapping[str, str], purposes: Mapping[str, str], login: str
) -> tuple[CheckRequest | None, dict[str, Text]]:
    """What is asked by `login`, or a sentence for each field that is wrong, in the order of the form."""
    faults: dict[str, Text] = {}
    purpose, reference = typed.get("purpose", ""), typed.get("reference", "")
    if purpose not in purposes:
        faults["purpose"] = _NO_PURPOSE
    if not reference:
        faults["reference"] = _NO_REFERENCE
    elif len(reference) > LONGEST_REFERENCE:
        faults["reference"] = _LONG_REFERENCE
    parties = [_party(typed, PartyRole.APPLICANT, faults)]
    if typed.get("agent_name") or typed.get("agent_number"):
        parties.append(_party(typed, PartyRole.AGENT, faults))
    if faults:
        return None, faults
    # The same JSON as a partner's system would send, so that a receipt can be held to it.
    body: dict[str, Any] = {
        "purpose": purpose,
        "reference": reference,
        "operator": login,
        "parties": parties,
    }
    try:
        return read_request(body, orjson.dumps(body, default=str)), {}
    except Invalid as refused:
        return None, {_field(error.pointer): error.text for error in refused.errors}


def _party(typed: Mapping[str, str], role: PartyRole, faults: dict[str, Text]) -> dict[str, Any]:
    prefix = _PREFIX[role]
    name, number = typed.get(f"{prefix}name", ""), typed.get(f"{prefix}number", "")
    if not name:
        faults[f"{prefix}name"] = _NO_NAME
    if not number:
        faults[f"{prefix}number"] = _NO_NUMBER
    document = {"type": typed.get(f"{prefix}type", ""), "number": number}
    return {"role": role.value, "name": name, "document": document}


def _field(pointer: str) -> str:
    """The field of the form that a pointer into the body means: /parties/1/document/number → agent_number."""
    *before, last = pointer.strip("/").split("/")
    return f"agent_{last}" if before[:2] == ["parties", "1"] else last
