"""The log as an auditor reads it: what was done, by whom, and who looked at whom."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.access.principals import Officer
from registry.access.service import not_found
from registry.audit import queries
from registry.audit.proofs import of_record
from registry.audit.queries import Line, Wanted
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.designations.models import DesignationRow
from registry.errors import Conflict, invalid_field
from registry.identity.documents import Document
from registry.mismatches.models import ResolutionRow
from registry.subjects.models import DocumentRow
from registry.subjects.service import CHUNK, Subjects
from registry.text import Text

Page = tuple[list[Line], int | None]
"""Records, and where the next page begins."""


class Looks:
    """Reading the log without opening what is sealed in it."""

    def __init__(self, log: Log, subjects: Subjects) -> None:
        self._log = log
        self._subjects = subjects

    def page(self, wanted: Wanted, limit: int, before: int | None) -> Page:
        """A page of records, the newest first. Raises Invalid."""
        with reading() as session:
            return queries.search(session, wanted, limit, before)

    def token(self, officer: Officer, document: Document) -> str:
        """What stands for a document; that an auditor asks about it is itself in the log."""
        token = self._subjects.document_token(document).hex()
        with transaction() as session:
            self._log.write(session, Entry(Tag.LOG_SEARCHED, officer.actor, facts={"document": token}))
        return token

    def about(self, token: str, limit: int, before: int | None) -> Page:
        """What was done and looked at about the bearer of the document that `token` stands for.

        Raises Invalid. Checks keep their parties sealed and are not among them.
        """
        with reading() as session:
            concerned = [token, *self._concerned(session, bytes.fromhex(token))]
            return queries.search(session, Wanted(about=concerned), limit, before)

    def record(self, record_id: str) -> tuple[Line, str]:
        """One record, and whether it is `waiting` for its seal, `sealed` or `altered`. Raises NotFound."""
        with reading() as session:
            line = queries.line(session, record_id)
            if line is None:
                raise not_found()
            try:
                of_record(session, record_id)
            except Conflict as trouble:
                return line, "waiting" if trouble.slug == "not-sealed-yet" else "altered"
        return line, "sealed"

    def _concerned(self, session: Session, token: bytes) -> list[str]:
        """The designations and mismatches of whoever bears the document, and appeals against them."""
        bearers = select(DocumentRow.subject_id).where(DocumentRow.token == token)
        designations = session.scalars(
            select(DesignationRow.id).where(DesignationRow.subject_id.in_(bearers)).limit(CHUNK)
        ).all()
        mismatches = session.scalars(
            select(ResolutionRow.id).where(ResolutionRow.document == token).limit(CHUNK)
        ).all()
        wanted = Wanted(act=Tag.APPEAL_RECEIVED, about=designations)
        received = queries.search(session, wanted, CHUNK, None)[0] if designations else []
        return [*designations, *mismatches, *(line.object_id or "" for line in received)]


def require_token(typed: str) -> str:
    """A document's token as a form carries it on to the next page. Raises Invalid."""
    try:
        if len(bytes.fromhex(typed)) == 32:
            return typed
    except ValueError:
        pass
    raise invalid_field("invalid-input", Text("请重新输入证件。", "Enter the document again."), "/number")
