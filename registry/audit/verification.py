"""Verifying an exported log with nothing but the export and the registry's public keys.

    python -m registry.audit.verification EXPORT KEYS [CHECKPOINT …]

EXPORT is what `audit export` wrote, KEYS what `GET /v1/keys` answers, and each CHECKPOINT one that
somebody kept: a log that was cut short after it does not agree with it. Pure: no database, no key ring.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from registry.audit import checkpoints, records
from registry.audit.tree.hashing import EMPTY, HASH_BYTES, node_hash
from registry.errors import RegistryError
from registry.vault.jwk import decoded
from registry.vault.signatures import verify

TOMBSTONE = "log-tombstone+jws"
"""Kind of signed statement (see `vault.signatures`)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was sealed. `leaf` counts from 0, `position` is the record's."""

    what: str
    leaf: int | None = None
    position: int | None = None
    record: str | None = None

    def __str__(self) -> str:
        places = {"leaf": self.leaf, "position": self.position, "id": self.record}
        where = ", ".join(f"{name} {place}" for name, place in places.items() if place is not None)
        return f"{self.what} ({where})" if where else self.what


@dataclass(slots=True)
class Report:
    """What was found. `retired` leaves belong to months that were deleted under a signed tombstone."""

    sealed: int = 0
    unsealed: int = 0
    retired: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Begun:
    """The log as one seal left it: the full subtrees of its tree as (height, root), and its last record."""

    size: int
    position: int
    subtrees: Sequence[tuple[int, bytes]]


def verified(
    lines: Iterable[Mapping[str, Any]],
    jwks: Mapping[str, Any],
    kept: Sequence[str] = (),
    begun: Begun | None = None,
) -> Report:
    """The report on an exported log, read once from beginning to end, or from where `begun` says.

    `kept` are checkpoints that were fetched earlier; each must be of this log and on its way. That of the
    seal with which it is `begun` must be one of them, or nothing vouches for what lies before.
    """
    return _Verification(jwks, begun or Begun(0, 0, ())).run(lines, kept)


class _Verification:
    def __init__(self, jwks: Mapping[str, Any], begun: Begun) -> None:
        self._jwks = jwks
        self._publics = [key for each in jwks["keys"] if (key := decoded(str(each.get("x")))) is not None]
        self._report = Report()
        self._origin = ""
        self._tree = _Growing(begun)
        self._expected: deque[bytes] = deque()  # leaves of the seal at hand that no record has had yet
        self._position = self._sealed_until = begun.position
        self._retired: list[range] = []
        self._roots = {begun.size: self._tree.root()} if begun.size else {}

    def run(self, lines: Iterable[Mapping[str, Any]], kept: Sequence[str]) -> Report:
        for line in lines:
            if "record" in line:
                self._record(line)
            elif "seal" in line:
                self._end_of_seal()
                self._seal(line)
            elif "tombstone" in line:
                self._tombstone(line["tombstone"])
            elif "log" in line:
                self._origin = line["log"]
            else:
                self._fault("a line that is none of an export's")
        self._end_of_seal()
        for text in kept:
            self._kept(text)
        return self._report

    def _fault(
        self, what: str, leaf: int | None = None, position: int | None = None, record: str | None = None
    ) -> None:
        self._report.faults.append(Fault(what, leaf, position, record))

    def _seal(self, line: Mapping[str, Any]) -> None:
        hashes = bytes.fromhex(line["leaves"])
        leaves = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
        self._tree.add(leaves)
        self._expected.extend(leaves)
        self._sealed_until = line["last_position"]
        try:
            checkpoint = checkpoints.verify(line["seal"], self._origin, self._publics)
        except RegistryError as broken:
            self._fault(f"a seal whose signature does not hold: {broken.sentence.en}", self._tree.size)
            return
        root = self._tree.root()
        self._roots[checkpoint.size] = root
        if (checkpoint.size, checkpoint.root) != (self._tree.size, root):
            self._fault(
                "the stored hashes do not give the root that was signed", self._tree.size - len(leaves)
            )

    def _record(self, line: Mapping[str, Any]) -> None:
        position, digest, record = line["position"], records.digest(line["record"]), line["record"][0]
        if digest.hex() != line["digest"]:
            self._fault("a record that is not what its digest says", None, position, record)
        if position <= self._position:
            self._fault("a record out of its order", None, position, record)
        self._position = position
        if position > self._sealed_until:
            self._report.unsealed += 1
            return
        leaf, first = records.leaf(position, digest), self._tree.size - len(self._expected)
        if leaf not in self._expected:
            self._fault("a record that was not sealed like this", first, position, record)
            return
        while self._expected.popleft() != leaf:
            self._missing(first)
            first += 1
        self._report.sealed += 1

    def _missing(self, leaf: int) -> None:
        if any(leaf in each for each in self._retired):
            self._report.retired += 1
        else:
            self._fault("a sealed record is missing or altered", leaf)

    def _end_of_seal(self) -> None:
        first = self._tree.size - len(self._expected)
        for leaf in range(first, self._tree.size):
            self._missing(leaf)
        self._expected.clear()

    def _tombstone(self, statement: str) -> None:
        try:
            said = orjson.loads(verify(statement, self._jwks, TOMBSTONE))
        except RegistryError:
            self._fault("a tombstone whose signature does not hold")
            return
        self._retired += [range(first, last + 1) for first, last in said["leaves"]]

    def _kept(self, text: str) -> None:
        try:
            checkpoint = checkpoints.verify(text, self._origin, self._publics)
        except RegistryError as broken:
            self._fault(f"a kept checkpoint is not this log's: {broken.sentence.en}")
            return
        if checkpoint.size > self._tree.size:
            self._fault("the log ends before a kept checkpoint", self._tree.size)
        elif self._roots.get(checkpoint.size) != checkpoint.root:
            self._fault("the log is another one than a kept checkpoint says", checkpoint.size)


class _Growing:
    """A tree that grows leaf by leaf and remembers the roots of its full subtrees only."""

    def __init__(self, begun: Begun) -> None:
        self.size = begun.size
        self._full = list(begun.subtrees)

    def add(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            height, root = 0, leaf
            while self._full and self._full[-1][0] == height:
                root, height = node_hash(self._full.pop()[1], root), height + 1
            self._full.append((height, root))
            self.size += 1

    def root(self) -> bytes:
        found = EMPTY
        for number, (_, root) in enumerate(reversed(self._full)):
            found = node_hash(root, found) if number else root
        return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def main(words: Sequence[str]) -> int:
    """Entry of the stand-alone command: 0 when everything is as it was sealed."""
    if len(words) < 2:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    export, keys, *kept = map(Path, words)
    report = verified(_lines(export), orjson.loads(keys.read_bytes()), [path.read_text() for path in kept])
    for fault in report.faults:
        print(fault)  # noqa: T201
    print(  # noqa: T201
        f"{report.sealed} sealed records, {report.unsealed} not sealed yet, {report.retired} of deleted "
        f"months, {len(report.faults)} faults"
    )
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
