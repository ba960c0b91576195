"""Finding who asks and what stands behind document numbers: one statement, one snapshot, one list version."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, join, select, true

from registry.access.bearers import bearers
from registry.access.keys import ForeignKeys
from registry.access.models import AuthorityRow, RegisterState
from registry.db import Among, Line, Statement
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.rules import LISTED, State
from registry.screening.rules import Listed
from registry.subjects.models import DocumentRow, NameRow
from registry.vault.vault import Vault


def _statement(among: Among) -> Select[Any]:
    """Who asks, beside what stands behind the documents asked about."""
    asking = bearers(among).subquery()
    listed = and_(DesignationRow.id == SanctionRow.designation_id, DesignationRow.state.in_(LISTED))
    named = and_(NameRow.subject_id == DocumentRow.subject_id, among(NameRow.token, "names"))
    # The list's version, the keys' fingerprint and the callers' accounts come in the same snapshot as the
    # rows they vouch for. Outer joins in a row, since SQLite would compute nested ones for the whole list.
    everything = (
        join(RegisterState, asking, true(), isouter=True)
        .outerjoin(DocumentRow, among(DocumentRow.token, "documents"))
        .outerjoin(SanctionRow, SanctionRow.subject_id == DocumentRow.subject_id)
        .outerjoin(DesignationRow, listed)
        .outerjoin(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
        .outerjoin(NameRow, named)
    )
    return select(
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
        *asking.columns,
    ).select_from(everything)


_LOOK_UP = Statement(_statement)


@dataclass(frozen=True, slots=True)
class Identity:
    """A document token and a name token, 32 bytes each: all that a look-up needs of a person."""

    document: bytes
    name: bytes


class Found:
    """What the database said in one snapshot: who asks, what stands behind the documents, which list."""

    def __init__(self, rows: Sequence[Any], vault: Vault) -> None:
        self.list_version: int = rows[0].list_version
        self.accounts = {row.bearer: row for row in rows}
        """Accounts by the digest of their token, as `bearers.principal` reads them."""
        self._vault = vault
        self._sanctions: dict[bytes, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if row.designation is not None:
                self._sanctions[row.document][row.id].append(row)

    def is_mismatch(self, identity: Identity) -> bool:
        """Whether somebody is listed under the number who does not bear the name."""
        behind = self._sanctions.get(identity.document, {})
        return any(all(each.name != identity.name for each in rows) for rows in behind.values())

    def listed(self, identity: Identity) -> tuple[Listed, ...]:
        """The sanctions behind an identity's document."""
        behind = self._sanctions.get(identity.document)
        if behind is None:
            return ()
        return tuple(read_listed(rows, identity.name, self._vault) for rows in behind.values())


def look_up(
    swift: Line,
    identities: Sequence[Identity],
    vault: Vault,
    fingerprint: bytes,
    bearer_digests: Collection[bytes] = (),
) -> Found:
    """What stands behind `identities`, and whose tokens have these digests.

    Raises ForeignKeys where the database belongs to other keys than those that made the identities.
    """
    rows = swift.find(
        _LOOK_UP,
        {
            "documents": [each.document for each in identities],
            "names": [each.name for each in identities],
            "bearers": list(bearer_digests),
        },
    )
    if rows[0].key_fingerprint != fingerprint:
        raise ForeignKeys
    return Found(rows, vault)


def read_listed(rows: Sequence[Any], name: bytes, vault: Vault) -> Listed:
    """One sanction from its rows: it comes once for each caller and for each name that its subject bears."""
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
