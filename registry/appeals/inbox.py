"""Reading what came through the public form: for the officers of the authority that the sender chose."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.history import history
from registry.access.jurisdiction import covered
from registry.access.models import AuthorityRow, PartnerRow
from registry.access.principals import Officer
from registry.appeals.models import SubmissionRow
from registry.appeals.rules import Track
from registry.appeals.submission_rules import SubmissionState
from registry.appeals.submissions import Submissions
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.designations.drafting import Drafting
from registry.designations.queries import DesignationQueries, Search
from registry.identity.documents import parse_document

_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Some submissions, the newest first; `next` begins the following page."""

    items: list[dict[str, Any]]
    next: str | None


class Inbox:
    """Plain dictionaries, ready for a face. The list holds nothing that anybody wrote."""

    def __init__(
        self, log: Log, submissions: Submissions, designations: DesignationQueries, drafting: Drafting
    ) -> None:
        self._log = log
        self._submissions = submissions
        self._designations = designations
        self._drafting = drafting

    def page(self, officer: Officer, state: SubmissionState | None, limit: int, before: str | None) -> Page:
        """A page of what the officer may see."""
        with reading() as session:
            found = select(SubmissionRow).where(SubmissionRow.authority_id.in_(covered(session, officer)))
            if state:
                found = found.where(SubmissionRow.state == state.value)
            if before:
                found = found.where(SubmissionRow.id < before)
            rows = session.scalars(found.order_by(SubmissionRow.id.desc()).limit(limit + 1)).all()
            return Page(
                [_summary(session, row) for row in rows[:limit]],
                rows[limit - 1].id if len(rows) > limit else None,
            )

    def get(self, officer: Officer, submission_id: str) -> dict[str, Any]:
        """One submission and what of the register may be meant; the look is logged. Raises NotFound."""
        with transaction() as session:
            row = self._submissions.visible(session, officer, submission_id)
            told = self._submissions.open(row)
            facts = {"submission": row.id}
            self._log.write(session, Entry(Tag.SUBMISSION_VIEWED, officer.actor, facts=facts))
            return {
                **_summary(session, row),
                "person": {name: told[name] for name in ("name", "type", "number")},
                **{name: told[name] for name in ("capacity", "representative", "contact", "grounds")},
                **{name: told[name] for name in ("decision_no", "asks")},
                "candidates": self._candidates(officer, told) if row.track == Track.DESIGNATION else [],
                "history": history(session, self._log, row.id),
            }

    def _candidates(self, officer: Officer, told: dict[str, Any]) -> list[dict[str, Any]]:
        """Designations of this document or this number, of those that the officer may see."""
        document = parse_document(told["type"], told["number"], clock.today())
        found = {"same_document": self._of(officer, Search(document=document))}
        if told["decision_no"]:
            token = self._drafting.number_token(told["decision_no"])
            found["same_decision_no"] = self._of(officer, Search(number_token=token))
        views = {view["id"]: view for matches in found.values() for view in matches}
        return [
            {
                **{name: view[name] for name in ("id", "state", "decided_on", "decision_no")},
                "name": view["subject"]["name"],
                **{
                    how: any(each["id"] == view["id"] for each in found.get(how, ()))
                    for how in ("same_document", "same_decision_no")
                },
            }
            for view in views.values()
        ]

    def _of(self, officer: Officer, search: Search) -> list[dict[str, Any]]:
        return self._designations.page(officer, search, _AT_MOST, None).items


def _summary(session: Session, row: SubmissionRow) -> dict[str, Any]:
    authority = session.get_one(AuthorityRow, row.authority_id)
    partner = session.get_one(PartnerRow, row.partner_id) if row.partner_id else None
    return {
        "id": row.id,
        "state": row.state,
        "track": row.track,
        "authority": {"id": authority.id, "name": authority.name, "level": authority.level},
        "partner": partner and {"id": partner.id, "name": partner.name},
        "submitted_at": row.submitted_at,
        "appeal_id": row.appeal_id,
        "reason": row.reason,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
    }
