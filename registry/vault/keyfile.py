"""The file that holds the key ring: written whole or not at all, durably, for its owner's eyes only.

Losing this file makes every sealed name unreadable and every look-up blind; showing it to others
lets them compute who is listed. Hence the care on both sides.
"""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry import errors
from registry.text import Text


class KeyRingMissing(errors.Unavailable):
    """There is no key ring file (slug "keys-missing")."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "keys-missing",
            Text(
                "没有密钥环文件 {path}。新系统请运行 flask --app wsgi keys init；"
                "已有数据的系统请从备份恢复该文件，或修正 REGISTRY_KEYS，切勿新建。",
                "There is no key ring at {path}. For a new registry run `flask --app wsgi keys init`; for "
                "one that holds data restore the file from its backup or correct REGISTRY_KEYS, and do not "
                "make a new one.",
            ).format(path=path),
        )


class KeyRingRefused(errors.RegistryError):
    """The key ring cannot be made or must not be used as it is (slug "keys-refused")."""

    def __init__(self, sentence: Text, **facts: object) -> None:
        super().__init__("keys-refused", sentence.format(**facts))


_EXISTS = Text(
    "{path} 已存在，不会覆盖。若确需新的密钥环，请将 REGISTRY_KEYS 指向另一文件。",
    "{path} exists already and is not overwritten. If you do need another key ring, point "
    "REGISTRY_KEYS elsewhere.",
)
_UNWRITABLE = Text(
    "无法写入密钥环 {path}（{reason}）。请将 REGISTRY_KEYS 指向本用户可写、支持权限和硬链接的本地文件夹。",
    "The key ring {path} cannot be written ({reason}). Point REGISTRY_KEYS into a local folder that this "
    "user may write to and whose file system knows permissions and hard links.",
)
_UNREADABLE = Text(
    "无法读取密钥环 {path}（{reason}）。请以文件所有者身份运行，或修正所有者和 REGISTRY_KEYS。",
    "The key ring {path} cannot be read ({reason}). Run as the owner of the file, or correct its owner or "
    "REGISTRY_KEYS.",
)
_NOT_A_FILE = Text(
    "{path} 不是普通文件。请将 REGISTRY_KEYS 指向密钥环文件本身。",
    "{path} is not a regular file. Point REGISTRY_KEYS at the key ring file itself.",
)
_FOREIGN = Text(
    "密钥环 {path} 属于另一用户。请核实来源后用 chown 改为本服务的用户。",
    "The key ring {path} belongs to another user. Make sure where it comes from, then chown it to the user "
    "of this service.",
)
_EXPOSED = Text(
    "密钥环 {path} 的权限为 {mode}，所有者以外的用户也可访问。请运行 chmod 600，并查明何人可能读过。",
    "The key ring {path} has mode {mode}, which lets others than its owner at it. Run chmod 600 on it and "
    "find out who may have read it.",
)


def write_new(path: Path, content: bytes) -> None:
    """Put `content` into the new file `path`, mode 0600, on disk when this returns.

    Missing folders are made with mode 0700; those that exist keep theirs. The content is written
    beside `path` and then linked to it, so that `path` is absent or whole at every instant, of two
    concurrent writers one wins, and nothing that exists is overwritten, not even a dangling link.
    Raises `KeyRingRefused` when `path` exists or the file system says no.
    """
    draft = path.parent / f".keys-{secrets.token_hex(8)}"
    try:
        _make_folder(path.parent)
        try:
            _write(draft, content)
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        raise KeyRingRefused(_EXISTS, path=path) from None
    except OSError as error:
        raise KeyRingRefused(_UNWRITABLE, path=path, reason=error.strerror) from error


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """The turn to read and `replace` the file `path`: one thread of one process at a time has it.

    Raises `KeyRingMissing` without the folder, `KeyRingRefused` when the file system says no.
    """
    # The lock is on the folder, because the file is another one after each change.
    try:
        handle = os.open(_real(path).parent, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        raise KeyRingMissing(path) from None
    except OSError as error:
        raise KeyRingRefused(_UNWRITABLE, path=path, reason=error.strerror) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of the existing file `path`, mode 0600, on disk when this returns.

    Readers find the old content or the new one. A link leads to what is replaced. The owner stays the
    same, so that root may do this for the user of the service. Raises `KeyRingRefused` when the file
    system says no.
    """
    target = _real(path)
    draft = target.parent / f".keys-{secrets.token_hex(8)}"
    try:
        try:
            _write(draft, content, target.stat().st_uid)
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        raise KeyRingRefused(_UNWRITABLE, path=path, reason=error.strerror) from error


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever the file `path` is replaced or altered; `None` when it cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def read_private(path: Path) -> bytes:
    """The content of `path`, if nobody but its owner can have read or written it.

    Root may read a file of any owner (operator commands under sudo); every other user only their own.
    Raises `KeyRingMissing` without a file, `KeyRingRefused` when it is unreadable, not a regular
    file, someone else's, or open to group or others.
    """
    try:
        # Questions are put to the opened file, so that it cannot be exchanged after them;
        # O_NONBLOCK because opening a pipe would otherwise wait for a writer for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            _require_private(path, os.fstat(file.fileno()))
            return file.read()
    except FileNotFoundError:
        raise KeyRingMissing(path) from None
    except OSError as error:
        raise KeyRingRefused(_UNREADABLE, path=path, reason=error.strerror) from error


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyRingRefused(_NOT_A_FILE, path=path)
    user = os.geteuid()
    if user not in (0, status.st_uid):
        raise KeyRingRefused(_FOREIGN, path=path)
    if status.st_mode & 0o077:
        raise KeyRingRefused(_EXPOSED, path=path, mode=f"{stat.S_IMODE(status.st_mode):04o}")


def _make_folder(folder: Path) -> None:
    """Make `folder` and those above it where missing, all with mode 0700 (`Path.mkdir`: only the last)."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    else:
        _sync_folder(folder.parent)


def _real(path: Path) -> Path:
    """What `path` leads to; for links in a circle a path that cannot be opened (`resolve`: RuntimeError)."""
    return Path(os.path.realpath(path))


def _write(path: Path, content: bytes, owner: int = -1) -> None:
    """Make the file `path`, of the user `owner` unless that is -1."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        os.fchown(file.fileno(), owner, -1)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power failure, as `fsync` of a file does only for its content."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
