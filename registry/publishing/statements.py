"""What the registry signs about what it published: a file, and a take-down. Nobody is named in either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from registry.exposures.news import Withdrawal
from registry.exposures.public import PublicList
from registry.exposures.rules import Cause
from registry.publishing.columns import Digest
from registry.text import Language
from registry.vault.signatures import SignatureBroken, verify

FILE_KIND = "exposure-list+jws"
WITHDRAWAL_KIND = "exposure-withdrawal+jws"
"""Kinds of signed statement (see `vault.signatures`)."""


@dataclass(frozen=True, slots=True)
class FileStatement:
    """`list_id` stood like this as version `version`, which came about at `version_at`, on the Beijing day
    `day`: so many rows with this digest (see `columns`), in this language."""

    list_id: str
    version: int
    version_at: datetime
    day: date
    language: str
    batch: str
    title: str
    authority: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WithdrawalStatement:
    """The entry with this serial number was taken down from `list_id`, and why."""

    list_id: str
    entry: str
    serial: int
    at: datetime
    cause: Cause
    reason: str | None


def of_file(found: PublicList, day: date, language: Language, digest: Digest) -> bytes:
    """The canonical JSON that is signed: keys sorted, no spaces, UTF-8."""
    return _dumped(
        {
            "list": found.id,
            "version": found.version,
            "version_at": found.changed_at,
            "day": day,
            "language": language,
            "batch": found.batch,
            "title": found.title,
            "authority": found.authority,
            "rows": digest.rows,
            "sha256": str(digest),
        }
    )


def of_withdrawal(taken: Withdrawal) -> bytes:
    """The canonical JSON that is signed: keys sorted, no spaces, UTF-8."""
    return _dumped(
        {
            "list": taken.list_id,
            "entry": taken.id,
            "serial": taken.serial,
            "at": taken.at,
            "cause": taken.cause.value,
            "reason": taken.reason,
        }
    )


def read(token: str, jwks: Mapping[str, Any]) -> FileStatement | WithdrawalStatement:
    """What a key of `jwks` has signed as either kind. Raises SignatureBroken."""
    try:
        said = orjson.loads(verify(token, jwks, FILE_KIND))
    except SignatureBroken:
        said = orjson.loads(verify(token, jwks, WITHDRAWAL_KIND))
        at = datetime.fromisoformat(said.pop("at"))
        return WithdrawalStatement(list_id=said.pop("list"), at=at, cause=Cause(said.pop("cause")), **said)
    return FileStatement(
        list_id=said.pop("list"),
        version_at=datetime.fromisoformat(said.pop("version_at")),
        day=date.fromisoformat(said.pop("day")),
        **said,
    )


def _dumped(said: dict[str, Any]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
