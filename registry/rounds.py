"""How gunicorn serves the registry: checks that have arrived are answered together, in rounds.

Threads that each carry one check hand the interpreter's lock from one to the next, which costs more than
the checks themselves. So here the worker's own loop looks at what has arrived before a thread is given to
it. A plain check that has arrived whole joins the others; as soon as no round is under way, one thread
serves all who have gathered – one look-up, one commit – while the loop gathers the next. Nobody lingers
for company: a check that comes alone is a round of one.

    arrived → a plain check, whole? ─ yes → gathered → round (durable) → sent
                  └ no → gunicorn's threads, as ever

The loop only peeks until it is sure, so whatever is odd goes the ordinary way untouched. HTTP itself is
gunicorn's: its parser reads the request, its `Response` writes the answer. What has no room any more is
turned away at once with 503, and a connection on which nothing has arrived takes no thread.

Imported before gunicorn's `on_starting`, hence it may import neither the application nor what counts.
Overrides `enqueue_req`, `finish_request` and `wait_for_and_dispatch_events` of gunicorn's `ThreadWorker`,
which are not promised to stay: `requirements.txt` pins the release, `tests/faults/test_rounds.py` compares
with gunicorn's own threads.
"""

import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gunicorn.http import get_parser
from gunicorn.http.wsgi import create
from gunicorn.workers.gthread import _DEFER, ThreadWorker

if TYPE_CHECKING:
    from registry.api.counter import Answer, Counter, Plain

MOST_TOGETHER = 64
"""Checks of one round: it bounds how long the last of them waits for the first."""
MOST_GATHERED = 512
"""Checks that wait for the next rounds of a worker."""
MOST_FOR_EACH_THREAD = 16
"""Other requests with a worker, waiting or under way, for each of its threads."""

_PEEKED = 64 * 1024
_AT_ONCE = socket.MSG_DONTWAIT


class _Written(bytearray):
    """Takes what gunicorn writes, in the place of a socket."""

    sendall = send = bytearray.extend


@dataclass(frozen=True, slots=True)
class _Check:
    """A check under way: the connection it came on, what it asks, and how its answer is written."""

    connection: Any
    plain: "Plain"
    environ: dict[str, Any]
    response: Any
    written: _Written


class RoundsWorker(ThreadWorker):
    """gunicorn's `gthread` that answers checks in rounds."""

    alive: bool
    _counter: "Counter | None" = None

    def load_wsgi(self) -> None:
        """Load the application; one without a counter, and TLS or HTTP/2 here, is served as by `gthread`."""
        super().load_wsgi()
        plain = not self.cfg.is_ssl and self.cfg.protocol == "http" and "h2" not in self.cfg.http_protocols
        if plain:
            self._counter = getattr(self.wsgi, "extensions", {}).get("registry.counter")
        self._gathered: list[_Check] = []
        self._round_under_way = False
        self._rounds = ThreadPoolExecutor(max_workers=1, thread_name_prefix="round")
        self._with_threads = 0

    # -- what arrives ------------------------------------------------------------------------------

    def enqueue_req(self, conn: Any) -> None:
        """Something may have arrived on `conn`: give it a round or a thread, park it, or turn it away."""
        if self._counter is None or (conn.parser and conn.parser.unreader.buf.getvalue()):
            self._give_thread(conn)  # in the second case its next bytes are not where we would look
            return
        try:
            arrived = conn.sock.recv(_PEEKED, socket.MSG_PEEK | _AT_ONCE)
            check = self._read(conn, arrived, self._counter)
            if check is None:
                self._give_thread(conn)
            elif len(self._gathered) >= MOST_GATHERED:
                self._turn_away(conn)
            else:
                conn.sock.recv(len(arrived))
                conn.init()
                self._count()
                self._gathered.append(check)
        except BlockingIOError:
            self._finish(conn, _DEFER)
        except OSError:
            self._finish(conn, False)

    def _read(self, conn: Any, arrived: bytes, counter: "Counter") -> _Check | None:
        """The check that `arrived` is from its first to its last byte; `None` for everything else."""
        if not arrived.startswith(counter.FIRST_LINE):
            return None
        written = _Written()
        try:
            parser = get_parser(self.cfg, [arrived], conn.client)
            request = next(parser)
            response, environ = create(request, written, conn.client, conn.server, self.cfg)
            body = request.body.read()
        except Exception:  # the ordinary way has the words for whatever is wrong with it
            return None
        if written or parser.unreader.take_buffered():  # it waits for «100 Continue», or more follows
            return None
        plain = counter.read(environ, body)
        return _Check(conn, plain, environ, response, written) if plain else None

    def _count(self) -> None:
        """One more request, of as many as the settings let a worker serve."""
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False

    def _give_thread(self, conn: Any) -> None:
        if self._counter and self._with_threads >= MOST_FOR_EACH_THREAD * self.cfg.threads:
            self._turn_away(conn)
            return
        self._with_threads += 1
        super().enqueue_req(conn)

    def _turn_away(self, conn: Any) -> None:
        assert self._counter is not None  # nosec B101: its callers have looked
        with suppress(OSError):
            conn.sock.recv(_PEEKED, _AT_ONCE)  # what is left unread would make the answer vanish
            conn.sock.send(self._counter.turned_away(), _AT_ONCE)
        self.nr_conns -= 1
        conn.close()

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """A thread is done with `conn`."""
        self._with_threads -= 1
        self._finished(conn, fs)

    def _finish(self, conn: Any, outcome: object) -> None:
        """Close `conn`, keep it alive (`True`) or wait for what it will send (`_DEFER`)."""
        done: Future[Any] = Future()
        done.set_result(outcome)
        self._finished(conn, done)

    def _finished(self, conn: Any, done: "Future[Any]") -> None:
        if done.cancelled() or done.exception() or done.result():
            super().finish_request(conn, done)
        else:
            # A graceful close waits for the other end, and the loop may not wait.
            self.nr_conns -= 1
            self.tpool.submit(conn.close, graceful=True)

    # -- rounds ------------------------------------------------------------------------------------

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn's; then begin a round with those who have gathered, and with those who just came."""
        super().wait_for_and_dispatch_events(timeout)
        before = 0
        while not self._round_under_way and before < len(self._gathered) < MOST_TOGETHER:
            before = len(self._gathered)
            super().wait_for_and_dispatch_events(0)
        if self._gathered and not self._round_under_way:
            checks, self._gathered = self._gathered[:MOST_TOGETHER], self._gathered[MOST_TOGETHER:]
            self._round_under_way = True
            served = self._rounds.submit(self._serve, checks)
            served.add_done_callback(lambda done: self.method_queue.defer(self._end_round, checks, done))

    def _serve(self, checks: list[_Check]) -> list[Exception | None]:
        """Write the answers, each durable; for each check that is refused its refusal."""
        assert self._counter is not None  # nosec B101: else nobody has gathered
        outcomes = self._counter.serve([check.plain for check in checks])
        for check, outcome in zip(checks, outcomes, strict=True):
            if not isinstance(outcome, Exception):
                self._write(check, outcome)
        return [outcome if isinstance(outcome, Exception) else None for outcome in outcomes]

    def _end_round(self, checks: list[_Check], done: "Future[list[Exception | None]]") -> None:
        self._round_under_way = False
        try:
            refusals = done.result()
        except Exception as trouble:
            # Who has gathered behind a database that does not answer need not wait for it once more.
            checks, self._gathered = checks + self._gathered, []
            refusals = [trouble] * len(checks)
        for check, refusal in zip(checks, refusals, strict=True):
            if refusal is None:
                self._send(check)
            else:
                self._by_thread(check, self._refuse, refusal)

    def _write(self, check: _Check, answer: "Answer") -> None:
        if not self.alive or not self.cfg.keepalive or len(self.keepalived_conns) >= self.max_keepalived:
            check.response.force_close()
        check.response.start_response(answer.status, answer.headers)
        check.response.write(answer.content)
        check.response.close()

    def _send(self, check: _Check) -> None:
        """Send what is written; a client that is slow to take it gets a thread."""
        try:
            sent = check.connection.sock.send(check.written, _AT_ONCE)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._finish(check.connection, False)
            return
        if sent == len(check.written):
            self._finish(check.connection, not check.response.should_close())
        else:
            self._by_thread(check, self._send_rest, sent)

    def _by_thread(self, check: _Check, act: Callable[..., bool], *given: object) -> None:
        """Let a thread `act` and send; it says whether the connection stays."""
        self._with_threads += 1
        acting = self.tpool.submit(act, check, *given)
        acting.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, check.connection, done)
        )

    def _refuse(self, check: _Check, refusal: Exception) -> bool:
        assert self._counter is not None  # nosec B101: else nobody has gathered
        self._write(check, self._counter.refuse(check.environ, check.plain, refusal))
        return self._send_rest(check, 0)

    def _send_rest(self, check: _Check, sent: int) -> bool:
        check.connection.sock.settimeout(self.cfg.timeout)
        check.connection.sock.sendall(check.written[sent:])
        return not check.response.should_close()
