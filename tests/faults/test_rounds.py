"""Whatever bytes arrive, in whatever pieces: rounds answer as threads do, and hold nobody else up."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.rounds import MOST_FOR_EACH_THREAD, MOST_GATHERED, MOST_TOGETHER
from tests.faults.place import Place, furnish
from tests.faults.raw import SILENCE_SECONDS, Answer, Connection, check, connected
from tests.faults.service import Service, serving
from tests.faults.test_stop import held_up

pytestmark = pytest.mark.xdist_group("faults")

THREADS = 16
ALONE = {"WEB_CONCURRENCY": "1", "REGISTRY_WORKER": "none", "PYTHONHASHSEED": "0"}
CHANCE = {"date", "x-request-id", "content-length"}


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("rounds")
    return furnish(f"sqlite:///{folder}/registry.sqlite3", folder)


@pytest.fixture(scope="module")
def service(steady: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("rounds") / "gunicorn.log"
    with serving(steady, log, **ALONE) as running:
        yield running


@pytest.fixture(scope="module")
def threaded(steady: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The same registry as gunicorn's own threads serve it."""
    log = tmp_path_factory.mktemp("threads") / "gunicorn.log"
    with serving(steady, log, **ALONE, GUNICORN_CMD_ARGS="--worker-class gthread") as running:
        yield running


@pytest.fixture(scope="module")
def right(steady: Place) -> bytes:
    return check(steady.asked.token, steady.asked.bodies[0])


def without_chance(answer: Answer) -> tuple[int, dict[str, str], Any]:
    body = answer.json
    if answer.status == 201:
        for name in ("id", "checked_at", "receipt"):
            assert body.pop(name)
    else:
        body.pop("instance")
    return answer.status, {k: v for k, v in answer.headers.items() if k not in CHANCE}, body


def test_a_check_in_two_pieces_is_answered_wherever_it_is_cut(service: Service, right: bytes) -> None:
    with connected(service.port) as client:
        whole = without_chance(client.ask(right))
        assert whole[0] == 201
        for cut in (1, 10, 24, 25, 100, right.index(b"\r\n\r\n") + 2, len(right) - 20, len(right) - 1):
            client.send(right[:cut])
            time.sleep(0.05)
            assert without_chance(client.ask(right[cut:])) == whole, cut


def test_pipelined_requests_are_answered_in_their_order(
    service: Service, steady: Place, right: bytes
) -> None:
    other = check(steady.asked.token, steady.asked.bodies[1])
    health = b"GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n"
    slow = check(steady.asked.token, steady.asked.bodies[0], "Idempotency-Key: pipelined")
    with connected(service.port) as client:
        for batch in ([right, other], [health, right, other], [right, health, right], [slow, other, right]):
            client.send(b"".join(batch))
            for sent in batch:
                answer = client.answer()
                if sent is health:
                    assert answer.status == 200
                else:
                    match = "match" if sent in (right, slow) else "no_match"
                    assert answer.json["parties"][0]["result"] == match


def test_a_client_that_waits_for_continue_gets_it_once(service: Service, steady: Place, right: bytes) -> None:
    asking = check(steady.asked.token, steady.asked.bodies[0], "Expect: 100-continue")
    with connected(service.port) as client:
        assert client.ask(asking).status == 100
        assert client.answer().status == 201
        assert client.ask(right).status == 201


def test_the_connection_ends_when_the_client_says_so(service: Service, steady: Place) -> None:
    for first, header in (
        ("POST /v1/checks HTTP/1.1", "Connection: close"),
        ("POST /v1/checks HTTP/1.0", "X: y"),
    ):
        with connected(service.port) as client:
            answer = client.ask(check(steady.asked.token, steady.asked.bodies[0], header, first=first))
            assert (answer.status, answer.headers["connection"]) == (201, "close")
            assert client.is_closed()


def test_a_refusal_leaves_the_connection_usable(service: Service, steady: Place, right: bytes) -> None:
    body = steady.asked.bodies[0]
    with connected(service.port) as client:
        assert client.ask(check("nobody", body)).status == 401
        assert client.ask(check(steady.asked.token, body | {"purpose": "issue_phone_card"})).status == 403
        assert client.ask(check(steady.asked.token, body | {"parties": []})).status == 422
        assert client.ask(right).status == 201


def test_who_leaves_before_the_answer_disturbs_nobody(service: Service, right: bytes) -> None:
    for _ in range(50):
        with connected(service.port) as client:
            client.send(right)
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # the close tears the connection down
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    with connected(service.port) as client:
        assert client.ask(right).status == 201
    assert not service.crashes()


def test_connections_on_which_nothing_comes_take_no_thread(service: Service, right: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(4 * THREADS):
            stack.enter_context(connected(service.port))
        with connected(service.port) as client:
            began = time.monotonic()
            assert client.ask(b"GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n").status == 200
            assert client.ask(right).status == 201
            assert time.monotonic() - began < 4  # gunicorn's threads would wait 5 s for each


def test_a_client_that_does_not_read_gets_its_answer_later_and_holds_nobody_up(
    service: Service, steady: Place, right: bytes
) -> None:
    body = steady.asked.bodies[0]
    agents = [{**body["parties"][0], "role": "agent"} for _ in range(9)]
    large = check(steady.asked.token, body | {"parties": body["parties"] + agents})
    with connected(service.port, receive_buffer=2048) as reluctant, connected(service.port) as client:
        for _ in range(400):  # what the kernel would take for it in the meantime
            reluctant.socket.settimeout(0.2)
            try:
                reluctant.send(large)
            except TimeoutError:
                break
        for _ in range(10):
            assert client.ask(right).status == 201
        reluctant.socket.settimeout(SILENCE_SECONDS)
        answer = reluctant.answer()
        assert (answer.status, len(answer.json["parties"])) == (201, 10)


HEADERS = [
    "X-Forwarded-For: 1.2.3.4", "Accept-Language: en", "accept-language:zh", "Content-Length: 5",
    "Content-Length: +5", "Transfer-Encoding: chunked", "Transfer-Encoding: identity",
    "Content-Encoding: gzip", "Connection: close", "Connection: keep-alive", "Connection: upgrade",
    "Upgrade: h2c", "Expect: 100-continue", "Idempotency-Key: \x01", "Content-Type: text/plain",
    "Authorization: Bearer other", "Host: other", " folded: value", "no colon", "Space : before",
    "Under_score: x", "X: \x00", "X: \xff", "Forwarded: for=x", "Proxy: x", "SCRIPT_NAME: /v1",
    "Script-Name: /v1", "Sec-WebSocket-Key: x", "Trailer: x", "TE: trailers",
]  # fmt: skip
FIRST_LINES = [
    "POST /v1/checks HTTP/1.1", "POST /v1/checks HTTP/1.0", "POST /v1/checks HTTP/2.0",
    "POST /v1/checks?x=1 HTTP/1.1", "POST /v1/checks/ HTTP/1.1", "POST //v1/checks HTTP/1.1",
    "POST http://registry/v1/checks HTTP/1.1", "GET /v1/checks HTTP/1.1", "post /v1/checks HTTP/1.1",
    "POST /v1/chec%6bs HTTP/1.1", "POST  /v1/checks HTTP/1.1", "POST /v1/checks#x HTTP/1.1",
    "POST /v1/checks HTTP/1.1 ", "POST /v1/checks",
]  # fmt: skip
ODD_BYTES = [b"", b"\r", b"\n", b"\r\n", b" ", b"{", b"\x00", b"\xff", b"9"]
EDITS = st.lists(st.tuples(st.integers(0, 700), st.sampled_from(ODD_BYTES)), max_size=2)


def all_that_comes(port: int, data: bytes) -> list[tuple[int, Any]]:
    """Statuses and bodies of all answers to `data`, until the server closes."""
    answers = []
    with connected(port) as client:
        with suppress(OSError):
            client.send(data)
            client.socket.shutdown(socket.SHUT_WR)
        with suppress(EOFError, OSError):
            while True:
                answer = client.answer()
                is_json = "json" in answer.headers.get("content-type", "")
                content = without_chance(answer)[1:] if is_json else (dict(answer.headers), answer.body)
                answers.append((answer.status, content))
    for _, (headers, _) in answers:
        headers.pop("date", None)
    return answers


def test_whatever_arrives_is_answered_as_threads_would(
    service: Service, threaded: Service, steady: Place
) -> None:
    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        first=st.just(FIRST_LINES[0]) | st.sampled_from(FIRST_LINES),
        headers=st.lists(st.sampled_from(HEADERS), max_size=2),
        edits=EDITS,
        which=st.integers(0, 1),
        twice=st.booleans(),
    )
    def alike(first: str, headers: list[str], edits: list[Any], which: int, twice: bool) -> None:
        body = json.dumps(steady.asked.bodies[which]).encode()
        data = check(steady.asked.token, body, first=first)
        head, _, body = data.partition(b"\r\n\r\n")
        data = b"\r\n".join([head, *(each.encode("latin-1") for each in headers), b"", body])
        for place, put in edits:
            data = data[:place] + put + data[place + 1 :]
        if twice:
            data += check(steady.asked.token, steady.asked.bodies[0])
        assert all_that_comes(service.port, data) == all_that_comes(threaded.port, data)

    alike()
    assert not service.crashes()


def test_who_finds_no_room_is_told_at_once_and_all_others_are_answered(steady: Place, tmp_path: Path) -> None:
    waiting = MOST_TOGETHER + MOST_GATHERED
    with serving(steady, tmp_path / "log", **ALONE) as service:
        with ExitStack() as stack:
            with held_up(steady):
                clients = _each_asks(stack, service, steady, waiting + 40)
                turned_away = [client for client in clients if _has_answer(client)]
                assert len(turned_away) >= 39  # the first round may have begun with less than it could hold
                began = time.monotonic()
                for client in turned_away:
                    _assert_refused(client)
                with connected(service.port) as other:
                    assert other.ask(b"GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n").status == 200
                assert time.monotonic() - began < 5
            for client in clients:
                if client not in turned_away:
                    assert client.answer().status == 201
        service.await_status("/readyz", 200)


def test_threads_too_have_only_so_much_room(steady: Place, tmp_path: Path) -> None:
    room = MOST_FOR_EACH_THREAD * THREADS
    with serving(steady, tmp_path / "log", **ALONE) as service:
        with ExitStack() as stack, held_up(steady):
            clients = _each_asks(stack, service, steady, room + 20, "Idempotency-Key: number-{}")
            turned_away = [client for client in clients if _has_answer(client)]
            assert len(turned_away) == 20
            for client in turned_away:
                _assert_refused(client)
        service.await_status("/readyz", 200)


def _each_asks(
    stack: ExitStack, service: Service, place: Place, count: int, *headers: str
) -> list[Connection]:
    clients = []
    for number in range(count):
        client = stack.enter_context(connected(service.port))
        body = place.asked.bodies[number % 2]
        client.send(check(place.asked.token, body, *(header.format(number) for header in headers)))
        clients.append(client)
    time.sleep(1)
    return clients


def _has_answer(client: Connection) -> bool:
    client.socket.setblocking(False)
    try:
        return bool(client.socket.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.socket.settimeout(SILENCE_SECONDS)


def _assert_refused(client: Connection) -> None:
    answer = client.answer()
    assert answer.status == 503
    assert answer.json["type"] == "/problems/overloaded"
    assert answer.headers["retry-after"].isdigit()
    assert client.is_closed()
