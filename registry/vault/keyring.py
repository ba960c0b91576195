"""The key ring: one index key for look-up tokens, the field keys that seal what must be read back, and the
signing keys, of which the newest signs what the registry answers for.

The index key is for ever, for tokens made with another never match. Field keys may be added: the
newest seals, all open. A signing key that is replaced keeps its public half, for ever, so that what it
has signed can be verified; the private half is gone at once. As JSON in the file:

    {"version": 2, "suite": "intl", "index_key": {"id": hex, "material": hex},
     "field_keys": [{"id": hex, "created_at": ISO 8601 with zone, "material": hex}, …],
     "signing_keys": [{"id": thumbprint (RFC 7638), "created_at": as above, "retired_at": as above or null,
                       "public": hex, "material": hex, or null once retired}, …]}

Version 1 was the same without `signing_keys`; such a ring loads, and becomes one of version 2 by `rotate`.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from registry import errors
from registry.text import Text
from registry.vault import keyfile, ringparts
from registry.vault.jwk import thumbprint
from registry.vault.keyfile import KeyRingMissing, KeyRingRefused
from registry.vault.ringparts import KEY_ID_BYTES, FieldKey, IndexKey, SigningKey
from registry.vault.suites import MAC_KEY_BYTES, SUITE_NAMES, SignatureScheme, Suite, suite

__all__ = [
    "KEY_ID_BYTES",
    "FieldKey",
    "IndexKey",
    "KeyRing",
    "KeyRingMissing",
    "KeyRingRefused",
    "SigningKey",
    "SigningKeyMissing",
]

_VERSION = 2
_BEFORE_SIGNING_KEYS = 1
_FINGERPRINT_LABEL = b"\x00registry key ring fingerprint 1\x00"

_NOT_JSON = Text(
    "密钥环 {path} 已损坏或不完整（不是完整的 JSON）。请从备份恢复；系统已有数据时切勿新建。",
    "The key ring {path} is damaged or cut short (not whole JSON). Restore it from its backup; do not make a "
    "new one while the registry holds data.",
)
_OTHER_SUITE = Text(
    "密钥环 {path} 属于密码套件 {found}，而配置为 {wanted}。"
    "请设 REGISTRY_SUITE={found}，或将 REGISTRY_KEYS 指向 {wanted} 的密钥环。",
    "The key ring {path} is for the suite {found}, the configuration says {wanted}. Set "
    "REGISTRY_SUITE={found}, or point REGISTRY_KEYS at the key ring for {wanted}.",
)


class SigningKeyMissing(errors.Unavailable):
    """The ring has no key to sign with (slug "signing-key-missing"): it was made before there were any."""

    def __init__(self) -> None:
        super().__init__(
            "signing-key-missing",
            Text(
                "密钥环中没有签名密钥，无法签署。请运行 flask --app wsgi keys rotate。",
                "The key ring has no signing key, so nothing can be signed. Run "
                "`flask --app wsgi keys rotate`.",
            ),
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeyRing:
    """The keys of one registry; `field_keys` by id, never empty; `signing_keys` oldest first."""

    suite: Suite
    index_key: IndexKey
    field_keys: Mapping[bytes, FieldKey]
    signing_keys: tuple[SigningKey, ...]

    @classmethod
    def create(cls, path: Path, suite_name: str) -> "KeyRing":
        """Make a ring of fresh random keys and write it to the new file `path`.

        Raises `KeyRingRefused` when `path` exists (it is never overwritten) or cannot be written,
        `errors.Invalid` for an unknown suite.
        """
        chosen, now = suite(suite_name), _now()
        first = FieldKey(secrets.token_bytes(KEY_ID_BYTES), now, secrets.token_bytes(chosen.field_key_bytes))
        index_key = IndexKey(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(MAC_KEY_BYTES))
        signing_key = _new_signing_key(chosen.signatures, now)
        ring = cls(chosen, index_key, MappingProxyType({first.id: first}), (signing_key,))
        keyfile.write_new(path, ring._as_json())
        return ring

    @classmethod
    def load(cls, path: Path, suite_name: str) -> "KeyRing":
        """Read the ring in `path`, which must be of the suite `suite_name`.

        Raises `KeyRingMissing` without a file, `KeyRingRefused` when others can reach the file, it
        is damaged, or of another suite, `errors.Invalid` for an unknown suite.
        """
        wanted = suite(suite_name)
        content = ringparts.members(keyfile.read_private(path))
        if content is None:
            raise KeyRingRefused(_NOT_JSON, path=path)
        version = content.get("version")
        if type(version) is not int or version not in (_BEFORE_SIGNING_KEYS, _VERSION):
            raise ringparts.wrong_part(path, "version")
        found = content.get("suite")
        if found not in SUITE_NAMES:
            raise ringparts.wrong_part(path, "suite")
        if found != wanted.name:
            raise KeyRingRefused(_OTHER_SUITE, path=path, found=found, wanted=wanted.name)
        index_key = ringparts.index_key(path, content.get("index_key"))
        field_keys = ringparts.field_keys(path, content.get("field_keys"), wanted.field_key_bytes)
        signing_keys: tuple[SigningKey, ...] = ()
        if version != _BEFORE_SIGNING_KEYS:
            signing_keys = ringparts.signing_keys(path, content.get("signing_keys"), wanted.signatures)
        return cls(wanted, index_key, MappingProxyType(field_keys), signing_keys)

    @classmethod
    def rotate(
        cls, path: Path, suite_name: str, announce: Callable[["KeyRing"], None] = lambda _: None
    ) -> "KeyRing":
        """Give the ring in `path` a fresh signing key and retire the others; the ring as it is then.

        Readers of the file find the old ring or the new one, and of concurrent rotations each adds its key.
        `announce` is told of the new ring before it is written, and stops that by raising. Raises as `load`,
        and `KeyRingRefused` when the file cannot be replaced.
        """
        with keyfile.changing(path):
            ring, now = cls.load(path, suite_name), _now()
            retired = tuple(
                key if key.retired_at else replace(key, retired_at=now, material=b"")
                for key in ring.signing_keys
            )
            fresh = _new_signing_key(ring.suite.signatures, now)
            rotated = replace(ring, signing_keys=(*retired, fresh))
            announce(rotated)
            keyfile.replace(path, rotated._as_json())
        return rotated

    @property
    def signing_key(self) -> SigningKey:
        """The newest signing key that is not retired. Raises `SigningKeyMissing` when there is none."""
        for key in reversed(self.signing_keys):
            if key.retired_at is None:
                return key
        raise SigningKeyMissing

    @property
    def sealing_key(self) -> FieldKey:
        """The newest field key; of equally old ones that which stands last in the file."""
        return max(reversed(list(self.field_keys.values())), key=lambda key: key.created_at)

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that tell whether two rings find the same records: made of suite and index key alone.

        Kept in the database, to refuse a ring under which every look-up would say "no record". Being
        a MAC under a random key, over data that no token is made of, it gives nothing away.
        """
        return self.suite.mac(self.index_key.material, _FINGERPRINT_LABEL + self.suite.name.encode())

    def __repr__(self) -> str:
        counts = f"{len(self.field_keys)} field key(s), {len(self.signing_keys)} signing key(s)"
        return f"<KeyRing of suite {self.suite.name}, {counts}>"

    def _as_json(self) -> bytes:
        content = {
            "version": _VERSION,
            "suite": self.suite.name,
            "index_key": {"id": self.index_key.id.hex(), "material": self.index_key.material.hex()},
            "field_keys": [
                {"id": key.id.hex(), "created_at": key.created_at.isoformat(), "material": key.material.hex()}
                for key in self.field_keys.values()
            ],
            "signing_keys": [
                {
                    "id": key.id,
                    "created_at": key.created_at.isoformat(),
                    "retired_at": key.retired_at.isoformat() if key.retired_at else None,
                    "public": key.public.hex(),
                    "material": key.material.hex() or None,
                }
                for key in self.signing_keys
            ],
        }
        return json.dumps(content, indent=2).encode() + b"\n"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _new_signing_key(scheme: SignatureScheme, now: datetime) -> SigningKey:
    material = secrets.token_bytes(scheme.private_bytes)
    public = scheme.public(material)
    return SigningKey(thumbprint(scheme, public), now, None, public, material)
