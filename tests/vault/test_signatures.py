"""Signed statements: read by other people's software, and refused when anything at all differs."""

import base64
import json
import os
import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from registry import errors
from registry.vault.jwk import decoded, encoded, thumbprint
from registry.vault.keyring import KeyRing
from registry.vault.signatures import SignatureBroken, Signer, key_set, verify
from registry.vault.suites import suite

KIND = "check-receipt+jws"
PAYLOAD = b'{"id":"chk_1","direction":"proceed"}'
SCHEME = suite("intl").signatures


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """One that was rotated: the first key of its set signs, the second one did."""
    path = tmp_path_factory.mktemp("ring") / "keys.json"
    KeyRing.create(path, "intl")
    return KeyRing.rotate(path, "intl")


@pytest.fixture(scope="module")
def signer(ring: KeyRing) -> Signer:
    return Signer(ring)


@pytest.fixture(scope="module")
def jwks(ring: KeyRing) -> dict[str, Any]:
    """As a reader gets it."""
    return dict(json.loads(json.dumps(key_set(ring))))


def refused(token: str, jwks: Any, kind: str = KIND) -> bool:
    try:
        verify(token, jwks, kind)
    except SignatureBroken as broken:
        assert isinstance(broken, errors.Invalid)
        assert broken.slug == "signature-broken"
        return True
    return False


def signed(ring: KeyRing, header: dict[str, Any], payload: bytes = PAYLOAD, **layout: Any) -> str:
    """A token that the ring's own key has signed over any header whatever."""
    head = json.dumps(header, **{"separators": (",", ":")} | layout).encode()
    signing_input = f"{encoded(head)}.{encoded(payload)}"
    sign = SCHEME.signing(ring.signing_key.material)
    return f"{signing_input}.{encoded(sign(signing_input.encode()))}"


# -- what is right ---------------------------------------------------------------------------------


@given(payload=st.binary(max_size=300))
def test_a_payload_comes_back(signer: Signer, jwks: dict[str, Any], payload: bytes) -> None:
    assert verify(signer.sign(payload, KIND), jwks, KIND) == payload


def test_the_header_names_algorithm_key_and_kind_and_nothing_else(signer: Signer, ring: KeyRing) -> None:
    head = signer.sign(PAYLOAD, KIND).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert header == {"alg": "Ed25519", "kid": ring.signing_key.id, "typ": KIND}
    assert signer.key_id == ring.signing_key.id


def test_the_id_of_a_key_is_the_thumbprint_that_rfc_8037_prints() -> None:
    public = decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert public is not None
    assert thumbprint(SCHEME, public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_key_set_holds_no_private_half(ring: KeyRing, jwks: dict[str, Any]) -> None:
    members = {"kty", "crv", "x", "kid", "use", "alg", "created_at", "retired_at"}
    assert [set(key) for key in jwks["keys"]] == [members, members]
    assert encoded(ring.signing_key.material) not in json.dumps(jwks)


def test_other_peoples_software_reads_our_key_set_and_verifies_our_token(
    signer: Signer, jwks: dict[str, Any]
) -> None:
    keys = KeySet.import_key_set(jwks)
    assert [key.thumbprint() for key in keys.keys] == [key["kid"] for key in jwks["keys"]]
    read = jws.deserialize_compact(signer.sign(PAYLOAD, KIND), keys, algorithms=["Ed25519"])
    assert read.payload == PAYLOAD
    assert read.headers() == {"alg": "Ed25519", "kid": signer.key_id, "typ": KIND}


def test_we_verify_what_other_peoples_software_signs(ring: KeyRing) -> None:
    key = OKPKey.generate_key("Ed25519")
    header = {"alg": "Ed25519", "kid": key.thumbprint(), "typ": KIND}
    token = jws.serialize_compact(header, PAYLOAD, key, algorithms=["Ed25519"])
    public = {**key.as_dict(private=False), "alg": "Ed25519"}
    assert verify(token, {"keys": [public]}, KIND) == PAYLOAD
    assert refused(token, key_set(ring))


def test_a_set_may_hold_keys_that_are_not_for_us(signer: Signer, jwks: dict[str, Any]) -> None:
    (ours, _) = jwks["keys"]
    strange: list[Any] = [
        {"kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB"},
        {**ours, "crv": "X25519"},
        {**ours, "alg": ["Ed25519"]},
        {**ours, "x": 7},
        {**ours, "x": "AAAA"},
        "key",
        None,
    ]
    token = signer.sign(PAYLOAD, KIND)
    assert verify(token, {"keys": [*strange, ours]}, KIND) == PAYLOAD
    assert refused(token, {"keys": strange})


def test_threads_may_share_a_signer(signer: Signer, jwks: dict[str, Any]) -> None:
    with ThreadPoolExecutor(8) as pool:
        kinds = [f"kind-{number % 5}" for number in range(400)]
        tokens = list(pool.map(lambda kind: signer.sign(kind.encode(), kind), kinds))
    assert [verify(t, jwks, k).decode() for t, k in zip(tokens, kinds, strict=True)] == kinds


# -- what is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [35, 36, 37])
def test_every_change_of_a_single_character_is_refused(
    signer: Signer, jwks: dict[str, Any], length: int
) -> None:
    """With each length modulo three, since only then the last character has bits to spare or none."""
    token = signer.sign(PAYLOAD.ljust(length)[:length], KIND)
    assert not refused(token, jwks)
    others = string.ascii_letters + string.digits + "-_.=+/ \n\0é\udcff"
    for place in range(len(token)):
        assert refused(token[:place] + token[place + 1 :], jwks), place
        for other in set(others) - {token[place]}:
            assert refused(token[:place] + other + token[place + 1 :], jwks), (place, other)
    for place in range(len(token) + 1):
        for other in "A.=\n ":
            assert refused(token[:place] + other + token[place:], jwks), (place, other)


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.", "\udcff.\udcff.é"])
def test_what_is_no_token_is_refused(jwks: dict[str, Any], token: str) -> None:
    assert refused(token, jwks)


def test_a_statement_of_one_kind_does_not_pass_for_another(signer: Signer, jwks: dict[str, Any]) -> None:
    token = signer.sign(PAYLOAD, KIND)
    assert refused(token, jwks, "rescreen-certificate+jws")
    assert refused(token, jwks, "")


def test_a_header_other_than_ours_is_refused_even_with_a_signature_that_holds(
    ring: KeyRing, jwks: dict[str, Any]
) -> None:
    ours = {"alg": "Ed25519", "kid": ring.signing_key.id, "typ": KIND}
    assert not refused(signed(ring, ours), jwks)
    for changed in (
        {**ours, "alg": "none"},
        {**ours, "alg": "EdDSA"},
        {**ours, "alg": "HS256"},
        {**ours, "alg": "ed25519"},
        {**ours, "kid": "another"},
        {**ours, "kid": jwks["keys"][1]["kid"]},
        {**ours, "kid": None},
        {**ours, "typ": "JWT"},
        {**ours, "typ": f"application/{KIND}"},
        {**ours, "crit": ["exp"], "exp": 1},
        {**ours, "b64": False, "crit": ["b64"]},
        {**ours, "jwk": jwks["keys"][0]},
        {**ours, "jku": "https://example.com/keys"},
        {"alg": "Ed25519", "typ": KIND},
        {"kid": ring.signing_key.id, "typ": KIND},
        {"alg": "Ed25519", "kid": ring.signing_key.id},
        dict(reversed(ours.items())),
    ):
        assert refused(signed(ring, changed), jwks), changed
    assert refused(signed(ring, ours, separators=(", ", ": ")), jwks)


def test_no_algorithm_lets_a_token_pass_without_or_with_a_foreign_signature(
    ring: KeyRing, signer: Signer, jwks: dict[str, Any]
) -> None:
    head, body, _ = signer.sign(PAYLOAD, KIND).split(".")
    none = encoded(b'{"alg":"none"}')
    for token in (
        f"{none}.{body}.",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{encoded(bytes(64))}",
    ):
        assert refused(token, jwks), token
    secret = encoded(ring.signing_key.public)  # the public key, taken for the secret of a MAC
    for algorithm in ("HS256", "HS512"):
        mac = suite("intl").mac(secret.encode(), f"{head}.{body}".encode())
        header = encoded(json.dumps({"alg": algorithm, "kid": signer.key_id, "typ": KIND}).encode())
        assert refused(f"{header}.{body}.{encoded(mac)}", jwks)


def test_a_key_that_the_set_does_not_hold_is_refused(
    signer: Signer, jwks: dict[str, Any], tmp_path: Path
) -> None:
    token = signer.sign(PAYLOAD, KIND)
    other = key_set(KeyRing.create(tmp_path / "keys.json", "intl"))
    for keys in (other, {"keys": [jwks["keys"][1]]}, {"keys": []}, {}, {"keys": None}, {"keys": {"a": 1}}):
        assert refused(token, keys), keys


def test_a_foreign_key_under_the_id_of_ours_is_refused(
    signer: Signer, jwks: dict[str, Any], tmp_path: Path
) -> None:
    other = KeyRing.create(tmp_path / "keys.json", "intl")
    (foreign,) = key_set(other)["keys"]
    renamed = {**foreign, "kid": signer.key_id}
    forged = signed(other, {"alg": "Ed25519", "kid": signer.key_id, "typ": KIND})
    assert refused(forged, jwks)
    assert refused(forged, {"keys": [renamed, *jwks["keys"]]})


def test_the_sentence_says_what_to_do() -> None:
    sentence = SignatureBroken().sentence
    assert "/v1/keys" in sentence.zh
    assert "/v1/keys" in sentence.en


# -- raw signatures --------------------------------------------------------------------------------


def test_a_raw_signature_is_the_bare_one_of_the_message(signer: Signer, ring: KeyRing) -> None:
    message = b"registry.example/log\n12\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert SCHEME.is_signed(ring.signing_key.public, message, signer.sign_raw(message))
    root = os.urandom(32)
    assert SCHEME.is_signed(ring.signing_key.public, root, signer.sign_raw(root))


def test_no_raw_signature_makes_a_token(signer: Signer) -> None:
    token = signer.sign(PAYLOAD, KIND)
    with pytest.raises(ValueError, match="JWS"):
        signer.sign_raw(token.rpartition(".")[0].encode())


# -- base64url -------------------------------------------------------------------------------------


@given(data=st.binary(max_size=70))
def test_base64url_is_that_of_the_standard_library_without_padding(data: bytes) -> None:
    assert encoded(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert decoded(encoded(data)) == data


@given(text=st.text("AQgw-_=+/ \n", max_size=9))
def test_only_one_text_decodes_to_the_same_bytes(text: str) -> None:
    data = decoded(text)
    assert data is None or encoded(data) == text


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A A", "AA\n", "A+", "A/", "é", "\udcff"]
)
def test_stray_bits_padding_and_spaces_are_refused(text: str) -> None:
    assert decoded(text) is None
