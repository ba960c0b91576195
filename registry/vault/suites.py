"""Cryptographic suites: international algorithms, or the Chinese national ones (国密), behind one interface.

Nothing outside this module names an algorithm. A ring belongs to one suite: tokens of one suite
never equal tokens of another, so a running registry cannot change its suite by a setting.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from registry import errors
from registry.text import Text

NONCE_BYTES = 12
"""GCM nonce, in both suites."""

TAG_BYTES = 16
"""GCM tag, never shortened, in both suites."""

MAC_KEY_BYTES = 32
"""Length of MAC keys in both suites: the output length of either hash, and below its block length."""


class SignatureScheme(Protocol):
    """One way to sign. Implementations hold no keys and are safe to share among threads."""

    name: str
    """As in `alg` of a JWS or JWK (RFC 9864)."""
    key_type: Mapping[str, str]
    """The members of a JWK that say what kind of public key its `x` is."""
    private_bytes: int
    public_bytes: int

    def public(self, private: bytes) -> bytes:
        """The public half of the key `private`."""

    def signing(self, private: bytes) -> Callable[[bytes], bytes]:
        """What signs with `private`, prepared once.

        The function may be called from several threads and after a fork.
        """

    def is_signed(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is one of `message` by the holder of the other half of `public`."""


class Suite(Protocol):
    """One set of algorithms. Implementations hold no keys and are safe to share among threads."""

    name: str
    """As in `REGISTRY_SUITE` and in the key ring file."""
    signatures: SignatureScheme
    token_bytes: int
    """Length of `mac` and `digest`."""
    field_key_bytes: int
    """Length of the keys of `encrypt` and `decrypt`."""

    def mac(self, key: bytes, data: bytes) -> bytes:
        """HMAC of `data`, `token_bytes` long, for a key used once or seldom."""

    def keyed_mac(self, key: bytes, prefix: bytes = b"") -> Callable[[bytes], bytes]:
        """`mac` of `prefix` and what is given, with `key` (`MAC_KEY_BYTES` long) and `prefix` worked in once,
        for the millions of calls of a rescreening.

        The function may be called from several threads and after a fork: it only copies prepared states.
        """

    def digest(self, data: bytes) -> bytes:
        """Hash of `data`, `token_bytes` long."""

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Ciphertext followed by its tag: `len(plaintext) + TAG_BYTES` bytes.

        `nonce` (`NONCE_BYTES` long) must never repeat under one key: that would give away both
        plaintexts and the power to forge.
        """

    def decrypt(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """The plaintext of `encrypt`; raises `cryptography.exceptions.InvalidTag` when anything differs."""


class _Ed25519:
    """Ed25519 (RFC 8032); as a JWK, RFC 8037."""

    name = "Ed25519"
    key_type: Mapping[str, str] = MappingProxyType({"kty": "OKP", "crv": "Ed25519"})
    private_bytes = 32
    public_bytes = 32

    def public(self, private: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def signing(self, private: bytes) -> Callable[[bytes], bytes]:
        return Ed25519PrivateKey.from_private_bytes(private).sign

    def is_signed(self, public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


_ED25519 = _Ed25519()

SIGNATURE_SCHEMES: Mapping[str, SignatureScheme] = MappingProxyType({_ED25519.name: _ED25519})
"""By name: whoever verifies has a key set and knows nothing of suites."""


class _International:
    """HMAC-SHA256 (RFC 2104), AES-256-GCM (NIST SP 800-38D), SHA-256 (FIPS 180-4), Ed25519."""

    name = "intl"
    signatures: SignatureScheme = _ED25519
    token_bytes = 32
    field_key_bytes = 32

    def mac(self, key: bytes, data: bytes) -> bytes:
        # The quickest one-off HMAC of the standard library: one call into OpenSSL, no HMAC object.
        return hmac.digest(key, data, "sha256")

    def keyed_mac(self, key: bytes, prefix: bytes = b"") -> Callable[[bytes], bytes]:
        # RFC 2104 by hand, because copying two prepared hashes takes a third of the time of hmac.digest
        # and half of that of copying an hmac object. Tests hold it against `mac`.
        block = key.ljust(64, b"\0")
        inner_start = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + prefix)
        outer_start = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

        def mac(data: bytes) -> bytes:
            inner = inner_start.copy()
            inner.update(data)
            outer = outer_start.copy()
            outer.update(inner.digest())
            return outer.digest()

        return mac

    def digest(self, data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        return _aes(key).encrypt(nonce, plaintext, associated)

    def decrypt(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        return _aes(key).decrypt(nonce, ciphertext, associated)


class _National:
    """HMAC-SM3, SM4-GCM (RFC 8998), SM3 (GB/T 32905-2016), Ed25519.

    SM3 and SM4 come from `cryptography`, whose OpenSSL is its own: that of the system may lack both. SM2
    it does not have: signatures with it belong into a certified module, a `SignatureScheme` of its own.
    """

    name = "gm"
    signatures: SignatureScheme = _ED25519
    token_bytes = 32
    field_key_bytes = 16

    def mac(self, key: bytes, data: bytes) -> bytes:
        state = HMAC(key, hashes.SM3())
        state.update(data)
        return state.finalize()

    def keyed_mac(self, key: bytes, prefix: bytes = b"") -> Callable[[bytes], bytes]:
        start = HMAC(key, hashes.SM3())
        start.update(prefix)

        def mac(data: bytes) -> bytes:
            state = start.copy()
            state.update(data)
            return state.finalize()

        return mac

    def digest(self, data: bytes) -> bytes:
        state = hashes.Hash(hashes.SM3())
        state.update(data)
        return state.finalize()

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def decrypt(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        if len(ciphertext) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, ciphertext[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated)
        return decryptor.update(ciphertext[:-TAG_BYTES]) + decryptor.finalize()


@lru_cache(maxsize=32)
def _aes(key: bytes) -> AESGCM:
    """The prepared cipher of `key`: preparing takes twice as long as sealing a name."""
    return AESGCM(key)


_SUITES: dict[str, Suite] = {each.name: each for each in (_International(), _National())}

SUITE_NAMES = tuple(_SUITES)
"""What `REGISTRY_SUITE` may say."""


def suite(name: str) -> Suite:
    """The suite called `name`; raises `errors.Invalid` ("suite-unknown") for a name not in `SUITE_NAMES`."""
    if name not in _SUITES:
        raise errors.Invalid(
            "suite-unknown",
            Text(
                "没有名为“{name}”的密码套件。请将 REGISTRY_SUITE 设为以下之一：{known}。",
                "There is no cryptographic suite called “{name}”. Set REGISTRY_SUITE to one of: {known}.",
            ).format(name=name, known=", ".join(SUITE_NAMES)),
        )
    return _SUITES[name]
