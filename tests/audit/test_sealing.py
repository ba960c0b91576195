"""Sealed records are proved, and whatever is done to them afterwards is found, with its place."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from registry.audit import checkpoints, export, records
from registry.audit.tree.proofs import verify_consistency, verify_inclusion
from registry.audit.verification import Report, verified
from registry.db import engine
from registry.vault.jwk import decoded
from tests.support.world import World


def checks(world: World, count: int) -> list[str]:
    """The ids of so many checks."""
    return [str(world.ask("bank", "open_bank_account", world.people.person())["id"]) for _ in range(count)]


def audit(world: World, *kept: str) -> Report:
    keys = world.services.keys
    return verified(export.lines(keys.log_name()), keys.public_keys(), kept)


def publics(world: World) -> list[bytes]:
    return [decoded(key["x"]) or b"" for key in world.services.keys.public_keys()["keys"]]


def as_owner(*statements: str) -> None:
    """What somebody with all rights on the database can do, guards taken away first."""
    with engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS log_no_{verb}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_what_is_new_is_sealed_once_and_verifies(world: World) -> None:
    checks(world, 5)
    sealed = world.seal()
    assert sealed >= 5
    assert world.services.sealer.seal() == 0
    checks(world, 3)
    report = audit(world)
    assert (report.sealed, report.unsealed, report.faults) == (sealed, 3, [])
    assert world.seal() == 3


def test_a_check_is_proved_by_its_receipt_and_a_checkpoint_alone(world: World) -> None:
    (check,) = checks(world, 1)
    bank = world.partner("bank")
    assert world.get(bank, f"/v1/checks/{check}/proof").status_code == 409
    world.seal()
    checks(world, 300)
    world.seal()
    proof: Any = world.get(bank, f"/v1/checks/{check}/proof").json
    note = world.get(bank, "/v1/checkpoints/latest").json["checkpoint"]  # type: ignore[index]
    signed = checkpoints.verify(note, world.services.keys.log_name(), publics(world))
    assert proof["checkpoint"] == note
    assert signed.size == proof["tree_size"]
    leaf = records.leaf(proof["position"], records.digest(proof["columns"]))
    path = [bytes.fromhex(each) for each in proof["path"]]
    assert verify_inclusion(proof["leaf_index"], signed.size, leaf, path, signed.root)
    assert not verify_inclusion(proof["leaf_index"] ^ 1, signed.size, leaf, path, signed.root)
    other = world.partner("carrier")
    assert world.get(other, f"/v1/checks/{check}/proof").status_code == 404


def test_a_later_checkpoint_continues_an_earlier_one(world: World) -> None:
    bank, notes = world.partner("bank"), []
    for count in (2, 300):
        checks(world, count)
        world.seal()
        note = world.get(bank, "/v1/checkpoints/latest").json["checkpoint"]  # type: ignore[index]
        notes.append(checkpoints.verify(note, world.services.keys.log_name(), publics(world)))
    old, new = notes
    answer = world.get(bank, f"/v1/checkpoints/consistency?old={old.size}&new={new.size}")
    path = [bytes.fromhex(each) for each in answer.json["path"]]  # type: ignore[index]
    assert verify_consistency(old.size, new.size, old.root, new.root, path)
    assert world.get(bank, f"/v1/checkpoints/consistency?old=1&new={new.size + 1}").status_code == 422


ATTACKS = {
    "a flipped fact": "UPDATE log SET facts = '{{}}' WHERE position = {p}",
    "another time": "UPDATE log SET at = '2026-01-01 00:00:00' WHERE position = {p}",
    "another actor": "UPDATE log SET actor = 'ptn_other' WHERE position = {p}",
    "a lost answer": "UPDATE log SET sealed = NULL WHERE position = {p}",
    "another digest": "UPDATE log SET digest = sealed WHERE position = {p}",
    "a dropped record": "DELETE FROM log WHERE position = {p}",
    "a moved record": "UPDATE log SET position = position + 1000000 WHERE position = {p}",
    "an empty log": "DELETE FROM log",
    "a changed tile": "UPDATE log_tiles SET hashes = (SELECT digest FROM log LIMIT 1)",
    "a lost tile": "DELETE FROM log_tiles",
    "a doubled record": (
        "INSERT INTO log (position, id, at, tag, actor, organisation, object_id, facts, sealed, digest) "
        "SELECT position, 'chk_x', at, tag, actor, organisation, object_id, facts, sealed, digest "
        "FROM log WHERE position = {p}"
    ),
    "swapped records": (
        "UPDATE log SET position = CASE position WHEN {p} THEN {q} ELSE {p} END WHERE position IN ({p}, {q})"
    ),
    "a changed checkpoint": "UPDATE log_seals SET checkpoint = replace(checkpoint, 'time 2', 'time 1')",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_the_owner_of_the_database_does_to_sealed_records_is_found(
    world: World, attack: str
) -> None:
    first, second = checks(world, 2)
    checks(world, 5)
    world.seal()
    with engine().connect() as connection:
        p, q = (
            connection.execute(text("SELECT position FROM log WHERE id = :id"), {"id": each}).scalar_one()
            for each in (first, second)
        )
    assert audit(world).faults == []
    as_owner(ATTACKS[attack].format(p=p, q=q))
    faults = audit(world).faults
    assert faults
    assert all(fault.position is not None or fault.leaf is not None for fault in faults)


def test_a_log_cut_short_with_its_seals_disagrees_with_a_kept_checkpoint(world: World) -> None:
    checks(world, 3)
    world.seal()
    checks(world, 3)
    world.seal()
    kept = world.services.sealer.checkpoint()
    assert audit(world, kept).faults == []
    as_owner(
        "DELETE FROM log_seals WHERE size = (SELECT max(size) FROM log_seals)",
        "DELETE FROM log WHERE position > (SELECT max(last_position) FROM log_seals)",
    )
    assert audit(world).faults == []
    assert [fault.what for fault in audit(world, kept).faults] == ["the log ends before a kept checkpoint"]


def test_the_export_verifies_without_the_registry(world: World, tmp_path: Path) -> None:
    checks(world, 4)
    world.seal()
    keys, exported = tmp_path / "keys.json", tmp_path / "log.ndjson"
    keys.write_text(json.dumps(world.services.keys.public_keys()))
    found = [json.dumps(line) for line in export.lines(world.services.keys.log_name())]
    exported.write_text("\n".join(found) + "\n")
    command = [sys.executable, "-m", "registry.audit.verification", str(exported), str(keys)]
    right = subprocess.run(command, capture_output=True, text=True)
    assert (right.returncode, right.stderr) == (0, "")
    exported.write_text("\n".join(line for line in found if '"check.answered"' not in line) + "\n")
    wrong = subprocess.run(command, capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "missing" in wrong.stdout
