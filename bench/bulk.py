"""What screening a stock of customers costs: `python -m bench.bulk [--listed N] [--rows M]`.

On a PostgreSQL of its own with a synthetic list put in by COPY. Prints rows per second of one core, the ratio
to a bare loop of `hmac.digest` in the same process, and the peak of resident memory; then a whole job of M
rows, from the upload to the result, by the product's own service and worker; then the same job by worker
processes of which two are killed with SIGKILL, whose result must be the same. One row in a hundred is about
somebody on the list.
"""

import argparse
import contextlib
import gc
import hashlib
import hmac
import io
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import psycopg
from sqlalchemy import create_engine

from bench.client import ROOT
from bench.place import designate
from registry import clock, migrating, worker
from registry.access.principals import Partner
from registry.access.rules import PartnerKind
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.demo.people import People, SyntheticPerson
from registry.law.words import Purpose
from registry.rescreens import rows
from registry.rescreens.orders import Order
from registry.rescreens.pipeline import Listed, Tokeniser, without_collector
from registry.rescreens.queries import listed, snapshot
from registry.rescreens.service import Form
from registry.services import Services
from registry.vault.keyring import KeyRing
from tests.support import postgres

_ROUNDS = 5
_CHUNK_ROWS = 10_000
_DISTINCT, _HIT_EVERY = 50_000, 100


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
        for part in (_designate, _measure_pipeline, _hand_in, _measure_job, _measure_killed):
            process = multiprocessing.get_context("spawn").Process(target=part, args=(config, wanted.rows))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(process.exitcode)


def _customers() -> list[SyntheticPerson]:
    """The people in the rows, the same each time."""
    people = People(1, date(2026, 11, 22))
    return [people.person() for _ in range(_DISTINCT)]


def _designate(config: Config, _: int) -> None:
    app = create_app(config)
    with app.app_context():
        designate(app.extensions["registry"], _customers()[::_HIT_EVERY])


def _measure_pipeline(config: Config, _: int) -> None:
    app = create_app(config)
    with app.app_context():
        services: Services = app.extensions["registry"]
        began = time.perf_counter()
        with snapshot() as view:
            among = listed(view)
        print(f"list of {len(among):,} loaded in {time.perf_counter() - began:.1f} s")
        _pipeline(services, among, _lines())


def _hand_in(config: Config, count: int) -> None:
    """The upload, apart from the work, so that its rows do not count as the worker's memory."""
    app = create_app(config)
    with app.app_context():
        services: Services = app.extensions["registry"]
        token = services.access.add_partner(OPERATOR, "undisturbed", PartnerKind.BANK, "140900").secret
        job_id = _receive(services, _bank(services, token), count)
        (config.spool.parent / "handed-in.json").write_bytes(orjson.dumps([token, job_id]))


def _measure_job(config: Config, count: int) -> None:
    token, job_id = orjson.loads((config.spool.parent / "handed-in.json").read_bytes())
    app = create_app(config)
    with app.app_context():
        services: Services = app.extensions["registry"]
        bank = _bank(services, token)
        runner = worker.rescreening(services)
        began = time.perf_counter()
        while runner.step():
            pass
        worked = time.perf_counter() - began
        told = services.rescreens.get(bank, job_id)
        assert (told["state"], told["rows_done"]) == ("done", count), told
        print(
            f"job of {count:,} rows, {told['matches']:,} of them matches: done in {worked:.1f} s, "
            f"{count / worked:,.0f} rows/s with loading the list, exact answers and commits"
        )
        print(f"result: {_result_digest(services, bank, job_id)}")
        print(f"peak of resident memory: {_peak():.0f} MiB")


def _measure_killed(config: Config, count: int) -> None:
    app = create_app(config)
    with app.app_context():
        services: Services = app.extensions["registry"]
        token = services.access.add_partner(OPERATOR, "killed", PartnerKind.BANK, "140900").secret
        bank = _bank(services, token)
        job_id = _receive(services, bank, count)
        killed_at = []
        for share in (1 / 3, 2 / 3):
            with _working(config) as process:
                while (done := services.rescreens.get(bank, job_id)["rows_done"]) < share * count:
                    time.sleep(0.05)
                process.kill()
            killed_at.append(f"{done:,}")
        with _working(config):
            while services.rescreens.get(bank, job_id)["state"] != "done":
                time.sleep(0.2)
        digest = _result_digest(services, bank, job_id)
        print(f"the same with SIGKILL at {' and '.join(killed_at)} rows: {digest}")


@contextlib.contextmanager
def _working(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process."""
    settings = {
        "REGISTRY_DATABASE_URL": config.database_url,
        "REGISTRY_KEYS": str(config.keys),
        "REGISTRY_SPOOL": str(config.spool),
    }
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _bank(services: Services, token: str) -> Partner:
    bank = services.access.authenticate(token)
    assert isinstance(bank, Partner)
    return bank


def _receive(services: Services, bank: Partner, count: int) -> str:
    order = Order(Purpose.REVIEW_EXISTING_CUSTOMER, Form.NDJSON, "en")
    began = time.perf_counter()
    job_id = services.rescreens.start(bank, order, io.BufferedReader(_Endless(_lines(), count)))
    print(f"{count:,} rows received in {time.perf_counter() - began:.1f} s")
    return job_id


def _result_digest(services: Services, bank: Partner, job_id: str) -> str:
    """SHA-256 of all findings of a job."""
    found = hashlib.sha256()
    for part in services.rescreens.result(bank, job_id):
        found.update(orjson.dumps(part))
    return f"SHA-256 {found.hexdigest()[:16]}…"


def _fill(url: str, people: int) -> None:
    """A list of so many documents, which are tokens of nobody."""
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
        cursor.execute("CHECKPOINT")  # else the server does it in the midst of a measurement


def _lines() -> list[bytes]:
    """Rows of synthetic people."""
    found = []
    for number, person in enumerate(_customers()):
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


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
