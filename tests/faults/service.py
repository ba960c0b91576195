"""The registry as it runs in earnest: gunicorn with the checkout's own settings, on a port of its own."""

import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.load import Client, Load
from tests.faults.place import ROOT, Place

WORKERS = 2
# The service must be back within 5 s where it has the machine to itself; where others were at work
# when we came, or come as other workers of xdist, their share of the processors is added.
_OTHERS = 3.0 if "PYTEST_XDIST_WORKER" in os.environ else 2 * os.getloadavg()[0] / (os.cpu_count() or 1)
BACK_WITHIN = 5.0 * (1 + (_OTHERS if _OTHERS > 0.5 else 0))
_PATIENCE = 60.0


class Service:
    """A running gunicorn. It writes to `log` itself, or with `piped` through a pipe that never fills."""

    def __init__(self, place: Place, log: Path, piped: bool = True, **environment: str) -> None:
        self._place, self._log = place, log
        words = ["--bind", "127.0.0.1:0", "wsgi:app"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words],
                cwd=ROOT,
                env=place.environment(**{"WEB_CONCURRENCY": str(WORKERS)} | environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if piped else output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._pump = threading.Thread(target=self._copy)
        self._pump.start()
        self.port = 0

    @property
    def said(self) -> str:
        """What it wrote so far."""
        return self._log.read_text("utf-8", "replace")

    @property
    def workers(self) -> list[int]:
        """The pids of the workers that live now."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def await_port(self) -> None:
        """Wait until it listens; then `port` is known."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", self.said)):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)
        self.port = int(found[1])

    def await_status(self, path: str, status: int, within: float = _PATIENCE) -> bytes:
        """Wait until a GET of `path` gets `status` from every worker that may take it; the last body."""
        deadline = time.monotonic() + within
        body = b""
        right = 0
        while right < 4 * WORKERS:
            client = Client(self.port)
            with suppress(OSError):
                answer = client.send("GET", path)
                body = answer.body
                right = right + 1 if answer.status == status else 0
            client.close()
            assert time.monotonic() < deadline, f"{path} was not {status} within {within} s: {body!r}\n{self}"
            if not right:
                time.sleep(0.05)
        return body

    def kill_workers(self, how_many: int) -> int:
        """SIGKILL so many workers, the oldest first; how many it hit."""
        killed = 0
        for pid in self.workers[:how_many]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        return killed

    def kill_background(self) -> bool:
        """SIGKILL the worker process beside gunicorn, if there is one just now."""
        for pid in self.workers:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    for child in children.read_text().split():
                        os.kill(int(child), signal.SIGKILL)
                        return True
        return False

    def limit_files(self, size: int) -> None:
        """Let no worker write beyond `size` bytes of any file; -1 takes the limit away."""
        for pid in self.workers:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))

    def load(self, name: str, clients: int = 4, keyed: int = 0) -> Load:
        """Clients of the place's bank."""
        return Load(self.port, self._place.asked, name, clients, keyed)

    def terminate(self) -> int:
        """SIGTERM, as an operator or systemd stops it; its exit status."""
        self.process.terminate()
        return self.process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it and every worker, for good."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._pump.join()

    def _copy(self) -> None:
        if self.process.stdout is not None:
            with self.process.stdout as source, self._log.open("wb", buffering=0) as log:
                for line in source:
                    log.write(line)

    def crashes(self) -> list[str]:
        """Lines of the log that speak of a fault in the program itself."""
        return [line for line in self.said.splitlines() if '"crash"' in line or "A request failed" in line]

    def __str__(self) -> str:
        return "\n".join(self.said.splitlines()[-15:])


@contextmanager
def serving(place: Place, log: Path, piped: bool = True, **environment: str) -> Iterator[Service]:
    """A service that listens and whose workers answer."""
    service = Service(place, log, piped, **environment)
    try:
        service.await_port()
        service.await_status("/healthz", 200)
        yield service
    finally:
        service.kill()
