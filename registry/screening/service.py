"""The main job: a partner asks, the answer is right, durable in the log, and only then given."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, cast

import orjson

from registry import clock, ids
from registry.access import bearers
from registry.access.keys import Keys
from registry.access.principals import Partner
from registry.access.rules import Permission
from registry.access.service import not_found
from registry.audit import proofs
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import line, reading
from registry.identity.masks import Mask
from registry.law.book import Book, RuleNotInForce, View
from registry.mismatches.queries import Known, is_another, known_others
from registry.screening import receipts
from registry.screening.answers import Checked, CheckRequest, answer, identities_of, logged
from registry.screening.lookup import Found, Identity, look_up
from registry.screening.rules import Finding, Question, find, law_gap, require_purpose
from registry.text import Language
from registry.vault.signatures import Signer


@dataclass(frozen=True, slots=True)
class Asked:
    """One check on its way: what is asked, the language of the answer, and by whom – the token of who claims
    to ask, or somebody who has been let in already."""

    by: str | Partner
    request: CheckRequest
    language: Language


class Screening:
    """Checks: made and read back.

    Checks that come at the same moment are served together: one statement finds all callers and all
    parties, one writes all records and commits, and only then anybody is answered.
    """

    def __init__(self, keys: Keys, book: Book, log: Log, mask: Mask) -> None:
        self._keys = keys
        self._book = book
        self._log = log
        self._mask = mask

    def check(self, by: str | Partner, request: CheckRequest, language: Language) -> dict[str, Any]:
        """The answer, already durable in the log.

        Raises Unauthenticated, Forbidden (also `purpose-not-permitted`), Unavailable – and then there is
        no answer at all.
        """
        (outcome,) = self.check_all([Asked(by, request, language)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def check_all(self, checks: Sequence[Asked]) -> list[dict[str, Any] | Exception]:
        """For each its answer, already durable in the log, or what `check` would raise.

        What concerns all of them is raised: Unavailable.
        """
        vault, fingerprint, signer = self._keys.vault(), self._keys.fingerprint(), self._keys.signer()
        tokens = {asked.by: bearers.digest(asked.by) for asked in checks if isinstance(asked.by, str)}
        identities = [identities_of(asked.request, vault) for asked in checks]
        with line(writes=True) as swift:
            everybody = list(chain(*identities))
            found = look_up(swift, everybody, vault, fingerprint, set(tokens.values()))
            mismatched = {identity.document for identity in everybody if found.is_mismatch(identity)}
            others = known_others(swift, mismatched, found.list_version)
            now = clock.now()
            law = self._book.on(clock.beijing_day(now))
            shared = _Shared(found, others, law, self._book.version, now, signer, self._mask)
            entries: list[Entry] = []
            outcomes: list[dict[str, Any] | Exception] = []
            for asked, parties in zip(checks, identities, strict=True):
                try:
                    partner = shared.partner(tokens[asked.by]) if isinstance(asked.by, str) else asked.by
                    given, entry = shared.decide(asked, partner, parties)
                except Exception as refused:  # a fault in one question is no fault of the others
                    outcomes.append(refused)
                else:
                    outcomes.append(given)
                    entries.append(entry)
            self._log.append(swift, entries)
        return outcomes

    def stored(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """The answer of an own check, word for word as it was given. Raises NotFound."""
        answer: dict[str, Any] = self.record(partner, check_id)["answer"]
        return answer

    def record(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """Language, request (masked, with tokens) and answer of an own check, and the record's digest in hex.

        Raises NotFound.
        """
        with reading() as session:
            record = self._log.record(session, check_id)
        if record is None or record.tag is not Tag.CHECK_ANSWERED or record.organisation != partner.id:
            raise not_found()
        stored: dict[str, Any] = orjson.loads(record.secret or b"{}")
        return stored | {"digest": record.digest.hex()}

    def own_today(self, partner: Partner, limit: int) -> list[dict[str, Any]]:
        """The newest checks that a partner's user made today, as `record` tells them, the newest first."""
        midnight = clock.midnight(clock.today())
        with reading() as session:
            records = self._log.by(session, partner.actor, Tag.CHECK_ANSWERED, midnight, limit)
        return [orjson.loads(record.secret or b"{}") for record in records]

    def proof(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """That an own check is in the sealed log (see `audit.proofs`). Raises NotFound, Conflict."""
        self.record(partner, check_id)
        with reading() as session:
            return proofs.of_record(session, check_id)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all checks that are served together have in common."""

    found: Found
    others: Known
    law: View
    law_version: str
    now: datetime
    signer: Signer
    mask: Mask

    def partner(self, bearer: bytes) -> Partner:
        """Whose token has this digest. Raises Unauthenticated. (That it is a partner's, `decide` finds.)"""
        return cast(Partner, bearers.principal(self.found.accounts.get(bearer), self.now))

    def decide(
        self, asked: Asked, partner: Partner, identities: tuple[Identity, ...]
    ) -> tuple[dict[str, Any], Entry]:
        """An answer with its receipt, and its record. Raises Forbidden, Unavailable."""
        bearers.require(partner, Permission.CHECK_MAKE)  # which partners and their tellers alone have
        request = asked.request
        try:
            require_purpose(self.law, request.purpose, partner.sector)
            question = Question(request.purpose, partner.sector, request.area or partner.area, self.law)
            checked = Checked(
                id=ids.new("chk"),
                at=self.now,
                question=question,
                list_version=self.found.list_version,
                roles=tuple(party.role for party in request.parties),
                findings=tuple(self._find(identity, question, partner.id) for identity in identities),
            )
            given = answer(checked, asked.language)
            given["receipt"] = self.signer.sign(
                receipts.payload(partner.id, request.digest, given), receipts.KIND
            )
        except RuleNotInForce as missing:
            raise law_gap(missing) from missing
        entry = Entry(
            Tag.CHECK_ANSWERED,
            partner.actor,
            facts={
                "purpose": question.purpose.value,
                "direction": checked.direction.value,
                "list_version": checked.list_version,
                "receipt": hashlib.sha256(given["receipt"].encode()).hexdigest(),
            },
            secret=orjson.dumps(
                {
                    "language": asked.language,
                    "request": logged(request, question, identities, self.mask),
                    "answer": given,
                    "law": self.law_version,
                }
            ),
            id=checked.id,
            at=self.now,
        )
        return given, entry

    def _find(self, identity: Identity, question: Question, partner_id: str) -> Finding:
        another = is_another(self.others, identity.document, identity.name, partner_id)
        return find(self.found.listed(identity), question, another)
