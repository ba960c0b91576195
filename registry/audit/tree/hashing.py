"""How leaves and nodes of the log's tree are hashed: RFC 6962 section 2.1 over SHA-256."""

import hashlib

HASH_BYTES = 32
EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds `data`."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above `left` and `right`."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_hash(value: object) -> bool:
    """Whether `value`, which may be anything, is a hash by its form."""
    return isinstance(value, bytes) and len(value) == HASH_BYTES
