"""Whether this process can do its job, part by part; each part raises Unavailable when it cannot."""

from datetime import timedelta

from sqlalchemy import update

from registry import clock, migrating
from registry.access.models import RegisterState
from registry.db import transaction
from registry.errors import Unavailable
from registry.services import Services
from registry.text import Text

SEALED_WITHIN = timedelta(minutes=5)


class Readiness:
    """The parts that `/readyz` reports."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def database(self) -> None:
        """A real write, to disk."""
        with transaction() as session:
            session.execute(update(RegisterState).values(probed_at=clock.now()))

    def migrations(self) -> None:
        """The schema is the one this code was written for."""
        if migrating.current() != migrating.head():
            raise Unavailable(
                "migrations-pending",
                Text("数据库结构版本不符，请执行 migrate。", "The schema is not at head; run `migrate`."),
            )

    def keys(self) -> None:
        """The key ring is there, is this database's, and can sign."""
        self._services.keys.verify()
        self._services.keys.signer()

    def law(self) -> None:
        """Somebody could be designated today."""
        regimes = self._services.book.on(clock.today()).regimes.values()
        if not any(regime.designating.value for regime in regimes):
            raise Unavailable("law-incomplete", Text("今天没有有效的制度。", "No regime is open today."))

    def log(self) -> None:
        """New records are sealed soon."""
        waiting = self._services.sealer.oldest_unsealed()
        if waiting is not None and waiting < clock.now() - SEALED_WITHIN:
            raise Unavailable(
                "log-not-sealed",
                Text(
                    "日志超过五分钟未封存，请检查 worker。",
                    "The log has not been sealed for five minutes; look after the worker.",
                ),
            )

    def warnings(self) -> list[str]:
        """What somebody should see to, though it stops nothing."""
        stale = self._services.book.unchecked(clock.today())
        return [f"law not compared with its source for 12 months: {rule}" for rule in stale]
