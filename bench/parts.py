"""Parts of a check by themselves, in one process and one thread: the service without HTTP, a keyed hash."""

import hmac
import os
import time
from collections.abc import Callable, Mapping
from itertools import cycle, islice

from bench.place import Place, question
from registry.app import create_app
from registry.config import Config
from registry.services import Services
from registry.vault.keyring import KeyRing
from registry.vault.vault import Vault

_TURNS, _CHECKS, _WARM_UP = 20, 25, 200
_MACS = 100_000


def over_size(places: Mapping[int, Place], rounds: int) -> dict[int, list[list[float]]]:
    """Seconds of each check through the service, durable in the log, by the size of the list and by round.

    Within a round the sizes take short turns, so that whatever else the machine does strikes all of them.
    """
    asking = {size: _Asking(place) for size, place in places.items()}
    for each in asking.values():
        each.ask(_WARM_UP)
    times: dict[int, list[list[float]]] = {size: [] for size in places}
    for _ in range(rounds):
        for taken in times.values():
            taken.append([])
        for _ in range(_TURNS):
            for size, each in asking.items():
                times[size][-1] += each.ask(_CHECKS)
    return times


class _Asking:
    """One partner that asks one registry, one check after the other."""

    def __init__(self, place: Place) -> None:
        self._app = create_app(Config(database_url=place.url, keys=place.keys))
        self._questions = cycle([question(body) for body in place.bodies])
        services: Services = self._app.extensions["registry"]
        self._token = place.token
        self._screening = services.screening

    def ask(self, checks: int) -> list[float]:
        """The seconds of each of the next `checks`."""
        times = []
        with self._app.app_context():
            for request in islice(self._questions, checks):
                began = time.perf_counter()
                self._screening.check(self._token, request, "zh-CN")
                times.append(time.perf_counter() - began)
        return times


def macs(place: Place, rounds: int) -> dict[str, list[float]]:
    """Seconds a call of a bare `hmac.digest` over a document number, and of the vault's token of one."""
    vault = Vault(KeyRing.load(place.keys, "intl"))
    key, number = os.urandom(32), "resident_id:11010519491231002X"
    data = number.encode()
    subjects: dict[str, Callable[[], object]] = {
        "`hmac.digest`": lambda: hmac.digest(key, data, "sha256"),
        "the vault's token": lambda: vault.token("document", number),
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, call in subjects.items():
            began = time.perf_counter()
            for _ in range(_MACS):
                call()
            times[name].append((time.perf_counter() - began) / _MACS)
    return times
