"""The key ring: one index key for look-up tokens, and the field keys that seal what must be read back.

The index key is for ever, for tokens made with another never match. Field keys may be added: the
newest seals, all open. As JSON in the file:

    {"version": 1, "suite": "intl", "index_key": {"id": hex, "material": hex},
     "field_keys": [{"id": hex, "created_at": ISO 8601 with zone, "material": hex}, …]}
"""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from registry.text import Text
from registry.vault import keyfile
from registry.vault.keyfile import KeyRingMissing, KeyRingRefused
from registry.vault.suites import MAC_KEY_BYTES, SUITE_NAMES, Suite, suite

__all__ = ["KEY_ID_BYTES", "FieldKey", "IndexKey", "KeyRing", "KeyRingMissing", "KeyRingRefused"]

KEY_ID_BYTES = 4
"""Random, not secret; part of every sealed value, hence short. Unique within a ring, which loading checks."""

_VERSION = 1
_FINGERPRINT_LABEL = b"\x00registry key ring fingerprint 1\x00"

_NOT_JSON = Text(
    "密钥环 {path} 已损坏或不完整（不是完整的 JSON）。请从备份恢复；系统已有数据时切勿新建。",
    "The key ring {path} is damaged or cut short (not whole JSON). Restore it from its backup; do not make a "
    "new one while the registry holds data.",
)
_WRONG_PART = Text(
    "密钥环 {path} 中的 {part} 缺失或有误。请从备份恢复；系统已有数据时切勿新建。",
    "In the key ring {path} the part {part} is missing or wrong. Restore the file from its backup; do not "
    "make a new one while the registry holds data.",
)
_OTHER_SUITE = Text(
    "密钥环 {path} 属于密码套件 {found}，而配置为 {wanted}。"
    "请设 REGISTRY_SUITE={found}，或将 REGISTRY_KEYS 指向 {wanted} 的密钥环。",
    "The key ring {path} is for the suite {found}, the configuration says {wanted}. Set "
    "REGISTRY_SUITE={found}, or point REGISTRY_KEYS at the key ring for {wanted}.",
)


@dataclass(frozen=True, slots=True, eq=False)
class IndexKey:
    """The key of look-up tokens: `material` is `MAC_KEY_BYTES` long and never shown."""

    id: bytes
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class FieldKey:
    """A key that seals fields: `material` is as long as the suite wants it and never shown."""

    id: bytes
    created_at: datetime
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeyRing:
    """The keys of one registry; `field_keys` by id, never empty."""

    suite: Suite
    index_key: IndexKey
    field_keys: Mapping[bytes, FieldKey]

    @classmethod
    def create(cls, path: Path, suite_name: str) -> "KeyRing":
        """Make a ring of fresh random keys and write it to the new file `path`.

        Raises `KeyRingRefused` when `path` exists (it is never overwritten) or cannot be written,
        `errors.Invalid` for an unknown suite.
        """
        chosen = suite(suite_name)
        first = FieldKey(
            secrets.token_bytes(KEY_ID_BYTES),
            datetime.now(UTC).replace(microsecond=0),
            secrets.token_bytes(chosen.field_key_bytes),
        )
        index_key = IndexKey(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(MAC_KEY_BYTES))
        ring = cls(chosen, index_key, MappingProxyType({first.id: first}))
        keyfile.write_new(path, ring._as_json())
        return ring

    @classmethod
    def load(cls, path: Path, suite_name: str) -> "KeyRing":
        """Read the ring in `path`, which must be of the suite `suite_name`.

        Raises `KeyRingMissing` without a file, `KeyRingRefused` when others can reach the file, it
        is damaged, or of another suite, `errors.Invalid` for an unknown suite.
        """
        wanted = suite(suite_name)
        content = _members(keyfile.read_private(path))
        if content is None:
            raise KeyRingRefused(_NOT_JSON, path=path)
        if type(content.get("version")) is not int or content["version"] != _VERSION:
            raise KeyRingRefused(_WRONG_PART, path=path, part="version")
        found = content.get("suite")
        if found not in SUITE_NAMES:
            raise KeyRingRefused(_WRONG_PART, path=path, part="suite")
        if found != wanted.name:
            raise KeyRingRefused(_OTHER_SUITE, path=path, found=found, wanted=wanted.name)
        return cls(
            wanted,
            _index_key(path, content.get("index_key")),
            MappingProxyType(_field_keys(path, content.get("field_keys"), wanted.field_key_bytes)),
        )

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
        return f"<KeyRing of suite {self.suite.name}, {len(self.field_keys)} field key(s)>"

    def _as_json(self) -> bytes:
        content = {
            "version": _VERSION,
            "suite": self.suite.name,
            "index_key": {"id": self.index_key.id.hex(), "material": self.index_key.material.hex()},
            "field_keys": [
                {"id": key.id.hex(), "created_at": key.created_at.isoformat(), "material": key.material.hex()}
                for key in self.field_keys.values()
            ],
        }
        return json.dumps(content, indent=2).encode() + b"\n"


# Errors of json, fromhex and fromisoformat quote or carry what they could not read. None of them may
# become the cause or context of ours, so they are suppressed first and ours is raised afterwards.


def _members(content: bytes) -> dict[str, object] | None:
    """The JSON object in `content`, or None."""
    with suppress(ValueError):
        value = json.loads(content)
        if isinstance(value, dict):
            return value
    return None


def _index_key(path: Path, value: object) -> IndexKey:
    return IndexKey(
        _hex(path, "index_key", value, "id", KEY_ID_BYTES),
        _hex(path, "index_key", value, "material", MAC_KEY_BYTES),
    )


def _field_keys(path: Path, values: object, material_bytes: int) -> dict[bytes, FieldKey]:
    if not isinstance(values, list) or not values:
        raise KeyRingRefused(_WRONG_PART, path=path, part="field_keys")
    keys: dict[bytes, FieldKey] = {}
    for number, value in enumerate(values):
        part = f"field_keys[{number}]"
        key = FieldKey(
            _hex(path, part, value, "id", KEY_ID_BYTES),
            _instant(path, part, value),
            _hex(path, part, value, "material", material_bytes),
        )
        if key.id in keys:
            raise KeyRingRefused(_WRONG_PART, path=path, part=f"{part}.id")
        keys[key.id] = key
    return keys


def _hex(path: Path, part: str, holder: object, name: str, length: int) -> bytes:
    """The `length` bytes written in hex in member `name` of `holder`, which a refusal calls `part`."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, str):
        with suppress(ValueError):
            found = bytes.fromhex(value)
            if len(found) == length:
                return found
    raise KeyRingRefused(_WRONG_PART, path=path, part=f"{part}.{name}")


def _instant(path: Path, part: str, holder: object) -> datetime:
    value = holder.get("created_at") if isinstance(holder, dict) else None
    if isinstance(value, str):
        with suppress(ValueError):
            found = datetime.fromisoformat(value)
            if found.tzinfo is not None:
                return found
    raise KeyRingRefused(_WRONG_PART, path=path, part=f"{part}.created_at")
