"""Verbs of an exposure list: drafted, submitted, published by another officer, withdrawn whole or in part."""

import json
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.jurisdiction import is_covered
from registry.access.principals import Officer
from registry.access.service import not_found, require_four_eyes
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import transaction
from registry.designations.listing import Listing
from registry.designations.models import DesignationRow
from registry.errors import Conflict, InvalidState
from registry.exposures.compiling import Compiling, nothing_to_show, require_exposable
from registry.exposures.drafts import Draft, check_draft, require_impersonal
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.rules import Cause, EntryState, State, Verb, require
from registry.exposures.takedown import TakeDown
from registry.subjects.service import Subjects
from registry.text import Text


class Exposures:
    """What officers do with exposure lists."""

    def __init__(
        self, log: Log, subjects: Subjects, listing: Listing, compiling: Compiling, take_down: TakeDown
    ) -> None:
        self._log = log
        self._subjects = subjects
        self._listing = listing
        self._compiling = compiling
        self._take_down = take_down

    def draft(self, officer: Officer, draft: Draft) -> str:
        """A new list; its id. From a filter, rows that may not be shown stay on it as refused.

        Raises Invalid, Conflict (`not-exposable`: a chosen row may not be shown; `batch-taken`).
        """
        check_draft(draft)
        list_id = ids.new("exl")
        with transaction() as session:
            chosen = self._compiling.chosen(session, officer, draft)
            judged = self._compiling.judge(session, chosen, draft.basis is not None)
            if draft.wanted is None:
                require_exposable(judged, [f"/designation_ids/{place}" for place in range(len(judged))])
            accepted = [each for each in judged if not each.reasons]
            if not accepted:
                raise nothing_to_show(judged)
            row = {
                "id": list_id,
                "version": 1,
                "state": State.DRAFT.value,
                "authority_id": officer.authority.id,
                "batch": draft.batch or self._next_batch(session, officer),
                "title": draft.title,
                "template": draft.template.value,
                "basis": draft.basis,
                "assessment_ref": draft.assessment_ref,
                "rows_total": len(accepted),
                "drafted_by": officer.id,
                "drafted_at": clock.now(),
                "changed_at": clock.now(),
            }
            try:
                session.execute(insert(ExposureListRow), [row])
            except IntegrityError as taken:
                raise Conflict(
                    "batch-taken",
                    Text("本机关已有此批次的名单。", "This authority has a list of this batch already."),
                ) from taken
            session.execute(insert(ExposureEntryRow), list(self._compiling.entries(list_id, judged)))
            facts: dict[str, Any] = {"rows": len(accepted), "refused": len(judged) - len(accepted)}
            self._write(session, Tag.EXPOSURE_DRAFTED, officer, list_id, **facts)
        return list_id

    def submit(self, officer: Officer, list_id: str) -> None:
        """draft → submitted. Raises NotFound, InvalidState, Conflict (`not-exposable`)."""
        with transaction() as session:
            row = self._locked(session, officer, list_id, Verb.SUBMIT)
            self._compiling.judged_again(session, row)
            row.state, row.submitted_by = State.SUBMITTED.value, officer.id
            self._write(session, Tag.EXPOSURE_SUBMITTED, officer, list_id)

    def reject(self, officer: Officer, list_id: str, reason: str) -> None:
        """draft or submitted → rejected; its batch is free again. Raises NotFound, InvalidState."""
        with transaction() as session:
            row = self._locked(session, officer, list_id, Verb.REJECT)
            row.state, row.decided_by = State.REJECTED.value, officer.id
            self._write(session, Tag.EXPOSURE_REJECTED, officer, list_id, reason)

    def publish(self, officer: Officer, list_id: str) -> None:
        """submitted → published, by another officer: from now on anybody can see it.

        Raises NotFound, InvalidState, Forbidden (`four-eyes`), Conflict (`not-exposable`).
        """
        with transaction() as session:
            # Nobody's sanction ends between the last look at it and the moment it is shown.
            self._listing.take_turn(session)
            row = self._locked(session, officer, list_id, Verb.PUBLISH)
            require_four_eyes(officer, row.drafted_by, row.submitted_by)
            judged = self._compiling.judged_again(session, row)
            self._compiling.number(session, judged)
            session.execute(
                update(ExposureEntryRow)
                .where(
                    ExposureEntryRow.list_id == list_id,
                    ExposureEntryRow.state == EntryState.DRAFTED.value,
                )
                .values(state=EntryState.SHOWN.value)
            )
            row.rows_total = len(judged)
            row.state, row.decided_by = State.PUBLISHED.value, officer.id
            row.published_at = row.changed_at = clock.now()
            row.version += 1
            self._write(session, Tag.EXPOSURE_PUBLISHED, officer, list_id, rows=len(judged))

    def withdraw(self, officer: Officer, list_id: str, reason: str) -> None:
        """published → withdrawn: nobody on it is shown any more. One officer may: relief does not wait.

        `reason` is public. Raises NotFound, InvalidState, Invalid (`names-somebody`).
        """
        require_impersonal(reason, "/reason")
        with transaction() as session:
            self._listing.take_turn(session)
            row = self._locked(session, officer, list_id, Verb.WITHDRAW)
            left = session.execute(
                select(ExposureEntryRow.id, ExposureEntryRow.list_id, ExposureEntryRow.serial)
                .where(ExposureEntryRow.list_id == list_id, ExposureEntryRow.state == EntryState.SHOWN.value)
                .order_by(ExposureEntryRow.serial)
            ).all()
            self._take_down.down(
                session,
                officer.actor,
                [(each.id, each.list_id, each.serial) for each in left],
                Cause.LIST_WITHDRAWN,
            )
            row.state, row.reason = State.WITHDRAWN.value, reason
            row.withdrawn_by, row.withdrawn_at = officer.id, clock.now()
            self._take_down.raise_versions(session, [list_id])
            self._write(session, Tag.EXPOSURE_WITHDRAWN, officer, list_id, reason, rows=len(left))

    def withdraw_entry(self, officer: Officer, list_id: str, entry_id: str, reason: str) -> None:
        """Take one entry off: down, where the list is public, and simply away before that.

        `reason` is public. Raises NotFound, InvalidState, Invalid (`names-somebody`).
        """
        with transaction() as session:
            self._listing.take_turn(session)
            row = self._locked(session, officer, list_id, Verb.WITHDRAW_ENTRY)
            entry = session.get(ExposureEntryRow, entry_id, with_for_update=True, populate_existing=True)
            if entry is None or entry.list_id != list_id:
                raise not_found()
            require_impersonal(reason, "/reason", self._names(session, entry.designation_id))
            if row.state == State.PUBLISHED.value:
                _require_shown(entry)
                fallen = (entry_id, list_id, entry.serial)
                self._take_down.down(session, officer.actor, [fallen], Cause.WITHDRAWN, reason)
                self._take_down.raise_versions(session, [list_id])
            else:
                session.execute(delete(ExposureEntryRow).where(ExposureEntryRow.id == entry_id))
                row.rows_total -= entry.state == EntryState.DRAFTED.value
                facts = {"entry": entry_id, "designation": entry.designation_id}
                self._write(session, Tag.ENTRY_DROPPED, officer, list_id, reason, **facts)

    # -- inside ------------------------------------------------------------------------------------

    def _locked(self, session: Session, officer: Officer, list_id: str, verb: Verb) -> ExposureListRow:
        row = session.get(ExposureListRow, list_id, with_for_update=True, populate_existing=True)
        if row is None or not is_covered(session, officer, row.authority_id):
            raise not_found()
        require(State(row.state), verb)
        return row

    def _next_batch(self, session: Session, officer: Officer) -> str:
        year = f"{clock.today().year}年第"
        taken = session.scalars(
            select(ExposureListRow.batch).where(
                ExposureListRow.authority_id == officer.authority.id, ExposureListRow.batch.startswith(year)
            )
        )
        numbers = [int(batch.removeprefix(year).removesuffix("批")) for batch in taken]
        return f"{year}{max(numbers, default=0) + 1}批"

    def _names(self, session: Session, designation_id: str) -> tuple[str, ...]:
        subject_id = session.get_one(DesignationRow, designation_id).subject_id
        return self._subjects.views(session, [subject_id])[subject_id].names

    def _write(
        self,
        session: Session,
        tag: Tag,
        officer: Officer,
        list_id: str,
        reason: str | None = None,
        **facts: Any,
    ) -> None:
        secret = json.dumps({"reason": reason}, ensure_ascii=False).encode() if reason else None
        self._log.write(session, Entry(tag, officer.actor, list_id, facts, secret))


def _require_shown(entry: ExposureEntryRow) -> None:
    if entry.state != EntryState.SHOWN.value:
        raise InvalidState(
            "invalid-state",
            Text("该条目未在公开，不能撤下。", "This entry is not shown; there is nothing to take down."),
            facts={"state": entry.state},
        )
