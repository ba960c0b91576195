"""Keys or database wrong, missing, or away: refused at start, or 503 until all is there again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry.vault.keyring import KeyRing
from tests.faults.load import Answer, Client, fault_of_unavailable
from tests.faults.place import ROOT, Place, migrate
from tests.faults.service import Service, serving
from tests.support.postgres import Server

pytestmark = pytest.mark.xdist_group("faults")


def _ask(service: Service, place: Place, reference: str) -> Answer:
    client = Client(service.port)
    answer = client.check(place.asked, 0, reference)
    client.close()
    return answer


def _refuses_until_mended(service: Service, place: Place) -> None:
    """Checks and /readyz get 503 while the process lives."""
    service.await_status("/readyz", 503)
    for turn in range(6):
        answer = _ask(service, place, f"early-{turn}")
        assert answer.status == 503, answer
        assert fault_of_unavailable(answer) is None, fault_of_unavailable(answer)
    service.await_status("/healthz", 200)


def _works_by_itself(service: Service, place: Place) -> None:
    """Without a restart: ready, and a load of checks is answered and logged."""
    service.await_status("/readyz", 200)
    with service.load("after").running() as load:
        load.until_answered(20, 30)
    assert not load.refused, load
    place.reconcile(load)
    assert not service.crashes()


def test_gunicorn_refuses_to_start_with_the_keys_of_another_database(place: Place, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.json"
    KeyRing.create(foreign, "intl")
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"],
        cwd=ROOT,
        env=place.environment(REGISTRY_KEYS=str(foreign)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "keys do not belong to this database" in done.stderr
    assert "registry/app.py" not in done.stderr  # a sentence, not our stack


def test_without_its_keys_it_refuses_to_answer_until_they_are_back(place: Place, tmp_path: Path) -> None:
    away = tmp_path / "away.json"
    place.keys.rename(away)
    with serving(place, tmp_path / "gunicorn.log") as service:
        _refuses_until_mended(service, place)
        assert str(place.keys).encode() not in _ask(service, place, "path").body
        shutil.copy2(away, place.keys)
        _works_by_itself(service, place)


def test_keys_exchanged_while_it_runs_are_noticed(on_sqlite: Place, tmp_path: Path) -> None:
    with serving(on_sqlite, tmp_path / "gunicorn.log") as service:
        service.await_status("/readyz", 200)
        own = on_sqlite.keys.rename(tmp_path / "own.json")
        KeyRing.create(on_sqlite.keys, "intl")
        service.await_status("/readyz", 503)
        shutil.copy2(own, on_sqlite.keys)
        _works_by_itself(service, on_sqlite)


def test_a_database_that_is_not_migrated_gets_503_until_it_is(on_sqlite: Place, tmp_path: Path) -> None:
    path = Path(on_sqlite.url.removeprefix("sqlite:///"))
    away = path.rename(tmp_path / "away.sqlite3")
    with serving(on_sqlite, tmp_path / "gunicorn.log") as service:
        _refuses_until_mended(service, on_sqlite)
        migrate(on_sqlite.url)
        # Migrated and empty: nobody may ask yet, and no key ring is taken for another's.
        service.await_status("/readyz", 200)
        assert _ask(service, on_sqlite, "nobody").status == 401
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    away.rename(path)
    with serving(on_sqlite, tmp_path / "again.log") as service:
        _works_by_itself(service, on_sqlite)


def test_without_postgresql_it_refuses_to_answer_until_it_is_back(
    cluster: Server, on_postgres: Place, tmp_path: Path
) -> None:
    cluster.kill9()
    try:
        with serving(on_postgres, tmp_path / "gunicorn.log") as service:
            _refuses_until_mended(service, on_postgres)
            cluster.restart()
            _works_by_itself(service, on_postgres)
    finally:
        cluster.restart()
