"""Signed checkpoints: how large the log's tree is and what its root is, in a form that others' tools verify.

A checkpoint is a note as C2SP writes it (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), signed with
Ed25519; its one extension line says when it was made:

    registry.example/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    time 2026-11-22T04:00:00.000000Z

    — registry.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZni…

Others (witnesses) may add signature lines of their own; lines of unknown keys are ignored, as the note
format demands. Pure: the key that signs is handed in as a function.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from registry import errors
from registry.audit.tree.hashing import HASH_BYTES
from registry.text import Text

KEY_HASH_BYTES = 4
MAX_CHARACTERS = 1 << 18  # room for sixteen signatures of the largest kind, as the note format demands
_ED25519 = b"\x01"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_NAME = r"[^\s+\x00-\x1f\x7f\ud800-\udfff]{1,200}"
_BASE64 = r"[A-Za-z0-9+/]+={0,2}"
_FORM = re.compile(
    rf"(?P<body>(?P<origin>{_NAME})\n(?P<size>0|[1-9][0-9]{{0,18}})\n(?P<root>{_BASE64})\n"
    rf"time (?P<time>[0-9T:.-]+Z)\n)\n(?P<signatures>(?:— {_NAME} {_BASE64}\n)+)"
)


class CheckpointRefused(errors.Invalid):
    """A text is not a checkpoint of the log that is asked about (slug "checkpoint-refused"); it says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(
            "checkpoint-refused",
            Text("检查点无效：{reason}", "The checkpoint is not valid: {reason}").format(reason=reason),
        )


_MALFORMED = Text("格式不符。", "it does not have the right form.")
_OTHER_LOG = Text("它属于另一份日志。", "it is that of another log.")
_UNSIGNED = Text("没有已知密钥的签名。", "no known key has signed it.")
_FORGED = Text("签名与内容不符。", "a signature does not belong to its text.")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who signed by name, which key as the first four bytes of its hash, the signature."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of `size` leaves that the log `origin` had at the instant `at`. `body` is what is signed."""

    origin: str
    size: int
    root: bytes
    at: datetime
    body: str
    signatures: tuple[Signature, ...]


def key_hash(name: str, public: bytes) -> bytes:
    """By which four bytes a signature line names the Ed25519 key `public` of `name`."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:KEY_HASH_BYTES]


def make(
    origin: str, size: int, root: bytes, at: datetime, *, sign: Callable[[bytes], bytes], public: bytes
) -> str:
    """A checkpoint of the log `origin`, signed with the Ed25519 key that `sign` uses and `public` verifies.

    `origin` is the log's name among all logs, by custom a host and a path, without spaces or plus. Raises
    CheckpointRefused for what no reader would accept, the signature of another key included.
    """
    body = f"{origin}\n{size}\n{b64encode(root).decode()}\ntime {at.astimezone(UTC).strftime(_TIME)}\n"
    signature = b64encode(key_hash(origin, public) + sign(body.encode())).decode()
    text = f"{body}\n— {origin} {signature}\n"
    verify(text, origin, [public])
    return text


def read(text: str) -> Checkpoint:
    """What `text` says, whoever may have signed it. Raises CheckpointRefused for any other form."""
    found = _FORM.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    root = _decoded(found["root"]) if found else b""
    at = _instant(found["time"]) if found else None
    if found is None or at is None or len(root) != HASH_BYTES:
        raise CheckpointRefused(_MALFORMED)
    signatures = tuple(_signature(line) for line in found["signatures"].rstrip("\n").split("\n"))
    return Checkpoint(found["origin"], int(found["size"]), root, at, found["body"], signatures)


def verify(text: str, origin: str, keys: Sequence[bytes]) -> Checkpoint:
    """What `text` says, signed for the log `origin` by one of its Ed25519 public `keys` (32 bytes each).

    Older keys stay in `keys` for older checkpoints. Raises CheckpointRefused for anything else; a false
    signature of a known key beside a right one is refused too.
    """
    checkpoint = read(text)
    if checkpoint.origin != origin:
        raise CheckpointRefused(_OTHER_LOG)
    known = {key_hash(origin, key): key for key in keys}
    ours = [each for each in checkpoint.signatures if each.name == origin and each.key_hash in known]
    if not ours:
        raise CheckpointRefused(_UNSIGNED)
    for signature in ours:
        try:
            public = Ed25519PublicKey.from_public_bytes(known[signature.key_hash])
            public.verify(signature.value, checkpoint.body.encode())
        except InvalidSignature:
            raise CheckpointRefused(_FORGED) from None
    return checkpoint


def _signature(line: str) -> Signature:
    _, name, encoded = line.split(" ")
    value = _decoded(encoded)
    if len(value) <= KEY_HASH_BYTES:
        raise CheckpointRefused(_MALFORMED)
    return Signature(name, value[:KEY_HASH_BYTES], value[KEY_HASH_BYTES:])


def _decoded(encoded: str) -> bytes:
    """The bytes in base64, empty unless written the one canonical way."""
    with suppress(NotBase64):
        value = b64decode(encoded, validate=True)
        if b64encode(value).decode() == encoded:
            return value
    return b""


def _instant(written: str) -> datetime | None:
    """The instant, if written as `make` writes it."""
    with suppress(ValueError):
        at = datetime.strptime(written, _TIME).replace(tzinfo=UTC)
        if at.strftime(_TIME) == written:
            return at
    return None
