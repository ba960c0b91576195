"""Rotation adds a signing key, retires the old one for ever, and never leaves less than a whole ring."""

import json
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from registry.vault.keyring import KeyRing, KeyRingMissing, KeyRingRefused, SigningKeyMissing
from registry.vault.signatures import Signer, key_set, verify
from registry.vault.suites import SUITE_NAMES
from registry.vault.vault import Vault

both = pytest.mark.parametrize("name", SUITE_NAMES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def stored(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def first_version(path: Path) -> None:
    """Turn the ring in `path` into one of the first version."""
    content = stored(path) | {"version": 1}
    del content["signing_keys"]
    path.write_text(json.dumps(content))


@both
def test_a_fresh_key_signs_and_the_old_one_keeps_its_public_half_only(path: Path, name: str) -> None:
    before = KeyRing.create(path, name)
    rotated = KeyRing.rotate(path, name)
    loaded = KeyRing.load(path, name)
    assert loaded.signing_key.id == rotated.signing_key.id != before.signing_key.id
    old, new = stored(path)["signing_keys"]
    assert (old["id"], old["public"]) == (before.signing_key.id, before.signing_key.public.hex())
    assert (old["material"], new["retired_at"]) == (None, None)
    assert old["retired_at"] == new["created_at"]
    assert before.signing_key.material.hex() not in path.read_text()


@both
def test_what_was_signed_before_verifies_after_many_rotations(path: Path, name: str) -> None:
    ring = KeyRing.create(path, name)
    tokens = []
    for number in range(4):
        tokens.append(Signer(ring).sign(b"%d" % number, "kind"))
        ring = KeyRing.rotate(path, name)
    jwks = json.loads(json.dumps(key_set(KeyRing.load(path, name))))
    assert [verify(token, jwks, "kind") for token in tokens] == [b"0", b"1", b"2", b"3"]
    assert jwks["keys"][0]["kid"] == ring.signing_key.id
    assert [key["retired_at"] is None for key in jwks["keys"]] == [True, False, False, False, False]


@both
def test_rotation_leaves_everything_else_alone(path: Path, name: str) -> None:
    before = KeyRing.create(path, name)
    content = stored(path)
    sealed = Vault(before).seal(b"x", "place")
    after = KeyRing.rotate(path, name)
    assert after.fingerprint == KeyRing.load(path, name).fingerprint == before.fingerprint
    assert Vault(KeyRing.load(path, name)).open(sealed, "place") == b"x"
    assert {**stored(path), "signing_keys": 0} == {**content, "signing_keys": 0}


def test_a_ring_of_the_first_version_loads_cannot_sign_and_gets_its_first_key(path: Path) -> None:
    made = KeyRing.create(path, "intl")
    first_version(path)
    ring = KeyRing.load(path, "intl")
    assert ring.fingerprint == made.fingerprint
    assert key_set(ring) == {"keys": []}
    with pytest.raises(SigningKeyMissing) as caught:
        Signer(ring)
    assert "keys rotate" in caught.value.sentence.zh
    assert "keys rotate" in caught.value.sentence.en
    rotated = KeyRing.rotate(path, "intl")
    assert stored(path)["version"] == 2
    assert Signer(KeyRing.load(path, "intl")).key_id == rotated.signing_key.id
    assert rotated.fingerprint == made.fingerprint


def test_the_newest_key_signs_wherever_it_stands(path: Path) -> None:
    KeyRing.create(path, "intl")
    newest = KeyRing.rotate(path, "intl").signing_key.id
    content = stored(path)
    content["signing_keys"].reverse()
    content["signing_keys"][1]["created_at"] = "2020-01-01T00:00:00Z"
    path.write_text(json.dumps(content))
    ring = KeyRing.load(path, "intl")
    assert ring.signing_key.id == newest
    assert key_set(ring)["keys"][0]["kid"] == newest


def test_concurrent_rotations_lose_no_key(path: Path) -> None:
    made = KeyRing.create(path, "intl").signing_key.id
    with ThreadPoolExecutor(8) as pool:
        fresh = list(pool.map(lambda _: KeyRing.rotate(path, "intl").signing_key.id, range(40)))
    held = [key.id for key in KeyRing.load(path, "intl").signing_keys]
    assert sorted(held) == sorted([made, *fresh])
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_always_finds_a_whole_ring(path: Path) -> None:
    KeyRing.create(path, "intl")
    done = threading.Event()

    def read() -> int:
        loads = 0
        while not done.is_set():
            KeyRing.load(path, "intl")
            loads += 1
        return loads

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for _ in range(30):
            KeyRing.rotate(path, "intl")
        done.set()
        assert all(reader.result() > 0 for reader in readers)


def test_the_new_file_is_private_from_its_first_byte_and_synced_with_its_folder(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyRing.create(path, "intl")
    path.chmod(0o400)
    synced = []
    sync = os.fsync

    def watch(handle: int) -> None:
        synced.append((os.readlink(f"/proc/self/fd/{handle}"), stat.S_IMODE(os.fstat(handle).st_mode)))
        sync(handle)

    monkeypatch.setattr("os.fsync", watch)
    before = os.umask(0)
    try:
        KeyRing.rotate(path, "intl")
    finally:
        os.umask(before)
    (draft, mode), (folder, _) = synced
    assert (draft.startswith(f"{path.parent}/.keys-"), mode) == (True, 0o600)
    assert folder == str(path.parent)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("call", ["os.replace", "os.fchown"])
def test_a_file_system_that_says_no_leaves_the_old_ring_and_no_draft(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    KeyRing.create(path, "intl")
    content = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(call, refuse)
    with pytest.raises(KeyRingRefused) as caught:
        KeyRing.rotate(path, "intl")
    assert "Read-only file system" in caught.value.sentence.en
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_who_is_told_of_the_new_ring_can_stop_it(path: Path) -> None:
    KeyRing.create(path, "intl")
    content = path.read_bytes()
    told = []

    def refuse(ring: KeyRing) -> None:
        told.append(ring.signing_key.id)
        raise LookupError

    with pytest.raises(LookupError):
        KeyRing.rotate(path, "intl", refuse)
    assert path.read_bytes() == content
    assert told != [KeyRing.load(path, "intl").signing_key.id]
    assert KeyRing.rotate(path, "intl").signing_keys[0].id != told[0]  # and the turn was given back


def test_the_ring_stays_its_owners_also_when_root_rotates_it(path: Path) -> None:
    KeyRing.create(path, "intl")
    owner = 12345 if os.geteuid() == 0 else os.geteuid()  # only root can give files away
    os.chown(path, owner, -1)
    KeyRing.rotate(path, "intl")
    assert path.stat().st_uid == owner


def test_a_link_stays_and_leads_to_the_new_ring(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "ring.json"
    before = KeyRing.create(real, "intl").signing_key.id
    path.symlink_to(real)
    KeyRing.rotate(path, "intl")
    assert path.is_symlink()
    assert KeyRing.load(real, "intl").signing_key.id != before
    assert list(real.parent.iterdir()) == [real]


def test_what_cannot_be_loaded_cannot_be_rotated(path: Path, tmp_path: Path) -> None:
    for missing in (path, tmp_path / "no" / "folder" / "keys.json"):
        with pytest.raises(KeyRingMissing):
            KeyRing.rotate(missing, "intl")
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyRingRefused):
        KeyRing.rotate(tmp_path / "file" / "keys.json", "intl")
    path.symlink_to(path)
    with pytest.raises(KeyRingRefused):
        KeyRing.rotate(path, "intl")
    path.unlink()
    KeyRing.create(path, "intl")
    with pytest.raises(KeyRingRefused):
        KeyRing.rotate(path, "gm")
    path.chmod(0o644)
    with pytest.raises(KeyRingRefused):
        KeyRing.rotate(path, "intl")
    assert len(stored(path)["signing_keys"]) == 1
