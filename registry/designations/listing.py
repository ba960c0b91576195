"""The list that every check sees. Whatever changes it goes through here, version by version.

Each version names the subjects about whom a check may answer otherwise since, and keeps what stood of them
from then on: so that it can be shown years later what was known at any moment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import RegisterState
from registry.designations.drafting import duplicate
from registry.designations.models import (
    DesignationRow,
    ListChangeRow,
    SanctionRow,
    SubjectMergeRow,
)
from registry.designations.rules import GONE, LISTED, Link, State, chain
from registry.law.book import Book
from registry.subjects.models import DocumentRow, NameRow
from registry.subjects.service import Subjects, chunks

Listener = Callable[[Session, Sequence[str]], None]
"""What wants to hear of changes: it gets the ids of the subjects."""


class Listing:
    """Changes of the list, in the caller's transaction: `begin`, then what changes, then `settle`."""

    def __init__(self, book: Book, subjects: Subjects) -> None:
        self._book = book
        self._subjects = subjects
        self._listeners: dict[str, Listener] = {}

    def listen(self, name: str, listener: Listener) -> None:
        """Let `listener` hear of every subject about whom anything changes, in the same transaction."""
        self._listeners[name] = listener

    def tell(self, session: Session, subject_ids: Sequence[str]) -> None:
        """Tell all listeners that something about these subjects has changed."""
        session.flush()
        for listener in self._listeners.values():
            listener(session, subject_ids)

    def take_turn(self, session: Session) -> None:
        """Queue behind whoever changes the list. Verbs that lock a listed designation do this before.

        Whoever finds two subjects to be one moves rows of their designations while it has its turn: a verb
        that held such a row and waited for its own turn would wait for ever.
        """
        session.execute(select(RegisterState.list_version).with_for_update())

    def begin(self, session: Session) -> int:
        """The new version; from here on nobody else changes the list."""
        raised = update(RegisterState).values(list_version=RegisterState.list_version + 1)
        return session.execute(raised.returning(RegisterState.list_version)).scalar_one()

    def enter(self, session: Session, version: int, provisional: Sequence[str]) -> dict[str, str]:
        """Register subjects; `{subject: the one it is the same as}`. Raises Conflict for a decision twice."""
        merged = self._subjects.register(session, provisional, clock.now())
        self._repoint(session, version, merged)
        self._refuse_doubles(session, set(merged.values()))
        return merged

    def settle(
        self, session: Session, version: int, subject_ids: Iterable[str], fresh: Iterable[str] = ()
    ) -> None:
        """Recompute the chains of these subjects and keep what stands of them since `version`.

        Sanctions in `fresh` have not stood before.
        """
        new = set(fresh)
        for part in chunks(sorted(set(subject_ids))):
            self._rechain(session, self._linked(session, part, new), new)
            session.flush()
            self._keep(session, version, part)
            self.tell(session, part)

    def _linked(self, session: Session, subject_ids: Sequence[str], fresh: set[str]) -> list[str]:
        """Those whose terms may be other than planned: all but who has one sanction, a fresh one."""
        owned = select(SanctionRow.subject_id, SanctionRow.id).where(SanctionRow.subject_id.in_(subject_ids))
        sanctions: dict[str, list[str]] = defaultdict(list)
        for subject_id, sanction_id in session.execute(owned):
            sanctions[subject_id].append(sanction_id)
        return [owner for owner, its in sanctions.items() if len(its) > 1 or its[0] not in fresh]

    def _keep(self, session: Session, version: int, subject_ids: Sequence[str]) -> None:
        documents = self._tokens(session, DocumentRow, subject_ids)
        names = self._tokens(session, NameRow, subject_ids)
        sanctions: dict[str, list[Any]] = defaultdict(list)
        rows = session.execute(
            select(
                SanctionRow.subject_id,
                SanctionRow.id,
                SanctionRow.designation_id,
                SanctionRow.regime,
                SanctionRow.starts_on,
                SanctionRow.ends_on,
                SanctionRow.measures,
                DesignationRow.state,
            )
            .join(DesignationRow, DesignationRow.id == SanctionRow.designation_id)
            .where(SanctionRow.subject_id.in_(subject_ids), DesignationRow.state.in_(LISTED))
            .order_by(SanctionRow.id)
        )
        for row in rows:
            sanctions[row.subject_id].append(
                {
                    "id": row.id,
                    "designation": row.designation_id,
                    "state": row.state,
                    "regime": row.regime,
                    "starts_on": row.starts_on.isoformat(),
                    "ends_on": row.ends_on.isoformat(),
                    "measures": row.measures,
                }
            )
        now = clock.now()
        session.connection().execute(
            insert(ListChangeRow),
            [
                {
                    "version": version,
                    "subject_id": subject_id,
                    "at": now,
                    "stood": {
                        "documents": documents[subject_id],
                        "names": names[subject_id],
                        "sanctions": sanctions[subject_id],
                    },
                }
                for subject_id in subject_ids
            ],
        )

    def _tokens(
        self, session: Session, table: type[DocumentRow] | type[NameRow], subject_ids: Sequence[str]
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        rows = session.execute(
            select(table.subject_id, table.token).where(table.subject_id.in_(subject_ids)).order_by(table.id)
        )
        for subject_id, token in rows:
            found[subject_id].append(token.hex())
        return found

    def _repoint(self, session: Session, version: int, merged: Mapping[str, str]) -> None:
        if merged:
            pairs = [{"source": source, "target": target} for source, target in merged.items()]
            session.execute(insert(SubjectMergeRow), [{**pair, "version": version} for pair in pairs])
            for table in (DesignationRow, SanctionRow):
                move = update(table).where(table.subject_id == bindparam("source"))
                session.connection().execute(move.values(subject_id=bindparam("target")), pairs)
            self._subjects.absorb(session, merged)

    def _refuse_doubles(self, session: Session, subject_ids: Iterable[str]) -> None:
        """Subjects found to be one may bring the same decision twice; it counts once."""
        for part in chunks(sorted(subject_ids)):
            double = session.execute(
                select(func.min(DesignationRow.id))
                .where(DesignationRow.subject_id.in_(part), DesignationRow.state.not_in(GONE))
                .group_by(DesignationRow.subject_id, DesignationRow.number_token)
                .having(func.count() > 1)
            ).first()
            if double is not None:
                raise duplicate(double[0])

    def _rechain(self, session: Session, subject_ids: Sequence[str], fresh: set[str]) -> None:
        if not subject_ids:
            return
        rows = session.execute(
            select(SanctionRow, DesignationRow.decided_on)
            .join(DesignationRow, DesignationRow.id == SanctionRow.designation_id)
            .where(SanctionRow.subject_id.in_(subject_ids), DesignationRow.state != State.REVOKED.value)
        )
        chains: dict[tuple[str, str], list[tuple[SanctionRow, date]]] = defaultdict(list)
        for row, decided_on in rows:
            chains[row.subject_id, row.regime].append((row, decided_on))
        for linked in chains.values():
            self._rechain_one(linked, fresh)

    def _rechain_one(self, linked: Sequence[tuple[SanctionRow, date]], fresh: set[str]) -> None:
        regimes = {decided_on: self._book.on(decided_on).regimes[row.regime] for row, decided_on in linked}
        cap = regimes[max(regimes)].cap
        if cap is None:
            return
        terms = chain(
            [
                Link(row.id, day, regimes[day].years(row.class_), None if row.id in fresh else row.ends_on)
                for row, day in linked
            ],
            cap.value,
        )
        for row, _ in linked:
            row.starts_on, row.ends_on = terms[row.id].starts_on, terms[row.id].ends_on
