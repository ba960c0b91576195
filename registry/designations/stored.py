"""How a draft lies in its row: `facts` in the clear, for the law; free text as `particulars`, sealed."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.designations.intake import Draft
from registry.designations.rules import Facts
from registry.designations.variations import Change, Variation
from registry.identity.names import normalise_name
from registry.law.words import Behaviour, Ground
from registry.subjects.drafts import Correction


def facts(draft: Draft) -> dict[str, Any]:
    """What the law needs and what statistics may count; nothing that names anybody."""
    return {
        "ground": draft.facts.ground.value,
        "behaviours": sorted(draft.facts.behaviours),
        "item_kinds": sorted(draft.facts.item_kinds),
        "items": draft.facts.items,
        "times": draft.facts.times,
        "recipients": draft.facts.recipients,
        "conduct_from": draft.conduct_from and draft.conduct_from.isoformat(),
        "conduct_to": draft.facts.conduct_to and draft.facts.conduct_to.isoformat(),
        "role": draft.role,
        "offence": draft.offence,
        "penalty": draft.penalty,
        "warnings": [[text.zh, text.en] for text in draft.warnings],
    }


def read_facts(raw: Mapping[str, Any], decided_on: date) -> Facts:
    """The part of stored facts that the law asks for."""
    return Facts(
        ground=Ground(raw["ground"]),
        decided_on=decided_on,
        behaviours=frozenset(Behaviour(word) for word in raw["behaviours"]),
        item_kinds=frozenset(raw["item_kinds"]),
        items=raw["items"],
        times=raw["times"],
        recipients=raw["recipients"],
        conduct_to=date.fromisoformat(raw["conduct_to"]) if raw["conduct_to"] else None,
    )


def particulars(draft: Draft) -> str:
    """The free text of a draft as JSON."""
    judgment = draft.judgment
    return json.dumps(
        {
            "decision_no": draft.decision_no,
            "evidence_ref": draft.evidence_ref,
            "judgment": judgment
            and {"court": judgment.court, "no": judgment.no, "on": judgment.on.isoformat()},
        },
        ensure_ascii=False,
    )


def terms(variation: Variation) -> dict[str, Any]:
    """A variation as it is stored and logged."""
    return {
        "ends_on": variation.ends_on and variation.ends_on.isoformat(),
        "lifted": sorted(variation.lifted),
    }


def variation(terms: Mapping[str, Any]) -> Variation:
    """The variation that `terms` stored."""
    ends_on = terms["ends_on"]
    return Variation(date.fromisoformat(ends_on) if ends_on else None, frozenset(terms["lifted"]))


def proposal(change: Change) -> str:
    """Reason and correction of a proposed change as JSON, to be sealed."""
    return json.dumps(
        {"reason": change.reason, "correction": change.correction and told(change.correction)},
        ensure_ascii=False,
    )


def told(correction: Correction) -> dict[str, Any]:
    """A correction in plain words, as it is kept and shown."""
    return {
        "was": correction.was and correction.was.display,
        "name": correction.name and correction.name.display,
        "sex": correction.sex,
        "birth_on": correction.birth_on and correction.birth_on.isoformat(),
    }


def read_proposal(text: str) -> tuple[str, Correction | None]:
    """What `proposal` wrote."""
    kept = json.loads(text)
    said = kept["correction"]
    if said is None:
        return kept["reason"], None
    return kept["reason"], Correction(
        was=normalise_name(said["was"]) if said["was"] else None,
        name=normalise_name(said["name"]) if said["name"] else None,
        sex=said["sex"],
        birth_on=date.fromisoformat(said["birth_on"]) if said["birth_on"] else None,
    )
