"""What is kept of an upload for later rescreenings: tokens and sealed references, never names or numbers."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from registry.rescreens.pipeline import TOKEN

_COUNT = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one chunk that are right, or will be: `right_from` are ordinal days, 0 for right ones."""

    lines: NDArray[np.uint32]
    right_from: NDArray[np.uint32]
    documents: bytes
    names: bytes
    refs: list[str]

    def packed(self) -> bytes:
        """The content of a frame."""
        head = _COUNT.pack(len(self.refs)) + self.lines.tobytes() + self.right_from.tobytes()
        return head + self.documents + self.names + orjson.dumps(self.refs)


def pack(
    lines: Sequence[int],
    right_from: Sequence[int],
    documents: Sequence[bytes],
    names: Sequence[bytes],
    refs: list[str],
) -> bytes:
    """The content of a frame with these rows."""
    kept = Kept(
        np.array(lines, np.uint32),
        np.array(right_from, np.uint32),
        b"".join(documents),
        b"".join(names),
        refs,
    )
    return kept.packed()


def unpack(content: bytes) -> Kept:
    """The rows of a frame."""
    (count,) = _COUNT.unpack_from(content)
    days = _COUNT.size + 4 * count
    documents = days + 4 * count
    names = documents + TOKEN * count
    refs = names + TOKEN * count
    return Kept(
        np.frombuffer(content, np.uint32, count, _COUNT.size),
        np.frombuffer(content, np.uint32, count, days),
        content[documents:names],
        content[names:refs],
        orjson.loads(content[refs:]),
    )
