"""Those who ask at the same moment are served together; nobody waits for company or for a dead leader."""

import threading
from collections.abc import Callable, Sequence

import pytest

from registry.screening.together import Together

MANY = 16


def all_at_once(ask: Callable[[int], object]) -> dict[int, object]:
    """What each of many threads got or was told."""
    got: dict[int, object] = {}

    def one(number: int) -> None:
        try:
            got[number] = ask(number)
        except Exception as told:
            got[number] = told

    threads = [threading.Thread(target=one, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(got) == MANY, "somebody waits for ever"
    return got


class Counted:
    """Serves, keeps the rounds, and holds the first one up until all the others have asked."""

    def __init__(self, fails: type[Exception] | None = None) -> None:
        self.rounds: list[list[int]] = []
        self.everybody = threading.Event()
        self.fails = fails
        self._busy = threading.Lock()

    def serve(self, questions: Sequence[int]) -> list[int | BaseException]:
        assert self._busy.acquire(blocking=False), "two rounds at once"
        self.rounds.append(list(questions))
        try:
            if len(self.rounds) == 1:
                self.everybody.wait(20)
                if self.fails:
                    raise self.fails
            return [ValueError(str(each)) if each % 5 == 4 else each * 10 for each in questions]
        finally:
            self._busy.release()


def asked_behind_a_slow_first(counted: Counted) -> dict[int, object]:
    together = Together(counted.serve)
    arrived = threading.Semaphore(0)

    def ask(number: int) -> int:
        arrived.release()
        return together.ask(number)

    def let_go() -> None:
        for _ in range(MANY):
            arrived.acquire()
        while len(together._gathering.questions) + len(counted.rounds[0]) < MANY:
            pass
        counted.everybody.set()

    threading.Thread(target=let_go).start()
    return all_at_once(ask)


def test_whoever_came_meanwhile_is_served_in_one_round() -> None:
    counted = Counted()
    got = asked_behind_a_slow_first(counted)
    assert len(counted.rounds) == 2
    assert sorted(counted.rounds[0] + counted.rounds[1]) == list(range(MANY))
    for number, outcome in got.items():
        if number % 5 == 4:
            assert isinstance(outcome, ValueError)
            assert str(outcome) == str(number)
        else:
            assert outcome == number * 10


def test_one_alone_is_served_at_once_and_alone() -> None:
    counted = Counted()
    counted.everybody.set()
    together = Together(counted.serve)
    assert [together.ask(number) for number in (1, 2, 3)] == [10, 20, 30]
    assert counted.rounds == [[1], [2], [3]]


def test_who_waited_behind_a_failure_is_told_at_once_and_the_next_one_is_served() -> None:
    counted = Counted(fails=ConnectionError)
    got = asked_behind_a_slow_first(counted)
    assert len(counted.rounds) == 1
    assert {type(outcome) for outcome in got.values()} == {ConnectionError}


def test_after_a_failure_all_is_as_before() -> None:
    answers: list[int | BaseException] = [ConnectionError(), 7]

    def serve(questions: Sequence[int]) -> list[int | BaseException]:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return [answer] * len(questions)

    together = Together(serve)
    with pytest.raises(ConnectionError):
        together.ask(1)
    assert together.ask(1) == 7
