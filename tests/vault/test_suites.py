"""The suites give the answers that the standards print, and refuse what was altered."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from registry import errors
from registry.vault.suites import MAC_KEY_BYTES, NONCE_BYTES, SUITE_NAMES, TAG_BYTES, suite

unhex = bytes.fromhex
both = pytest.mark.parametrize("name", SUITE_NAMES)


@pytest.mark.parametrize(
    ("key", "data", "expected"),
    [
        pytest.param(
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            id="4.2",
        ),
        pytest.param(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            id="4.3",
        ),
        pytest.param(
            b"\xaa" * 20,
            b"\xdd" * 50,
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            id="4.4",
        ),
    ],
)
def test_hmac_sha256_answers_as_in_rfc_4231(key: bytes, data: bytes, expected: str) -> None:
    assert suite("intl").mac(key, data).hex() == expected
    assert suite("intl").keyed_mac(key)(data).hex() == expected


def test_sha256_answers_as_in_fips_180() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert suite("intl").digest(b"abc").hex() == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_answers_as_in_gb_t_32905(data: bytes, expected: str) -> None:
    assert suite("gm").digest(data).hex() == expected


@given(key=st.binary(min_size=1, max_size=64), data=st.binary(max_size=200))
def test_hmac_sm3_is_the_hmac_construction_over_sm3(key: bytes, data: bytes) -> None:
    gm = suite("gm")
    block = key.ljust(64, b"\0")
    inner = gm.digest(bytes(byte ^ 0x36 for byte in block) + data)
    expected = gm.digest(bytes(byte ^ 0x5C for byte in block) + inner)
    assert gm.mac(key, data) == expected


# RFC 8032, section 7.1: private key, public key, message, signature.
ED25519_VECTORS = [
    pytest.param(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
        id="test-1",
    ),
    pytest.param(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
        id="test-3",
    ),
]


@both
@pytest.mark.parametrize(("private", "public", "message", "signature"), ED25519_VECTORS)
def test_signatures_are_those_of_rfc_8032(
    name: str, private: str, public: str, message: str, signature: str
) -> None:
    scheme = suite(name).signatures
    assert scheme.public(unhex(private)).hex() == public
    assert scheme.signing(unhex(private))(unhex(message)).hex() == signature
    assert scheme.is_signed(unhex(public), unhex(message), unhex(signature))
    assert not scheme.is_signed(unhex(public), unhex(message) + b"\0", unhex(signature))


def test_a_signature_has_one_form_only() -> None:
    """S plus the order of the group would verify too, if its range were not looked at (RFC 8032, 5.1.7)."""
    scheme = suite("intl").signatures
    _, public, message, signature = (unhex(part) for part in ED25519_VECTORS[1].values)
    order = 2**252 + 27742317777372353535851937790883648493
    other = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not scheme.is_signed(public, message, signature[:32] + other)


GCM_VECTORS = [
    pytest.param("intl", "00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b", id="nist-13"),
    pytest.param(
        "intl",
        "00" * 32,
        "00" * 12,
        "00" * 16,
        "",
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
        id="nist-14",
    ),
    pytest.param(
        "intl",
        "feffe9928665731c6d6a8f9467308308" * 2,
        "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
        id="nist-16",
    ),
    pytest.param(
        "gm",
        "0123456789abcdeffedcba9876543210",
        "00001234567800000000abcd",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
        "83de3541e4c2b58177e065a9bf7b62ec",
        id="rfc-8998-a1",
    ),
]


@pytest.mark.parametrize(
    ("name", "key", "nonce", "plaintext", "associated", "ciphertext", "tag"), GCM_VECTORS
)
def test_gcm_answers_as_in_the_standards(
    name: str, key: str, nonce: str, plaintext: str, associated: str, ciphertext: str, tag: str
) -> None:
    chosen = suite(name)
    sealed = chosen.encrypt(unhex(key), unhex(nonce), unhex(plaintext), unhex(associated))
    assert sealed.hex() == ciphertext + tag
    assert chosen.decrypt(unhex(key), unhex(nonce), sealed, unhex(associated)) == unhex(plaintext)


@both
@given(key=st.binary(min_size=MAC_KEY_BYTES, max_size=MAC_KEY_BYTES), data=st.lists(st.binary(max_size=200)))
def test_the_prepared_mac_equals_the_plain_one_however_often_it_is_used(
    name: str, key: bytes, data: list[bytes]
) -> None:
    chosen = suite(name)
    mac = chosen.keyed_mac(key)
    assert [mac(each) for each in data] == [chosen.mac(key, each) for each in data]


@both
def test_lengths_are_as_announced(name: str) -> None:
    chosen = suite(name)
    key = bytes(chosen.field_key_bytes)
    assert chosen.name == name
    assert len(chosen.mac(bytes(MAC_KEY_BYTES), b"")) == len(chosen.digest(b"")) == chosen.token_bytes == 32
    assert len(chosen.encrypt(key, bytes(NONCE_BYTES), b"12345", b"")) == 5 + TAG_BYTES


@both
@pytest.mark.parametrize("length", range(TAG_BYTES + 1))
def test_a_shortened_tag_is_never_accepted(name: str, length: int) -> None:
    chosen = suite(name)
    key, nonce = bytes(chosen.field_key_bytes), bytes(NONCE_BYTES)
    sealed = chosen.encrypt(key, nonce, b"1", b"")
    with pytest.raises(InvalidTag):
        chosen.decrypt(key, nonce, sealed[:length], b"")


def test_an_unknown_suite_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(errors.Invalid) as caught:
        suite("rot13")
    assert caught.value.slug == "suite-unknown"
    for sentence in (caught.value.sentence.zh, caught.value.sentence.en):
        assert "rot13" in sentence
        assert "intl, gm" in sentence
        assert "REGISTRY_SUITE" in sentence
