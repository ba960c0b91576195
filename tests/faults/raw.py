"""HTTP by hand: bytes out, bytes in, over a socket of our own."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SILENCE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """One answer as it came; `headers` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A connection to a server on this machine."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(SILENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self._received = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> Answer:
        """The next whole answer. Raises EOFError when the server closes before."""
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._received) < length:
            self._more()
        body, self._received = self._received[:length], self._received[length:]
        return Answer(int(first.split()[1]), headers, body)

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.answer()

    def is_closed(self) -> bool:
        """Whether the server has closed, or does so now."""
        return not self._received and self._receive() == b""

    def _more(self) -> None:
        received = self._receive()
        if not received:
            raise EOFError(self._received)
        self._received += received

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""


@contextmanager
def connected(port: int, receive_buffer: int | None = None) -> Iterator[Connection]:
    connection = Connection(port, receive_buffer)
    with connection.socket:
        yield connection


def check(token: str, body: Any, *headers: str, first: str = "POST /v1/checks HTTP/1.1") -> bytes:
    """A whole request for a check."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [
        first,
        "Host: registry",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + content
