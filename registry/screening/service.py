"""The main job: a partner asks, the answer is right, durable in the log, and only then given."""

from typing import Any

import orjson

from registry import clock, ids
from registry.access.keys import Keys
from registry.access.principals import Partner
from registry.access.service import not_found
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import line, reading
from registry.errors import Forbidden, Unavailable
from registry.law.book import Book, RuleNotInForce
from registry.screening.answers import Checked, CheckRequest, answer, asked
from registry.screening.lookup import Identity, look_up
from registry.screening.rules import Question, find
from registry.text import Language, Text


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
        try:
            return self._check(partner, request, language)
        except RuleNotInForce as missing:  # a gap in the law is no answer, and no fault of the asker's
            raise Unavailable("law-incomplete", missing.sentence, facts=missing.facts) from missing

    def _check(self, partner: Partner, request: CheckRequest, language: Language) -> dict[str, Any]:
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
        identities = tuple(
            Identity(vault.token("document", party.document.key), vault.token("name", party.name.key))
            for party in request.parties
        )
        with line(writes=True) as swift:
            found = look_up(swift, identities, vault, self._keys.fingerprint())
            checked = Checked(
                id=ids.new("chk"),
                at=now,
                request=request,
                identities=identities,
                question=question,
                list_version=found.list_version,
                findings=tuple(find(listed, question) for listed in found.listed),
            )
            given = answer(checked, language)
            self._log.append(
                swift,
                Entry(
                    Tag.CHECK_ANSWERED,
                    partner.actor,
                    facts={
                        "purpose": question.purpose.value,
                        "direction": checked.direction.value,
                        "list_version": checked.list_version,
                    },
                    secret=orjson.dumps({"language": language, "request": asked(checked), "answer": given}),
                    id=checked.id,
                    at=now,
                ),
            )
        return given

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
