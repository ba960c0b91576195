"""What a long exposure list costs its readers: `python -m bench.exposures [--rows N] [--rounds R]`.

Two published lists, one of 100 entries and one of many, on PostgreSQL behind gunicorn. Each round reads
a page of the short one, the first and the middle page of the long one, and asks again for a page already
had. Prints medians and ratios; then what each kind of file takes, and how far the workers' memory grew.
"""

import argparse
import contextlib
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

from sqlalchemy import text

from bench.client import load
from bench.place import Place, furnish
from bench.server import Server, serving
from registry.access.principals import Officer
from registry.access.rules import Role
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import engine
from registry.errors import Conflict
from registry.exposures.drafts import Draft, Filter
from registry.exposures.public import PAGE
from registry.exposures.rules import Template
from registry.services import Services
from tests.support import postgres

SHORT = 100
SECONDS = 3.0
CONNECTIONS = 4


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.exposures")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-exposures-")))
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.running(durable=True)).url))
        (folder / "place").mkdir()
        place = furnish(url, folder / "place", wanted.rows * 102 // 100 + SHORT)
        short, long, rows = publish(place, wanted.rows)
        settings = {
            "REGISTRY_DATABASE_URL": place.url,
            "REGISTRY_KEYS": str(place.keys),
            "REGISTRY_SPOOL": str(folder / "spool"),
        }
        server = stack.enter_context(serving("wsgi:app", "/healthz", folder / "log", settings))
        pages(server, short, long, rows, wanted.rounds)
        files(server, long, rows)


def publish(place: Place, rows: int) -> tuple[str, str, int]:
    """The ids of a short and of a long list, and how many entries the long one has."""
    app = create_app(Config(database_url=place.url, keys=place.keys))
    with app.app_context():
        services: Services = app.extensions["registry"]
        (authority,) = (each.id for each in services.access.authorities().values())
        officers = [
            services.access.officer(
                services.access.add_officer(OPERATOR, authority, login, {Role.PUBLISHER}).secret
            )
            for login in ("publisher", "second-publisher")
        ]
        with engine().connect() as connection:
            found = connection.execute(text("SELECT id FROM designations ORDER BY id"))
            some = [row.id for row in found.fetchmany(SHORT)]
        short = _published(services, officers, lambda: _of_some(services, officers[0], some))
        long = _published(services, officers, lambda: services.exposures.draft(officers[0], _draft(Filter())))
        count = services.public_lists.count(long)
        with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine().dispose()
    if count < rows:
        raise SystemExit(f"only {count} of the designated may be shown")
    return short, long, count


def _published(services: Services, officers: list[Officer], draft: Callable[[], str]) -> str:
    began = time.perf_counter()
    list_id = draft()
    services.exposures.submit(officers[0], list_id)
    services.exposures.publish(officers[1], list_id)
    took, count = time.perf_counter() - began, services.public_lists.count(list_id)
    print(f"{count} entries drafted, submitted and published in {took:.1f} s")
    return list_id


def _draft(wanted: Filter | None, designation_ids: tuple[str, ...] = ()) -> Draft:
    return Draft("惩戒曝光名单", None, Template.STANDARD, "依据", "PIA", designation_ids, wanted)


def _of_some(services: Services, officer: Officer, designation_ids: list[str]) -> str:
    """A draft of the first of these that may be shown."""
    try:
        return services.exposures.draft(officer, _draft(None, tuple(designation_ids)))
    except Conflict as refused:
        unfit = {row["designation"] for row in refused.facts["rows"]}  # type: ignore[attr-defined]
    fit = [each for each in designation_ids if each not in unfit]
    return services.exposures.draft(officer, _draft(None, tuple(fit)))


def pages(server: Server, short: str, long: str, rows: int, rounds: int) -> None:
    """Time of a page, of lists of both lengths, interleaved."""
    middle = f"/public/exposure-lists/{long}?page={rows // PAGE // 2}"
    asked = {
        "short list": (f"/public/exposure-lists/{short}", {}, "200"),
        "long list, first page": (f"/public/exposure-lists/{long}", {}, "200"),
        "long list, middle page": (middle, {}, "200"),
        "long list, had already": (middle, {"If-None-Match": _etag(server, middle)}, "304"),
        "list of lists": ("/public/exposure-lists", {}, "200"),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, (path, headers, status) in asked.items():
            job = {"method": "GET", "path": path, "headers": headers, "bodies": [None]}
            found[name].append(load(server.port, job, CONNECTIONS, SECONDS, status)["p50_ms"])
    for name, times in found.items():
        ratios = [one / base for one, base in zip(times, found["short list"], strict=True)]
        print(f"{name}: {statistics.median(times):.1f} ms, {statistics.median(ratios):.2f} of the short list")


def files(server: Server, long: str, rows: int) -> None:
    """What a file of the long list takes, and what it leaves in memory."""
    for kind in ("json", "csv", "xlsx"):
        before, began = _peak(server), time.perf_counter()
        with urlopen(_url(server, f"/public/exposure-lists/{long}.{kind}"), timeout=300) as answer:
            size = sum(len(part) for part in iter(lambda: answer.read(1 << 16), b""))
        took = time.perf_counter() - began
        grown = (_peak(server) - before) / 1024
        print(f"{kind}: {rows} rows, {size / 1e6:.1f} MB in {took:.1f} s, peak memory + {grown:.0f} MiB")


def _etag(server: Server, path: str) -> str:
    with urlopen(Request(_url(server, path)), timeout=60) as answer:
        return str(answer.headers["ETag"])


def _url(server: Server, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def _peak(server: Server) -> int:
    """The highest resident size of any worker so far, in KiB."""
    status = [Path(f"/proc/{pid}/status").read_text() for pid in server.workers]
    return max(int(found[1]) for each in status if (found := re.search(r"VmHWM:\s+(\d+)", each)))


if __name__ == "__main__":
    main()
