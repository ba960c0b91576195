"""Evidence: what was answered, and what would be, with what was known then and with what is known now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from registry import clock
from registry.access.principals import Officer
from registry.access.service import not_found
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import Line, transaction
from registry.designations.history import newest_version, stood, version_at
from registry.errors import invalid_field
from registry.law.book import Book
from registry.law.words import Purpose, Sector
from registry.mismatches.queries import is_another, known_others
from registry.screening.answers import Checked, CheckRequest, PartyRole, answer, identities_of
from registry.screening.lookup import Identity, read_listed
from registry.screening.rules import Question, find
from registry.text import Language, Text
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Supposed:
    """A check that nobody needs to have made: what would have been answered to it at an instant."""

    request: CheckRequest
    sector: Sector
    area: str
    at: datetime


class Evidence:
    """Answers recomputed from what the register kept, for auditors. Each look is in the log."""

    def __init__(self, vault: Callable[[], Vault], book: Book, log: Log) -> None:
        self._vault = vault
        self._book = book
        self._log = log

    def of_check(self, officer: Officer, court_request: str, check_id: str) -> dict[str, Any]:
        """A stored check: its answer, the same recomputed, and what the answer would be as known now.

        Raises NotFound, Conflict (`not-recorded`), Unavailable.
        """
        with transaction() as session:
            record = self._log.record(session, check_id)
            if record is None or record.tag is not Tag.CHECK_ANSWERED:
                raise not_found()
            kept = orjson.loads(record.secret or b"{}")
            given, request = kept["answer"], kept["request"]
            checked = Checked(
                id=record.id,
                at=record.at,
                question=self._question(
                    Purpose(request["purpose"]), Sector(request["sector"]), request["area"], record.at
                ),
                list_version=given["list_version"],
                roles=tuple(PartyRole(party["role"]) for party in request["parties"]),
                findings=(),
            )
            identities = [
                Identity(bytes.fromhex(party["document"]), bytes.fromhex(party["name"]))
                for party in request["parties"]
            ]
            partner_id = record.organisation or ""
            answers = self._answers(session, checked, identities, kept["language"], partner_id)
            stored = {name: value for name, value in given.items() if name != "receipt"}
            self._note(session, officer, court_request, check=check_id)
            return answers | {
                "check": check_id,
                "stored": given,
                "reproduced": answers["then"] == stored,
                "law": {"then": kept.get("law"), "now": self._book.version},
            }

    def supposed(
        self, officer: Officer, court_request: str, supposed: Supposed, language: Language
    ) -> dict[str, Any]:
        """What would have been answered at an instant, as known then and as known now.

        Raises Invalid for an instant in the future, RuleNotInForce for one before the law, Conflict
        (`not-recorded`), Unavailable.
        """
        if supposed.at > clock.now():
            raise invalid_field(
                "invalid-input", Text("时刻不能晚于现在。", "The instant may not be in the future."), "/at"
            )
        request = supposed.request
        with transaction() as session:
            checked = Checked(
                id="",
                at=supposed.at,
                question=self._question(request.purpose, supposed.sector, supposed.area, supposed.at),
                list_version=version_at(session, supposed.at),
                roles=tuple(party.role for party in request.parties),
                findings=(),
            )
            identities = identities_of(request, self._vault())
            answers = self._answers(session, checked, identities, language)
            tokens = [identity.document.hex() for identity in identities]
            self._note(session, officer, court_request, documents=tokens)
            version = self._book.version
            return answers | {
                "check": None,
                "stored": None,
                "reproduced": None,
                "law": {"then": version, "now": version},
            }

    def _question(self, purpose: Purpose, sector: Sector, area: str, at: datetime) -> Question:
        return Question(purpose, sector, area, self._book.on(clock.beijing_day(at)))

    def _answers(
        self,
        session: Session,
        checked: Checked,
        identities: Sequence[Identity],
        language: Language,
        partner_id: str = "",
    ) -> dict[str, Any]:
        """What the partner hears, with what was known then and with what is known now."""
        now = replace(checked, list_version=newest_version(session))
        return {
            name: answer(self._found(session, known, identities, partner_id), language)
            for name, known in (("then", checked), ("now", now))
        }

    def _found(
        self, session: Session, checked: Checked, identities: Sequence[Identity], partner_id: str
    ) -> Checked:
        vault, version = self._vault(), checked.list_version
        others = known_others(
            Line.over(session.connection()), {identity.document for identity in identities}, version
        )
        findings = []
        for identity in identities:
            behind = stood(session, identity.document, version).values()
            listed = [read_listed(rows, identity.name, vault) for rows in behind]
            another = is_another(others, identity.document, identity.name, partner_id)
            findings.append(find(listed, checked.question, another))
        return replace(checked, findings=tuple(findings))

    def _note(self, session: Session, officer: Officer, court_request: str, **facts: Any) -> None:
        secret = orjson.dumps({"reason": court_request})
        self._log.write(session, Entry(Tag.EVIDENCE_GIVEN, officer.actor, facts=facts, secret=secret))
