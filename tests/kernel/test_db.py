"""`transaction()` and `reading()` on both databases."""

import fcntl
import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from registry import migrating
from registry.access.models import PartnerRow, RegisterState
from registry.app import create_app
from registry.clock import now
from registry.config import Config
from registry.db import DatabaseSilent, engine, reading, transaction, transactions
from registry.errors import Unavailable
from tests.support import postgres
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]


def version() -> int:
    with reading() as session:
        return session.scalars(select(RegisterState.list_version)).one()


def add(amount: int) -> None:
    with transaction() as session:
        session.execute(update(RegisterState).values(list_version=RegisterState.list_version + amount))


def test_what_was_written_is_there_afterwards(app: Flask) -> None:
    add(3)
    with engine().connect() as another:
        assert another.scalar(select(RegisterState.list_version)) == 3


def test_an_error_rolls_everything_back(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        session.execute(update(RegisterState).values(list_version=7))
        raise RuntimeError
    assert version() == 0
    add(1)
    assert version() == 1


def test_an_inner_transaction_joins_the_outer_one(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as outer:
        with transaction() as inner:
            assert inner is outer
            add(1)
        with engine().connect() as another:
            assert another.scalar(select(RegisterState.list_version)) == 0
        raise RuntimeError
    assert version() == 0
    with transaction():
        add(1)
        add(1)
    assert version() == 2


def test_reading_inside_a_transaction_sees_what_was_written_and_ends_nothing(app: Flask) -> None:
    with transaction():
        add(5)
        assert version() == 5
        add(1)
    assert version() == 6


def test_each_reading_sees_the_newest_state(app: Flask) -> None:
    assert version() == 0
    with engine().begin() as another:
        another.execute(update(RegisterState).values(list_version=4))
    assert version() == 4


def test_a_broken_constraint_is_an_integrity_error_and_no_outage(app: Flask) -> None:
    row = {"id": "ptn_1", "name": "n", "kind": "bank", "area": "140900", "created_at": now()}
    with transaction() as session:
        session.add(PartnerRow(**row))
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(PartnerRow(**row | {"id": "ptn_2"}))
    add(1)
    assert version() == 1


def test_an_instant_without_a_zone_is_refused_and_others_come_back_in_utc(app: Flask) -> None:
    naive = {"id": "ptn_1", "name": "n", "kind": "bank", "area": "140900"}
    with pytest.raises(StatementError, match="zone"), transaction() as session:
        session.add(PartnerRow(**naive, created_at=datetime(2026, 1, 1)))
    instant = datetime.fromisoformat("2026-01-01T00:00:00.123456+08:00")
    with transaction() as session:
        session.add(PartnerRow(**naive, created_at=instant))
    with reading() as session:
        session.expire_all()
        stored = session.scalars(select(PartnerRow.created_at)).one()
    assert stored.isoformat() == "2025-12-31T16:00:00.123456+00:00"


def test_errors_of_the_database_do_not_show_what_was_asked_for(app: Flask) -> None:
    with pytest.raises(Unavailable) as caught, reading() as session:
        session.execute(text("SELECT :secret FROM no_such_table"), {"secret": "11010519491231002X"})
    assert "11010519491231002X" not in f"{caught.value!r} {caught.value.__cause__}"


def test_a_database_without_tables_is_unavailable_and_never_a_no_record(tmp_path: Path, keys: Path) -> None:
    app = create_app(Config(database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}", keys=keys))
    with app.app_context():
        with pytest.raises(DatabaseSilent):
            version()
        with pytest.raises(DatabaseSilent):
            add(1)
        engine().dispose()


def test_a_database_that_is_gone_answers_503_and_returns_when_it_is_back(
    tmp_path: Path, keys: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "registry.sqlite3"
    shutil.copy(sqlite_template, path)
    app = create_app(Config(database_url=f"sqlite:///{path}", keys=keys))
    with app.app_context():
        world = World(app)
        person = world.people.person()
        world.designate(world.draft_body(person))
        body, bank = world.check_body(person.name, person.resident_id), world.partner("bank")
        engine().dispose()
        kept = path.rename(tmp_path / "kept")
        path.mkdir()
        response = world.post(bank, "/v1/checks", body)
        assert (response.status_code, response.json["type"]) == (503, "/problems/database-unavailable")
        assert response.headers["Retry-After"]
        assert "direction" not in response.json
        assert world.get(None, "/healthz").status_code == 200
        assert world.get(None, "/readyz").status_code == 503
        path.rmdir()
        kept.rename(path)
        assert world.post(bank, "/v1/checks", body).json["direction"] == "limit"
        engine().dispose()


def test_a_postgresql_that_is_dropped_under_the_app_answers_503(keys: Path) -> None:
    with postgres.database(postgres.start().url) as url:
        bare = create_engine(url)
        migrating.upgrade(bare)
        bare.dispose()
        app = create_app(Config(database_url=url, keys=keys))
        with app.app_context():
            world = World(app)
            bank, person = world.partner("bank"), world.people.person()
            world.ask("bank", "open_bank_account", person)
    with app.app_context():
        response = world.post(bank, "/v1/checks", world.check_body(person.name, person.resident_id))
        assert (response.status_code, response.json["type"]) == (503, "/problems/database-unavailable")
        with pytest.raises(DatabaseSilent):
            add(1)
        engine().dispose()


def test_writers_in_several_processes_do_not_starve(
    tmp_path: Path, keys: Path, sqlite_template: Path
) -> None:
    processes, writes = 4, 50
    path = tmp_path / "registry.sqlite3"
    shutil.copy(sqlite_template, path)
    command = [sys.executable, "-m", "tests.kernel.writer", f"sqlite:///{path}", str(keys), str(writes)]
    writers = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=120) for writer in writers]
    assert [(out, err) for out, err in said] == [("done\n", "")] * processes
    counted = create_engine(f"sqlite:///{path}")
    with counted.connect() as connection:
        assert connection.scalar(select(RegisterState.list_version)) == processes * writes
    counted.dispose()


def test_a_writer_that_waits_too_long_for_its_turn_is_told_so(
    tmp_path: Path, keys: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may hold the turn and never come back: stopped, or on a disk that hangs."""
    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.5)
    path = tmp_path / "registry.sqlite3"
    shutil.copy(sqlite_template, path)
    app = create_app(Config(database_url=f"sqlite:///{path}", keys=keys))
    answers = []

    def write() -> None:
        with app.app_context():
            try:
                add(1)
            except Unavailable as trouble:
                answers.append(trouble.slug)
            engine().dispose()

    with open(f"{path}.writer", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        writer.join(timeout=5)
        said_in_time = list(answers)
    writer.join(timeout=5)
    assert said_in_time == ["database-unavailable"]
