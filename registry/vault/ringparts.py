"""The keys of a ring, and how they are read from the JSON in its file."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from registry.text import Text
from registry.vault.jwk import thumbprint
from registry.vault.keyfile import KeyRingRefused
from registry.vault.suites import MAC_KEY_BYTES, SignatureScheme

KEY_ID_BYTES = 4
"""Random, not secret; part of every sealed value, hence short. Unique within a ring, which loading checks."""

_WRONG_PART = Text(
    "密钥环 {path} 中的 {part} 缺失或有误。请从备份恢复；系统已有数据时切勿新建。",
    "In the key ring {path} the part {part} is missing or wrong. Restore the file from its backup; do not "
    "make a new one while the registry holds data.",
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


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """A key that signs, or signed until `retired_at`. `material` is never shown, and empty once retired."""

    id: str
    created_at: datetime
    retired_at: datetime | None
    public: bytes
    material: bytes = field(repr=False)


def wrong_part(path: Path, part: str) -> KeyRingRefused:
    """The refusal of a file in which `part` is missing or wrong; never shows what stands there."""
    return KeyRingRefused(_WRONG_PART, path=path, part=part)


# Errors of json, fromhex and fromisoformat quote or carry what they could not read. None of them may
# become the cause or context of ours, so they are suppressed first and ours is raised afterwards.


def members(content: bytes) -> dict[str, object] | None:
    """The JSON object in `content`, or None."""
    with suppress(ValueError):
        value = json.loads(content)
        if isinstance(value, dict):
            return value
    return None


def index_key(path: Path, value: object) -> IndexKey:
    """The index key in the member `index_key`. Raises `KeyRingRefused`, as do those below."""
    return IndexKey(
        _hex(path, "index_key", value, "id", KEY_ID_BYTES),
        _hex(path, "index_key", value, "material", MAC_KEY_BYTES),
    )


def field_keys(path: Path, values: object, material_bytes: int) -> dict[bytes, FieldKey]:
    """The field keys by id, at least one, each `material_bytes` long."""
    if not isinstance(values, list) or not values:
        raise wrong_part(path, "field_keys")
    keys: dict[bytes, FieldKey] = {}
    for number, value in enumerate(values):
        part = f"field_keys[{number}]"
        key = FieldKey(
            _hex(path, part, value, "id", KEY_ID_BYTES),
            _instant(path, part, value, "created_at"),
            _hex(path, part, value, "material", material_bytes),
        )
        if key.id in keys:
            raise wrong_part(path, f"{part}.id")
        keys[key.id] = key
    return keys


def signing_keys(path: Path, values: object, scheme: SignatureScheme) -> tuple[SigningKey, ...]:
    """The signing keys for `scheme`, at least one, oldest first."""
    if not isinstance(values, list) or not values:
        raise wrong_part(path, "signing_keys")
    keys = [
        _signing_key(path, f"signing_keys[{number}]", value, scheme) for number, value in enumerate(values)
    ]
    return tuple(sorted(keys, key=lambda key: key.created_at))


def _signing_key(path: Path, part: str, value: object, scheme: SignatureScheme) -> SigningKey:
    """Halves that do not belong together are refused: nobody could verify what such a key signs."""
    public = _hex(path, part, value, "public", scheme.public_bytes)
    held = value if isinstance(value, dict) else {}
    key_id = thumbprint(scheme, public)
    if held.get("id") != key_id:
        raise wrong_part(path, f"{part}.id")
    if held.get("retired_at") is None:
        retired_at = None
        material = _hex(path, part, value, "material", scheme.private_bytes)
        sound = scheme.public(material) == public
    else:
        retired_at = _instant(path, part, value, "retired_at")
        material, sound = b"", held.get("material") is None
    if not sound:
        raise wrong_part(path, f"{part}.material")
    return SigningKey(key_id, _instant(path, part, value, "created_at"), retired_at, public, material)


def _hex(path: Path, part: str, holder: object, name: str, length: int) -> bytes:
    """The `length` bytes written in hex in member `name` of `holder`, which a refusal calls `part`."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, str):
        with suppress(ValueError):
            found = bytes.fromhex(value)
            if len(found) == length:
                return found
    raise wrong_part(path, f"{part}.{name}")


def _instant(path: Path, part: str, holder: object, name: str) -> datetime:
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, str):
        with suppress(ValueError):
            found = datetime.fromisoformat(value)
            if found.tzinfo is not None:
                return found
    raise wrong_part(path, f"{part}.{name}")
