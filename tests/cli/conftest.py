"""One registry that is set up once, without subprocesses, and copied by those who change it."""

import shutil
from pathlib import Path

import pytest

from registry.db import engine
from registry.law.words import Level
from tests.cli.shell import Shell


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: Path) -> Shell:
    """A migrated database bound to its keys, with one authority. Not to be changed."""
    shell = Shell(tmp_path_factory.mktemp("office"))
    shutil.copy(sqlite_template, shell.database)
    shutil.copy(keys, shell.keys)
    world = shell.world()
    with world.app.app_context():
        world.authority("晋中市公安局", "140700", Level.CITY)
        world.ask("bank", "open_bank_account", world.people.person())
        engine().dispose()
    return shell


@pytest.fixture
def shell(office: Shell, tmp_path: Path) -> Shell:
    """A copy of the office."""
    return office.copy(tmp_path / "office")
