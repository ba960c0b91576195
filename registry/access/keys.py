"""The key ring and the database it belongs to: look-ups with another ring would all say «no record»."""

from pathlib import Path

from sqlalchemy import inspect, select, update

from registry.access.models import RegisterState
from registry.db import reading, transaction
from registry.errors import Unavailable
from registry.text import Text
from registry.vault.keyring import KeyRing
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
    """The vault of this process, opened on first use and only for its own database."""

    def __init__(self, path: Path, suite: str) -> None:
        self._path, self._suite = path, suite
        self._ring: KeyRing | None = None
        self._vault: Vault | None = None
        self._fingerprint = b""

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

    def verify(self) -> None:
        """Compare file, ring in memory and database anew. Raises as `vault`."""
        ring = KeyRing.load(self._path, self._suite)
        if ring.fingerprint != self._loaded().fingerprint:
            raise ForeignKeys
        self._bind(ring)

    def create(self) -> None:
        """Make a new ring, unless one exists or the database belongs to one already.

        Raises KeyRingRefused, ForeignKeys, or Unavailable when the database cannot say.
        """
        with reading() as session:
            migrated = inspect(session.connection()).has_table(RegisterState.__tablename__)
        if migrated and self._bound_to() is not None and not self._path.exists():
            raise ForeignKeys
        KeyRing.create(self._path, self._suite)

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
