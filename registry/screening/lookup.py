"""Finding what stands behind document numbers: one statement, with the version of the list it saw."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary, and_, bindparam, join, select

from registry.access.keys import ForeignKeys
from registry.access.models import AuthorityRow, RegisterState
from registry.db import Line, Statement
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import State
from registry.screening.rules import Listed
from registry.subjects.models import DocumentRow, NameRow
from registry.vault.vault import Vault

_LISTED = [State.IN_FORCE.value, State.ENDED.value, State.SUSPENDED.value]


@cache
def _statement(people: int) -> Statement:
    """The look-up of so many people, one parameter each: arrays would cost more to send than they save."""
    documents = [bindparam(f"document_{n}", None, LargeBinary) for n in range(people)]
    names = [bindparam(f"name_{n}", None, LargeBinary) for n in range(people)]
    behind_document = (
        join(DocumentRow, SanctionRow, SanctionRow.subject_id == DocumentRow.subject_id)
        .join(DesignationRow, DesignationRow.id == SanctionRow.designation_id)
        .join(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
        .outerjoin(NameRow, and_(NameRow.subject_id == DocumentRow.subject_id, NameRow.token.in_(names)))
    )
    listed = and_(DocumentRow.token.in_(documents), DesignationRow.state.in_(_LISTED))
    # The list's version and the keys' fingerprint come in the same snapshot as the rows they vouch for.
    return Statement(
        select(
            RegisterState.list_version,
            RegisterState.key_fingerprint,
            DocumentRow.token.label("document"),
            NameRow.token.label("name"),
            SanctionRow.id,
            SanctionRow.regime,
            SanctionRow.starts_on,
            SanctionRow.ends_on,
            SanctionRow.measures,
            DesignationRow.state,
            DesignationRow.id.label("designation"),
            DesignationRow.sealed,
            AuthorityRow.name.label("authority"),
            AuthorityRow.phone,
        ).select_from(join(RegisterState, behind_document, listed, isouter=True))
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """A document token and a name token, 32 bytes each: all that a look-up needs of a person."""

    document: bytes
    name: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """The version of the list, and what stands behind each identity, in the order asked."""

    list_version: int
    listed: tuple[tuple[Listed, ...], ...]


def look_up(swift: Line, identities: Sequence[Identity], vault: Vault, fingerprint: bytes) -> Found:
    """What stands behind `identities`. Raises ForeignKeys where the tokens were made with other keys."""
    tokens = {f"document_{n}": each.document for n, each in enumerate(identities)}
    tokens |= {f"name_{n}": each.name for n, each in enumerate(identities)}
    rows = swift.run(_statement(len(identities)), tokens)
    if rows[0].key_fingerprint != fingerprint:
        raise ForeignKeys
    behind: dict[bytes, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.document is not None:
            behind[row.document][row.id].append(row)
    return Found(
        rows[0].list_version,
        tuple(
            tuple(_listed(same, identity.name, vault) for same in behind[identity.document].values())
            for identity in identities
        ),
    )


def _listed(rows: Sequence[Any], name: bytes, vault: Vault) -> Listed:
    """One sanction; it comes once for each asked name that its subject bears."""
    row = rows[0]
    particulars = json.loads(vault.open_text(row.sealed, f"designations.sealed:{row.designation}"))
    return Listed(
        id=row.id,
        same_name=any(each.name == name for each in rows),
        regime=row.regime,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        suspended=row.state == State.SUSPENDED.value,
        measures=tuple(
            (code, date.fromisoformat(ends_on) if ends_on else None) for code, ends_on in row.measures
        ),
        authority=row.authority,
        contact=row.phone,
        designation_no=particulars["decision_no"],
    )
