"""What the log's hashes cover. Pure, so that anybody with an export can compute them; no key is needed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import orjson

from registry.audit.tree.hashing import leaf_hash

COLUMNS = ("id", "at", "tag", "actor", "organisation", "object_id", "facts", "sealed")


def columns(row: Mapping[str, Any]) -> list[Any]:
    """A record's columns as they are hashed and exported, in the order of `COLUMNS`.

    Of what is sealed there is the SHA-256 in hex, so that a proof shows nobody's ciphertext.
    """
    sealed: bytes | None = row["sealed"]
    return [
        row["id"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["tag"],
        row["actor"],
        row["organisation"],
        row["object_id"],
        row["facts"],
        hashlib.sha256(sealed).hexdigest() if sealed is not None else None,
    ]


def digest(hashed: Sequence[Any]) -> bytes:
    """SHA-256 over `columns` as canonical JSON (32 bytes)."""
    return hashlib.sha256(orjson.dumps(hashed, option=orjson.OPT_SORT_KEYS)).digest()


def leaf(position: int, record_digest: bytes) -> bytes:
    """The hash of a record's leaf: it covers its place in the log beside its content."""
    return leaf_hash(position.to_bytes(8, "big") + record_digest)
