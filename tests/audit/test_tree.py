"""The Merkle tree of the log: against the published vectors, and against the RFC's own recursion."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.audit.tree.hashing import EMPTY, leaf_hash, node_hash
from registry.audit.tree.proofs import root_from_inclusion, verify_consistency, verify_inclusion
from registry.audit.tree.tiles import TreeBroken, appended, consistency, inclusion, root
from tests.audit.oracle import Oracle, form, sides

# From the tests of certificate transparency's first implementation.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = [leaf_hash(number.to_bytes(4, "big")) for number in range(65_800)]
SMALL = 256


class Store:
    """Tiles in memory, as a table would keep them; every read is counted."""

    def __init__(self, hashes: Sequence[bytes] = ()) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.reads: list[tuple[int, int]] = []
        self.add(hashes)

    def add(self, hashes: Sequence[bytes]) -> None:
        self.tiles |= appended(self.size, self.read, hashes)
        self.size += len(hashes)

    def read(self, level: int, index: int) -> bytes:
        self.reads.append((level, index))
        return self.tiles.get((level, index), b"")


@pytest.fixture(scope="module")
def large() -> Store:
    return Store(MANY)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(MANY)


def flips(value: bytes) -> list[bytes]:
    """`value` with each of its bits changed, one at a time."""
    number = int.from_bytes(value, "big")
    return [(number ^ 1 << bit).to_bytes(len(value), "big") for bit in range(8 * len(value))]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_published_roots_come_out(size: int) -> None:
    store = Store([leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]])
    assert root(size, store.read).hex() == ROOTS[size]


def test_a_leaf_is_never_a_node() -> None:
    left, right = MANY[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert hashlib.sha256(b"").digest() == EMPTY


def test_every_root_and_every_inclusion_up_to_256_leaves_is_the_rfcs(large: Store, oracle: Oracle) -> None:
    for size in range(1, SMALL + 1):
        top = root(size, large.read)
        assert top == oracle.root(size)
        for index in range(size):
            path = inclusion(index, size, large.read)
            assert path == oracle.path(index, size)
            assert root_from_inclusion(index, size, MANY[index], path) == top


def test_every_consistency_up_to_256_leaves_is_the_rfcs(large: Store, oracle: Oracle) -> None:
    for new in range(1, SMALL + 1):
        for old in range(1, new + 1):
            path = consistency(old, new, large.read)
            assert path == oracle.proof(old, new)
            assert verify_consistency(old, new, oracle.root(old), oracle.root(new), path)


@pytest.mark.parametrize("size", [255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 65_793])
def test_trees_across_the_borders_of_tiles_are_the_rfcs(large: Store, oracle: Oracle, size: int) -> None:
    assert root(size, large.read) == oracle.root(size)
    for index in {0, 1, 254, size // 2, size - 2, size - 1}:
        assert inclusion(index, size, large.read) == oracle.path(index, size)
    for old in {1, 255, size // 2, size - 1, size}:
        assert consistency(old, size, large.read) == oracle.proof(old, size)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (1, 3), (6, 7), (4, 8), (10, 11), (99, 200)])
def test_one_bit_changed_anywhere_is_no_inclusion(large: Store, index: int, size: int) -> None:
    leaf, path, top = MANY[index], inclusion(index, size, large.read), root(size, large.read)
    assert verify_inclusion(index, size, leaf, path, top)
    for changed in flips(leaf):
        assert not verify_inclusion(index, size, changed, path, top)
    for changed in flips(top):
        assert not verify_inclusion(index, size, leaf, path, changed)
    for place, sibling in enumerate(path):
        for changed in flips(sibling):
            assert not verify_inclusion(index, size, leaf, [*path[:place], changed, *path[place + 1 :]], top)
    for bit in range(20):
        assert not verify_inclusion(index ^ 1 << bit, size, leaf, path, top)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (8, 11), (101, 200)])
def test_one_bit_changed_anywhere_is_no_consistency(large: Store, old: int, new: int) -> None:
    older, newer = root(old, large.read), root(new, large.read)
    path = consistency(old, new, large.read)
    assert verify_consistency(old, new, older, newer, path)
    for changed in flips(older):
        assert not verify_consistency(old, new, changed, newer, path)
    for changed in flips(newer):
        assert not verify_consistency(old, new, older, changed, path)
    for place, sibling in enumerate(path):
        for changed in flips(sibling):
            assert not verify_consistency(
                old, new, older, newer, [*path[:place], changed, *path[place + 1 :]]
            )


def test_another_size_passes_only_where_the_proof_has_the_same_form(large: Store) -> None:
    """A proof alone does not tell such sizes apart; that they come with the root is why it is signed."""
    passed = 0
    for size in range(1, 70):
        top = root(size, large.read)
        for index in range(size):
            path = inclusion(index, size, large.read)
            for other in (size ^ 1 << bit for bit in range(8)):
                same = index < other and sides(index, other) == sides(index, size)
                assert verify_inclusion(index, other, MANY[index], path, top) is same
                passed += same
    assert passed > 0


def test_another_pair_of_sizes_passes_only_where_the_proof_has_the_same_form(large: Store) -> None:
    passed = 0
    for new in range(2, 40):
        for old in range(1, new):
            roots = root(old, large.read), root(new, large.read)
            path = consistency(old, new, large.read)
            others = [(old ^ 1 << bit, new) for bit in range(7)] + [(old, new ^ 1 << bit) for bit in range(7)]
            for m, n in others:
                same = 0 < m < n and form(m, n) == form(old, new)
                assert verify_consistency(m, n, *roots, path) is same
                passed += same
    assert passed > 0


def test_a_path_too_short_or_too_long_is_refused(large: Store) -> None:
    top = root(11, large.read)
    path = inclusion(5, 11, large.read)
    proof = consistency(5, 11, large.read)
    older = root(5, large.read)
    for wrong in (path[:-1], path[1:], [*path, top], [top, *path], []):
        assert not verify_inclusion(5, 11, MANY[5], wrong, top)
    for wrong in (proof[:-1], proof[1:], [*proof, top], [older, *proof], []):
        assert not verify_consistency(5, 11, older, top, wrong)


def test_a_root_made_to_fit_a_path_too_long_is_refused() -> None:
    leaf, extra = MANY[:2]
    for top in (node_hash(extra, leaf), node_hash(leaf, extra)):
        assert not verify_inclusion(0, 1, leaf, [extra], top)
        with pytest.raises(ValueError):
            root_from_inclusion(0, 1, leaf, [extra])


def test_nothing_is_in_an_empty_tree_and_every_tree_continues_it() -> None:
    some = MANY[0]
    assert not verify_inclusion(0, 0, some, [], EMPTY)
    assert verify_consistency(0, 0, EMPTY, EMPTY, [])
    assert verify_consistency(0, 5, EMPTY, some, [])
    assert verify_consistency(5, 5, some, some, [])
    assert not verify_consistency(0, 0, some, some, [])
    assert not verify_consistency(0, 5, some, some, [])
    assert not verify_consistency(0, 5, EMPTY, some, [some])
    assert not verify_consistency(5, 5, some, EMPTY, [])
    assert not verify_consistency(5, 5, some, some, [some])
    assert not verify_consistency(5, 4, some, some, [])


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(),
    st.binary(),
    st.binary(min_size=32, max_size=32),
)


@settings(deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING | st.lists(ANYTHING), ANYTHING)
def test_whatever_is_malformed_is_false_and_no_crash(
    a: object, b: object, c: object, d: object, e: object
) -> None:
    assert verify_inclusion(a, b, c, d, e) is False  # type: ignore[arg-type]
    assert verify_consistency(a, b, c, e, d) in (True, False)  # type: ignore[arg-type]


def test_things_that_look_like_hashes_and_numbers_are_not() -> None:
    some = MANY[0]
    assert verify_inclusion(0, 1, some, [], some)
    assert not verify_inclusion(0, 1, [*some], [], [*some])  # type: ignore[arg-type]
    assert not verify_inclusion(0, 1, some[1:], [], some[1:])
    assert not verify_inclusion(0.0, 1.0, some, [], some)  # type: ignore[arg-type]
    assert not verify_inclusion(False, True, some, [], some)
    assert not verify_consistency(1.0, 1.0, some, some, [])  # type: ignore[arg-type]
    assert not verify_consistency(1, 1, some[1:], some[1:], [])
    assert not verify_consistency(-1, 1, EMPTY, some, [])


BORDERS = [0, 1, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_793]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 700) | st.sampled_from(BORDERS[:8]), max_size=6))
def test_leaves_added_in_any_chunks_make_the_same_tiles(cuts: list[int]) -> None:
    store, end = Store(), 0
    for count in cuts:
        store.add(MANY[end : end + count])
        end += count
    assert store.tiles == Store(MANY[:end]).tiles


def test_leaves_added_up_to_each_border_make_the_same_tiles(large: Store) -> None:
    store = Store()
    for start, end in pairwise([*BORDERS, len(MANY)]):
        store.add(MANY[start:end])
    assert store.tiles == large.tiles
    assert {level for level, _ in store.tiles} == {0, 1, 2}


def test_appending_touches_only_the_right_edge(large: Store) -> None:
    for size, changes in ((65_000, 1), (65_279, 2), (65_280, 1), (65_535, 3), (65_536, 1)):
        store = Store(MANY[:size])
        before = dict(store.tiles)
        store.reads.clear()
        store.add(MANY[size : size + 1])
        touched = {place for place, tile in store.tiles.items() if before.get(place) != tile}
        assert len(touched) == changes
        assert len(store.reads) <= changes
    assert appended(large.size, large.read, []) == {}


def test_proofs_read_two_tiles_a_level_and_roots_one(large: Store) -> None:
    for size in (1, 255, 256, 257, 65_535, 65_536, 65_537, 65_793):
        levels = max(1, -(-(size - 1).bit_length() // 8))
        for index in {0, size // 3, size // 2, size - 1}:
            large.reads.clear()
            inclusion(index, size, large.read)
            assert len(large.reads) <= 2 * levels
            large.reads.clear()
            consistency(index + 1, size, large.read)
            assert len(large.reads) <= 2 * levels
        large.reads.clear()
        root(size, large.read)
        assert 1 <= len(large.reads) <= levels + 1
        assert len(set(large.reads)) == len(large.reads)


def test_a_missing_or_short_tile_is_told_and_not_hashed_over() -> None:
    for place in ((0, 0), (0, 2), (1, 0)):
        store = Store(MANY[:600])
        store.tiles[place] = store.tiles[place][:-1]
        with pytest.raises(TreeBroken) as caught:
            inclusion(1, 600, store.read)
        assert caught.value.facts == {"level": place[0], "index": place[1]}
        del store.tiles[place]
        with pytest.raises(TreeBroken):
            inclusion(1, 600, store.read)
    with pytest.raises(TreeBroken):
        appended(3, Store().read, MANY[:1])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda read: inclusion(3, 3, read),
        lambda read: inclusion(-1, 3, read),
        lambda read: consistency(4, 3, read),
        lambda read: consistency(-1, 3, read),
        lambda read: appended(3, read, [b"short"]),
    ],
)
def test_questions_that_make_no_sense_are_refused(large: Store, wrong) -> None:
    with pytest.raises(ValueError):
        wrong(large.read)
