"""SIGTERM under load: what is under way is answered, and nothing acknowledged is lost."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from registry.db import PATIENCE_SECONDS
from tests.faults.load import Answer, Client, fault_of_unavailable
from tests.faults.place import Place
from tests.faults.service import BACK_WITHIN, Service, serving

pytestmark = pytest.mark.xdist_group("faults")

UNDER_WAY = 8


@contextmanager
def held_up(place: Place) -> Iterator[Callable[[], int]]:
    """Nobody can write while the block runs; gives how many transactions of PostgreSQL wait for it."""
    if place.url.startswith("sqlite"):
        with open(f"{place.url.removeprefix('sqlite:///')}.writer", "w") as pen:
            fcntl.flock(pen, fcntl.LOCK_EX)
            yield lambda: 0
        return
    blocker = create_engine(place.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with blocker.connect() as watcher, create_engine(place.url, poolclass=NullPool).begin() as holder:
        holder.execute(text("LOCK TABLE log IN SHARE ROW EXCLUSIVE MODE"))
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        yield lambda: int(watcher.scalar(waiting) or 0)


def _ask_at_once(service: Service, place: Place, answers: dict[str, Answer]) -> list[threading.Thread]:
    def ask(number: int) -> None:
        client = Client(service.port)
        reference = f"under-way-{number}"
        answers[reference] = client.check(place.asked, number, reference)
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(UNDER_WAY)]
    for thread in threads:
        thread.start()
    return threads


def test_sigterm_answers_what_is_under_way(place: Place, tmp_path: Path) -> None:
    answers: dict[str, Answer] = {}
    with serving(place, tmp_path / "gunicorn.log") as service:
        with held_up(place) as waiting:
            threads = _ask_at_once(service, place, answers)
            time.sleep(1)
            deadline = time.monotonic() + BACK_WITHIN
            while place.url.startswith("postgresql") and not waiting():  # one waits for all
                assert time.monotonic() < deadline, f"{waiting()} checks wait; answers: {answers}"
                time.sleep(0.05)
            service.process.terminate()
            time.sleep(0.5)
            assert not answers
        for thread in threads:
            thread.join()
        assert service.process.wait(60) == 0
    assert {answer.status for answer in answers.values()} == {201}
    assert sorted(answers) == sorted(row["request"]["reference"] for row in place.checks_in_log())
    assert len(answers) == UNDER_WAY


def test_sigterm_under_load_loses_no_acknowledged_check(place: Place, tmp_path: Path) -> None:
    with serving(place, tmp_path / "gunicorn.log") as service:
        with service.load("stop", clients=6, keyed=2).running() as load:
            load.until_answered(30, BACK_WITHIN)
            assert service.terminate() == 0
        print(load)
        place.reconcile(load)
        assert not load.refused
        assert not service.crashes()


def test_a_writer_that_never_yields_makes_others_refuse_not_hang(on_sqlite: Place, tmp_path: Path) -> None:
    answers: dict[str, Answer] = {}
    with serving(on_sqlite, tmp_path / "gunicorn.log") as service:
        with held_up(on_sqlite):
            threads = _ask_at_once(service, on_sqlite, answers)
            deadline = time.monotonic() + 2 * PATIENCE_SECONDS
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
            hanging = UNDER_WAY - len(answers)
        for thread in threads:
            thread.join()
        assert not hanging, f"{hanging} of {UNDER_WAY} checks got no answer in twice the time of patience"
        assert {answer.status for answer in answers.values()} == {503}
        assert not [fault for answer in answers.values() if (fault := fault_of_unavailable(answer))]
        service.await_status("/readyz", 200)
