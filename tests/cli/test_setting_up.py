"""`keys init` and `migrate`, in either order, and what they refuse."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from registry.db import engine
from registry.vault.keyring import KeyRing
from tests.cli.shell import Shell


@pytest.mark.parametrize("order", [("keys init", "migrate"), ("migrate", "keys init")])
def test_keys_and_schema_may_be_made_in_either_order(tmp_path: Path, order: tuple[str, str]) -> None:
    shell = Shell(tmp_path / "anywhere" / "var")
    answers = [shell.json(*command.split()) for command in order]
    assert {"keys": str(shell.keys)} in answers
    assert any(answer.get("revision") for answer in answers)
    assert stat.S_IMODE(shell.keys.stat().st_mode) == 0o600
    world = shell.world()
    with world.app.app_context():
        ready = world.get(None, "/readyz")
        assert (ready.status_code, ready.json["status"]) == (200, "ready")
        person = world.people.person()
        world.designate(world.draft_body(person))
        assert world.ask("bank", "open_bank_account", person)["direction"] == "limit"
        engine().dispose()


def test_migrating_again_changes_nothing_and_needs_no_keys(shell: Shell) -> None:
    shell.keys.unlink()
    assert shell.json("migrate") == shell.json("migrate")
    with create_engine(shell.url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM authorities")) == 1


def test_a_key_ring_is_never_overwritten(shell: Shell) -> None:
    before = shell.keys.read_bytes()
    assert "not overwritten" in shell.refused("keys", "init")
    assert shell.keys.read_bytes() == before


def test_no_key_ring_is_made_beside_a_database_that_belongs_to_another(shell: Shell) -> None:
    shell.keys.unlink()
    assert "keys-foreign" in shell.refused("keys", "init")
    assert not shell.keys.exists()


def test_another_key_ring_is_refused_by_every_command(shell: Shell) -> None:
    shell.keys.unlink()
    KeyRing.create(shell.keys, "intl")
    said = shell.refused("partner", "add", "--name", "行", "--kind", "bank", "--area", "140900")
    assert "own key ring" in said


def test_a_key_ring_of_the_other_suite_is_refused(shell: Shell) -> None:
    assert "REGISTRY_SUITE=intl" in shell.refused("audit", "verify", suite="gm")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"key": "/x"}, "REGISTRY_KEY"),
        ({"law_dir": "/nowhere"}, "/nowhere"),
    ],
)
def test_a_wrong_setting_stops_every_command_with_a_sentence(
    office: Shell, settings: dict[str, str], said: str
) -> None:
    assert said in office.refused("audit", "verify", **settings)


def test_a_database_that_was_not_migrated_is_told_so(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    said = shell.refused("authority", "add", "--name", "局", "--area", "140900", "--level", "city")
    assert "migrate" in said
