"""Serving together those who ask at the same moment.

A commit costs the same for one row as for twenty. So whoever asks while nobody is served leads a
round: it serves everybody who has gathered, on its own thread, while the next round gathers. Nobody
lingers for company, and nothing outlives the questions: a fork or a killed thread finds no queue
to repair.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class _Round(Generic[Q, A]):
    """Those served together. The shut `door` opens for one of them to lead, then for all, one by one."""

    def __init__(self) -> None:
        self.questions: list[Q] = []
        self.outcomes: Sequence[A | BaseException] | None = None
        self.door = threading.Lock()
        self.door.acquire()


class Together(Generic[Q, A]):
    """`serve` gets the questions of a round and gives an outcome for each, in their order.

    An outcome that is an exception is raised where its question was asked; what `serve` itself raises is
    raised in all, and in those who gathered meanwhile.
    """

    def __init__(self, serve: Callable[[Sequence[Q]], Sequence[A | BaseException]]) -> None:
        self._serve = serve
        self._turn = threading.Lock()
        self._gathering = _Round[Q, A]()
        self._serving = False

    def ask(self, question: Q) -> A:
        """The answer to `question`."""
        with self._turn:
            mine = self._gathering
            place = len(mine.questions)
            mine.questions.append(question)
            waits, self._serving = self._serving, True
        if waits:
            mine.door.acquire()
        if mine.outcomes is None:
            mine.outcomes = self._led(mine)
        # One wakes the next: were all woken at once, they would fight for the interpreter.
        mine.door.release()
        outcome = mine.outcomes[place]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _led(self, round_: _Round[Q, A]) -> Sequence[A | BaseException]:
        with self._turn:
            self._gathering = _Round()  # whoever comes from here on is for the next round
        trouble: BaseException | None = None
        outcomes: Sequence[A | BaseException]
        try:
            outcomes = self._serve(round_.questions)
        except BaseException as caught:
            trouble, outcomes = caught, [caught] * len(round_.questions)
        with self._turn:
            following = self._gathering
            self._serving = bool(following.questions)
            if following.questions and trouble is not None:
                # Who has waited behind a database that does not answer need not wait for it once more.
                following.outcomes = [trouble] * len(following.questions)
                self._gathering, self._serving = _Round(), False
        if following.questions:
            following.door.release()
        return outcomes
