"""`python -m bench [--rounds N] [--full] [--quick]`: measure, print, write RESULTS.md and its pictures."""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url

from bench.client import ROOT
from bench.multiply import leave, multiply, warm
from bench.parts import macs, over_size
from bench.place import HIT_EVERY, Place, furnish
from bench.report import BASE, NAIVE, POSTGRES, SQLITE, Measured, write
from bench.server import serving
from bench.target import Target
from tests.support import postgres

CONNECTIONS = (1, 4, 16, 64)
SIZES, FULL = (10_000, 100_000, 1_000_000), 10_000_000
DESIGNATED, ON_SQLITE = 5_000, 20_000
_COMPARED = 5 * HIT_EVERY


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--seconds", type=float, default=4.0, help="per measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help=f"a list of {FULL:,} too; takes 60 GB of disk")
    parser.add_argument("--quick", action="store_true", help="a look, not a result: writes nothing by itself")
    parser.add_argument("--into", type=Path, help="where page and pictures go; default bench/")
    wanted = parser.parse_args()
    sizes: tuple[int, ...] = SIZES
    designated, on_sqlite = DESIGNATED, ON_SQLITE
    if wanted.quick:
        wanted.seconds, wanted.rounds = 1.0, 2
        sizes = (5_000, 20_000)
        designated = on_sqlite = 2_000
    served = sizes[-1]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        cluster = stack.enter_context(postgres.running(durable=True))
        base = _furnished(stack.enter_context(postgres.database(cluster.url)), folder / "base", designated)
        lists = _lists(stack, cluster, base, (*sizes, FULL) if wanted.full else sizes)
        for place, _ in lists.values():
            warm(place.url)
        measured = Measured(
            rounds=wanted.rounds,
            seconds=wanted.seconds,
            served={POSTGRES: served, SQLITE: on_sqlite},
            keyed=macs(base, wanted.rounds),
            by_size=over_size({size: place for size, (place, _) in lists.items()}, wanted.rounds),
            stored={size: stored for size, (_, stored) in lists.items()},
        )
        place, _ = lists[served]
        on_file = _furnished(f"sqlite:///{folder}/file/bench.sqlite3", folder / "file", on_sqlite)
        targets = [
            _noop(stack, folder),
            _checks(stack, POSTGRES, "wsgi:app", place, folder),
            _checks(stack, SQLITE, "wsgi:app", on_file, folder),
            _checks(stack, NAIVE, "bench.naive:app", place, folder),
        ]
        _compare(targets[1], targets[3])
        _rounds(targets, measured)
        write(measured, wanted.into or (None if wanted.quick else ROOT / "bench"))


def _furnished(url: str, folder: Path, people: int) -> Place:
    folder.mkdir()
    began = time.monotonic()
    place = furnish(url, folder, people)
    _say(f"{people:,} designated in {time.monotonic() - began:.0f} s ({folder.name})")
    return place


def _lists(
    stack: contextlib.ExitStack, cluster: postgres.Server, base: Place, sizes: Sequence[int]
) -> dict[int, tuple[Place, int]]:
    """The place with each size of the list, and how many bytes its database has."""
    lists: dict[int, tuple[Place, int]] = {}
    each = 0.0
    for size in sizes:
        _require_disk(size * each)
        began = time.monotonic()
        leave(base.url)
        url = stack.enter_context(postgres.database(cluster.url, template=make_url(base.url).database))
        stored = multiply(url, size)
        each = stored / size
        lists[size] = replace(base, url=url), stored
        _say(f"a list of {size:,} in {time.monotonic() - began:.0f} s, {stored / 1e9:.1f} GB")
    return lists


def _require_disk(needed: float) -> None:
    """Stop before the disk is full: the list, and a fifth more for what is written on the way."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < 1.2 * needed:
        raise SystemExit(
            f"The next list needs {1.2 * needed / 1e9:.0f} GB; {tempfile.gettempdir()} has "
            f"{free / 1e9:.0f} GB free. Set TMPDIR to a larger disk, or leave out --full."
        )


def _noop(stack: contextlib.ExitStack, folder: Path) -> Target:
    server = stack.enter_context(serving("bench.noop:app", "/noop", folder / "noop.log", {}))
    return Target(BASE, server, {"method": "GET", "path": "/noop", "headers": {}, "bodies": [None]}, "200")


def _checks(stack: contextlib.ExitStack, name: str, application: str, place: Place, folder: Path) -> Target:
    settings = {"REGISTRY_DATABASE_URL": place.url, "REGISTRY_KEYS": str(place.keys)}
    server = stack.enter_context(serving(application, "/healthz", folder / f"{name}.log", settings))
    headers = {"Authorization": f"Bearer {place.token}"}
    job = {"method": "POST", "path": "/v1/checks", "headers": headers, "bodies": place.bodies}
    return Target(name, server, job, "201")


def _compare(product: Target, naive: Target) -> None:
    """Stop unless both give the same answers, to hits and misses: else their speeds mean nothing."""
    hits = 0
    for body in product.job["bodies"][:_COMPARED]:
        right, found = product.answer(body), naive.answer(body)
        for answer in (right, found):
            del answer["id"], answer["checked_at"]
        if found != {name: right[name] for name in found}:
            raise SystemExit(f"{naive.name} answers otherwise: {found} for {right}")
        hits += any(party["result"] == "match" for party in found["parties"])
    if hits != _COMPARED // HIT_EVERY:
        raise SystemExit(f"{hits} hits instead of {_COMPARED // HIT_EVERY}")


def _rounds(targets: list[Target], measured: Measured) -> None:
    for number in range(1, measured.rounds + 1):
        for connections in CONNECTIONS:
            for target in targets:
                found = target.measure(connections, measured.seconds)
                measured.results.setdefault((target.name, connections), []).append(found)
                _say(f"round {number} {target.name} {connections}: {found['per_second']:.0f}/s")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
