"""The load: so many keep-alive connections, each sending its next request when the last is answered.

A process of its own, raw sockets and one epoll loop, since it shares the cores with what it measures.
Reads one JSON object from standard input, writes one to standard output.
"""

import json
import re
import resource
import select
import socket
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_SILENCE = 20.0
ROOT = Path(__file__).resolve().parents[1]
WARM_UP = 0.5


def run(port: int, requests: list[bytes], connections: int, warm_up: float, seconds: float) -> dict[str, Any]:
    """Statuses and latencies of the requests answered within `seconds`, after `warm_up`."""
    upcoming = cycle(requests)
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    began: dict[int, float] = {}
    parts: dict[int, bytes] = {}
    statuses: dict[str, int] = {}
    latencies: list[float] = []
    clock = time.perf_counter

    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), timeout=_SILENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        descriptor = connection.fileno()
        sockets[descriptor] = connection
        parts[descriptor] = b""
        poll.register(descriptor, select.EPOLLIN)
        began[descriptor] = clock()
        connection.sendall(next(upcoming))
    counting_from = clock() + warm_up
    until = counting_from + seconds
    cpu = None
    while (now := clock()) < until:
        if cpu is None and now >= counting_from:
            cpu = _cpu()
        ready = poll.poll(_SILENCE)
        if not ready:
            raise SystemExit(f"no answer for {_SILENCE} s")
        for descriptor, _events in ready:
            received = sockets[descriptor].recv(65536)
            if not received:
                raise SystemExit("a connection was closed")
            answer = parts[descriptor] + received
            head = answer.find(b"\r\n\r\n")
            length = _LENGTH.search(answer, 0, head + 2) if head >= 0 else None
            bodiless = head >= 0 and answer[9:12] == b"304"
            if not bodiless and (length is None or len(answer) < head + 4 + int(length[1])):
                parts[descriptor] = answer
                continue
            done = clock()
            if began[descriptor] >= counting_from:
                latencies.append(done - began[descriptor])
                status = answer[9:12].decode()
                statuses[status] = statuses.get(status, 0) + 1
            parts[descriptor] = b""
            began[descriptor] = clock()
            sockets[descriptor].sendall(next(upcoming))
    spent = _cpu() - (cpu or 0.0)
    latencies.sort()
    answered = len(latencies)
    return {
        "statuses": statuses,
        "per_second": answered / (clock() - counting_from),
        "p50_ms": 1000 * latencies[answered // 2],
        "p99_ms": 1000 * latencies[min(answered - 1, answered * 99 // 100)],
        "client_us": 1e6 * spent / answered,
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _request(method: str, path: str, headers: dict[str, str], body: Any) -> bytes:
    """`body`: a form as it is sent, whose type `headers` tell, or what is sent as JSON."""
    content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {"Host": "127.0.0.1"} | ({"Content-Type": "application/json"} if content else {}) | headers
    lines = [f"{method} {path} HTTP/1.1"] + [f"{k}: {v}" for k, v in headers.items()]
    if content:
        lines += [f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def load(port: int, job: dict[str, Any], connections: int, seconds: float, right: str) -> dict[str, Any]:
    """What `run` finds in a process of its own; every answer must have the status `right`."""
    job = job | {"port": port, "connections": connections, "seconds": seconds, "warm_up": WARM_UP}
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        cwd=ROOT,
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    if set(found["statuses"]) != {right}:
        raise SystemExit(f"{job['path']} answered {found['statuses']}")
    return found


def main() -> None:
    """Entry of the process."""
    job = json.load(sys.stdin)
    requests = [_request(job["method"], job["path"], job["headers"], body) for body in job["bodies"]]
    print(json.dumps(run(job["port"], requests, job["connections"], job["warm_up"], job["seconds"])))


if __name__ == "__main__":
    main()
