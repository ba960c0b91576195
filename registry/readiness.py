"""Whether this process can do its job, part by part; each part raises Unavailable when it cannot."""

from sqlalchemy import update

from registry import clock, migrating
from registry.access.models import RegisterState
from registry.db import transaction
from registry.errors import Unavailable
from registry.services import Services
from registry.text import Text


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
        """The key ring is there and is this database's."""
        self._services.keys.verify()

    def law(self) -> None:
        """Somebody could be designated today."""
        regimes = self._services.book.on(clock.today()).regimes.values()
        if not any(regime.designating.value for regime in regimes):
            raise Unavailable("law-incomplete", Text("今天没有有效的制度。", "No regime is open today."))

    def warnings(self) -> list[str]:
        """What somebody should see to, though it stops nothing."""
        stale = self._services.book.unchecked(clock.today())
        return [f"law not compared with its source for 12 months: {rule}" for rule in stale]
