"""Public keys as JWKs (RFC 7517), and the form of base64 that JWKs and JWS are written in."""

import base64
import hashlib
import json
import re

from registry.vault.suites import SignatureScheme

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def encoded(data: bytes) -> str:
    """`data` in base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes | None:
    """The bytes of which `text` is the `encoded` form; `None` for what nothing is encoded as.

    Unlike the standard library this allows one text only for the same bytes: no padding, no space, and no
    bits set behind the last byte.
    """
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if encoded(data) == text else None


def public_jwk(scheme: SignatureScheme, public: bytes) -> dict[str, str]:
    """The members that make up the key `public` of `scheme`, and no others."""
    return {**scheme.key_type, "x": encoded(public)}


def thumbprint(scheme: SignatureScheme, public: bytes) -> str:
    """The id of the key `public`: SHA-256 over its JWK (RFC 7638), 43 characters."""
    canonical = json.dumps(public_jwk(scheme, public), separators=(",", ":"), sort_keys=True)
    return encoded(hashlib.sha256(canonical.encode()).digest())
