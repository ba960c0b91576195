"""Files of customers that must be neither readable nor alterable on disk: written once, read often.

A file is a row of frames, each encrypted and numbered under the file's own random key:

    length of what follows (4 bytes) | nonce (12, random) | ciphertext | tag (16)

The tag also covers the file's name, the frame's number and whether it is the last one, so that a file that
was cut short, put in another order or put in another's place does not open. Whoever drops the key has
deleted the file, wherever a copy of it may lie.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from cryptography.exceptions import InvalidTag

from registry.errors import Unavailable
from registry.text import Text
from registry.vault.suites import NONCE_BYTES, Suite

CHUNK = 1 << 20
"""Bytes of rows in a frame, about ten thousand of them; each takes a commit."""

_LENGTH = struct.Struct(">I")
_LONGEST = 128 << 20


class SpoolBroken(Unavailable):
    """A file is missing, cut short, or not what was written."""

    def __init__(self) -> None:
        super().__init__(
            "spool-broken",
            Text(
                "上传的数据在磁盘上缺失或已损坏，无法继续；请重新上传。",
                "The uploaded data is missing or damaged on disk and cannot be read; upload it again.",
            ),
        )


class SpoolFull(Unavailable):
    """The disk does not take what is written."""

    def __init__(self) -> None:
        super().__init__(
            "spool-full",
            Text(
                "存放上传数据的磁盘已满或不可写，未保存任何内容；请稍后再试。",
                "The disk for uploads is full or cannot be written; nothing was kept. Try again later.",
            ),
        )


def new_key(suite: Suite) -> bytes:
    """A key for one file."""
    return secrets.token_bytes(suite.field_key_bytes)


class Writer:
    """Writes a new file, or goes on with one that is `size` bytes long and holds `frames` frames.

    Whatever lies behind `size` is cut off: it was written by somebody who died before it counted.
    Raises SpoolFull.
    """

    def __init__(self, path: Path, suite: Suite, key: bytes, size: int = 0, frames: int = 0) -> None:
        self._suite, self._key, self._label = suite, key, path.name
        self._frames = frames
        self.size = size
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.ftruncate(self._handle, size)
            os.lseek(self._handle, size, os.SEEK_SET)
        except OSError as trouble:
            raise SpoolFull from trouble

    def write(self, content: bytes, last: bool = False) -> None:
        """Add a frame. Raises SpoolFull."""
        nonce = os.urandom(NONCE_BYTES)
        associated = _associated(self._label, self._frames, last)
        sealed = nonce + self._suite.encrypt(self._key, nonce, content, associated)
        frame = memoryview(_LENGTH.pack(len(sealed)) + sealed)
        try:
            while frame:
                frame = frame[os.write(self._handle, frame) :]
        except OSError as trouble:
            raise SpoolFull from trouble
        self._frames += 1
        self.size += _LENGTH.size + len(sealed)

    def sync(self) -> None:
        """Return when all frames are on disk. Raises SpoolFull."""
        try:
            os.fsync(self._handle)
        except OSError as trouble:
            raise SpoolFull from trouble

    def finish(self) -> None:
        """Write the end, without which the file does not count as whole, and put it on disk."""
        self.write(b"", last=True)
        self.sync()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


def read(path: Path, suite: Suite, key: bytes, skip: int = 0) -> Iterator[bytes]:
    """What was written, frame by frame, without the first `skip` frames. Raises SpoolBroken."""
    try:
        with path.open("rb") as file:
            number = 0
            while True:
                head = file.read(_LENGTH.size)
                length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
                if not NONCE_BYTES < length <= _LONGEST:
                    raise SpoolBroken
                if number < skip:
                    file.seek(length, os.SEEK_CUR)
                else:
                    content = _opened(file.read(length), suite, key, path.name, number)
                    if content is None:
                        return
                    yield content
                number += 1
    except OSError as trouble:
        raise SpoolBroken from trouble


def _opened(sealed: bytes, suite: Suite, key: bytes, label: str, number: int) -> bytes | None:
    """The content of a frame; `None` for the end. Raises SpoolBroken."""
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for last in (False, True):
        try:
            content = suite.decrypt(key, nonce, ciphertext, _associated(label, number, last))
        except InvalidTag:
            continue
        return None if last else content
    raise SpoolBroken


def _associated(label: str, number: int, last: bool) -> bytes:
    return b"rescreen spool 1\0%d\0%d\0%s" % (number, last, label.encode())
