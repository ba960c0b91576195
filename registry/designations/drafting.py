"""Drafting: what a clerk or a list proposes, compared with the law and with what is designated already."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.jurisdiction import is_covered
from registry.access.principals import Authority, Officer
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations import stored
from registry.designations.acts import Acts
from registry.designations.intake import Draft, read
from registry.designations.models import DecisionKeyRow, DesignationRow, ItemRow
from registry.designations.rules import GONE, Designator, PlannedSanction, State, plan
from registry.errors import Conflict, invalid_field
from registry.law.book import Book
from registry.subjects.drafts import SubjectKind
from registry.subjects.models import SubjectRow
from registry.subjects.service import Subjects, chunks
from registry.text import Text
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft and the authority that designates."""

    draft: Draft
    authority: Authority


class Drafting:
    """Everything before somebody decides. Single designations and whole import batches take the same way."""

    def __init__(self, vault: Callable[[], Vault], book: Book, subjects: Subjects, acts: Acts) -> None:
        self._vault = vault
        self._book = book
        self._subjects = subjects
        self._acts = acts

    def read(self, raw: Mapping[str, Any]) -> Draft:
        """What `raw` (the shape of the API) describes. Raises Invalid."""
        return read(raw, clock.today(), self.offences())

    def offences(self) -> Mapping[str, Text]:
        """The offences of class 1 by article, as the law lists them today."""
        listed = self._book.on(clock.today()).find("joint-2024/offences")
        return listed.value if listed else {}

    def planned(self, draft: Draft, authority: Authority) -> tuple[PlannedSanction, ...]:
        """The sanctions that would follow. Raises NotLawful."""
        designator = Designator(authority.level, authority.area)
        return plan(draft.facts, designator, self._book, clock.today())

    def draft(self, officer: Officer, raw: Mapping[str, Any]) -> str:
        """Store a draft; its id. Raises Invalid, NotLawful, Conflict (`duplicate-designation`)."""
        proposal = Proposal(self.read(raw), officer.authority)
        self.planned(proposal.draft, proposal.authority)
        with transaction() as session:
            return self.draft_all(session, officer, [proposal])[0]

    def draft_all(
        self, session: Session, officer: Officer, proposals: Sequence[Proposal], import_id: str | None = None
    ) -> list[str]:
        """Store lawful proposals as drafts, in order. Raises Conflict, NotFound (of `linked_to`)."""
        now = clock.now()
        subject_ids = self._subjects.add(session, [proposal.draft.subject for proposal in proposals])
        rows: list[dict[str, Any]] = []
        keys: list[dict[str, Any]] = []
        items: list[dict[str, Any]] = []
        for proposal, subject_id in zip(proposals, subject_ids, strict=True):
            draft, designation_id = proposal.draft, ids.new("dsg")
            if draft.linked_to is not None:
                self._require_unit(session, officer, draft.linked_to)
            rows.append(
                {
                    "id": designation_id,
                    "version": 1,
                    "state": State.DRAFT.value,
                    "subject_id": subject_id,
                    "authority_id": proposal.authority.id,
                    "import_id": import_id,
                    "linked_to": draft.linked_to,
                    "decided_on": draft.facts.decided_on,
                    "number_token": self.number_token(draft.decision_no),
                    "facts": stored.facts(draft),
                    "sealed": self._vault().seal_text(
                        stored.particulars(draft), f"designations.sealed:{designation_id}"
                    ),
                    "drafted_by": officer.id,
                    "drafted_at": now,
                }
            )
            keys += [{"token": key, "designation_id": designation_id} for key in self.decision_keys(draft)]
            items += [self._item_row(held, designation_id) for held in draft.items]
        if standing := self.standing(session, [proposal.draft for proposal in proposals]):
            raise duplicate(next(iter(standing.values())))
        session.execute(insert(DesignationRow), rows)
        try:
            session.execute(insert(DecisionKeyRow), keys)
        except IntegrityError as taken:  # by somebody who drafted the same at the same time
            raise duplicate(None) from taken
        if items:
            session.execute(insert(ItemRow), items)
        self._acts.write(session, Tag.DESIGNATION_DRAFTED, officer.actor, [row["id"] for row in rows])
        return [row["id"] for row in rows]

    def decision_keys(self, draft: Draft) -> list[bytes]:
        """What makes another designation a duplicate: a document, the name, the decision number."""
        subject = draft.subject
        return [
            self._vault().token(
                "decision", json.dumps([document.key, subject.name.key, _plain(draft.decision_no)])
            )
            for document in subject.documents
        ]

    def standing(self, session: Session, drafts: Sequence[Draft]) -> dict[int, str]:
        """Which of `drafts`, by position, are designated already under their number: by which designation.

        The same subject is recognised by any document that this or an earlier designation names.
        """
        keys = {key: position for position, draft in enumerate(drafts) for key in self.decision_keys(draft)}
        found: dict[int, str] = {}
        for part in chunks(keys):
            for row in session.execute(
                select(DecisionKeyRow.token, DecisionKeyRow.designation_id).where(
                    DecisionKeyRow.token.in_(part)
                )
            ):
                found[keys[row.token]] = row.designation_id
        registered = self._subjects.registered(session, [draft.subject for draft in drafts])
        numbers = {
            (subject_id, self.number_token(drafts[position].decision_no)): position
            for position, known in registered.items()
            for subject_id in known
        }
        live = select(DesignationRow.id, DesignationRow.subject_id, DesignationRow.number_token)
        for subject_ids in chunks({subject_id for subject_id, _ in numbers}):
            wanted = DesignationRow.subject_id.in_(subject_ids) & DesignationRow.state.not_in(GONE)
            for designation in session.execute(live.where(wanted)):
                position = numbers.get((designation.subject_id, designation.number_token))
                if position is not None:
                    found[position] = designation.id
        return found

    def number_token(self, decision_no: str) -> bytes:
        """The token by which a decision number is searched."""
        return self._vault().token("decision_no", _plain(decision_no))

    def unit_by_number(self, session: Session, officer: Officer, decision_no: str) -> str | None:
        """The live designation of an organisation under this number, among those the officer may see."""
        rows = session.execute(
            select(DesignationRow.id, DesignationRow.authority_id)
            .join(SubjectRow, SubjectRow.id == DesignationRow.subject_id)
            .where(
                DesignationRow.number_token == self.number_token(decision_no),
                DesignationRow.state.not_in(GONE),
                SubjectRow.kind == SubjectKind.ORGANISATION.value,
            )
            .order_by(DesignationRow.id)
        )
        return next((row.id for row in rows if is_covered(session, officer, row.authority_id)), None)

    def _require_unit(self, session: Session, officer: Officer, designation_id: str) -> None:
        unit = session.execute(
            select(DesignationRow.authority_id)
            .join(SubjectRow, SubjectRow.id == DesignationRow.subject_id)
            .where(
                DesignationRow.id == designation_id,
                DesignationRow.state.not_in(GONE),
                SubjectRow.kind == SubjectKind.ORGANISATION.value,
            )
        ).one_or_none()
        if unit is None or not is_covered(session, officer, unit.authority_id):
            raise invalid_field(
                "unknown-unit",
                Text("没有此单位的有效认定。", "There is no live designation of a unit by this id."),
                "/linked_to",
            )

    def _item_row(self, held: Any, designation_id: str) -> dict[str, Any]:
        item_id, vault = ids.new("itm"), self._vault()
        return {
            "id": item_id,
            "designation_id": designation_id,
            "kind": held.item.kind.value,
            "token": vault.token("item", held.item.key),
            "sealed": vault.seal_text(held.item.number, f"items.sealed:{item_id}"),
            "held_from": held.held_from,
            "held_to": held.held_to,
        }


def duplicate(designation_id: str | None) -> Conflict:
    """The refusal of a second designation of one subject under one number."""
    return Conflict(
        "duplicate-designation",
        Text(
            "该对象在同一文书号下已有认定；如系再次认定，请使用新的文书号。",
            "This subject is already designated under this decision number; "
            "a repeated designation needs a number of its own.",
        ),
        facts={"designation": designation_id} if designation_id else {},
    )


def _plain(decision_no: str) -> str:
    """A decision number as it is compared: width of brackets and digits, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", decision_no).casefold().split())
