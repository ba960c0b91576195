"""The register of subjects: added provisionally, registered on approval, merged when found to be one."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.errors import Invalid, invalid_field
from registry.identity.documents import Document, parse_document
from registry.identity.names import Name
from registry.subjects.drafts import Correction, SubjectDraft
from registry.subjects.models import DocumentRow, NameRow, SubjectRow
from registry.text import Text
from registry.vault.vault import Vault

T = TypeVar("T")

CHUNK = 500  # how many values go into one IN (…)

UNSYNCED = {"synchronize_session": False}
"""For statements over many rows: comparing each with the objects of the session costs minutes."""


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A subject, opened for those who may see it. Names and documents: the first is the oldest."""

    id: str
    kind: str
    names: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]  # (type, number)
    sex: str | None
    birth_on: str | None


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`values` in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


class Subjects:
    """Storing and finding subjects. All methods work in the caller's transaction."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def document_token(self, document: Document) -> bytes:
        """The token by which a document is found, whatever its type was called."""
        return self._vault().token("document", document.key)

    def name_token(self, name: Name) -> bytes:
        """The token by which a name is compared."""
        return self._vault().token("name", name.key)

    def add(self, session: Session, drafts: Sequence[SubjectDraft]) -> list[str]:
        """Store `drafts` provisionally – they have no effect on any check – and return their ids in order."""
        vault = self._vault()
        subjects: list[dict[str, Any]] = []
        names: list[dict[str, Any]] = []
        documents: list[dict[str, Any]] = []
        for draft in drafts:
            subject_id, name_id = ids.new("sub"), ids.new("nam")
            particulars = {"sex": draft.sex, "birth_on": draft.birth_on and draft.birth_on.isoformat()}
            subjects.append(
                {
                    "id": subject_id,
                    "kind": draft.kind.value,
                    "sealed": vault.seal_text(json.dumps(particulars), f"subjects.sealed:{subject_id}"),
                }
            )
            names.append(
                {
                    "id": name_id,
                    "subject_id": subject_id,
                    "token": self.name_token(draft.name),
                    "sealed": vault.seal_text(draft.name.display, f"subject_names.sealed:{name_id}"),
                }
            )
            for document in draft.documents:
                document_id = ids.new("doc")
                documents.append(
                    {
                        "id": document_id,
                        "subject_id": subject_id,
                        "type": document.type.value,
                        "token": self.document_token(document),
                        "sealed": vault.seal_text(document.number, f"subject_documents.sealed:{document_id}"),
                    }
                )
        for table, rows in ((SubjectRow, subjects), (NameRow, names), (DocumentRow, documents)):
            session.execute(insert(table), rows)
        return [row["id"] for row in subjects]

    def register(self, session: Session, provisional: Sequence[str], now: datetime) -> dict[str, str]:
        """Enter provisional subjects; `{subject: the one it is the same as}` for those that were known.

        The same subject is: one document and one name in common. Where a newcomer is the same as several,
        the register learns that these are one. The caller repoints what refers to the old ids, then calls
        `absorb`.
        """
        merged: dict[str, str] = {}
        for part in chunks(provisional):
            pairs = self._pairs(session, part)
            known = self._registered(session, pairs)
            fresh = []
            for subject_id in part:
                same = sorted({_final(merged, known[pair]) for pair in pairs[subject_id] if pair in known})
                target = same[0] if same else subject_id
                merged |= dict.fromkeys(same[1:], target)
                if same:
                    merged[subject_id] = target
                else:
                    fresh.append(subject_id)
                known |= dict.fromkeys(pairs[subject_id], target)
            if fresh:
                session.execute(update(SubjectRow).where(SubjectRow.id.in_(fresh)).values(registered_at=now))
        return {source: _final(merged, source) for source in merged}

    def registered(self, session: Session, drafts: Sequence[SubjectDraft]) -> dict[int, set[str]]:
        """The registered subjects that each draft (by position) turns out to be; new ones are left out."""
        found: dict[int, set[str]] = {}
        for part in chunks(enumerate(drafts)):
            pairs = {
                str(position): [
                    (self.document_token(d), self.name_token(draft.name)) for d in draft.documents
                ]
                for position, draft in part
            }
            known = self._registered(session, pairs)
            for position, _ in part:
                if subjects := {known[pair] for pair in pairs[str(position)] if pair in known}:
                    found[position] = subjects
        return found

    def absorb(self, session: Session, merged: Mapping[str, str]) -> None:
        """Move names and documents of merged subjects to those they are the same as; drop what is double."""
        for part in chunks(sorted(merged)):
            targets = {merged[source] for source in part}
            for table in (NameRow, DocumentRow):
                rows = session.execute(
                    select(table.id, table.subject_id, table.token)
                    .where(table.subject_id.in_([*part, *targets]))
                    .order_by(table.id)
                ).all()
                known = {(row.subject_id, row.token) for row in rows if row.subject_id in targets}
                double, moved = [], []
                for row in rows:
                    if row.subject_id in merged:
                        holder = (merged[row.subject_id], row.token)
                        if holder in known:
                            double.append(row.id)
                        else:
                            moved.append({"moved": row.id, "holder": holder[0]})
                        known.add(holder)
                if double:
                    session.execute(delete(table).where(table.id.in_(double)), execution_options=UNSYNCED)
                if moved:
                    move = update(table).where(table.id == bindparam("moved"))
                    session.connection().execute(move.values(subject_id=bindparam("holder")), moved)
            session.execute(delete(SubjectRow).where(SubjectRow.id.in_(part)), execution_options=UNSYNCED)

    def add_name(self, session: Session, subject_id: str, display: str, token: bytes) -> None:
        """Another name of the same subject."""
        name_id = ids.new("nam")
        sealed = self._vault().seal_text(display, f"subject_names.sealed:{name_id}")
        row = {"id": name_id, "subject_id": subject_id, "token": token, "sealed": sealed}
        session.execute(insert(NameRow), [row])

    def correct(self, session: Session, subject_id: str, correction: Correction) -> None:
        """Set right what was entered wrongly. Raises Invalid as `require_correct`."""
        particulars = self.require_correct(session, subject_id, correction)
        sealed = self._vault().seal_text(json.dumps(particulars), f"subjects.sealed:{subject_id}")
        session.execute(update(SubjectRow).where(SubjectRow.id == subject_id).values(sealed=sealed))
        if correction.was and correction.name:
            wrong, right = self.name_token(correction.was), self.name_token(correction.name)
            of_subject = NameRow.subject_id == subject_id
            borne = session.scalar(select(NameRow.id).where(of_subject, NameRow.token == right))
            session.execute(delete(NameRow).where(of_subject, NameRow.token == wrong))
            if borne is None:
                self.add_name(session, subject_id, correction.name.display, right)

    def require_correct(self, session: Session, subject_id: str, correction: Correction) -> dict[str, Any]:
        """Sex and birth as they will be.

        Raises Invalid (`invalid-correction`) where nothing would change, nobody bears the wrong name, or sex
        or birth contradict a document.
        """
        row = session.get_one(SubjectRow, subject_id)
        before = json.loads(self._vault().open_text(row.sealed, f"subjects.sealed:{subject_id}"))
        birth_on = correction.birth_on.isoformat() if correction.birth_on else before["birth_on"]
        after = {"sex": correction.sex or before["sex"], "birth_on": birth_on}
        if correction.was is None and after == before:
            raise _wrong("", "更正没有任何改变。", "The correction changes nothing.")
        if correction.was is not None:
            names = select(NameRow.token).where(NameRow.subject_id == subject_id)
            if self.name_token(correction.was) not in set(session.scalars(names)):
                raise _wrong("/was", "该对象没有此姓名。", "The subject does not bear this name.")
            if correction.name is None or correction.name.key == correction.was.key:
                raise _wrong("/name", "请填写更正后的姓名。", "State the name as it is.")
        view = self.views(session, [subject_id])[subject_id]
        for kind, number in view.documents:
            document = parse_document(kind, number, clock.today())
            if document.sex and document.sex != after["sex"]:
                raise _wrong("/sex", "与证件号码不符。", "It does not fit the document number.")
            if document.birth_on and document.birth_on.isoformat() != after["birth_on"]:
                raise _wrong("/birth_on", "与证件号码不符。", "It does not fit the document number.")
        return after

    def views(self, session: Session, subject_ids: Iterable[str]) -> dict[str, SubjectView]:
        """Subjects by id, opened."""
        vault = self._vault()
        views = {}
        for part in chunks(sorted(set(subject_ids))):
            names: dict[str, list[str]] = defaultdict(list)
            for name in session.scalars(
                select(NameRow).where(NameRow.subject_id.in_(part)).order_by(NameRow.id)
            ):
                names[name.subject_id].append(vault.open_text(name.sealed, f"subject_names.sealed:{name.id}"))
            documents: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for document in session.scalars(
                select(DocumentRow).where(DocumentRow.subject_id.in_(part)).order_by(DocumentRow.id)
            ):
                number = vault.open_text(document.sealed, f"subject_documents.sealed:{document.id}")
                documents[document.subject_id].append((document.type, number))
            for row in session.scalars(select(SubjectRow).where(SubjectRow.id.in_(part))):
                particulars = json.loads(vault.open_text(row.sealed, f"subjects.sealed:{row.id}"))
                views[row.id] = SubjectView(
                    row.id, row.kind, tuple(names[row.id]), tuple(documents[row.id]), **particulars
                )
        return views

    def _pairs(self, session: Session, subject_ids: Sequence[str]) -> dict[str, list[tuple[bytes, bytes]]]:
        """Every (document token, name token) of each subject."""
        pairs: dict[str, list[tuple[bytes, bytes]]] = {subject_id: [] for subject_id in subject_ids}
        rows = session.execute(
            select(DocumentRow.subject_id, DocumentRow.token, NameRow.token)
            .join(NameRow, NameRow.subject_id == DocumentRow.subject_id)
            .where(DocumentRow.subject_id.in_(subject_ids))
        )
        for subject_id, document, name in rows:
            pairs[subject_id].append((document, name))
        return pairs

    def _registered(
        self, session: Session, pairs: Mapping[str, Sequence[tuple[bytes, bytes]]]
    ) -> dict[tuple[bytes, bytes], str]:
        """Which of `pairs` belong to registered subjects."""
        wanted = {document for each in pairs.values() for document, _ in each}
        rows = session.execute(
            select(DocumentRow.token, NameRow.token, SubjectRow.id)
            .join(SubjectRow, SubjectRow.id == DocumentRow.subject_id)
            .join(NameRow, NameRow.subject_id == SubjectRow.id)
            .where(DocumentRow.token.in_(wanted), SubjectRow.registered_at.is_not(None))
            .order_by(SubjectRow.id.desc())
        )
        return {(document, name): subject_id for document, name, subject_id in rows}


def _final(merged: Mapping[str, str], subject_id: str) -> str:
    while subject_id in merged:
        subject_id = merged[subject_id]
    return subject_id


def _wrong(pointer: str, zh: str, en: str) -> Invalid:
    return invalid_field("invalid-correction", Text(zh, en), pointer)
