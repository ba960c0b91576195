"""How officers act on designations: on rows they may see, in the right state and version, with a trace."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access.jurisdiction import is_covered
from registry.access.principals import Officer
from registry.access.service import not_found
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State, state_on
from registry.errors import InvalidState, Stale
from registry.subjects.service import UNSYNCED, chunks
from registry.text import Text


class Acts:
    """What every verb does: find and lock, set the state, write to the log. In the caller's transaction."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def locked(
        self,
        session: Session,
        officer: Officer,
        designation_id: str,
        states: Collection[State] = frozenset(State),
        version: Collection[int] | None = None,
    ) -> DesignationRow:
        """The row, locked, visible to the officer, in one of `states` today, of one of `version` if given.

        Raises NotFound, Stale, InvalidState.
        """
        row = session.get(DesignationRow, designation_id, with_for_update=True, populate_existing=True)
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        if version is not None and row.version not in version:
            raise Stale(
                "stale-version",
                Text(
                    "该认定已被他人更改，请重新读取后再试。",
                    "Somebody has changed this designation since; read it again first.",
                ),
            )
        state = self.state(session, row)
        if state not in states:
            raise InvalidState(
                "invalid-state",
                Text(
                    "当前状态为 {state}，不能执行此操作。",
                    "The designation is {state}; this is not possible now.",
                ).format(state=state),
                facts={"state": state.value},
            )
        return row

    def state(self, session: Session, row: DesignationRow) -> State:
        """The state as of today: whoever is in force has ended when all sanctions are over."""
        ends = select(SanctionRow.ends_on).where(SanctionRow.designation_id == row.id)
        return state_on(State(row.state), session.scalars(ends).all(), clock.today())

    def set(self, session: Session, designation_ids: Sequence[str], state: State, **columns: Any) -> None:
        """Another state, another version."""
        for part in chunks(designation_ids):
            session.execute(
                update(DesignationRow)
                .where(DesignationRow.id.in_(part))
                .values(state=state.value, version=DesignationRow.version + 1, **columns),
                execution_options=UNSYNCED,
            )

    def write(
        self,
        session: Session,
        tag: Tag,
        actor: Actor,
        designation_ids: Sequence[str],
        reason: str | None = None,
        **facts: Any,
    ) -> None:
        """The same act on each; `reason` is sealed."""
        secret = json.dumps({"reason": reason}, ensure_ascii=False).encode() if reason else None
        self._log.write_all(
            session, [Entry(tag, actor, designation_id, facts, secret) for designation_id in designation_ids]
        )
