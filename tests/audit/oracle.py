"""The Merkle tree as RFC 6962 section 2.1 writes it down: slow, recursive, over the leaves themselves."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

Node = Callable[[Any, Any], Any]


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


class Oracle:
    """Roots and proofs over the hashes of given leaves."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._tree = cache(self._uncached)

    def root(self, size: int) -> bytes:
        """MTH(D[size])"""
        return self._tree(0, size) if size else hashlib.sha256().digest()

    def path(self, m: int, size: int) -> list[bytes]:
        """PATH(m, D[size])"""
        return self._path(m, 0, size)

    def proof(self, m: int, size: int) -> list[bytes]:
        """PROOF(m, D[size])"""
        return self._subproof(m, 0, size, True)

    def _uncached(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self._leaves[start]
        k = split(end - start)
        return node(self._tree(start, start + k), self._tree(start + k, end))

    def _path(self, m: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        k = split(end - start)
        if m < k:
            return [*self._path(m, start, start + k), self._tree(start + k, end)]
        return [*self._path(m - k, start + k, end), self._tree(start, start + k)]

    def _subproof(self, m: int, start: int, end: int, known: bool) -> list[bytes]:
        if m == end - start:
            return [] if known else [self._tree(start, end)]
        k = split(end - start)
        if m <= k:
            return [*self._subproof(m, start, start + k, known), self._tree(start + k, end)]
        return [*self._subproof(m - k, start + k, end, False), self._tree(start, start + k)]


def split(n: int) -> int:
    """The largest power of two below n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def sides(m: int, n: int) -> str:
    """On which side each hash of an audit path stands, the lowest first: what a path is combined by."""
    if n == 1:
        return ""
    k = split(n)
    return sides(m, k) + "R" if m < k else sides(m - k, n - k) + "L"


def form(m: int, n: int, known: bool = True) -> str:
    """As `sides`, for a consistency proof, which begins with the older root ("O") or a node of it ("N")."""
    if m == n:
        return "O" if known else "N"
    k = split(n)
    return form(m, k, known) + "R" if m <= k else form(m - k, n - k, False) + "L"
