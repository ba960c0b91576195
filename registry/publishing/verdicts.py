"""What can be said of a kept file with the public keys alone, and what with the register at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from registry import clock
from registry.errors import NotFound
from registry.exposures.news import PublicNews
from registry.exposures.public import PublicList, PublicLists
from registry.exposures.rules import State
from registry.publishing import statements
from registry.publishing.reading import MAX_KEPT, read
from registry.publishing.statements import FileStatement, WithdrawalStatement
from registry.vault.signatures import SignatureBroken

SHOWN_SERIALS = 300
"""How many serial numbers are told one by one."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A genuine statement, and whether the rows are those that were signed: `None` where only the signature
    was at hand."""

    said: FileStatement | WithdrawalStatement
    unchanged: bool | None
    serials: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file stands now. `found`: the list as it is, `None` where the register does not know it (any
    more). `current`: nothing changed since. `gone`: serial numbers taken down since, the first
    `SHOWN_SERIALS` of `gone_total`."""

    found: PublicList | None
    current: bool
    gone: Sequence[int]
    gone_total: int


def examine_file(stream: IO[bytes], filename: str, jwks: Mapping[str, Any], most: int = MAX_KEPT) -> Examined:
    """Raises SignatureBroken, and Invalid for what is no such file, or has more than `most` bytes."""
    kept = read(stream, filename, most)
    said = statements.read(kept.token, jwks)
    if not isinstance(said, FileStatement):
        raise SignatureBroken
    unchanged = (kept.rows, kept.sha256) == (said.rows, said.sha256)
    return Examined(said, unchanged, kept.serials if unchanged else {})


def examine_signature(token: str, jwks: Mapping[str, Any]) -> Examined:
    """Raises SignatureBroken."""
    return Examined(statements.read(token, jwks), None, {})


def standing(examined: Examined, lists: PublicLists, news: PublicNews) -> Standing:
    """How it stands in the register today."""
    said = examined.said
    try:
        found = lists.get(said.list_id)
    except NotFound:
        return Standing(None, False, (), 0)
    if isinstance(said, WithdrawalStatement) or found.state is State.WITHDRAWN:
        return Standing(found, False, (), 0)
    if examined.unchanged:
        now = lists.serials(found.id)
        gone = sorted(serial for entry, serial in examined.serials.items() if entry not in now)
    else:
        taken = news.latest(found.id, SHOWN_SERIALS + 1, since=said.version_at)
        gone = sorted(each.serial for each in taken)
    current = (found.version, clock.today()) == (said.version, said.day)
    return Standing(found, current, gone[:SHOWN_SERIALS], len(gone))
