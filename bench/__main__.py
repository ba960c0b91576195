"""`python -m bench [--seconds S] [--rounds N] [--people N] [--quick]`: measure, print, write RESULTS.md."""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.place import Place, furnish
from bench.report import write
from bench.server import ROOT, Server, serving
from tests.support import postgres

CONNECTIONS = (1, 16, 64)
WARM_UP = 0.5


@dataclass(frozen=True)
class Target:
    """What is measured: a server and what is sent to it."""

    name: str
    server: Server
    job: dict[str, Any]
    right: str

    def measure(self, connections: int, seconds: float) -> dict[str, Any]:
        """One round. Every answer must have the right status."""
        job = self.job | {"port": self.server.port, "connections": connections}
        job |= {"seconds": seconds, "warm_up": WARM_UP}
        before = self.server.cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"],
            cwd=ROOT,
            input=json.dumps(job),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        spent = self.server.cpu_seconds() - before
        found: dict[str, Any] = json.loads(done.stdout)
        if set(found["statuses"]) != {self.right}:
            raise SystemExit(f"{self.name} answered {found['statuses']}")
        # The workers' time includes the warm-up, at about the same rate.
        found["server_us"] = 1e6 * spent / (found["per_second"] * (seconds + WARM_UP))
        return found


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--seconds", type=float, default=4.0, help="per measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=20_000, help="on the list")
    parser.add_argument("--quick", action="store_true", help="a look, not a result: writes nothing")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.seconds, wanted.rounds, wanted.people = 1.0, 2, 2_000
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        cluster = stack.enter_context(postgres.running(durable=True))
        url = stack.enter_context(postgres.database(cluster.url))
        targets = [_noop(stack, folder)]
        for name, place_url in (("PostgreSQL", url), ("SQLite", f"sqlite:///{folder}/SQLite/bench.sqlite3")):
            (folder / name).mkdir()
            began = time.monotonic()
            place = furnish(place_url, folder / name, wanted.people)
            _say(f"{name}: {wanted.people} designations in {time.monotonic() - began:.0f} s")
            targets.append(_checks(stack, name, place, folder))
        results = _rounds(targets, wanted.rounds, wanted.seconds)
        write(results, wanted, None if wanted.quick else ROOT / "bench" / "RESULTS.md")


def _noop(stack: contextlib.ExitStack, folder: Path) -> Target:
    server = stack.enter_context(serving("bench.noop:app", "/noop", folder / "noop.log", {}))
    return Target("no-op", server, {"method": "GET", "path": "/noop", "headers": {}, "bodies": [None]}, "200")


def _checks(stack: contextlib.ExitStack, name: str, place: Place, folder: Path) -> Target:
    settings = {"REGISTRY_DATABASE_URL": place.url, "REGISTRY_KEYS": str(place.keys)}
    server = stack.enter_context(serving("wsgi:app", "/healthz", folder / f"{name}.log", settings))
    headers = {"Authorization": f"Bearer {place.token}"}
    job = {"method": "POST", "path": "/v1/checks", "headers": headers, "bodies": place.bodies}
    return Target(name, server, job, "201")


def _rounds(
    targets: list[Target], rounds: int, seconds: float
) -> dict[tuple[str, int], list[dict[str, Any]]]:
    results: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for number in range(1, rounds + 1):
        for connections in CONNECTIONS:
            for target in targets:
                found = target.measure(connections, seconds)
                results.setdefault((target.name, connections), []).append(found)
                _say(f"round {number} {target.name} {connections}: {found['per_second']:.0f}/s")
    return results


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
