"""The clocks of one object in these tests, in few words."""

from datetime import date
from typing import Any

from sqlalchemy import select

from registry.audit.models import LogRecord
from registry.audit.service import Actor, Record
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.workdays.service import Workdays
from tests.support.world import World

ACCEPT, DECIDE = "procedure/appeal-acceptance", "procedure/appeal-decision"
OBJECT = "apl_1"
OFFICER = Actor("ofc_1", "aut_1")


class Clocks:
    """The clocks of one object, each verb an act of its own."""

    def __init__(self, world: World) -> None:
        self.workdays: Workdays = world.services.workdays
        self._log = world.services.log

    def start(self, rule: str, event_on: str, object_id: str = OBJECT) -> dict[str, Any]:
        with transaction() as session:
            event = date.fromisoformat(event_on)
            return self.workdays.start(session, OFFICER, rule, object_id, event)

    def act(self, verb: str, rule: str, on: str) -> dict[str, Any]:
        with transaction() as session:
            act = getattr(self.workdays, verb)
            return dict(act(session, OFFICER, rule, OBJECT, date.fromisoformat(on)))

    def all(self, object_id: str = OBJECT) -> list[dict[str, Any]]:
        with reading() as session:
            return self.workdays.of(session, [object_id])[object_id]

    def acts(self, object_id: str = OBJECT) -> list[Record]:
        with reading() as session:
            return self._log.of(session, object_id)

    def told_overdue(self) -> list[tuple[str, str, bool]]:
        """(object, due day, provisional) of each act that tells of an overdue clock, in order."""
        with reading() as session:
            told = select(LogRecord).where(LogRecord.tag == Tag.CLOCK_OVERDUE).order_by(LogRecord.position)
            return [
                (row.object_id or "", row.facts["due_on"], row.facts["provisional"])
                for row in session.scalars(told)
            ]

    def dues(self) -> dict[str, str]:
        """The due day by rule."""
        return {view["rule"]: str(view["due_on"]) for view in self.all()}
