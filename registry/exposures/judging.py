"""Designations as an exposure list needs them: may each be shown today, and what would the public see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import clock
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State as DesignationState
from registry.exposures.rules import Candidate, Reason, Sanction, display_until, reasons
from registry.identity.citizen import Sex
from registry.identity.documents import parse_document
from registry.identity.masks import Mask, mask_name
from registry.identity.strength import adults, candidates
from registry.law.book import Book, View
from registry.law.words import Penalty
from registry.subjects.drafts import SubjectKind
from registry.subjects.service import Subjects, SubjectView, chunks


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a designation may be shown (`reasons` is empty), `face` of its subject, and until when."""

    designation_id: str
    state: DesignationState
    reasons: tuple[Reason, ...]
    face: Mapping[str, Any]
    display_until: date
    over: bool

    def because(self, reason: Reason) -> "Judged":
        """The same, refused for one more reason."""
        return replace(self, reasons=(*self.reasons, reason))


class Judging:
    """The lawfulness gate, over rows of the register. All methods work in the caller's transaction."""

    def __init__(self, book: Book, subjects: Subjects, mask: Mask) -> None:
        self._book = book
        self._subjects = subjects
        self.mask = mask

    def judge(self, session: Session, designation_ids: Sequence[str], *, basis: bool) -> dict[str, Judged]:
        """By designation, those that exist. `basis`: a written basis is recorded with the list."""
        law = self._book.on(clock.today())
        return {
            designation_id: judged
            for part in chunks(designation_ids)
            for designation_id, judged in self._part(session, part, law, basis)
        }

    def _part(
        self, session: Session, designation_ids: Sequence[str], law: View, basis: bool
    ) -> Iterable[tuple[str, Judged]]:
        columns = (
            DesignationRow.id,
            DesignationRow.subject_id,
            DesignationRow.state,
            DesignationRow.decided_on,
            DesignationRow.facts,
        )
        rows = session.execute(select(*columns).where(DesignationRow.id.in_(designation_ids))).all()
        subjects = self._subjects.views(session, [row.subject_id for row in rows])
        earliest = self._earliest(session, subjects)
        sanctions: dict[str, list[Sanction]] = defaultdict(list)
        wanted = SanctionRow.designation_id.in_(designation_ids)
        for row in session.execute(
            select(
                SanctionRow.designation_id,
                SanctionRow.regime,
                SanctionRow.class_,
                SanctionRow.starts_on,
                SanctionRow.ends_on,
            ).where(wanted)
        ):
            sanctions[row[0]].append(Sanction(*row[1:]))
        for row in rows:
            subject = subjects[row.subject_id]
            births = adults(earliest[subject.id], law.day)
            yield row.id, self._judged(row, subject, sanctions[row.id], births=births, law=law, basis=basis)

    def _earliest(self, session: Session, subject_ids: Iterable[str]) -> dict[str, date]:
        """The first day on which any list could have shown each subject to be an adult."""
        decided = (
            select(DesignationRow.subject_id, func.min(DesignationRow.decided_on))
            .where(DesignationRow.subject_id.in_(subject_ids))
            .group_by(DesignationRow.subject_id)
        )
        return {row[0]: row[1] for row in session.execute(decided)}

    def _judged(
        self,
        row: Any,
        subject: SubjectView,
        sanctions: Sequence[Sanction],
        *,
        births: range,
        law: View,
        basis: bool,
    ) -> Judged:
        kind, number = subject.documents[0]
        document = parse_document(kind, number, law.day)
        conduct_from, penalty = row.facts["conduct_from"], row.facts["penalty"]
        candidate = Candidate(
            state=DesignationState(row.state),
            kind=SubjectKind(subject.kind),
            birth_on=date.fromisoformat(subject.birth_on) if subject.birth_on else None,
            conduct_from=date.fromisoformat(conduct_from) if conduct_from else None,
            decided_on=row.decided_on,
            penalty=Penalty(penalty) if penalty else None,
            sanctions=sanctions,
            fitting=candidates(
                self.mask, document.type, document.number, cast(Sex | None, subject.sex), births
            ),
        )
        return Judged(
            designation_id=row.id,
            state=candidate.state,
            reasons=reasons(candidate, law, basis=basis),
            face={
                "name": mask_name(subject.names[0]),
                "sex": subject.sex,
                "document": kind,
                "number": self.mask.number(document.number),
            },
            display_until=display_until(row.decided_on, law),
            over=all(sanction.ends_on < law.day for sanction in sanctions),
        )
