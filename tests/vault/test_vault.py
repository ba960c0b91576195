"""Tokens find equal values and nothing else; seals open in their own place and nowhere else."""

import json
import os
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry import errors
from registry.vault.keyring import KeyRing
from registry.vault.suites import SUITE_NAMES
from registry.vault.vault import SEAL_OVERHEAD_BYTES, SealBroken, Vault

any_text = st.text(st.characters(exclude_categories=()))
"""Lone surrogates included: JSON can bring them."""

CONTEXT = "subjects.name:sub_1"


@pytest.fixture(scope="module", params=SUITE_NAMES)
def ring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.create(tmp_path_factory.mktemp("ring") / "keys.json", request.param)


@pytest.fixture(scope="module")
def vault(ring: KeyRing) -> Vault:
    return Vault(ring)


@pytest.fixture(scope="module")
def other(ring: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """A vault of the same suite with other keys."""
    return Vault(KeyRing.create(tmp_path_factory.mktemp("other") / "keys.json", ring.suite.name))


@given(domain=any_text, value=any_text)
def test_a_token_is_32_bytes_and_the_same_each_time(vault: Vault, domain: str, value: str) -> None:
    assert vault.token(domain, value) == vault.token(domain, value)
    assert len(vault.token(domain, value)) == 32


@given(one=st.tuples(any_text, any_text), two=st.tuples(any_text, any_text))
@example(one=("document", "1"), two=("name", "1"))
@example(one=("a", "bc"), two=("ab", "c"))
@example(one=("", "a"), two=("a", ""))
@example(one=("a", ""), two=("a", "\0"))
def test_tokens_are_equal_only_when_domain_and_value_are(
    vault: Vault, one: tuple[str, str], two: tuple[str, str]
) -> None:
    assert (vault.token(*one) == vault.token(*two)) == (one == two)


def test_a_token_is_the_mac_of_the_documented_bytes(ring: KeyRing, vault: Vault) -> None:
    data = b"\x01\x00\x00\x00\x04name" + "张三".encode()
    assert vault.token("name", "张三") == ring.suite.mac(ring.index_key.material, data)


def test_tokens_of_another_ring_differ(vault: Vault, other: Vault) -> None:
    assert vault.token("name", "张三") != other.token("name", "张三")


@given(plaintext=st.binary(), context=any_text)
def test_any_bytes_open_as_they_were_sealed(vault: Vault, plaintext: bytes, context: str) -> None:
    sealed = vault.seal(plaintext, context)
    assert vault.open(sealed, context) == plaintext
    assert len(sealed) == len(plaintext) + SEAL_OVERHEAD_BYTES


@given(text=any_text)
def test_any_text_opens_as_it_was_sealed(vault: Vault, text: str) -> None:
    assert vault.open_text(vault.seal_text(text, CONTEXT), CONTEXT) == text


def test_equal_values_are_sealed_differently_and_start_with_version_and_key_id(
    ring: KeyRing, vault: Vault
) -> None:
    sealed = [vault.seal(b"same", CONTEXT) for _ in range(100)]
    assert len({each[5:17] for each in sealed}) == 100
    assert {each[:5] for each in sealed} == {b"\x01" + ring.sealing_key.id}
    assert all(b"same" not in each for each in sealed)


def test_a_sealed_value_has_the_documented_layout_and_its_tag_covers_head_and_context(
    ring: KeyRing, vault: Vault
) -> None:
    sealed = vault.seal(b"1", CONTEXT)
    associated = b"\x01" + ring.sealing_key.id + CONTEXT.encode()
    assert ring.suite.decrypt(ring.sealing_key.material, sealed[5:17], sealed[17:], associated) == b"1"


def test_any_flipped_bit_breaks_the_seal(vault: Vault) -> None:
    sealed = vault.seal("张三".encode(), CONTEXT)
    for position in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(SealBroken):
            vault.open(bytes(altered), CONTEXT)


@given(plaintext=st.binary(max_size=64), data=st.data())
def test_a_flipped_bit_in_any_value_breaks_the_seal(
    vault: Vault, plaintext: bytes, data: st.DataObject
) -> None:
    altered = bytearray(vault.seal(plaintext, CONTEXT))
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        vault.open(bytes(altered), CONTEXT)


def test_any_cut_or_added_byte_breaks_the_seal(vault: Vault) -> None:
    sealed = vault.seal(b"1", CONTEXT)
    for altered in (*(sealed[:length] for length in range(len(sealed))), sealed + b"\0"):
        with pytest.raises(SealBroken):
            vault.open(altered, CONTEXT)


@given(one=any_text, two=any_text)
@example(one="subjects.name:sub_1", two="subjects.name:sub_2")
@example(one="subjects.name:sub_1", two="subjects.phone:sub_1")
def test_another_context_does_not_open(vault: Vault, one: str, two: str) -> None:
    sealed = vault.seal(b"1", one)
    if one != two:
        with pytest.raises(SealBroken):
            vault.open(sealed, two)


def test_the_key_of_another_ring_does_not_open_even_under_the_same_id(
    ring: KeyRing, vault: Vault, other: Vault, tmp_path: Path
) -> None:
    sealed = vault.seal(b"1", CONTEXT)
    with pytest.raises(SealBroken):
        other.open(sealed, CONTEXT)

    path = tmp_path / "keys.json"
    KeyRing.create(path, ring.suite.name)
    content = json.loads(path.read_text())
    content["field_keys"][0]["id"] = ring.sealing_key.id.hex()
    path.write_text(json.dumps(content))
    with pytest.raises(SealBroken):
        Vault(KeyRing.load(path, ring.suite.name)).open(sealed, CONTEXT)


@pytest.mark.parametrize("name", SUITE_NAMES)
def test_after_a_new_field_key_old_values_open_and_new_ones_use_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path, name)
    old = Vault(ring)
    content = json.loads(path.read_text())
    material = os.urandom(ring.suite.field_key_bytes).hex()
    added = {"id": "0a0b0c0d", "created_at": "2999-01-01T00:00:00Z", "material": material}
    content["field_keys"].append(added)
    path.write_text(json.dumps(content))
    new = Vault(KeyRing.load(path, name))

    assert new.open(old.seal(b"1", CONTEXT), CONTEXT) == b"1"
    sealed = new.seal(b"2", CONTEXT)
    assert sealed[1:5].hex() == "0a0b0c0d"
    assert new.open(sealed, CONTEXT) == b"2"
    assert new.token("name", "1") == old.token("name", "1")
    with pytest.raises(SealBroken):
        old.open(sealed, CONTEXT)


def test_a_broken_seal_says_that_it_is_not_no_record_and_nothing_of_the_cause(vault: Vault) -> None:
    with pytest.raises(SealBroken) as caught:
        vault.open_text(b"", CONTEXT)
    assert isinstance(caught.value, errors.Unavailable)
    assert caught.value.slug == "seal-broken"
    assert "not mean “no record”" in caught.value.sentence.en
    assert caught.value.facts == {}


def test_bytes_that_are_not_text_do_not_leak_when_opened_as_text(vault: Vault) -> None:
    sealed = vault.seal(b"SECRET\xff", CONTEXT)
    with pytest.raises(SealBroken) as caught:
        vault.open_text(sealed, CONTEXT)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


def test_many_threads_seal_and_open_with_one_vault(vault: Vault) -> None:
    interval = sys.getswitchinterval()
    expected = [vault.token("name", str(number)) for number in range(2000)]

    def work(number: int) -> bytes:
        context = f"subjects.name:sub_{number}"
        assert vault.open_text(vault.seal_text(str(number), context), context) == str(number)
        return vault.token("name", str(number))

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(2000))) == expected
    finally:
        sys.setswitchinterval(interval)


def test_a_forked_process_uses_other_nonces_and_the_same_tokens(vault: Vault) -> None:
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(send, vault.token("name", "1") + vault.seal(b"1", CONTEXT))
        finally:
            os._exit(0)  # the child must not go on to run the other tests
    os.waitpid(child, 0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        answer = pipe.read()
    assert answer[:32] == vault.token("name", "1")
    assert vault.open(answer[32:], CONTEXT) == b"1"
    assert answer[32 + 5 : 32 + 17] != vault.seal(b"1", CONTEXT)[5:17]


def test_no_representation_shows_keys(ring: KeyRing, vault: Vault) -> None:
    assert repr(vault) == f"<Vault of suite {ring.suite.name}>"


def test_tokens_made_in_bulk_are_the_same(vault: Vault) -> None:
    for prefix in ("", "citizen:", "前"):
        make = vault.token_maker("document", prefix)
        for rest in ("", "11010519491231002X", "张" * 100):
            assert make(rest.encode()) == vault.token("document", prefix + rest)
