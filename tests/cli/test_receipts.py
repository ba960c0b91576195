"""`keys rotate` and `receipt verify`: the second one with the key set and nothing else."""

import json
from pathlib import Path

import pytest

from registry.db import engine
from registry.screening import receipts
from registry.vault.keyring import KeyRing
from registry.vault.signatures import Signer, key_set
from tests.cli.shell import Shell

PAYLOAD = receipts.payload(
    "ptn_1",
    "00ff",
    {
        "id": "chk_1",
        "checked_at": "2026-11-22T04:00:00.000000Z",
        "purpose": "open_bank_account",
        "parties": [{"result": "no_match", "direction": "proceed"}],
        "direction": "proceed",
        "list_version": 7,
        "law": {"as_of": "2026-11-22", "rules": ["screening/purposes"]},
    },
)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A receipt of some registry, and the file that its `/v1/keys` was saved to."""
    folder = tmp_path_factory.mktemp("issued")
    ring = KeyRing.create(folder / "keys.json", "intl")
    saved = folder / "keys.jwks"
    saved.write_text(json.dumps(key_set(KeyRing.rotate(folder / "keys.json", "intl"))))
    return Signer(ring).sign(PAYLOAD, receipts.KIND), saved


@pytest.fixture
def nowhere(tmp_path: Path) -> Shell:
    """A machine with the software on it and neither key ring nor database."""
    return Shell(tmp_path / "nowhere")


def test_a_genuine_receipt_is_printed_from_a_file_or_from_standard_input(
    nowhere: Shell, issued: tuple[str, Path], tmp_path: Path
) -> None:
    receipt, saved = issued
    file = tmp_path / "receipt.jws"
    file.write_text(receipt + "\n")
    words = ("receipt", "verify", "--keys", str(saved))
    assert nowhere.json(*words, str(file)) == json.loads(PAYLOAD)
    assert nowhere.json(*words, "-", stdin=receipt) == json.loads(PAYLOAD)
    said = nowhere.run(*words, stdin=receipt)
    assert (said.status, json.loads(said.out)) == (0, json.loads(PAYLOAD))
    assert not nowhere.keys.exists()


def test_a_receipt_that_is_not_genuine_is_refused(nowhere: Shell, issued: tuple[str, Path]) -> None:
    receipt, saved = issued
    words = ("receipt", "verify", "--keys", str(saved))
    for altered in (receipt[:-9] + "A" * 9, receipt + "\n" + receipt, "", "\xff"):
        said = nowhere.run(*words, stdin=altered)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("signature-broken: ")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": {}}', "\xff"])
def test_a_file_that_is_no_key_set_is_told_apart_from_a_broken_receipt(
    nowhere: Shell, issued: tuple[str, Path], tmp_path: Path, content: str
) -> None:
    wrong = tmp_path / "wrong.jwks"
    wrong.write_bytes(content.encode("latin-1"))
    said = nowhere.run("receipt", "verify", "--keys", str(wrong), stdin=issued[0])
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("key-set-wrong: ")


def test_rotation_gives_the_id_that_v1_keys_then_shows_and_old_receipts_verify(
    shell: Shell, tmp_path: Path
) -> None:
    saved = tmp_path / "keys.jwks"
    receipt = Signer(KeyRing.load(shell.keys, "intl")).sign(PAYLOAD, receipts.KIND)
    rotated = shell.json("keys", "rotate")
    world = shell.world()
    with world.app.app_context():
        answer = world.get(None, "/v1/keys")
        engine().dispose()
    saved.write_bytes(answer.data)
    assert rotated == {"id": answer.json["keys"][0]["kid"]}
    assert shell.json("receipt", "verify", "--keys", str(saved), stdin=receipt) == json.loads(PAYLOAD)


def test_keys_are_not_rotated_without_a_log_to_tell(nowhere: Shell) -> None:
    KeyRing.create(nowhere.keys, "intl")
    before = nowhere.keys.read_bytes()
    assert "migrate" in nowhere.refused("keys", "rotate")
    assert nowhere.keys.read_bytes() == before
