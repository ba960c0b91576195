"""A registry to be harmed: database, keys, a listed person, a bank; and what its log holds afterwards."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from registry import clock, migrating
from registry.app import create_app
from registry.config import Config
from registry.db import engine
from registry.vault.keyring import KeyRing
from registry.vault.vault import Vault
from tests.faults.load import Asked, Load
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """One registry. `asked` is what a bank sends: half the time about somebody on the list."""

    url: str
    keys: Path
    asked: Asked

    def environment(self, **more: str) -> dict[str, str]:
        """For a process of this registry; nothing of the caller's own settings."""
        foreign = ("REGISTRY_", "GUNICORN_", "PROMETHEUS_", "WEB_CONCURRENCY", "PYTHONDONTWRITEBYTECODE")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        settings = {"REGISTRY_DATABASE_URL": self.url, "REGISTRY_KEYS": str(self.keys)}
        settings["REGISTRY_SPOOL"] = str(self.keys.parent / "spool")
        if sys.dont_write_bytecode:
            settings["PYTHONPYCACHEPREFIX"] = _bytecode()
        return own | settings | {"PYTHONUNBUFFERED": "1"} | more

    def flask(self, *words: str) -> dict[str, Any]:
        """The answer of an operator command, which must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words, "--json"],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def checks_in_log(self) -> list[dict[str, Any]]:
        """Every check of the log table, opened: `id`, `request` and `answer` of each row."""
        vault = Vault(KeyRing.load(self.keys, "intl"))
        reader = create_engine(self.url, poolclass=NullPool)
        with reader.connect() as connection:
            rows = connection.execute(
                text("SELECT id, sealed FROM log WHERE tag = 'check.answered' ORDER BY id")
            ).all()
        reader.dispose()
        return [{"id": row.id, **json.loads(vault.open(row.sealed, f"log.sealed:{row.id}"))} for row in rows]

    def reconcile(self, load: Load) -> None:
        """That nothing was promised which the log does not hold, nothing twice, nothing altered."""
        assert not load.faults, f"{len(load.faults)} faults, the first: {load.faults[:3]}"
        logged = self.checks_in_log()
        by_id = {record["id"]: record for record in logged}
        lost = [check["id"] for _, check in load.acknowledged if check["id"] not in by_id]
        assert not lost, f"{len(lost)} of {len(load.acknowledged)} acknowledged checks are not in the log"
        for reference, check in load.acknowledged:
            record = by_id[check["id"]]
            assert record["answer"] == check, f"{check['id']}: the log holds another answer than was given"
            assert record["request"]["reference"] == reference, (
                f"{check['id']}: the log holds another question"
            )
        # A reference is used for one attempt, or for one idempotency key with all its attempts.
        times = Counter(record["request"]["reference"] for record in logged)
        twice = {reference: count for reference, count in times.items() if count > 1}
        assert not twice, f"in the log more than once: {twice}"
        self.verify()

    def verify(self) -> None:
        """That every row of the log still has the digest it was written with."""
        reader = create_engine(self.url, poolclass=NullPool)
        with reader.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM log"))
        reader.dispose()
        assert self.flask("audit", "verify")["records"] == rows


@cache
def _bytecode() -> str:
    """A folder for compiled modules where the caller wants none beside the sources.

    Without any, each new worker would compile all its libraries anew, as no installed program does.
    """
    folder = tempfile.mkdtemp(prefix="registry-faults-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def furnish(url: str, folder: Path) -> Place:
    """A migrated registry with one person on its list and one bank, at `url` and in `folder`."""
    keys = folder / "keys.json"
    KeyRing.create(keys, "intl")
    migrate(url)
    app = create_app(Config(database_url=url, keys=keys))
    with app.app_context():
        world = World(app)
        listed, unknown = world.people.person(), world.people.person()
        decided_on = clock.today() - timedelta(days=30)
        world.designate(world.draft_body(listed, decided_on=decided_on.isoformat()))
        asked = Asked(
            world.partner("bank"),
            tuple(world.check_body(someone.name, someone.resident_id) for someone in (listed, unknown)),
        )
        engine().dispose()
    return Place(url, keys, asked)


def migrate(url: str) -> None:
    """The schema, as `flask migrate` makes it."""
    migrator = create_engine(url, poolclass=NullPool)
    migrating.upgrade(migrator)
    migrator.dispose()
