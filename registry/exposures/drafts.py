"""An exposure list as somebody proposes it. What the public would read must name nobody."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from registry.errors import invalid_field
from registry.exposures.rules import Template
from registry.law.words import Role
from registry.text import Text

_BATCH = re.compile(r"\d{4}年第[1-9]\d{0,3}批")
_LONG_NUMBER = re.compile(r"\d{11,}")  # shorter than any identity document or phone number in full


@dataclass(frozen=True, slots=True)
class Filter:
    """Which designations a list is drafted from; what is `None` does not matter."""

    import_id: str | None = None
    decided_from: date | None = None
    decided_to: date | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A list to be drafted from `designation_ids`, or from a filter. `batch`: None for the year's next one.

    `basis` is the written legal basis, where somebody recorded one.
    """

    title: str
    batch: str | None
    template: Template
    basis: str | None
    assessment_ref: str
    designation_ids: tuple[str, ...] = ()
    wanted: Filter | None = None


def check_draft(draft: Draft) -> None:
    """Raises Invalid for texts that could name somebody, a batch of another form, or an ambiguous choice."""
    require_impersonal(draft.title, "/title")
    require_impersonal(draft.basis or "", "/legal_basis")
    if draft.batch is not None and not _BATCH.fullmatch(draft.batch):
        raise invalid_field(
            "invalid-input", Text("批次应如“2026年第1批”。", "A batch reads as 2026年第1批."), "/batch"
        )
    if bool(draft.designation_ids) == (draft.wanted is not None):
        raise invalid_field(
            "invalid-input",
            Text(
                "请选定认定（designation_ids）或给出条件（filter），二者取其一。",
                "Choose designations or give a filter, one of the two.",
            ),
            "/designation_ids",
        )
    if len(set(draft.designation_ids)) < len(draft.designation_ids):
        raise invalid_field(
            "invalid-input", Text("同一认定不能列两次。", "A designation is named twice."), "/designation_ids"
        )


def require_impersonal(said: str, pointer: str, names: Collection[str] = ()) -> None:
    """Raises Invalid where a public text holds one of `names`, or digits that could be somebody's number."""
    if _LONG_NUMBER.search(said) or any(name in said for name in names):
        raise invalid_field(
            "names-somebody",
            Text(
                "此文字将公开，不得含有姓名、证件号码、账号或电话号码。",
                "The public will read this; it must hold no name and no number of a person.",
            ),
            pointer,
        )
