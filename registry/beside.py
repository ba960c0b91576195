"""Runs the worker beside gunicorn: one for all of its workers, started again when it dies.

Each gunicorn worker waits for a lock; who gets it looks after the worker process. When that one dies, even
by SIGKILL, the system frees the lock for the next, and the worker process sees its standard input end.
"""

import fcntl
import hashlib
import os
import subprocess  # nosec B404: for this program itself
import sys
import threading
import time
from contextlib import suppress

import structlog

from registry.config import Config

NICE = 10
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
_LIVED_WELL = 60.0  # seconds after which a death is no longer one of a row

_log = structlog.get_logger()


def start(config: Config) -> None:
    """Look after the worker from a thread of this process, if the settings want one here."""
    if config.worker == "beside":
        threading.Thread(target=_look_after, args=(config,), name="beside", daemon=True).start()


def _look_after(config: Config) -> None:
    _lock(config)
    pause = FIRST_PAUSE
    while True:
        # First of all: a gunicorn whose workers die in a row does not start one each time.
        time.sleep(pause)
        began = time.monotonic()
        _run_one()
        lived = time.monotonic() - began
        pause = FIRST_PAUSE if lived > _LIVED_WELL else min(2 * pause, LONGEST_PAUSE)
        _log.warning("worker_died", lived=round(lived), again_in=pause)


def _lock(config: Config) -> None:
    """Wait until no other process of this machine looks after a worker of the same database."""
    name = hashlib.sha256(config.database_url.encode()).hexdigest()[:16]
    while True:
        with suppress(OSError):
            config.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(config.spool / f"worker-{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return  # held until the process ends
        time.sleep(LONGEST_PAUSE)  # the folder cannot be written yet


def _run_one() -> None:
    """A worker process, from its start to its end."""
    own = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--until-eof"]
    with suppress(OSError), subprocess.Popen(command, env=own, stdin=subprocess.PIPE) as process:  # nosec B603
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)  # its start, too, gives way to the counter
        process.wait()
