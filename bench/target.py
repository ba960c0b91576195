"""What is measured: answers under load, and the processor time that each takes."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from bench.client import WARM_UP, load
from bench.server import Server


@dataclass(frozen=True)
class Target:
    """What is measured: a server and what is sent to it."""

    name: str
    server: Server
    job: dict[str, Any]
    right: str

    def measure(self, connections: int, seconds: float) -> dict[str, Any]:
        """One round. Every answer must have the right status."""
        before = self.server.cpu_seconds()
        found = load(self.server.port, self.job, connections, seconds, self.right)
        spent = self.server.cpu_seconds() - before
        # The workers' time includes the warm-up, at about the same rate.
        found["server_us"] = 1e6 * spent / (found["per_second"] * (seconds + WARM_UP))
        return found

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one body."""
        url = f"http://127.0.0.1:{self.server.port}{self.job['path']}"
        headers = self.job["headers"] | {"Content-Type": "application/json"}
        with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found
