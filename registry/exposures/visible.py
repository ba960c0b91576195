"""What the public may see today, as a condition on rows: no missed take-down can show anybody.

Whoever reads for the public joins on it. It looks at the day and the law of the day, and needs no worker.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State as DesignationState
from registry.exposures.models import ExposureEntryRow, ExposureListRow
from registry.exposures.rules import EntryState, State
from registry.identity.masks import Mask
from registry.law.book import ANY_CLASS, View
from registry.law.words import Exposure


def shown(law: View, mask: Mask) -> ColumnElement[bool]:
    """Whether an entry, joined as `entries` does, may be seen on the day of `law`."""
    return and_(
        ExposureEntryRow.state == EntryState.SHOWN.value,
        ExposureListRow.state == State.PUBLISHED.value,
        _exposable(law, mask),
    )


def drafted(law: View, mask: Mask) -> ColumnElement[bool]:
    """Whether an entry, joined likewise, could be seen if its list were published on the day of `law`."""
    return and_(
        ExposureEntryRow.state == EntryState.DRAFTED.value,
        ExposureListRow.state.in_([State.DRAFT.value, State.SUBMITTED.value]),
        _exposable(law, mask),
    )


def _exposable(law: View, mask: Mask) -> ColumnElement[bool]:
    return and_(
        ExposureEntryRow.mask == str(mask),
        ExposureEntryRow.display_until >= law.day,
        DesignationRow.state == DesignationState.IN_FORCE.value,
        DesignationRow.facts["penalty"].as_string().in_(law.get("exposure/penalties").value),
        select(SanctionRow.id).where(SanctionRow.designation_id == DesignationRow.id, current(law)).exists(),
    )


def entries(*columns: Any) -> Select[Any]:
    """Entries with their list and designation."""
    return (
        select(*columns)
        .select_from(ExposureEntryRow)
        .join(ExposureListRow, ExposureListRow.id == ExposureEntryRow.list_id)
        .join(DesignationRow, DesignationRow.id == ExposureEntryRow.designation_id)
    )


def current(law: View) -> ColumnElement[bool]:
    """Whether a sanction is in force on the day of `law` and of a class that may be shown.

    Some classes may be where the list records a basis.
    """
    permitted = []
    for regime in law.regimes.values():
        for class_, said in regime.exposure.value.items() if regime.exposure else ():
            of_class = SanctionRow.class_.is_(None) if class_ == ANY_CLASS else SanctionRow.class_ == class_
            conditions = [SanctionRow.regime == regime.id, of_class]
            if said is Exposure.NEEDS_BASIS:
                conditions.append(ExposureListRow.basis.is_not(None))
            if said is not Exposure.PROHIBITED:
                permitted.append(and_(*conditions))
    in_force = and_(SanctionRow.starts_on <= law.day, SanctionRow.ends_on >= law.day)
    return and_(in_force, or_(false(), *permitted))
