"""The Merkle tree of the log (RFC 6962 section 2.1), its hashes kept in tiles: growing it, proving with it.

Tile (level, index) is up to 256 hashes of 32 bytes, one after the other: on level 0 those of leaves
256 × index onwards, on level k the roots of the full tiles of level k - 1. A full tile never changes
again, and the tiles of a tree serve every smaller one. Pure: what reads tiles is handed in.
"""

from collections.abc import Callable, Iterator, Sequence

from registry import errors
from registry.audit.tree.hashing import EMPTY, HASH_BYTES, is_hash, node_hash
from registry.text import Text

TILE_HEIGHT = 8
TILE_HASHES = 1 << TILE_HEIGHT

Read = Callable[[int, int], bytes]
"""Gives tile (level, index) with at least the hashes of the tree asked about, or `b""`."""


class TreeBroken(errors.Unavailable):
    """Tiles of the log's tree are missing or short (slug "log-damaged")."""

    def __init__(self, level: int, index: int) -> None:
        super().__init__(
            "log-damaged",
            Text(
                "日志的哈希树不完整，无法给出证明。请通知系统管理员核对数据库与备份。",
                "The log's hash tree is incomplete, so nothing can be proved. Ask the system administrator "
                "to compare the database with its backup.",
            ),
            facts={"level": level, "index": index},
        )


def appended(size: int, read: Read, hashes: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves with `hashes` are added to a tree of `size` leaves, whole.

    Reads at most one tile a level, the one begun. Raises TreeBroken.
    """
    if not all(map(is_hash, hashes)):
        raise ValueError("a leaf's hash has 32 bytes")
    changed: dict[tuple[int, int], bytes] = {}
    level, fresh = 0, b"".join(hashes)
    while fresh:
        first, begun = divmod(size, TILE_HASHES)
        content = (_Tiles(read).hashes(level, first, 0, begun) if begun else b"") + fresh
        tiles = _cut(content, TILE_HASHES * HASH_BYTES)
        changed |= {(level, first + number): tile for number, tile in enumerate(tiles)}
        fresh = b"".join(_top(tile) for tile in tiles if len(tile) == TILE_HASHES * HASH_BYTES)
        level, size = level + 1, first
    return changed


def leaves(start: int, end: int, read: Read) -> Iterator[tuple[int, bytes]]:
    """The leaves `start` … `end` - 1 with their places; b"" for one that its tile does not reach."""
    for number in range(start // TILE_HASHES, -(-end // TILE_HASHES)):
        tile, first = read(0, number), number * TILE_HASHES
        for place in range(max(start, first), min(end, first + TILE_HASHES)):
            at = (place - first) * HASH_BYTES
            yield place, tile[at : at + HASH_BYTES]


def root(size: int, read: Read) -> bytes:
    """The root of the tree of the first `size` leaves. Raises TreeBroken."""
    return _Tiles(read).root_of(range(size)) if size else EMPTY


def subtrees(size: int, read: Read) -> list[tuple[int, bytes]]:
    """The full subtrees of the tree of `size` leaves as (height, root), highest first. Raises TreeBroken."""
    return _Tiles(read).subtrees(range(size))


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of `size` leaves, lowest hash first.

    Raises TreeBroken.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    tiles = _Tiles(read)
    return [tiles.root_of(other) for _, other in _way_down(index, size)][::-1]


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of that of `new`, lowest first.

    Empty where there is nothing to prove: the older tree is empty, or both are one. Raises TreeBroken.
    """
    if not 0 <= old <= new:
        raise ValueError("the older tree is not the smaller one")
    if old in (0, new):
        return []
    tiles, path = _Tiles(read), []
    for half, other in _way_down(old - 1, new):
        path.append(tiles.root_of(other))
        if half.stop == old:
            # Both trees hold this node. It may be the whole older tree, whose root the verifier has.
            path += [tiles.root_of(half)] if half.start else []
            break
    return path[::-1]


def _way_down(leaf: int, size: int) -> Iterator[tuple[range, range]]:
    """From the root down to `leaf`, the leaves of either half of each node: first the half that holds it."""
    node = range(size)
    while len(node) > 1:
        # On the left stands the largest power of two below the number of leaves.
        half = 1 << (len(node) - 1).bit_length() - 1
        left, right = node[:half], node[half:]
        node, other = (left, right) if leaf in left else (right, left)
        yield node, other


class _Tiles:
    """Tiles behind a reader, each read once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[tuple[int, int], bytes] = {}

    def hashes(self, level: int, index: int, start: int, end: int) -> bytes:
        """Hashes `start` … `end` - 1 of a tile, one after the other. Raises TreeBroken."""
        if (level, index) not in self._known:
            self._known[level, index] = self._read(level, index)
        tile = self._known[level, index]
        if len(tile) < end * HASH_BYTES:
            raise TreeBroken(level, index)
        return tile[start * HASH_BYTES : end * HASH_BYTES]

    def root_of(self, leaves: range) -> bytes:
        """The root over `leaves`, which are those of a node of some tree and at least one."""
        full = [root for _, root in self.subtrees(leaves)]
        found = full.pop()
        while full:
            found = node_hash(full.pop(), found)
        return found

    def subtrees(self, leaves: range) -> list[tuple[int, bytes]]:
        """The full subtrees over `leaves` as (height, root), the highest first."""
        full, start = [], leaves.start
        while start < leaves.stop:
            height = (leaves.stop - start).bit_length() - 1
            full.append((height, self._full(height, start >> height)))
            start += 1 << height
        return full

    def _full(self, height: int, index: int) -> bytes:
        """The root of the `index`-th full subtree of 2 ** `height` leaves."""
        level, inside = divmod(height, TILE_HEIGHT)
        tile, start = divmod(index << inside, TILE_HASHES)
        return _top(self.hashes(level, tile, start, start + (1 << inside)))


def _top(content: bytes) -> bytes:
    """The node above 2 ** n hashes that stand one after the other."""
    row = _cut(content, HASH_BYTES)
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _cut(content: bytes, length: int) -> list[bytes]:
    return [content[start : start + length] for start in range(0, len(content), length)]
