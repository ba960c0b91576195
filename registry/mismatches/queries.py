"""Which mismatches are somebody else's: read beside every check that meets one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from registry.db import Among, Line, Statement
from registry.mismatches.models import ResolutionRow
from registry.mismatches.rules import Outcome, State

Known = frozenset[tuple[bytes, bytes, str | None]]
"""(document, name, partner or `None` for all): this name bears this number, and is not the listed subject."""


def _statement(among: Among) -> Select[*tuple[Any, ...]]:
    return select(
        ResolutionRow.document, ResolutionRow.name, ResolutionRow.partner_id, ResolutionRow.version
    ).where(
        among(ResolutionRow.document, "documents"),
        ResolutionRow.state == State.EFFECTIVE.value,
        ResolutionRow.outcome == Outcome.ANOTHER_PERSON.value,
    )


_OTHERS = Statement(_statement)


def known_others(swift: Line, documents: Collection[bytes], version: int) -> Known:
    """What is known of these documents (tokens) with this version of the list; nothing of none."""
    if not documents:
        return frozenset()
    rows = swift.find(_OTHERS, {"documents": list(documents)})
    return frozenset((row.document, row.name, row.partner_id) for row in rows if row.version <= version)


def is_another(known: Known, document: bytes, name: bytes, partner_id: str) -> bool:
    """Whether this partner has to take somebody of this name for somebody else."""
    return not known.isdisjoint({(document, name, None), (document, name, partner_id)})
