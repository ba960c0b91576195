"""The main job: a partner asks, the answer is right, durable in the log, and only then given."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from registry.db import in_transaction, line, reading
from registry.law.book import Book, RuleNotInForce, View
from registry.screening import receipts
from registry.screening.answers import Checked, CheckRequest, answer, logged
from registry.screening.lookup import Found, Identity, look_up
from registry.screening.rules import Question, find, law_gap, require_purpose
from registry.screening.together import Together
from registry.text import Language
from registry.vault.signatures import Signer


@dataclass(frozen=True, slots=True)
class _Asked:
    """One check on its way: who claims to ask, what, and the tokens of the parties."""

    bearer: bytes
    request: CheckRequest
    identities: tuple[Identity, ...]
    language: Language


class Screening:
    """Checks: made and read back.

    Checks that come at the same moment are served together: one statement finds all callers and all
    parties, one writes all records and commits, and only then anybody is answered.
    """

    def __init__(self, keys: Keys, book: Book, log: Log) -> None:
        self._keys = keys
        self._book = book
        self._log = log
        self._together = Together(self._serve)

    def check(self, token: str, request: CheckRequest, language: Language) -> dict[str, Any]:
        """The answer, already durable in the log.

        Raises Unauthenticated, Forbidden (also `purpose-not-permitted`), Unavailable – and then there is
        no answer at all.
        """
        vault = self._keys.vault()
        identities = tuple(
            Identity(vault.token("document", party.document.key), vault.token("name", party.name.key))
            for party in request.parties
        )
        asked = _Asked(bearers.digest(token), request, identities, language)
        if in_transaction():  # what is written there is not durable for others before it ends
            (outcome,) = self._serve([asked])
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome
        return self._together.ask(asked)

    def _serve(self, waiting: Sequence[_Asked]) -> list[dict[str, Any] | BaseException]:
        """An outcome for each, durable when this returns."""
        vault, fingerprint, signer = self._keys.vault(), self._keys.fingerprint(), self._keys.signer()
        with line(writes=True) as swift:
            found = look_up(
                swift,
                [identity for asked in waiting for identity in asked.identities],
                vault,
                fingerprint,
                {asked.bearer for asked in waiting},
            )
            now = clock.now()
            law = self._book.on(clock.beijing_day(now))
            entries: list[Entry] = []
            outcomes: list[dict[str, Any] | BaseException] = []
            for asked in waiting:
                try:
                    given, entry = _decide(asked, found, law, now, signer)
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

    def proof(self, partner: Partner, check_id: str) -> dict[str, Any]:
        """That an own check is in the sealed log (see `audit.proofs`). Raises NotFound, Conflict."""
        self.record(partner, check_id)
        with reading() as session:
            return proofs.of_record(session, check_id)


def _decide(
    asked: _Asked, found: Found, law: View, now: datetime, signer: Signer
) -> tuple[dict[str, Any], Entry]:
    """An answer with its receipt, and its record. Raises Unauthenticated, Forbidden, Unavailable."""
    partner = cast(Partner, bearers.principal(found.accounts.get(asked.bearer), now))
    bearers.require(partner, Permission.CHECK_MAKE)  # which partners alone have
    request = asked.request
    try:
        require_purpose(law, request.purpose, partner.sector)
        question = Question(request.purpose, partner.sector, request.area or partner.area, law)
        checked = Checked(
            id=ids.new("chk"),
            at=now,
            request=request,
            identities=asked.identities,
            question=question,
            list_version=found.list_version,
            findings=tuple(find(found.listed(identity), question) for identity in asked.identities),
        )
        given = answer(checked, asked.language)
        given["receipt"] = signer.sign(receipts.payload(partner.id, request.digest, given), receipts.KIND)
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
        secret=orjson.dumps({"language": asked.language, "request": logged(checked), "answer": given}),
        id=checked.id,
        at=now,
    )
    return given, entry
