"""The canary against gunicorn as it really runs: nothing of it on standard output or standard error.

Half of what arrives here never reaches the application: lines and headers that are no HTTP.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.canary import Canary, found

ROOT = Path(__file__).resolve().parents[2]
CANARY = Canary()


@dataclass
class Server:
    """A running gunicorn; `output` holds all that it has written."""

    port: int
    token: str
    output: Path
    database: Path


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REGISTRY_", "PYTEST", "PROMETHEUS"))}
    return kept | {
        "REGISTRY_DATABASE_URL": f"sqlite:///{home / 'registry.sqlite3'}",
        "REGISTRY_KEYS": str(home / "keys.json"),
        "WEB_CONCURRENCY": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def flask(home: Path, *words: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    flask(tmp_path, "keys", "init")
    flask(tmp_path, "migrate")
    added = flask(tmp_path, "partner", "add", "--name", "B", "--kind", "bank", "--area", "140900", "--json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = tmp_path / "output.log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "debug",
        "wsgi:app",
    ]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(tmp_path), stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 60
        while b'"route":"/healthz"' not in output.read_bytes():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
        yield Server(port, json.loads(added)["token"], output, tmp_path / "registry.sqlite3")
    finally:
        process.terminate()
        process.wait(30)


def raw(server: Server, request: bytes) -> bytes:
    """Send bytes as they are; whatever comes back."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.settimeout(1.5)
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        except OSError:
            pass
    return answer


def malformed(secret: bytes) -> list[bytes]:
    """Requests that no server should understand, each with the secret where a log might quote it."""
    good = b"GET /v1/me HTTP/1.1\r\nHost: x\r\n"
    return [
        secret + b"\r\n\r\n",
        b"GET " + secret + b"\r\n\r\n",
        b"GET /v1/checks/" + secret + b" HTTP/9.9\r\n\r\n",
        b"GET /v1/checks/" + secret + b" HTTP/1.1\r\nHost: x\r\n" + secret + b"\r\n\r\n",
        b"GET /" + secret + b" " + secret + b" HTTP/1.1\r\n\r\n",
        secret + b" /v1/checks HTTP/1.1\r\nHost: x\r\n\r\n",
        b"get /" + secret + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + secret * 400 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        good + b"X-A: " + secret * 800 + b"\r\n\r\n",
        good + b"X " + secret + b": 1\r\n\r\n",
        good + secret + b"\x00: 1\r\n\r\n",
        good + b"X-A: a\x00" + secret + b"\r\n\r\n",
        good + b"X-A: 1\r\n " + secret + b"\r\n\r\n",
        good + (b"X-A: " + secret + b"\r\n") * 60 + b"\r\n",
        good + b"Content-Length: " + secret + b"\r\n\r\n",
        good + b"Content-Length: 5\r\nContent-Length: 6\r\nX: " + secret + b"\r\n\r\n",
        good + b"Transfer-Encoding: " + secret + b"\r\n\r\n",
        good + b"Transfer-Encoding: chunked\r\n\r\n" + secret + b"\r\n",
        b"POST /v1/checks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz"
        + secret
        + b"\r\n0\r\n\r\n",
        b"POST /v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n" + secret,
        good + b"Expect: " + secret + b"\r\n\r\n",
        b"GET http://" + secret + b"/v1/me HTTP/1.1\r\nHost: " + secret + b"\r\n\r\n",
        b"PROXY TCP4 " + secret + b" 127.0.0.1 1 2\r\n" + good + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + secret,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + secret,
    ]


def understood(server: Server, secret: bytes) -> list[bytes]:
    """Requests that reach the application, and fail there or not."""
    token = b"Authorization: Bearer " + server.token.encode() + b"\r\n"
    party = {
        "role": "applicant",
        "name": CANARY.name,
        "document": {"type": "resident_id", "number": CANARY.number},
    }
    question = {"purpose": "open_bank_account", "reference": CANARY.reference, "operator": CANARY.operator}
    requests = []
    for body in (json.dumps(question | {"parties": [party]}).encode(), b'{"name": "' + secret):
        head = (
            b"POST /v1/checks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        )
        requests.append(head + token + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    head = (
        b"GET /v1/checks/"
        + secret.replace(b" ", b"")
        + b"?n="
        + secret.replace(b" ", b"")
        + b" HTTP/1.1\r\nHost: x\r\n"
    )
    requests.append(head + token + b"Connection: close\r\n\r\n")
    requests.append(head + b"Authorization: Bearer " + secret + b"\r\nConnection: close\r\n\r\n")
    requests.append(
        head
        + b"User-Agent: "
        + secret
        + b"\r\nReferer: http://x/"
        + secret
        + b"\r\nConnection: close\r\n\r\n"
    )
    return requests


def test_gunicorn_writes_nothing_of_what_anybody_sent(server: Server) -> None:
    secrets = [CANARY.number, CANARY.name, CANARY.card, CANARY.phone, CANARY.reference]
    for secret in secrets[:3]:
        for request in malformed(secret.encode()):
            raw(server, request)
    answers = [raw(server, request) for secret in secrets for request in understood(server, secret.encode())]
    assert any(b" 201 " in answer.split(b"\r\n", 1)[0] for answer in answers)
    assert all(b" 500 " not in answer.split(b"\r\n", 1)[0] for answer in answers)
    for answer in answers:
        if not answer.startswith(b"HTTP/1.1 201"):
            assert found(answer, CANARY) == []

    # The database gone under a running process: the errors that quote most are a driver's.
    for beside in server.database.parent.glob(server.database.name + "*"):
        beside.write_bytes(b"no database at all" * 999)
    for request in understood(server, CANARY.name.encode()):
        assert found(raw(server, request), CANARY) == []

    urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=10).close()
    output = server.output.read_bytes()
    assert b"Refused a malformed request" in output
    leaks = [line for line in output.splitlines() if found(line, CANARY)]
    assert not leaks, leaks[:5]
    assert found(output, CANARY) == []
