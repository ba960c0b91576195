"""Random bytes of the operating system, fetched a block at a time.

Asking the system for each few bytes hands the interpreter to another thread each time, which costs a
busy server more than all the rest of making an id. A block is never shared between processes.
"""

import os
import threading

_BLOCK = 4096

_turn = threading.Lock()
_block = b""
_used = 0


def take(count: int) -> bytes:
    """`count` (at most 4096) bytes fit for nonces and ids; no byte is given out twice."""
    global _block, _used
    with _turn:
        if _used + count > len(_block):
            _block, _used = os.urandom(_BLOCK), 0
        _used += count
        return _block[_used - count : _used]


def _forget() -> None:
    """After a fork parent and child would give out the same bytes."""
    global _block, _used, _turn
    _block, _used, _turn = b"", 0, threading.Lock()


os.register_at_fork(after_in_child=_forget)
