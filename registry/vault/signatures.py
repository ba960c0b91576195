"""Signed statements of the registry that anybody can verify with its public keys alone.

A statement is a compact JWS (RFC 7515) with the protected header

    {"alg": "Ed25519", "kid": thumbprint of the key, "typ": kind of statement}

and no other header is accepted. The kind is signed too, so that a statement of one kind never passes for
one of another.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from registry import errors
from registry.text import Text
from registry.vault.jwk import decoded, encoded, public_jwk, thumbprint
from registry.vault.keyring import KeyRing
from registry.vault.suites import SIGNATURE_SCHEMES, SignatureScheme

_SIGNING_INPUT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


class SignatureBroken(errors.Invalid):
    """A token is not what a key of the key set has signed as this kind (slug "signature-broken")."""

    def __init__(self) -> None:
        super().__init__(
            "signature-broken",
            Text(
                "签名无效：内容被改动，或并非此类凭证，或不是由该密钥集中的密钥签署。"
                "请核对原件；若密钥集可能已过时，请重新获取 /v1/keys。",
                "The signature does not hold: the content was altered, it is another kind of statement, or "
                "no key of this key set has signed it. Compare it with the original; if the key set may be "
                "out of date, fetch /v1/keys again.",
            ),
        )


class Signer:
    """Signs with the newest key of a ring.

    Safe to share among threads and across forks. Raises `SigningKeyMissing` when the ring has no such key.
    """

    def __init__(self, ring: KeyRing) -> None:
        key = ring.signing_key
        self._scheme, self.key_id, self.public = ring.suite.signatures, key.id, key.public
        self._sign = self._scheme.signing(key.material)
        self._heads: dict[str, str] = {}

    def sign(self, payload: bytes, kind: str) -> str:
        """`payload` as a signed statement of `kind`, a media type without its "application/"."""
        head = self._heads.get(kind)
        if head is None:
            head = self._heads[kind] = _head(self._scheme, self.key_id, kind)
        signing_input = f"{head}.{encoded(payload)}"
        return f"{signing_input}.{encoded(self._sign(signing_input.encode()))}"

    def sign_raw(self, message: bytes) -> bytes:
        """The bare signature of `message`, for forms that are no JWS, as checkpoints of a log.

        Raises ValueError for what could be taken for a JWS afterwards.
        """
        if _SIGNING_INPUT.fullmatch(message):
            raise ValueError("a raw message must not look like a JWS")
        return self._sign(message)

    def __repr__(self) -> str:
        return f"<Signer with key {self.key_id}>"


def key_set(ring: KeyRing) -> dict[str, Any]:
    """The public halves of all signing keys there ever were, newest first, as a JWK set.

    Beside the members of RFC 7517 each says since when (`created_at`) and until when (`retired_at`,
    `None` for the key in use) it has signed; a process may use a retired key for a moment longer.
    """
    scheme = ring.suite.signatures
    return {
        "keys": [
            {
                **public_jwk(scheme, key.public),
                "kid": key.id,
                "use": "sig",
                "alg": scheme.name,
                "created_at": key.created_at.isoformat(),
                "retired_at": key.retired_at.isoformat() if key.retired_at else None,
            }
            for key in reversed(ring.signing_keys)
        ]
    }


def verify(token: str, jwks: Mapping[str, Any], kind: str) -> bytes:
    """The payload of `token`, if a key of the JWK set `jwks` has signed it as a statement of `kind`.

    There is one text only for each statement and signature: whatever differs in a single character raises
    `SignatureBroken`. Keys of a type unknown here are passed over (RFC 7517, section 5).
    """
    head, _, rest = token.partition(".")
    body, _, tail = rest.partition(".")
    payload, signature = decoded(body), decoded(tail)
    if payload is None or signature is None:
        raise SignatureBroken
    for scheme, public in _keys(jwks):
        # Nothing is read from the header: it is right when it is, to the letter, what we would write.
        expected = _head(scheme, thumbprint(scheme, public), kind)
        if head == expected and scheme.is_signed(public, f"{head}.{body}".encode(), signature):
            return payload
    raise SignatureBroken


def _head(scheme: SignatureScheme, key_id: str, kind: str) -> str:
    header = {"alg": scheme.name, "kid": key_id, "typ": kind}
    return encoded(json.dumps(header, separators=(",", ":")).encode())


def _keys(jwks: Mapping[str, Any]) -> Iterator[tuple[SignatureScheme, bytes]]:
    keys = jwks.get("keys")
    for key in keys if isinstance(keys, list) else ():
        scheme = SIGNATURE_SCHEMES.get(str(key.get("alg"))) if isinstance(key, dict) else None
        if scheme and scheme.key_type.items() <= key.items():
            public = decoded(str(key.get("x")))
            if public is not None and len(public) == scheme.public_bytes:
                yield scheme, public
