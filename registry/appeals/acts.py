"""How officers act on appeals: on rows they may see, in the right state, with their clocks and a trace."""

import json
from typing import Any

from sqlalchemy.orm import Session

from registry import clock
from registry.access.jurisdiction import is_covered
from registry.access.principals import Officer
from registry.access.service import not_found, require_four_eyes
from registry.appeals.models import AppealRow
from registry.appeals.rules import CLOCKS, State, Track, Verb, require
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.designations import acts
from registry.designations.models import DesignationRow
from registry.workdays.service import Workdays


class Acts:
    """What every verb does: find and lock, move on, write to the log. In the caller's transaction."""

    def __init__(self, log: Log, workdays: Workdays) -> None:
        self._log = log
        self._workdays = workdays
        self._designations = acts.Acts(log)

    def locked(self, session: Session, officer: Officer, appeal_id: str, verb: Verb) -> AppealRow:
        """The row, locked, visible to the officer, in a state for `verb`. Raises NotFound, InvalidState.

        Its designation is locked first, here as wherever both are: two who lock them in different orders
        would wait for each other.
        """
        row = session.get(AppealRow, appeal_id, populate_existing=True)
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        if row.designation_id:
            self._designations.locked(session, officer, row.designation_id)
        session.refresh(row, with_for_update=True)
        require(Track(row.track), State(row.state), verb)
        return row

    def judged(
        self, session: Session, officer: Officer, appeal_id: str, verb: Verb
    ) -> tuple[AppealRow, DesignationRow]:
        """As `locked`, with the designation. Raises Forbidden (`four-eyes`) for who had a hand in that."""
        row = self.locked(session, officer, appeal_id, verb)
        against = session.get_one(DesignationRow, row.designation_id)
        require_four_eyes(officer, against.drafted_by, against.submitted_by, against.decided_by)
        return row, against

    def move(self, session: Session, actor: Actor, row: AppealRow, state: State) -> None:
        """Another state; today the clock of the old one stops, and that of the new one starts."""
        track, today = Track(row.track), clock.today()
        if rule := CLOCKS.get((track, State(row.state))):
            self._workdays.stop(session, actor, rule, row.id, today)
        if rule := CLOCKS.get((track, state)):
            self._workdays.start(session, actor, rule, row.id, today)
        row.state = state.value

    def write(
        self,
        session: Session,
        tag: Tag,
        actor: Actor,
        appeal_id: str,
        reason: str | None = None,
        **facts: Any,
    ) -> None:
        """One act; `reason` is sealed."""
        secret = json.dumps({"reason": reason}, ensure_ascii=False).encode() if reason else None
        self._log.write(session, Entry(tag, actor, appeal_id, facts, secret))
