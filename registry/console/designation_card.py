"""A designation in short, to stand beside what is said against it."""

from collections.abc import Mapping
from typing import Any

from registry.api.operation import services
from registry.api.respond import language
from registry.console import designation_words
from registry.console.telling import day, source
from registry.designations.rules import State
from registry.designations.words import BEHAVIOURS, ITEMS, listed
from registry.identity.codes import DOCUMENT_NAMES, DocumentType
from registry.law.words import Ground
from registry.notices.rules import Kind
from registry.notices.rules import State as Delivered


def card(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs of a designation as officers read it."""
    reader = language()
    kind, word = designation_words.STATES[State(view["state"])]
    conduct = view["conduct"]
    return {
        "id": view["id"],
        "kind": kind,
        "word": word.into(reader),
        "name": view["subject"]["name"],
        "documents": documents(view["subject"]),
        "authority": view["authority"]["name"],
        "decision_no": view["decision_no"],
        "decided_on": day(view["decided_on"]),
        "ground": designation_words.GROUNDS[Ground(view["ground"])].into(reader),
        "conduct": f"{listed(BEHAVIOURS, conduct['behaviours']).into(reader)}{'' if reader != 'en' else ' '}"
        f"{listed(ITEMS, view['item_kinds']).into(reader)}",
        "sanctions": [sanction(each) for each in view["sanctions"]],
        "measures": {
            measure["code"]: measure["text"].into(reader)
            for each in view["sanctions"]
            for measure in each["measures"]
        },
        "notices": [_notice(each) for each in view.get("notices", ())],
    }


def documents(subject: Mapping[str, Any]) -> list[str]:
    """A subject's documents by kind and number."""
    reader = language()
    return [
        f"{DOCUMENT_NAMES[DocumentType(each['type'])].into(reader)} {each['number']}"
        for each in subject["documents"]
    ]


def sanction(view: Mapping[str, Any]) -> dict[str, Any]:
    """A sanction with its measures, each with its last day and its article."""
    reader = language()
    regime = services().book.on(view["basis"]["as_of"]).regimes[view["regime"]]
    return {
        "regime": regime.name.value.into(reader),
        "from": day(view["starts_on"]),
        "until": day(view["ends_on"]),
        "provisional": bool(view["basis"]["provisional"]),
        "measures": [
            {
                "text": each["text"].into(reader),
                "until": day(each["ends_on"]),
                "source": source(each["basis"]),
                "provisional": each["provisional"],
            }
            for each in view["measures"]
        ],
    }


def _notice(view: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": view["id"],
        "title": designation_words.NOTICES[Kind(view["kind"])].into(language()),
        "drafted_on": day(view["drafted_at"]),
        "delivered": view["state"] == Delivered.DELIVERED,
        "delivered_on": day(view["delivered_on"]),
        "overdue": view["overdue_delivery"],
    }
