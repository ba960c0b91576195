"""The answer to a check as the partner gets it, and what the log keeps of the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.identity.documents import Document
from registry.identity.masks import Mask, mask_name
from registry.identity.names import Name
from registry.law.book import Setting
from registry.law.words import Direction, Purpose, most_severe
from registry.screening import wording
from registry.screening.lookup import Identity
from registry.screening.rules import Effect, Finding, Question, Result, ShownMeasure
from registry.text import Language
from registry.vault.vault import Vault


class PartyRole(StrEnum):
    """The part somebody plays in the business that is checked."""

    APPLICANT = "applicant"
    AGENT = "agent"
    LEGAL_REPRESENTATIVE = "legal_representative"
    BENEFICIAL_OWNER = "beneficial_owner"


@dataclass(frozen=True, slots=True)
class Party:
    """One person or organisation asked about."""

    role: PartyRole
    name: Name
    document: Document


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a partner asks.

    `digest` is the SHA-256 in hex of the question as it was sent; `area` that of the branch, `None` for
    the partner's own.
    """

    purpose: Purpose
    reference: str
    operator: str
    parties: tuple[Party, ...]
    digest: str
    area: str | None = None


def identities_of(request: CheckRequest, vault: Vault) -> tuple[Identity, ...]:
    """The identities of all parties, in the order asked."""
    return tuple(
        Identity(vault.token("document", party.document.key), vault.token("name", party.name.key))
        for party in request.parties
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that was made: the question, and what was found beside the role of each party."""

    id: str
    at: datetime
    question: Question
    list_version: int
    roles: tuple[PartyRole, ...]
    findings: tuple[Finding, ...]

    @property
    def direction(self) -> Direction:
        """The most severe direction of all parties."""
        return most_severe([finding.direction for finding in self.findings])


def answer(checked: Checked, language: Language) -> dict[str, Any]:
    """What the partner is told."""
    question = checked.question
    settings: list[Setting[Any]] = [question.law.purposes]
    settings += [setting for finding in checked.findings for setting in _settings(finding, question)]
    return {
        "id": checked.id,
        "checked_at": checked.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "purpose": question.purpose.value,
        "direction": checked.direction.value,
        "parties": [
            _party(role, finding, question, language)
            for role, finding in zip(checked.roles, checked.findings, strict=True)
        ],
        "list_version": checked.list_version,
        "law": {
            "as_of": question.law.day.isoformat(),
            "rules": sorted({setting.rule for setting in settings}),
            "provisional": sorted({setting.rule for setting in settings if setting.source.provisional}),
        },
    }


def logged(
    request: CheckRequest, question: Question, identities: Sequence[Identity], mask: Mask
) -> dict[str, Any]:
    """What the log keeps of the question: who was asked about, as tokens and masks only."""
    return {
        "purpose": question.purpose.value,
        "sector": question.sector.value,
        "area": question.area,
        "digest": request.digest,
        "reference": request.reference,
        "operator": request.operator,
        "parties": [
            {
                "role": party.role.value,
                "document_type": party.document.type.value,
                "document": identity.document.hex(),
                "name": identity.name.hex(),
                "masked_number": mask.number(party.document.number),
                "masked_name": mask_name(party.name.display),
            }
            for party, identity in zip(request.parties, identities, strict=True)
        ],
    }


def _party(role: PartyRole, finding: Finding, question: Question, language: Language) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "role": role.value,
        "result": finding.result.value,
        "direction": finding.direction.value,
        "sanctions": [_sanction(effect, language) for effect in finding.effects],
        "still_allowed": [text.into(language) for text in wording.still_allowed(finding, question)],
        "say": wording.sentence(finding, question).into(language),
    }
    if finding.result is Result.POSSIBLE_MATCH:
        answer["contact"] = finding.contact
    return answer


def _sanction(effect: Effect, language: Language) -> dict[str, Any]:
    sanction = effect.sanction
    return {
        "id": sanction.id,
        "regime": sanction.regime,
        "state": effect.state.value,
        "starts_on": sanction.starts_on.isoformat(),
        "ends_on": sanction.ends_on.isoformat(),
        "authority": sanction.authority,
        "designation_no": sanction.designation_no,
        "direction": effect.direction.value,
        "basis": {
            "rule": effect.cause.basis.rule,
            "instrument": effect.cause.basis.source.instrument,
            "article": effect.cause.basis.source.article,
            "provisional": effect.cause.basis.source.provisional,
        },
        "measures": [_measure(measure, language) for measure in effect.measures],
    }


def _measure(measure: ShownMeasure, language: Language) -> dict[str, Any]:
    source = measure.imposed.source
    return {
        "code": measure.code,
        "text": measure.effect.value.name.into(language),
        "ends_on": measure.until.isoformat(),
        "exempt": [text.into(language) for text in measure.imposed.value.exempt],
        "basis": {"instrument": source.instrument, "article": source.article},
        "provisional": measure.provisional,
    }


def _settings(finding: Finding, question: Question) -> list[Setting[Any]]:
    """Every value of the law that this finding rests on."""
    if finding.result is Result.POSSIBLE_MATCH:
        return [question.law.name_mismatch]
    settings: list[Setting[Any]] = []
    for effect in finding.effects:
        settings += [effect.cause.basis, effect.regime.term, effect.regime.term_start]
        for measure in effect.measures:
            settings += [measure.effect, measure.imposed]
    return settings
