"""The clocks of one object in these tests, in few words."""

from datetime import date
from typing import Any

from registry.audit.service import Actor, Record
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

    def dues(self) -> dict[str, str]:
        """The due day by rule."""
        return {view["rule"]: str(view["due_on"]) for view in self.all()}
