"""Verifying what the log's tree proves, from the proof alone (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

Whatever is malformed is no proof: a proof comes from somebody who is not believed. The size must come
from where the root comes from, a signed checkpoint, because one proof may have its form in trees of
several sizes.
"""

from collections.abc import Sequence

from registry.audit.tree.hashing import EMPTY, is_hash, node_hash


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from the hash `leaf`.

    Raises ValueError where no tree of `size` leaves has such a path.
    """
    if not (_is_count(index) and _is_count(size) and index < size and is_hash(leaf) and _is_path(path)):
        raise ValueError("not an audit path")
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if not last:
            raise ValueError("the audit path is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the audit path is too short")
    return found


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the leaf with hash `leaf` stands at `index` (from 0) under `root`."""
    try:
        return root_from_inclusion(index, size, leaf, path) == root
    except ValueError:
        return False


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree under `old_root` is the beginning of that under `new_root`."""
    if not (_is_count(old) and _is_count(new) and old <= new and _is_path(path)):
        return False
    if not (is_hash(old_root) and is_hash(new_root)):
        return False
    if old == new:
        return not path and old_root == new_root and (old > 0 or old_root == EMPTY)
    if old == 0:
        return not path and old_root == EMPTY
    if not path:
        return False
    # A full tree is a node of the larger one, where its root, known to both sides, begins the proof unsent.
    first, *rest = path if old & (old - 1) else [old_root, *path]
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = first
    for sibling in rest:
        if not last:
            return False
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return not last and older == old_root and newer == new_root


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_path(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(is_hash, value))
