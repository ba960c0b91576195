"""The worker process: there when it is wanted, gone when it should go."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.place import ROOT, Place
from tests.faults.service import Service, serving

pytestmark = pytest.mark.xdist_group("faults")

WITHIN = 60.0


def background(service: Service) -> list[int]:
    """The children of gunicorn's workers."""
    found = []
    for pid in service.workers:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(child) for child in children.read_text().split()]
    return found


def await_background(service: Service, other_than: int = 0) -> int:
    deadline = time.monotonic() + WITHIN
    while not (found := [pid for pid in background(service) if pid != other_than]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(found) == 1
    return found[0]


def await_end(pid: int) -> None:
    deadline = time.monotonic() + WITHIN
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def started(place: Place, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *words],
        cwd=ROOT,
        env=place.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "worker_started" in process.stdout.readline()
    return process


def test_one_worker_beside_gunicorn_that_follows_its_keeper(on_sqlite: Place, tmp_path: Path) -> None:
    with serving(on_sqlite, tmp_path / "gunicorn.log") as service:
        first = await_background(service)
        assert os.getpriority(os.PRIO_PROCESS, first) == 10
        keeper = int(Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(keeper, signal.SIGKILL)
        await_end(first)
        second = await_background(service, other_than=first)
        os.kill(second, signal.SIGKILL)
        third = await_background(service, other_than=second)
        assert service.terminate() == 0
        await_end(third)


def test_no_worker_where_none_is_wanted(on_sqlite: Place, tmp_path: Path) -> None:
    with serving(on_sqlite, tmp_path / "gunicorn.log", REGISTRY_WORKER="none") as service:
        time.sleep(2)  # twice as long as one takes to be started
        assert background(service) == []
        assert not (on_sqlite.keys.parent / "spool").exists()


def test_it_leaves_when_it_is_told_to(on_sqlite: Place) -> None:
    told = started(on_sqlite)
    told.terminate()
    assert told.wait(WITHIN) == 0
    alone = started(on_sqlite, "--until-eof")
    assert alone.stdin is not None
    alone.stdin.close()
    assert alone.wait(WITHIN) == 0
