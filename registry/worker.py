"""The work that waits for nobody's answer: a process of its own, so that it never slows the counter.

Each task has a thread: one that takes long holds up no other.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog
from flask import Flask

from registry.audit.retention import add_months
from registry.errors import Unavailable, places
from registry.rescreens.run import Runner
from registry.screening.counts import count_on
from registry.services import Services
from registry.vault.suites import suite

NICE = 10
SEAL_SECONDS = 2
PATIENCE_SECONDS = 5.0  # after a failure of any kind


@dataclass(frozen=True, slots=True)
class Task:
    """`act` does a little and says whether there may be more to do at once; else it rests for `pause` s."""

    act: Callable[[], bool | None]
    pause: float


_log = structlog.get_logger()


def rescreening(services: Services) -> Runner:
    """The work of rescreenings; not a service, so that only this process loads what it calculates with."""
    config = services.config
    return Runner(services.keys, services.book, services.log, suite(config.suite), config.spool)


def tasks(services: Services, runner: Runner) -> Mapping[str, Task]:
    """Everything that the worker does, by name."""

    def seal() -> None:
        services.sealer.seal()  # all there is; what comes meanwhile waits for the next time

    def expire() -> None:
        services.designations.expire()  # for whoever reads states: checks look at the dates

    def take_down() -> bool:
        return services.take_down.sweep()  # the public pages look at the dates themselves

    def recalculate() -> None:
        services.workdays.recalculate()  # a new release may have brought a year with it

    return {
        "expire": Task(expire, 30),
        "take down": Task(take_down, 30),
        "seal the log": Task(seal, SEAL_SECONDS),
        "months of the log": Task(add_months, 6 * 3600),
        "counts of checks": Task(count_on, 10),
        "clocks": Task(recalculate, 3600),
        "overdue clocks": Task(services.workdays.tell_overdue, 60),
        "overdue notices": Task(services.notices.tell_overdue, 60),
        "visits": Task(services.limits.forget, 600),
        "sessions": Task(services.sessions.forget, 600),
        "sign-in attempts": Task(services.signing_in.forget, 600),
        "rescreens": Task(runner.step, 1),
        "sweep rescreens": Task(services.rescreens.sweep, 60),
    }


def run(app: Flask, services: Services, until_eof: bool) -> None:
    """Work until SIGTERM or SIGINT; with `until_eof` also until standard input ends, as it does when the
    process dies that holds the other end of it."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    runner = rescreening(services)
    threads = [
        threading.Thread(target=_repeat, args=(app, name, task, stop))
        for name, task in tasks(services, runner).items()
    ]
    if until_eof:
        threading.Thread(target=_await_eof, args=(stop,), daemon=True).start()
    # What is loaded now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    _log.info("worker_started")
    for thread in threads:
        thread.start()
    # A signal does not end a wait without a limit in every Python.
    while not stop.wait(3600):
        pass
    for thread in threads:
        thread.join()
    with suppress(Unavailable), app.app_context():
        runner.release()
    _log.info("worker_stopped")


def _repeat(app: Flask, name: str, task: Task, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                pause = 0.0 if task.act() else task.pause
        except Unavailable as trouble:
            _log.warning("task_waits", task=name, slug=trouble.slug)
            pause = PATIENCE_SECONDS
        except Exception as crash:
            _log.error("task_crashed", task=name, kind=type(crash).__name__, at=places(crash))
            pause = PATIENCE_SECONDS
        if pause:
            stop.wait(pause)


def _await_eof(stop: threading.Event) -> None:
    with suppress(OSError):
        while sys.stdin.buffer.read(4096):
            pass
    stop.set()
