"""gunicorn with the checkout's own settings, and the processor time its workers spend."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.client import ROOT

WORKERS, THREADS = 2, 16
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60.0


class Server:
    """A running gunicorn."""

    def __init__(self, application: str, log: Path, environment: dict[str, str]) -> None:
        words = ["--bind", "127.0.0.1:0", "--workers", str(WORKERS), "--threads", str(THREADS), application]
        foreign = ("REGISTRY_", "GUNICORN_", "PROMETHEUS_", "WEB_CONCURRENCY")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words],
                cwd=ROOT,
                env=own | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.port = 0

    def await_answer(self, path: str) -> None:
        """Wait until every worker is likely to have answered."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", self._log.read_text())):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(self._log.read_text())
            time.sleep(0.05)
        self.port = int(found[1])
        for _ in range(8 * WORKERS):
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=_PATIENCE) as answer:
                answer.read()

    @property
    def workers(self) -> list[int]:
        """The pids of its workers."""
        pid = self._process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """Processor time of all workers so far."""
        ticks = 0
        for pid in self.workers:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / _TICKS

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


@contextmanager
def serving(application: str, probe: str, log: Path, environment: dict[str, str]) -> Iterator[Server]:
    """A server that answers."""
    server = Server(application, log, environment)
    try:
        server.await_answer(probe)
        yield server
    finally:
        server.stop()
