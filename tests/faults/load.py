"""Clients that ask without pause and keep every answer that was given to them.

A lost connection is theirs to bear; any answer but 201 and a well-formed 503 is a fault.
"""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SILENCE_SECONDS = 40  # no answer at all for so long is a fault too
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "instance", "checks"}

_LOST = (ConnectionError, http.client.HTTPException)


@dataclass(frozen=True)
class Asked:
    """A partner's token and the bodies it sends in turn."""

    token: str
    bodies: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Client:
    """One keep-alive connection, opened anew when it is lost."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SILENCE_SECONDS)

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """The answer. Raises ConnectionError, HTTPException, TimeoutError."""
        given = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self._connection.request(
                method, path, None if body is None else json.dumps(body), given | (headers or {})
            )
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except BaseException:
            self._connection.close()
            raise

    def check(self, asked: Asked, which: int, reference: str, key: str | None = None) -> Answer:
        """One check of one of the bodies of `asked`. Raises as `send`."""
        body = asked.bodies[which % len(asked.bodies)] | {"reference": reference}
        headers = {"Authorization": f"Bearer {asked.token}"} | ({"Idempotency-Key": key} if key else {})
        return self.send("POST", "/v1/checks", body, headers)

    def close(self) -> None:
        self._connection.close()


def fault_of(answer: Answer) -> str | None:
    """What is wrong with this answer to a check, if anything."""
    if answer.status == 201:
        return None
    if answer.status != 503:
        return f"{answer.status} {answer.body[:300]!r}"
    return fault_of_unavailable(answer)


def fault_of_unavailable(answer: Answer) -> str | None:
    """Why this 503 is not one that a partner can understand and must not take for a clearance."""
    if answer.headers.get_content_type() != "application/problem+json":
        return f"503 as {answer.headers.get_content_type()}: {answer.body[:300]!r}"
    if not (answer.headers["Retry-After"] or "").isdigit():
        return "503 without Retry-After"
    problem = json.loads(answer.body)
    if problem["status"] != 503 or problem.keys() - PROBLEM_MEMBERS:
        return f"503 that says more than it may: {answer.body[:300]!r}"
    if any(word in answer.body for word in (b"proceed", b"no_match", b"snc_", b"chk_")):
        return f"503 with a verdict: {answer.body[:300]!r}"
    return None


class Load:
    """Several clients at once. `acknowledged` are (reference, answer) of each check answered with 201.

    Every attempt has a reference of its own. With `keyed`, an attempt that was lost or refused is sent
    again, the same body under the same Idempotency-Key, until it is answered.
    """

    def __init__(self, port: int, asked: Asked, name: str, clients: int = 4, keyed: int = 0) -> None:
        self.acknowledged: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[str] = []
        self.lost = self.refused = self.replayed = 0
        self._port, self._asked, self._name = port, asked, name
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(number, number < keyed)) for number in range(clients)
        ]

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Load while the block runs."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self) -> None:
        """Let every client finish what it asks now, and end."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def until_answered(self, more: int, within: float) -> None:
        """Wait for `more` answers from now on. Any fault ends the waiting."""
        self._await(lambda: len(self.acknowledged), more, within, "answers")

    def until_refused(self, more: int, within: float) -> None:
        """Wait for `more` refusals from now on. Any fault ends the waiting."""
        self._await(lambda: self.refused, more, within, "refusals")

    def _await(self, count: Callable[[], int], more: int, within: float, what: str) -> None:
        wanted, deadline = count() + more, time.monotonic() + within
        while count() < wanted:
            assert not self.faults, self
            assert time.monotonic() < deadline, f"no {more} {what} within {within:.0f} s; {self}"
            time.sleep(0.02)

    def __str__(self) -> str:
        return (
            f"{self._name}: {len(self.acknowledged)} acknowledged ({self.replayed} replayed), "
            f"{self.refused} refused with 503, {self.lost} connections lost, faults {self.faults[:3]}"
        )

    def _work(self, number: int, keyed: bool) -> None:
        client = Client(self._port)
        for turn in itertools.count():
            reference = f"{self._name}-{number}-{turn}"
            key = reference if keyed else None
            while not self._attempt(client, turn, reference, key) and keyed:
                if self._over.is_set():
                    break
            if self._over.is_set():
                break
        client.close()

    def _attempt(self, client: Client, turn: int, reference: str, key: str | None) -> bool:
        """Whether there was an answer that is not to be asked for again."""
        try:
            answer = client.check(self._asked, turn, reference, key)
        except _LOST:
            with self._lock:
                self.lost += 1
            time.sleep(0.05)  # nobody may be listening for a moment
            return False
        except Exception as other:
            with self._lock:
                self.faults.append(f"no answer: {other!r}")
            return True
        fault = fault_of(answer)
        with self._lock:
            if fault:
                self.faults.append(fault)
            elif answer.status == 201:
                self.acknowledged.append((reference, json.loads(answer.body)))
                self.replayed += "Idempotency-Replayed" in answer.headers
            else:
                self.refused += 1
        if answer.status == 503:
            time.sleep(0.02)
        return answer.status != 503
