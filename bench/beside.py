"""What a bulk rescreening does to the counter: `python -m bench.beside [--rows N] [--rounds R]`.

A server with its worker beside it, as `make run` has them. Each round measures the counter without a job and
then while the worker screens one; prints throughput and p99 of both and their ratios. The processes share
two cores with client and database, so throughput goes down by what the job takes; p99 may not double.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson

from bench.client import load
from bench.place import Place, furnish
from bench.server import Server, serving
from tests.support import postgres

CONNECTIONS = (16, 64)
DESIGNATED = 5_000
SECONDS = 4.0


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-beside-")))
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.running(durable=True)).url))
        (folder / "place").mkdir()
        place = furnish(url, folder / "place", DESIGNATED)
        settings = {
            "REGISTRY_DATABASE_URL": place.url,
            "REGISTRY_KEYS": str(place.keys),
            "REGISTRY_SPOOL": str(folder / "spool"),
        }
        server = stack.enter_context(serving("wsgi:app", "/healthz", folder / "log", settings))
        for connections in CONNECTIONS:
            alone, beside = [], []
            for _ in range(wanted.rounds):
                alone.append(_measure(server, place, connections))
                with _screening(server, place, wanted.rows):
                    beside.append(_measure(server, place, connections))
            for column, unit in (("per_second", "/s"), ("p99_ms", " ms")):
                pairs = [
                    with_[column] / without[column] for with_, without in zip(beside, alone, strict=True)
                ]
                print(
                    f"{connections} connections, {column}: {_median(alone, column):.1f}{unit} alone, "
                    f"{_median(beside, column):.1f}{unit} beside a job, ratio {statistics.median(pairs):.2f}"
                )


def _median(found: list[dict[str, Any]], column: str) -> float:
    return float(statistics.median(each[column] for each in found))


def _measure(server: Server, place: Place, connections: int) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {place.token}"}
    job = {"method": "POST", "path": "/v1/checks", "headers": headers, "bodies": place.bodies}
    return load(server.port, job, connections, SECONDS, "201")


@contextlib.contextmanager
def _screening(server: Server, place: Place, rows: int) -> Iterator[None]:
    """While the block runs, the worker screens; it must still be at it at the end."""
    lines = [
        orjson.dumps({"ref": str(n), **{key: body["parties"][0][key] for key in ("name", "document")}})
        + b"\n"
        for n, body in enumerate(place.bodies)
    ]
    content = b"".join(lines) * (rows // len(lines))
    started = _call(server, place, "POST", "?purpose=review_existing_customer", content)
    while _call(server, place, "GET", f"/{started['id']}")["rows_done"] == 0:
        time.sleep(0.1)
    yield
    if _call(server, place, "GET", f"/{started['id']}")["state"] != "running":
        raise SystemExit("the job was done before the measurement: give it more --rows")
    _call(server, place, "POST", f"/{started['id']}/cancel", b"")
    while _call(server, place, "GET", f"/{started['id']}")["state"] == "running":
        time.sleep(0.1)


def _call(
    server: Server, place: Place, method: str, path: str, content: bytes | None = None
) -> dict[str, Any]:
    url = f"http://127.0.0.1:{server.port}/v1/rescreens{path}"
    headers = {"Authorization": f"Bearer {place.token}", "Content-Type": "application/x-ndjson"}
    with urlopen(Request(url, content, headers, method=method), timeout=300) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


if __name__ == "__main__":
    main()
