"""The key ring file: made once, private, durable; refused with advice when anything is amiss."""

import json
import os
import stat
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from registry import errors
from registry.vault.keyring import KeyRing, KeyRingMissing, KeyRingRefused
from registry.vault.signatures import Signer
from registry.vault.suites import SUITE_NAMES, suite

both = pytest.mark.parametrize("name", SUITE_NAMES)


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Let `change` alter the JSON in `path`, and leave the mode of the file alone."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def refusal(path: Path, suite_name: str = "intl") -> KeyRingRefused:
    """The refusal on loading `path`, after checking that it names the file and shows no key material."""
    with pytest.raises(KeyRingRefused) as caught:
        KeyRing.load(path, suite_name)
    assert caught.value.slug == "keys-refused"
    assert str(path) in caught.value.sentence.zh
    assert str(path) in caught.value.sentence.en
    assert "{" not in caught.value.sentence.zh + caught.value.sentence.en
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that hides nothing, so that modes come from the code under test."""
    before = os.umask(0)
    yield
    os.umask(before)


@both
def test_a_ring_that_was_made_loads_with_the_same_keys(path: Path, name: str) -> None:
    made, loaded = KeyRing.create(path, name), KeyRing.load(path, name)
    assert loaded.suite is made.suite is suite(name)
    assert loaded.index_key.id == made.index_key.id
    assert loaded.index_key.material == made.index_key.material
    assert len(made.index_key.material) == 32
    assert loaded.sealing_key.id == made.sealing_key.id
    assert loaded.sealing_key.created_at == made.sealing_key.created_at
    assert loaded.sealing_key.material == made.sealing_key.material
    assert len(made.sealing_key.material) == suite(name).field_key_bytes
    assert loaded.fingerprint == made.fingerprint
    assert loaded.signing_key.id == made.signing_key.id
    assert loaded.signing_key.created_at == made.signing_key.created_at
    assert loaded.signing_key.public == made.signing_key.public
    assert loaded.signing_key.material == made.signing_key.material


@pytest.mark.usefixtures("open_umask")
def test_the_file_and_the_folders_made_for_it_are_private_and_others_keep_their_mode(tmp_path: Path) -> None:
    existing = tmp_path / "srv"
    existing.mkdir(mode=0o755)
    path = existing / "registry" / "secret" / "keys.json"
    KeyRing.create(path, "intl")
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (existing, *reversed(path.parents[:2]), path)]
    assert modes == [0o755, 0o700, 0o700, 0o600]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("open_umask")
def test_the_file_is_private_from_its_first_byte(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    sync = os.fsync

    def watch(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        sync(handle)

    def link(draft: Path, _: Path) -> None:
        seen.append(stat.S_IMODE(draft.stat().st_mode))
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.fsync", watch)
    monkeypatch.setattr("os.link", link)
    with pytest.raises(KeyRingRefused) as caught:
        KeyRing.create(path, "intl")
    assert seen == [0o600, 0o600]
    assert "Operation not permitted" in caught.value.sentence.en
    assert list(path.parent.iterdir()) == []


def test_file_and_folders_are_synced_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    sync = os.fsync

    def watch(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    monkeypatch.setattr("os.fsync", watch)
    KeyRing.create(tmp_path / "new" / "keys.json", "intl")
    assert synced[0] == str(tmp_path)
    assert synced[1].startswith(f"{tmp_path}/new/.keys-")
    assert synced[2] == str(tmp_path / "new")


@pytest.mark.parametrize("kind", ["ring", "other file", "folder", "dangling link"])
def test_nothing_that_exists_is_overwritten(path: Path, kind: str) -> None:
    match kind:
        case "ring":
            KeyRing.create(path, "intl")
        case "other file":
            path.write_bytes(b"")
        case "folder":
            path.mkdir()
        case "dangling link":
            path.symlink_to(path.parent / "elsewhere")
    before = path.lstat()
    content = path.read_bytes() if path.is_file() else None
    with pytest.raises(KeyRingRefused) as caught:
        KeyRing.create(path, "intl")
    assert "not overwritten" in caught.value.sentence.en
    assert caught.value.slug == "keys-refused"
    assert path.lstat().st_ino == before.st_ino
    assert (path.read_bytes() if path.is_file() else None) == content
    assert list(path.parent.iterdir()) == [path]


def test_of_many_concurrent_makers_one_wins_and_its_ring_stays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "keys.json"

    def make(_: int) -> bytes | None:
        try:
            return KeyRing.create(path, "intl").fingerprint
        except KeyRingRefused:
            return None

    with ThreadPoolExecutor(16) as pool:
        winners = [each for each in pool.map(make, range(64)) if each is not None]
    assert winners == [KeyRing.load(path, "intl").fingerprint]
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_a_refusal_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "keys.json", tmp_path / "file" / "folder" / "keys.json"):
        with pytest.raises(KeyRingRefused) as caught:
            KeyRing.create(path, "intl")
        assert "Not a directory" in caught.value.sentence.en


def test_a_relative_path_is_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    KeyRing.create(Path("var/keys.json"), "intl")
    KeyRing.create(Path("keys.json"), "intl")
    KeyRing.load(tmp_path / "var" / "keys.json", "intl")
    KeyRing.load(tmp_path / "keys.json", "intl")


def test_without_a_file_the_keys_are_missing_and_the_sentence_says_what_to_do(path: Path) -> None:
    with pytest.raises(KeyRingMissing) as caught:
        KeyRing.load(path, "intl")
    assert isinstance(caught.value, errors.Unavailable)
    assert caught.value.slug == "keys-missing"
    assert f"at {path}." in caught.value.sentence.en
    assert "keys init" in caught.value.sentence.zh


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602, 0o660, 0o644, 0o666])
def test_a_file_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    KeyRing.create(path, "intl")
    path.chmod(mode)
    sentence = refusal(path).sentence.en
    assert f"{mode:04o}" in sentence
    assert "chmod 600" in sentence
    path.chmod(0o600)
    KeyRing.load(path, "intl")
    path.chmod(0o400)
    KeyRing.load(path, "intl")


def test_a_file_of_another_user_is_refused_unless_one_is_root(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyRing.create(path, "intl")
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    assert "chown" in refusal(path).sentence.en
    monkeypatch.setattr("os.geteuid", lambda: 0)
    KeyRing.load(path, "intl")


def test_a_folder_and_a_pipe_are_refused_without_waiting(path: Path) -> None:
    path.mkdir()
    refusal(path)
    pipe = path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "regular file" in refusal(pipe).sentence.en


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(path: Path) -> None:
    path.symlink_to(path)
    assert "Too many levels" in refusal(path).sentence.en


def test_every_truncation_is_refused_and_shows_no_key(path: Path) -> None:
    ring = KeyRing.create(path, "intl")
    whole = path.read_bytes().rstrip()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        error = refusal(path)
        assert "cut short" in error.sentence.en
        shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.sentence)
        assert ring.index_key.material.hex()[:8] not in shown
        assert error.__cause__ is None
        assert error.__context__ is None


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"[]", b"null", b"7", b'"intl"', b"{} {}"])
def test_what_is_not_a_json_object_is_refused(path: Path, content: bytes) -> None:
    KeyRing.create(path, "intl")
    path.write_bytes(content)
    assert "damaged" in refusal(path).sentence.en


WRONG_PARTS: list[tuple[str, Callable[[Any], object]]] = [
    ("version", lambda ring: ring.pop("version")),
    ("version", lambda ring: ring.update(version=3)),
    ("version", lambda ring: ring.update(version=True)),
    ("suite", lambda ring: ring.pop("suite")),
    ("suite", lambda ring: ring.update(suite="rot13")),
    ("suite", lambda ring: ring.update(suite=["intl"])),
    ("index_key.id", lambda ring: ring.pop("index_key")),
    ("index_key.id", lambda ring: ring["index_key"].update(id="00")),
    ("index_key.material", lambda ring: ring["index_key"].pop("material")),
    ("index_key.material", lambda ring: ring["index_key"].update(material="00" * 31)),
    ("index_key.material", lambda ring: ring["index_key"].update(material="zz" * 32)),
    ("index_key.material", lambda ring: ring["index_key"].update(material=7)),
    ("field_keys", lambda ring: ring.pop("field_keys")),
    ("field_keys", lambda ring: ring.update(field_keys=[])),
    ("field_keys", lambda ring: ring.update(field_keys={})),
    ("field_keys[1].id", lambda ring: ring["field_keys"].append(None)),
    ("field_keys[1].id", lambda ring: ring["field_keys"].append(ring["field_keys"][0])),
    ("field_keys[0].created_at", lambda ring: ring["field_keys"][0].pop("created_at")),
    ("field_keys[0].created_at", lambda ring: ring["field_keys"][0].update(created_at="yesterday")),
    ("field_keys[0].created_at", lambda ring: ring["field_keys"][0].update(created_at="2026-11-22T08:00:00")),
    ("field_keys[0].material", lambda ring: ring["field_keys"][0].update(material="00" * 16)),
    ("signing_keys", lambda ring: ring.pop("signing_keys")),
    ("signing_keys", lambda ring: ring.update(signing_keys=[])),
    ("signing_keys", lambda ring: ring.update(signing_keys={})),
    ("signing_keys[1].public", lambda ring: ring["signing_keys"].append(None)),
    ("signing_keys[0].public", lambda ring: ring["signing_keys"][0].update(public="00" * 31)),
    ("signing_keys[0].id", lambda ring: ring["signing_keys"][0].update(public="00" * 32)),
    ("signing_keys[0].id", lambda ring: ring["signing_keys"][0].pop("id")),
    ("signing_keys[0].created_at", lambda ring: ring["signing_keys"][0].pop("created_at")),
    ("signing_keys[0].retired_at", lambda ring: ring["signing_keys"][0].update(retired_at="")),
    ("signing_keys[0].material", lambda ring: ring["signing_keys"][0].update(material="00" * 32)),
    ("signing_keys[0].material", lambda ring: ring["signing_keys"][0].update(material=None)),
    (
        "signing_keys[0].material",
        lambda ring: ring["signing_keys"][0].update(retired_at="2026-11-22T08:00:00Z"),
    ),
]


@pytest.mark.parametrize(("part", "change"), WRONG_PARTS)
def test_a_wrong_part_is_named_without_its_content(
    path: Path, part: str, change: Callable[[Any], object]
) -> None:
    KeyRing.create(path, "intl")
    edit(path, change)
    error = refusal(path)
    assert f"the part {part} is" in error.sentence.en
    assert f"{part} 缺失" in error.sentence.zh
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize(("made", "configured"), [("intl", "gm"), ("gm", "intl")])
def test_a_ring_of_another_suite_is_refused_and_both_are_named(
    path: Path, made: str, configured: str
) -> None:
    KeyRing.create(path, made)
    sentence = refusal(path, configured).sentence
    for text in (sentence.zh, sentence.en):
        assert f"REGISTRY_SUITE={made}" in text
        assert configured in text


def test_an_unknown_suite_is_refused_before_any_file_is_made(path: Path) -> None:
    for act in (KeyRing.create, KeyRing.load):
        with pytest.raises(errors.Invalid):
            act(path, "rot13")
    assert not path.exists()


def add_field_key(path: Path, created_at: str) -> bytes:
    """Add a field key to the file `path`; gives its id."""
    number = os.urandom(4)
    key = {"id": number.hex(), "created_at": created_at, "material": os.urandom(32).hex()}
    edit(path, lambda ring: ring["field_keys"].append(key))
    return number


def test_the_newest_field_key_seals_wherever_it_stands(path: Path) -> None:
    first = KeyRing.create(path, "intl").sealing_key.id
    add_field_key(path, "2020-01-01T00:00:00+00:00")
    assert KeyRing.load(path, "intl").sealing_key.id == first
    # Half an hour later, though its clock face says earlier.
    newest = add_field_key(path, "2999-01-01T07:30:00+08:00")
    add_field_key(path, "2998-12-31T23:00:00+00:00")
    assert KeyRing.load(path, "intl").sealing_key.id == newest
    twin = add_field_key(path, "2998-12-31T23:30:00+00:00")
    ring = KeyRing.load(path, "intl")
    assert ring.sealing_key.id == twin
    assert len(ring.field_keys) == 5


@both
def test_the_fingerprint_depends_on_index_key_and_suite_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path, name)
    edit(path, lambda ring: ring["index_key"].update(id="00000000"))
    edit(path, lambda ring: ring["field_keys"][0].update(created_at="2020-01-01T00:00:00Z", id="00000000"))
    assert KeyRing.load(path, name).fingerprint == ring.fingerprint
    assert len(ring.fingerprint) == 32

    (other_name,) = set(SUITE_NAMES) - {name}
    other = KeyRing(suite(other_name), ring.index_key, ring.field_keys, ring.signing_keys)
    assert other.fingerprint != ring.fingerprint
    assert KeyRing.create(tmp_path / "other.json", name).fingerprint != ring.fingerprint


def test_a_further_field_key_leaves_the_fingerprint_alone(path: Path) -> None:
    before = KeyRing.create(path, "intl").fingerprint
    add_field_key(path, "2999-01-01T00:00:00Z")
    assert KeyRing.load(path, "intl").fingerprint == before


def test_no_representation_shows_key_material(path: Path) -> None:
    ring = KeyRing.create(path, "intl")
    shown = f"{ring!r} {ring} {ring.index_key!r} {ring.sealing_key!r} {ring.field_keys!r}"
    shown += f" {ring.signing_key!r} {Signer(ring)!r}"
    for material in (ring.index_key.material, ring.sealing_key.material, ring.signing_key.material):
        assert material.hex() not in shown
        assert repr(material) not in shown
    assert "material" not in shown
