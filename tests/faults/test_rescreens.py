"""kill -9 of the worker in the middle of a bulk rescreening: it comes back and finds the same."""

import json
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.faults.load import Client
from tests.faults.place import Place
from tests.faults.service import Service, serving

pytestmark = pytest.mark.xdist_group("faults")

ROWS, EVERY = 200_000, 20
"""Every twentieth is about the listed person."""
WITHIN = 240.0


def _upload(place: Place) -> bytes:
    listed, unknown = (body["parties"][0] for body in place.asked.bodies)
    of = [{"name": each["name"], "document": each["document"]} for each in (listed, unknown)]
    rows = ({"ref": f"C-{n}", **of[n % EVERY != 0]} for n in range(ROWS))
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


class Bank:
    """Asks as the place's bank does."""

    def __init__(self, service: Service, place: Place) -> None:
        self._client = Client(service.port)
        self._headers = {"Authorization": f"Bearer {place.asked.token}"}

    def start(self, content: bytes) -> str:
        headers = self._headers | {"Content-Type": "application/x-ndjson"}
        connection = self._client._connection
        connection.request("POST", "/v1/rescreens?purpose=review_existing_customer", content, headers)
        answer = connection.getresponse()
        assert answer.status == 202, answer.read()
        return str(json.loads(answer.read())["id"])

    def get(self, path: str) -> bytes:
        answer = self._client.send("GET", f"/v1/rescreens/{path}", headers=self._headers)
        assert answer.status == 200, answer
        return answer.body

    def await_rows(self, job_id: str, more_than: int) -> dict[str, Any]:
        deadline = time.monotonic() + WITHIN
        while True:
            told = json.loads(self.get(job_id))
            assert told["state"] in ("queued", "running", "done"), told
            if told["state"] == "done" or told["rows_done"] > more_than:
                return dict(told)
            assert time.monotonic() < deadline, told
            time.sleep(0.02)


def test_a_worker_killed_twice_finds_what_an_undisturbed_one_finds(place: Place, tmp_path: Path) -> None:
    content = _upload(place)
    with serving(place, tmp_path / "gunicorn.log") as service:
        bank = Bank(service, place)
        job_id = bank.start(content)
        done_before = -1
        for _ in range(2):
            told = bank.await_rows(job_id, max(done_before, 0))
            assert told["state"] != "done", "it was too quick to be killed: give it more rows"
            assert service.kill_background()
            done_before = told["rows_done"]
        told = bank.await_rows(job_id, ROWS)
        disturbed = bank.get(f"{job_id}/result")
        undisturbed = bank.start(content)
        assert bank.await_rows(undisturbed, ROWS)["matches"] == told["matches"] == ROWS // EVERY
        assert bank.get(f"{undisturbed}/result") == disturbed
        assert not service.crashes()
        assert service.terminate() == 0
    lines = [json.loads(line)["line"] for line in disturbed.splitlines()]
    assert lines == list(range(1, ROWS + 1, EVERY))
    reader = create_engine(place.url, poolclass=NullPool)
    with reader.connect() as connection:
        count = text("SELECT count(*) FROM log WHERE object_id = :id AND tag = 'rescreen.matched'")
        for each in (job_id, undisturbed):
            assert connection.scalar(count, {"id": each}) == ROWS // EVERY
    reader.dispose()
    place.verify()
    assert not list((place.keys.parent / "spool").glob("rsc_*"))
