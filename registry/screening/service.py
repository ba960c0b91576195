"""The main job: a partner asks, the answer is right, durable in the log, and only then given."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from registry import clock, ids
from registry.access.keys import Keys
from registry.access.principals import Partner
from registry.access.service import not_found
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import Forbidden
from registry.identity.documents import Document
from registry.identity.masks import mask_name, mask_number
from registry.identity.names import Name
from registry.law.book import Book
from registry.law.words import Purpose, most_severe
from registry.screening import wording
from registry.screening.lookup import Found, Identity, look_up
from registry.screening.rules import Effect, Finding, Question, Result, ShownMeasure, find
from registry.text import Language, Text


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
    """What a partner asks. `area` is that of the branch, `None` for the partner's own."""

    purpose: Purpose
    reference: str
    operator: str
    parties: tuple[Party, ...]
    area: str | None = None


class Screening:
    """Checks: made and read back."""

    def __init__(self, keys: Keys, book: Book, log: Log) -> None:
        self._keys = keys
        self._book = book
        self._log = log

    def check(self, partner: Partner, request: CheckRequest, language: Language) -> dict[str, Any]:
        """The answer, already durable in the log.

        Raises Forbidden (`purpose-not-permitted`), Unavailable – and then there is no answer at all.
        """
        vault = self._keys.vault()
        now = clock.now()
        law = self._book.on(clock.beijing_day(now))
        if not law.permits(request.purpose, partner.sector):
            raise Forbidden(
                "purpose-not-permitted",
                Text(
                    "贵机构所属行业不能查询此项业务。",
                    "Partners of this sector may not ask for this purpose.",
                ),
                facts={"purpose": request.purpose.value},
            )
        question = Question(request.purpose, partner.sector, request.area or partner.area, law)
        identities = [
            Identity(vault.token("document", party.document.key), vault.token("name", party.name.key))
            for party in request.parties
        ]
        check_id = ids.new("chk")
        with transaction() as session:
            found = look_up(session, identities, vault, self._keys.fingerprint())
            findings = [find(listed, question) for listed in found.listed]
            answer = _answer(check_id, now, request, question, found, findings, language)
            self._log.write(
                session,
                Entry(
                    Tag.CHECK_ANSWERED,
                    partner.actor,
                    facts={
                        "purpose": request.purpose.value,
                        "direction": answer["direction"],
                        "list_version": found.list_version,
                    },
                    secret=_secret(request, question, identities, answer),
                    id=check_id,
                    at=now,
                ),
            )
        return answer

    def stored(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """The answer of an own check, word for word as it was given. Raises NotFound."""
        answer: dict[str, Any] = self.record(partner, check_id)["answer"]
        return answer

    def record(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """Request (masked, with tokens) and answer of an own check. Raises NotFound."""
        with reading() as session:
            record = self._log.record(session, check_id)
        if record is None or record.tag is not Tag.CHECK_ANSWERED or record.organisation != partner.id:
            raise not_found()
        stored: dict[str, Any] = orjson.loads(record.secret or b"{}")
        return stored | {"digest": record.digest.hex()}


def _answer(
    check_id: str,
    now: datetime,
    request: CheckRequest,
    question: Question,
    found: Found,
    findings: list[Finding],
    language: Language,
) -> dict[str, Any]:
    rules = {question.law.purposes.rule}
    for finding in findings:
        rules |= _rules(finding, question)
    return {
        "id": check_id,
        "checked_at": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "purpose": request.purpose.value,
        "direction": most_severe([finding.direction for finding in findings]).value,
        "parties": [
            _party(party, finding, question, language)
            for party, finding in zip(request.parties, findings, strict=True)
        ],
        "list_version": found.list_version,
        "law": {"as_of": question.law.day.isoformat(), "rules": sorted(rules)},
    }


def _party(party: Party, finding: Finding, question: Question, language: Language) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "role": party.role.value,
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


def _rules(finding: Finding, question: Question) -> set[str]:
    """Every rule that this finding rests on."""
    if finding.result is Result.POSSIBLE_MATCH:
        return {question.law.name_mismatch.rule}
    rules = set()
    for effect in finding.effects:
        rules.add(effect.cause.basis.rule)
        rules.add(effect.regime.term.rule)
        for measure in effect.measures:
            rules |= {measure.effect.rule, measure.imposed.rule}
    return rules


def _secret(
    request: CheckRequest, question: Question, identities: list[Identity], answer: dict[str, Any]
) -> bytes:
    """What the log keeps sealed: who was asked about, as tokens and masks, and the whole answer."""
    asked = {
        "purpose": request.purpose.value,
        "sector": question.sector.value,
        "area": question.area,
        "reference": request.reference,
        "operator": request.operator,
        "parties": [
            {
                "role": party.role.value,
                "document_type": party.document.type.value,
                "document": identity.document.hex(),
                "name": identity.name.hex(),
                "masked_number": mask_number(party.document.number),
                "masked_name": mask_name(party.name.display),
            }
            for party, identity in zip(request.parties, identities, strict=True)
        ],
    }
    return orjson.dumps({"request": asked, "answer": answer})
