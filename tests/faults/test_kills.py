"""kill -9 under load: what was acknowledged is in the log, once, as it was told."""

import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.faults.load import Load
from tests.faults.place import Place
from tests.faults.service import BACK_WITHIN, WORKERS, Service, serving
from tests.support.postgres import Server

pytestmark = pytest.mark.xdist_group("faults")


def _kill_workers(service: Service, load: Load, times: int) -> None:
    """Now one, now all of them, until `times` are dead; after each stroke the service must answer again."""
    random_source = random.Random(110)
    killed = 0
    while killed < times:
        time.sleep(random_source.uniform(0.05, 0.4))
        killed += service.kill_workers(random_source.randint(1, WORKERS))
        load.until_answered(5, BACK_WITHIN)


def test_killed_workers_lose_no_acknowledged_check_on_postgresql(on_postgres: Place, tmp_path: Path) -> None:
    with serving(on_postgres, tmp_path / "gunicorn.log") as service:
        with service.load("kill", clients=64, keyed=8).running() as load:
            load.until_answered(20, BACK_WITHIN)
            _kill_workers(service, load, times=22)
            load.until_answered(20, BACK_WITHIN)
        print(load)
        on_postgres.reconcile(load)
        assert load.lost
        assert not service.crashes()


def test_a_killed_postgresql_loses_no_acknowledged_check(
    cluster: Server, on_postgres: Place, tmp_path: Path
) -> None:
    with serving(on_postgres, tmp_path / "gunicorn.log") as service:
        with service.load("pg", clients=64, keyed=8).running() as load:
            for stroke in range(6):
                load.until_answered(20, BACK_WITHIN)
                cluster.kill9()
                if stroke % 2:
                    load.until_refused(5, BACK_WITHIN)
                    service.kill_workers(WORKERS)  # those that follow start without a database
                cluster.restart()
                load.until_answered(5, BACK_WITHIN)
            load.until_answered(20, BACK_WITHIN)
        print(load)
        on_postgres.reconcile(load)
        assert load.refused
        assert not service.crashes()
        service.await_status("/readyz", 200)


def test_killed_writers_lose_no_acknowledged_check_on_sqlite(on_sqlite: Place, tmp_path: Path) -> None:
    with serving(on_sqlite, tmp_path / "gunicorn.log") as service:
        with service.load("kill", clients=6, keyed=3).running() as load:
            load.until_answered(20, BACK_WITHIN)
            _kill_workers(service, load, times=12)
            load.until_answered(20, BACK_WITHIN)
        print(load)
        on_sqlite.reconcile(load)
        assert load.lost
        assert not service.crashes()
    with sqlite3.connect(on_sqlite.url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
