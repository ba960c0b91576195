"""The key ring and the database it belongs to: look-ups with another ring would all say «no record»."""

from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select, update

from registry.access.models import RegisterState
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import RegistryError, Unavailable
from registry.text import Text
from registry.vault import keyfile
from registry.vault.keyring import KeyRing
from registry.vault.signatures import Signer, key_set
from registry.vault.vault import Vault


class ForeignKeys(Unavailable):
    """The key ring is not the one this database was filled with."""

    def __init__(self) -> None:
        super().__init__(
            "keys-foreign",
            Text(
                "密钥与数据库不匹配，无法核查；请由安全管理员恢复该数据库的密钥环。",
                "The keys do not belong to this database, so nothing can be looked up; the security "
                "administrator must restore the database's own key ring.",
            ),
        )


class Keys:
    """The vault and the signer of this process, opened on first use and only for its own database."""

    def __init__(self, path: Path, suite: str) -> None:
        self._path, self._suite = path, suite
        self._ring: KeyRing | None = None
        self._vault: Vault | None = None
        self._fingerprint = b""
        self._signing: tuple[object, Signer] | None = None  # the stamp of the file, and what it held

    def vault(self) -> Vault:
        """The vault. Raises KeyRingMissing, KeyRingRefused, ForeignKeys, or (no database) Unavailable."""
        if self._vault is None:
            ring = self._loaded()
            self._bind(ring)
            self._vault = Vault(ring)
            self._fingerprint = ring.fingerprint
        return self._vault

    def fingerprint(self) -> bytes:
        """The fingerprint of the vault's ring, 32 bytes. Raises as `vault`."""
        self.vault()
        return self._fingerprint

    def log_name(self) -> str:
        """What the log of this database is called in its checkpoints, for ever. Raises as `vault`."""
        return f"card-registry/{self.fingerprint().hex()[:16]}"

    def signer(self) -> Signer:
        """The signer with the newest key, as soon as another process has rotated the ring.

        While the file cannot be read it goes on with the key it has; `verify` tells of that. Raises as
        `vault`, and SigningKeyMissing for a ring that has none.
        """
        self.vault()
        known, stamp = self._signing, keyfile.stamp(self._path)
        if known and stamp in (known[0], None):
            return known[1]
        try:
            signer = Signer(self._read_anew())
        except RegistryError:
            if known is None:
                raise
            return known[1]
        # The stamp was taken before reading: a file replaced in between is read once more next time.
        self._signing = stamp, signer
        return signer

    def public_keys(self) -> dict[str, Any]:
        """The JWK set of all signing keys there ever were, newest first, as the file has them now.

        Read anew each time, so that no process signs with a key that another does not show yet. Raises
        KeyRingMissing, KeyRingRefused, ForeignKeys.
        """
        return key_set(self._read_anew())

    def rotate(self, actor: Actor, log: Log) -> str:
        """Put a fresh signing key in the place of the present one; its id. Raises as `vault`.

        The log gets the public key before the file does: what it does not take is not rotated. (Only a
        database that fails at the very end, with the commit, leaves a rotation that is not in the log.)
        """
        self.verify()
        with transaction() as session:

            def announce(ring: KeyRing) -> None:
                log.write(session, Entry(Tag.KEY_ROTATED, actor, facts=key_set(ring)["keys"][0]))

            return KeyRing.rotate(self._path, self._suite, announce).signing_key.id

    def verify(self) -> None:
        """Compare file, ring in memory and database anew. Raises as `vault`."""
        self._bind(self._read_anew())

    def create(self) -> None:
        """Make a new ring, unless one exists or the database belongs to one already.

        Raises KeyRingRefused, ForeignKeys, or Unavailable when the database cannot say.
        """
        with reading() as session:
            migrated = inspect(session.connection()).has_table(RegisterState.__tablename__)
        if migrated and self._bound_to() is not None and not self._path.exists():
            raise ForeignKeys
        KeyRing.create(self._path, self._suite)

    def _read_anew(self) -> KeyRing:
        """The ring as the file has it now. Raises ForeignKeys when it is another than the one in memory."""
        ring = KeyRing.load(self._path, self._suite)
        if ring.fingerprint != self._loaded().fingerprint:
            raise ForeignKeys
        return ring

    def _loaded(self) -> KeyRing:
        if self._ring is None:
            self._ring = KeyRing.load(self._path, self._suite)
        return self._ring

    def _bind(self, ring: KeyRing) -> None:
        """Hold a new database to this ring for ever, and refuse any other ring."""
        bound = self._bound_to()
        if bound is None:
            with transaction() as session:
                session.execute(
                    update(RegisterState)
                    .where(RegisterState.key_fingerprint.is_(None))
                    .values(key_fingerprint=ring.fingerprint)
                )
            bound = self._bound_to()
        if bound != ring.fingerprint:
            raise ForeignKeys

    def _bound_to(self) -> bytes | None:
        with reading() as session:
            return session.scalar(select(RegisterState.key_fingerprint))
