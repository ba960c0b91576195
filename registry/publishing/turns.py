"""One at a time, and few waiting: what costs a second of work must not be had for the price of a request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from registry.errors import Unavailable
from registry.text import Text

WAITING = 4
PATIENCE_SECONDS = 20.0


class Turns:
    """Hands out turns within this process."""

    def __init__(self, waiting: int = WAITING, patience: float = PATIENCE_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(waiting + 1)
        self._one = threading.Lock()
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else has one meanwhile. Raises Unavailable where too many wait already, or for too long."""
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._one.acquire(timeout=self._patience):
                raise _busy()
            try:
                yield
            finally:
                self._one.release()
        finally:
            self._places.release()


def unavailable(why: Text) -> Unavailable:
    """No file can be made or verified at the moment."""
    return Unavailable("file-unavailable", why)


def _busy() -> Unavailable:
    return unavailable(
        Text("正在处理其他文件，请稍候重试。", "Other files are being made or verified; try again shortly.")
    )
