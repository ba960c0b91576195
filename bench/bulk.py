"""What screening a stock of customers costs: `python -m bench.bulk [--listed N] [--rows M]`.

On a PostgreSQL of its own with a synthetic list put in by COPY. Prints rows per second of one core, the ratio
to a bare loop of `hmac.digest` in the same process, and the peak of resident memory; then a whole job of M
rows, from the upload to the result, by the product's own service and worker.
"""

import argparse
import contextlib
import gc
import hmac
import io
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import psycopg
from sqlalchemy import create_engine

from registry import clock, migrating, worker
from registry.access.principals import Partner
from registry.access.rules import PartnerKind
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.demo.people import People
from registry.law.words import Purpose
from registry.rescreens import rows
from registry.rescreens.pipeline import Listed, Tokeniser, without_collector
from registry.rescreens.queries import listed, snapshot
from registry.rescreens.service import Form, Order
from registry.services import Services
from registry.vault.keyring import KeyRing
from tests.support import postgres

_ROUNDS = 5
_CHUNK_ROWS = 10_000
_DISTINCT = 50_000


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk")
    parser.add_argument("--listed", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bulk-")))
        url = stack.enter_context(postgres.database(stack.enter_context(postgres.running(durable=True)).url))
        _fill(url, wanted.listed)
        KeyRing.create(folder / "keys.json", "intl")
        config = Config(database_url=url, keys=folder / "keys.json", spool=folder / "spool")
        # Each in a process of its own, so that each has a peak of memory of its own.
        for part in (_measure_pipeline, _measure_job):
            process = multiprocessing.get_context("spawn").Process(target=part, args=(config, wanted.rows))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(process.exitcode)


def _measure_pipeline(config: Config, _: int) -> None:
    app = create_app(config)
    with app.app_context():
        services: Services = app.extensions["registry"]
        began = time.perf_counter()
        with snapshot() as view:
            among = listed(view)
        print(f"list of {len(among):,} loaded in {time.perf_counter() - began:.1f} s")
        _pipeline(services, among, _lines(_DISTINCT))


def _measure_job(config: Config, count: int) -> None:
    app = create_app(config)
    with app.app_context():
        _job(app.extensions["registry"], _lines(_DISTINCT), count)
        print(f"peak of resident memory: {_peak():.0f} MiB")


def _fill(url: str, people: int) -> None:
    """A list of so many documents. They are tokens of nobody, so that no row is a hit."""
    engine = create_engine(url)
    migrating.upgrade(engine)
    engine.dispose()
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY subjects (id, kind, sealed) FROM STDIN") as copy:
            copy.write_row(("sub_0", "person", b""))
        with cursor.copy("COPY subject_documents (id, subject_id, type, token, sealed) FROM STDIN") as copy:
            for number in range(people):
                copy.write(f"{number}\tsub_0\tresident_id\t\\\\x{os.urandom(32).hex()}\t\\\\x\n")
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


def _lines(count: int) -> list[bytes]:
    """Rows of synthetic people."""
    people = People(1, date(2026, 11, 22))
    found = []
    for number in range(count):
        person = people.person()
        document = {"type": "resident_id", "number": person.resident_id}
        row = {"ref": f"C-{number}", "name": person.name, "document": document}
        # A copy: what orjson returns holds on to a buffer of kilobytes.
        found.append(bytes(bytearray(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))))
    return found


def _pipeline(services: Services, among: Listed, lines: list[bytes]) -> None:
    """Lines to candidates, on one core, against a bare loop over numbers that were validated before."""
    chunks = [b"".join(lines[at : at + _CHUNK_ROWS]) for at in range(0, len(lines), _CHUNK_ROWS)]
    numbers = [number.encode() for chunk in chunks for number in rows.read(chunk, 0).numbers]
    tokeniser, today, key = Tokeniser(services.keys.vault()), clock.today(), os.urandom(32)
    gc.freeze()  # as the worker does
    spent: list[float] = []
    bare: list[float] = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for chunk in chunks:
            with without_collector():
                among.candidates(tokeniser.documents(rows.read(chunk, 0), today).documents)
        spent.append(time.process_time() - began)
        gc.disable()
        began = time.process_time()
        for number in numbers:
            hmac.digest(key, number, "sha256")
        bare.append(time.process_time() - began)
        gc.enable()
    ratio = statistics.median(b / s for b, s in zip(bare, spent, strict=True))
    print(f"lines to candidates: {len(lines) / statistics.median(spent):,.0f} rows/s of one core")
    print(f"bare hmac.digest loop: {len(lines) / statistics.median(bare):,.0f} /s; ratio {100 * ratio:.0f} %")


class _Endless(io.RawIOBase):
    """So many of the lines, again and again, as an upload that is never in memory."""

    def __init__(self, lines: list[bytes], count: int) -> None:
        self._parts, self._rest = self._blocks(lines, count), b""

    @staticmethod
    def _blocks(lines: list[bytes], count: int) -> Iterator[bytes]:
        while count > 0:
            for at in range(0, min(len(lines), count), _CHUNK_ROWS):
                yield b"".join(lines[at : min(at + _CHUNK_ROWS, count)])
            count -= len(lines)

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As any file."""
        self._rest = self._rest or next(self._parts, b"")
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _job(services: Services, lines: list[bytes], count: int) -> None:
    issued = services.access.add_partner(OPERATOR, "bench", PartnerKind.BANK, "140900")
    bank = services.access.authenticate(issued.secret)
    assert isinstance(bank, Partner)
    order = Order(Purpose.REVIEW_EXISTING_CUSTOMER, Form.NDJSON, "en")
    began = time.perf_counter()
    job_id = services.rescreens.start(bank, order, io.BufferedReader(_Endless(lines, count)))
    received = time.perf_counter() - began
    runner = worker.rescreening(services)
    began = time.perf_counter()
    while runner.step():
        pass
    worked = time.perf_counter() - began
    told = services.rescreens.get(bank, job_id)
    assert (told["state"], told["rows_done"]) == ("done", count), told
    print(f"job of {count:,} rows: received in {received:.1f} s, done in {worked:.1f} s, "
          f"{count / worked:,.0f} rows/s with loading the list and commits")  # fmt: skip


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
