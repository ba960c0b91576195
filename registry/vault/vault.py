"""What capabilities do with keys: turn a value into a look-up token, seal a value, open it again.

A sealed value is

    version (1 byte, 1) | key id (4) | nonce (12, random) | ciphertext | tag (16)

and its tag also covers version, key id and the caller's context.
"""

from collections.abc import Callable
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from registry import errors, randomness
from registry.text import Text
from registry.vault.keyring import KEY_ID_BYTES, KeyRing
from registry.vault.suites import NONCE_BYTES, TAG_BYTES

_VERSION = b"\x01"
_HEAD_BYTES = len(_VERSION) + KEY_ID_BYTES
_NONCE_END = _HEAD_BYTES + NONCE_BYTES

SEAL_OVERHEAD_BYTES = _NONCE_END + TAG_BYTES
"""By how much a sealed value is longer than its plaintext, for the width of columns."""

_TOKEN_LABEL = b"\x01"
"""First byte of all that is made into tokens; the fingerprint of the ring begins with another."""


class SealBroken(errors.Unavailable):
    """A sealed value does not open (slug "seal-broken"): altered, moved to another place, or of another ring.

    Which of these is not said: whoever tries alterations must not learn how far each one got.
    """

    def __init__(self) -> None:
        super().__init__(
            "seal-broken",
            Text(
                "有加密数据无法解开，故不能作答，这不表示“无记录”。请通知系统管理员核对密钥环与数据库。",
                "Sealed data does not open, so there is no answer; this does not mean “no record”. Ask the "
                "system administrator to compare key ring and database.",
            ),
        )


class Vault:
    """Tokens and seals under one key ring.

    Safe to share among threads and across forks: after construction nothing in it changes, and nonces are
    random bytes of the operating system, fresh for each value. Random nonces set a limit of 2**32 values
    sealed under one field key (NIST SP 800-38D, 8.3), far above the size of this registry.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._suite = ring.suite
        self._index_material = ring.index_key.material
        self._mac = ring.suite.keyed_mac(ring.index_key.material)
        self._materials = {key.id: key.material for key in ring.field_keys.values()}
        self._sealing_head = _VERSION + ring.sealing_key.id
        self._sealing_material = ring.sealing_key.material

    def token(self, domain: str, value: str) -> bytes:
        """The 32 bytes by which `value`, already normalised, is looked up in `domain` ("document", "name" …).

        Equal values give equal tokens within a domain, and unrelated ones across domains: the
        domain goes in with its length before it, so no pair of domain and value is read as another.
        """
        # "surrogatepass" here and below: JSON can smuggle in lone surrogates, and the error of
        # a strict encoder carries the whole plaintext.
        return self._mac(_domain(domain) + value.encode("utf-8", "surrogatepass"))

    def token_maker(self, domain: str, prefix: str = "") -> Callable[[bytes], bytes]:
        """`token` for many values of `domain` that begin with `prefix`; called with the rest as UTF-8."""
        return self._suite.keyed_mac(self._index_material, _domain(domain) + prefix.encode())

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """`plaintext` encrypted with the newest field key, `SEAL_OVERHEAD_BYTES` longer, different each time.

        `context` says where the value belongs, as "subjects.name:sub_…"; it is not stored, and
        `open` needs the same one, so that a value copied to another row or column stays shut.
        """
        head = self._sealing_head
        nonce = randomness.take(NONCE_BYTES)
        associated = head + context.encode("utf-8", "surrogatepass")
        return head + nonce + self._suite.encrypt(self._sealing_material, nonce, plaintext, associated)

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plaintext that `seal` was given with the same `context`; else raises `SealBroken`."""
        head = sealed[:_HEAD_BYTES]
        material = self._materials.get(head[len(_VERSION) :])
        if material is None or not head.startswith(_VERSION) or len(sealed) < SEAL_OVERHEAD_BYTES:
            raise SealBroken
        nonce = sealed[_HEAD_BYTES:_NONCE_END]
        associated = head + context.encode("utf-8", "surrogatepass")
        try:
            return self._suite.decrypt(material, nonce, sealed[_NONCE_END:], associated)
        except InvalidTag:
            raise SealBroken from None

    def seal_text(self, text: str, context: str) -> bytes:
        """As `seal`, for text."""
        return self.seal(text.encode("utf-8", "surrogatepass"), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        """As `open`, for what `seal_text` sealed; raises `SealBroken` too when the plaintext is not text."""
        plaintext = self.open(sealed, context)
        # Suppressed before ours is raised: a UnicodeDecodeError carries the plaintext.
        with suppress(UnicodeDecodeError):
            return plaintext.decode("utf-8", "surrogatepass")
        raise SealBroken

    def __repr__(self) -> str:
        return f"<Vault of suite {self._suite.name}>"


def _domain(domain: str) -> bytes:
    """What stands before every value of `domain` under the token's MAC."""
    name = domain.encode("utf-8", "surrogatepass")
    return _TOKEN_LABEL + len(name).to_bytes(4, "big") + name
