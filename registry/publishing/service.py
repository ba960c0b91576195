"""Files of exposure lists: made whole before the first byte leaves, and kept for the next reader."""

import os
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date
from typing import IO, NamedTuple

from registry import clock
from registry.access.keys import Keys
from registry.exposures.news import Withdrawal
from registry.exposures.public import PublicList, PublicLists
from registry.publishing import statements
from registry.publishing.columns import Digest
from registry.publishing.layout import Issue
from registry.publishing.turns import Turns, unavailable
from registry.publishing.writing import Form, write
from registry.text import Language, Text

_ATTEMPTS = 3
_KEPT_FILES = 24
_KEPT_BYTES = 256 * 1024 * 1024
_CHUNK = 256 * 1024


class Edition(NamedTuple):
    """All that a file depends on: it is the same as long as this is."""

    list_id: str
    version: int
    day: date
    form: Form
    language: Language
    key_id: str


class File:
    """A whole file on disk that only this process can see; gone when nobody holds it any more."""

    def __init__(self, edition: Edition, content: IO[bytes]) -> None:
        self.edition = edition
        self.size = content.seek(0, os.SEEK_END)
        self._descriptor = content.fileno()
        weakref.finalize(self, content.close)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes; any number of readers may read at once, however slowly."""
        for offset in range(0, self.size, _CHUNK):
            yield os.pread(self._descriptor, _CHUNK, offset)


class Publishing:
    """Makes and signs what the public may keep."""

    def __init__(self, keys: Keys, lists: PublicLists, public_url: str) -> None:
        self._keys = keys
        self._lists = lists
        self._verify = f"{public_url}/public/verify"
        self._files: OrderedDict[Edition, File] = OrderedDict()
        self._counts: OrderedDict[tuple[str, int, date], int] = OrderedDict()
        self._lock = threading.Lock()
        self.turns = Turns()

    @property
    def key_id(self) -> str:
        """The key that signs now. Raises as `Keys.signer`."""
        return self._keys.signer().key_id

    def edition(self, found: PublicList, form: Form, language: Language) -> Edition:
        """What a file made now would be. Raises as `Keys.signer`."""
        return Edition(found.id, found.version, clock.today(), form, language, self.key_id)

    def file(self, list_id: str, form: Form, language: Language) -> File:
        """The file as of now. Holds no database connection while it is written or read.

        Raises NotFound, and Unavailable where too many want one or the list changes too often.
        """
        for _ in range(_ATTEMPTS):
            found = self._lists.get(list_id)
            edition = self.edition(found, form, language)
            if kept := self._kept(edition):
                return kept
            with self.turns.turn():
                if kept := self._kept(edition):
                    return kept
                made = self._make(found, edition)
            if self.edition(self._lists.get(list_id), form, language) == edition:
                self._keep(made)
                return made
        raise unavailable(
            Text("名单正在更新，请稍候重试。", "The list is just being changed; try again shortly.")
        )

    def count(self, found: PublicList) -> int:
        """Person-times of the list that may be seen today; looked up once for a version and a day."""
        key = found.id, found.version, clock.today()
        with self._lock:
            if key in self._counts:
                return self._counts[key]
        counted = self._lists.count(found.id)
        with self._lock:
            self._counts[key] = counted
            while len(self._counts) > 1000:
                self._counts.popitem(last=False)
        return counted

    def sign_withdrawal(self, taken: Withdrawal) -> str:
        """The proof with which a republisher can show why he took an entry down."""
        return self._keys.signer().sign(statements.of_withdrawal(taken), statements.WITHDRAWAL_KIND)

    # -- inside ------------------------------------------------------------------------------------

    def _make(self, found: PublicList, edition: Edition) -> File:
        issue = Issue(found, edition.day, edition.language, self._verify)
        signer = self._keys.signer()

        def sign(digest: Digest) -> str:
            statement = statements.of_file(found, edition.day, edition.language, digest)
            return signer.sign(statement, statements.FILE_KIND)

        try:
            content = tempfile.TemporaryFile()  # noqa: SIM115 – closed with the last reader
            write(content, edition.form, issue, self._lists.rows(found.id), sign)
            content.flush()
        except OSError as full:
            raise unavailable(
                Text("暂时无法生成文件，请稍候重试。", "The file cannot be made just now; try again shortly.")
            ) from full
        return File(edition, content)

    def _kept(self, edition: Edition) -> File | None:
        with self._lock:
            kept = self._files.get(edition)
            if kept:
                self._files.move_to_end(edition)
            return kept

    def _keep(self, made: File) -> None:
        """Forgets what was replaced, and then what nobody asked for lately."""
        fixed = made.edition._replace(version=0, day=date.min, key_id="")
        with self._lock:
            for old in [e for e in self._files if e._replace(version=0, day=date.min, key_id="") == fixed]:
                del self._files[old]
            self._files[made.edition] = made
            while len(self._files) > 1 and (
                len(self._files) > _KEPT_FILES or sum(f.size for f in self._files.values()) > _KEPT_BYTES
            ):
                self._files.popitem(last=False)
