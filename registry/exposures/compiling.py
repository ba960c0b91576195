"""The rows of a list while it is made: which designations, may each be shown, in which order."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from registry import ids
from registry.access.jurisdiction import covered
from registry.access.principals import Officer
from registry.designations.models import DesignationRow
from registry.designations.rules import State as DesignationState
from registry.errors import Conflict, FieldError, invalid_field
from registry.exposures.drafts import Draft, Filter
from registry.exposures.judging import Judged, Judging
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.rules import MAX_ROWS, WHY, EntryState, Reason
from registry.subjects.service import chunks
from registry.text import Text

_TOLD = 200
"""How many refused rows an error names; more would not be read."""


class Compiling:
    """Chooses and judges rows, in the caller's transaction."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging

    def chosen(self, session: Session, officer: Officer, draft: Draft) -> list[str]:
        """The designations meant, in the order in which they will stand. Raises Invalid."""
        authorities = covered(session, officer)
        if draft.wanted is not None:
            return self._filtered(session, authorities, draft.wanted)
        known = {
            row.id
            for part in chunks(draft.designation_ids)
            for row in session.execute(
                select(DesignationRow.id).where(
                    DesignationRow.id.in_(part), DesignationRow.authority_id.in_(authorities)
                )
            )
        }
        for place, designation_id in enumerate(draft.designation_ids):
            if designation_id not in known:
                raise invalid_field(
                    "invalid-input",
                    Text("没有此认定，或您无权查看。", "There is no such designation, or none you may see."),
                    f"/designation_ids/{place}",
                )
        return list(draft.designation_ids)

    def _filtered(self, session: Session, authorities: Collection[str], wanted: Filter) -> list[str]:
        """What is in force and on no list, the oldest decision first."""
        already = select(ExposureEntryRow.designation_id).where(
            ExposureEntryRow.state == EntryState.SHOWN.value
        )
        query = select(DesignationRow.id).where(
            DesignationRow.authority_id.in_(authorities),
            DesignationRow.state == DesignationState.IN_FORCE.value,
            DesignationRow.id.not_in(already),
        )
        if wanted.import_id:
            query = query.where(DesignationRow.import_id == wanted.import_id)
        if wanted.decided_from:
            query = query.where(DesignationRow.decided_on >= wanted.decided_from)
        if wanted.decided_to:
            query = query.where(DesignationRow.decided_on <= wanted.decided_to)
        if wanted.role:
            query = query.where(DesignationRow.facts["role"].as_string() == wanted.role.value)
        ordered = query.order_by(DesignationRow.decided_on, DesignationRow.id)
        found = list(session.scalars(ordered.limit(MAX_ROWS + 1)))
        if len(found) > MAX_ROWS:
            raise invalid_field(
                "invalid-input",
                Text(
                    "符合条件的超过 {n} 行，请缩小范围。", "More than {n} rows fit; narrow the filter."
                ).format(n=MAX_ROWS),
                "/filter",
            )
        return found

    def judge(self, session: Session, designation_ids: Sequence[str], basis: bool) -> list[Judged]:
        """In the order given. One that is shown on any list may not be shown again."""
        judged = self._judging.judge(session, designation_ids, basis=basis)
        shown = {
            row.designation_id
            for part in chunks(designation_ids)
            for row in session.execute(
                select(ExposureEntryRow.designation_id).where(
                    ExposureEntryRow.designation_id.in_(part),
                    ExposureEntryRow.state == EntryState.SHOWN.value,
                )
            )
        }
        return [
            judged[each].because(Reason.ALREADY_SHOWN) if each in shown else judged[each]
            for each in designation_ids
        ]

    def judged_again(self, session: Session, row: ExposureListRow) -> dict[str, Judged]:
        """What stands on a list that is not public yet, by entry. Raises Conflict (`not-exposable`)."""
        drafted = session.execute(
            select(ExposureEntryRow.id, ExposureEntryRow.designation_id)
            .where(ExposureEntryRow.list_id == row.id, ExposureEntryRow.state == EntryState.DRAFTED.value)
            .order_by(ExposureEntryRow.serial)
        ).all()
        if not drafted:
            raise nothing_to_show()
        judged = self.judge(session, [each.designation_id for each in drafted], row.basis is not None)
        require_exposable(judged, [f"/entries/{each.id}" for each in drafted])
        return {each.id: now for each, now in zip(drafted, judged, strict=True)}

    def number(self, session: Session, judged: dict[str, Judged]) -> None:
        """Serial numbers without gaps, and what the public sees as of now."""
        mask = str(self._judging.mask)
        numbered = [
            {"entry": entry_id, "number": number, "seen": dict(now.face), "until": now.display_until}
            for number, (entry_id, now) in enumerate(judged.items(), start=1)
        ]
        session.connection().execute(
            update(ExposureEntryRow)
            .where(ExposureEntryRow.id == bindparam("entry"))
            .values(
                serial=bindparam("number"),
                mask=mask,
                face=bindparam("seen"),
                display_until=bindparam("until"),
            ),
            numbered,
        )

    def entries(self, list_id: str, judged: Sequence[Judged]) -> list[dict[str, Any]]:
        mask = str(self._judging.mask)
        rows: list[dict[str, Any]] = []
        serial = 0
        for each in judged:
            serial += not each.reasons
            rows.append(
                {
                    "id": ids.new("exe"),
                    "list_id": list_id,
                    "serial": None if each.reasons else serial,
                    "designation_id": each.designation_id,
                    "state": (EntryState.REFUSED if each.reasons else EntryState.DRAFTED).value,
                    "mask": mask,
                    "face": {} if each.reasons else dict(each.face),
                    "reasons": [reason.value for reason in each.reasons],
                    "display_until": each.display_until,
                }
            )
        return rows


def require_exposable(judged: Sequence[Judged], pointers: Sequence[str]) -> None:
    """Raises Conflict where a row may not be shown, with the row and each of its reasons."""
    refused = [(each, pointer) for each, pointer in zip(judged, pointers, strict=True) if each.reasons]
    if refused:
        raise _not_exposable(
            Text(
                "有 {n} 行不得公开，整份名单未作任何改变；逐行原因见 errors。",
                "{n} rows may not be shown, and nothing was changed; errors says why for each.",
            ).format(n=len(refused)),
            refused,
        )


def nothing_to_show(judged: Sequence[Judged] = ()) -> Conflict:
    """Refuses a list without any row that may be shown. `judged`: those that a filter found."""
    return _not_exposable(
        Text(
            "没有可以公开的行；不得公开的行及原因见 errors。",
            "There is no row that may be shown; errors says why of those that were found.",
        ),
        [(each, "/filter") for each in judged],
    )


def _not_exposable(sentence: Text, refused: Sequence[tuple[Judged, str]]) -> Conflict:
    told = refused[:_TOLD]
    return Conflict(
        "not-exposable",
        sentence,
        errors=[FieldError(pointer, WHY[reason]) for each, pointer in told for reason in each.reasons],
        facts={
            "refused": len(refused),
            "rows": [
                {"designation": each.designation_id, "reasons": [reason.value for reason in each.reasons]}
                for each, _ in told
            ],
        },
    )
