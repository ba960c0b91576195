"""An answer as a teller reads it: one word, what may be done, what not and until when, what to say, why."""

from datetime import date, datetime
from typing import Any

from flask import url_for

from registry import clock
from registry.identity.codes import DOCUMENT_NAMES, DocumentType
from registry.identity.masks import Mask, mask_name
from registry.law.book import View
from registry.law.words import Direction, Purpose, Sector
from registry.screening.answers import CheckRequest, PartyRole
from registry.screening.rules import Result
from registry.screening.wording import DIRECTIONS, day_words, purpose_name
from registry.text import Language, Text

ROLES = {
    PartyRole.APPLICANT: Text("申请人", "Applicant"),
    PartyRole.AGENT: Text("代办人", "Agent"),
    PartyRole.LEGAL_REPRESENTATIVE: Text("法定代表人", "Legal representative"),
    PartyRole.BENEFICIAL_OWNER: Text("受益所有人", "Beneficial owner"),
}


def asked(request: CheckRequest, mask: Mask) -> list[dict[str, str]]:
    """The parties of a question as the log keeps them for people: masked."""
    return [
        {
            "document_type": party.document.type.value,
            "masked_name": mask_name(party.name.display),
            "masked_number": mask.number(party.document.number),
        }
        for party in request.parties
    ]


def shown(record: dict[str, Any], law: View, reader: Language) -> dict[str, Any]:
    """`line`, and all else that an answer says; its own sentences stay in the language they were given in."""
    parties = zip(record["answer"]["parties"], record["request"]["parties"], strict=True)
    return line(record, law, reader) | {"parties": [_party(told, known, reader) for told, known in parties]}


def _party(told: dict[str, Any], known: dict[str, str], reader: Language) -> dict[str, Any]:
    direction = Direction(told["direction"])
    return {
        "role": ROLES[PartyRole(told["role"])].into(reader),
        "name": known["masked_name"],
        "number": known["masked_number"],
        "document": DOCUMENT_NAMES[DocumentType(known["document_type"])].into(reader),
        "kind": direction.value,
        "word": DIRECTIONS[direction].into(reader),
        "possible": told["result"] == Result.POSSIBLE_MATCH,
        "contact": told.get("contact"),
        "may": told["still_allowed"],
        "measures": _measures(told, reader),
        "say": told["say"],
        "bases": [_basis(sanction, reader) for sanction in told["sanctions"]],
    }


def _measures(told: dict[str, Any], reader: Language) -> list[dict[str, Any]]:
    """What may not be done, each once, with the last day of all sanctions that impose it."""
    longest: dict[str, dict[str, Any]] = {}
    for sanction in told["sanctions"]:
        for measure in sanction["measures"]:
            known = longest.get(measure["code"])
            if known is None or known["ends_on"] < measure["ends_on"]:
                longest[measure["code"]] = measure | {
                    "rule": f"{sanction['regime']}/measures/{measure['code']}"
                }
    return [
        {
            "text": measure["text"],
            "rule": measure["rule"],
            "until": day_words(date.fromisoformat(measure["ends_on"])).into(reader),
            "exempt": measure["exempt"],
            "basis": measure["basis"],
            "provisional": measure["provisional"],
        }
        for measure in longest.values()
    ]


def _basis(sanction: dict[str, Any], reader: Language) -> dict[str, Any]:
    return {
        "source": sanction["basis"],
        "rule": f"{sanction['regime']}/name",
        "provisional": sanction["basis"]["provisional"],
        "decision_no": sanction["designation_no"],
        "authority": sanction["authority"],
        "ended": sanction["state"] == "ended",
        "from": day_words(date.fromisoformat(sanction["starts_on"])).into(reader),
        "until": day_words(date.fromisoformat(sanction["ends_on"])).into(reader),
    }


def line(record: dict[str, Any], law: View, reader: Language) -> dict[str, Any]:
    """One of a teller's own checks, as a row of a list: nothing of a person but the masks."""
    answer, direction = record["answer"], Direction(record["answer"]["direction"])
    return {
        "id": answer["id"],
        "page": url_for("console.show_check", check_id=answer["id"]),
        "time": _time(answer),
        "purpose": business(purpose_name(law, Purpose(answer["purpose"])), reader),
        "people": [f"{each['masked_name']} {each['masked_number']}" for each in record["request"]["parties"]],
        "kind": direction.value,
        "word": DIRECTIONS[direction].into(reader),
    }


def business(name: Text, reader: Language) -> str:
    """A purpose as it stands by itself."""
    words = name.into(reader)
    return words[:1].upper() + words[1:]


def purposes(law: View, sector: Sector, reader: Language) -> dict[str, str]:
    """What partners of a sector may ask for, in words."""
    return {
        purpose.value: business(rule.name, reader)
        for purpose, rule in law.purposes.value.items()
        if law.permits(purpose, sector)
    }


def _time(answer: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(answer['checked_at']).astimezone(clock.BEIJING):%H:%M}"
