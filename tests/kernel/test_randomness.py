"""No random byte is given out twice: not to two threads, not to two processes."""

import os
import threading

import pytest

from registry import randomness


def test_every_taking_is_fresh_across_blocks_and_threads() -> None:
    taken: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(randomness.take(16) for _ in range(2000)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == 8000
    assert {len(each) for each in taken} == {16}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_does_not_get_what_its_parent_gets() -> None:
    randomness.take(1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, randomness.take(32))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 32) != randomness.take(32)
