"""A subject's own request (个人信息保护法 art 45): what the register holds about them, told at the desk.

Who else asked about them is not told, and neither is what is only drafted: it is about nobody yet.
"""

from typing import Any

from registry import clock, ids
from registry.access.principals import Officer
from registry.appeals.queries import AppealQueries
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations.queries import DesignationQueries
from registry.identity.documents import Document
from registry.identity.names import Name
from registry.law.book import Book
from registry.subjects.service import Subjects

_TOLD = (
    "id",
    "state",
    "authority",
    "ground",
    "decided_on",
    "decision_no",
    "sanctions",
    "appeals",
    "objected",
)


class Information:
    """Answers to people about themselves, whichever authority designated them."""

    def __init__(
        self,
        book: Book,
        log: Log,
        subjects: Subjects,
        designations: DesignationQueries,
        appeals: AppealQueries,
    ) -> None:
        self._book = book
        self._log = log
        self._subjects = subjects
        self._designations = designations
        self._appeals = appeals

    def give(self, officer: Officer, name: Name, document: Document) -> dict[str, Any]:
        """What is held about the bearer of this document and name, whose identity the officer has checked."""
        request_id = ids.new("inf")
        right = self._book.on(clock.today()).get("screening/appeal")
        with transaction() as session:
            views = [
                self._appeals.annotated(view) for view in self._designations.about(session, document, name)
            ]
            facts = {
                "document": self._subjects.document_token(document).hex(),
                "designations": [view["id"] for view in views],
            }
            self._log.write(session, Entry(Tag.INFORMATION_GIVEN, officer.actor, request_id, facts))
            return {
                "id": request_id,
                "answered_at": clock.now(),
                "subjects": list({view["subject"]["id"]: view["subject"] for view in views}.values()),
                "designations": [
                    {
                        **{field: view[field] for field in _TOLD},
                        "right_to_appeal": {
                            "text": right.value.format(authority=view["authority"]["name"]),
                            "basis": {
                                "instrument": right.source.instrument,
                                "article": right.source.article,
                            },
                        },
                    }
                    for view in views
                ],
            }
