"""Whatever happens, in whatever order and on whatever day: nobody is shown who may not be."""

from datetime import date
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from registry.access.rules import Role
from registry.config import Config
from registry.errors import Conflict, Forbidden
from registry.exposures.drafts import Draft
from registry.exposures.rules import Template
from tests.conftest import StandingClock
from tests.designations.test_machine import machine, run
from tests.exposures.exposing import BASIS
from tests.screening import oracle
from tests.screening.overlays import checks_since_2017
from tests.screening.test_oracle import Register
from tests.support.world import World

STEPS = {"sqlite": (60, 50), "postgresql": (5, 50)}
SEALED_SINCE = date(2026, 1, 1)
OF_AGE = date(2001, 6, 1)  # who was born on this day was of age when the conduct began


@pytest.fixture
def config(database_url: str, keys: Any, tmp_path: Any) -> Config:
    return Config(database_url=database_url, keys=keys, law_dir=checks_since_2017(tmp_path / "law"))


def may_be_shown(
    each: oracle.Designation, today: date, birth_on: date, penalty: str | None, basis: bool
) -> bool:
    """law.md §6 once more, from the page."""
    return (
        not each.suspended
        and each.starts_on <= today <= each.ends_on
        and birth_on <= OF_AGE
        and (penalty in ("none", "criminal") or (penalty == "administrative" and today < SEALED_SINCE))
        and (each.kind != "class_2" or basis)
        and today <= oracle.years_after(each.decided_on, 3)
    )


def exposing(register: Register) -> type[RuleBasedStateMachine]:
    """The machine of verbs, with officers who publish what it designates."""
    world, services = register.world, register.services
    logins = ("publisher", "second-publisher")
    first, second = (services.access.officer(world.officer(login, Role.PUBLISHER)) for login in logins)
    exposures, public = services.exposures, services.public_lists

    verbs: Any = machine(register)

    class Machine(verbs):  # type: ignore[misc]
        # Lists from files say too little of anybody to show them: they would only take turns.
        release_a_list = recall = None

        def __init__(self) -> None:
            super().__init__()
            self.lists: dict[str, dict[str, tuple[int, bool]]] = {}  # list: designation: serial, basis

        @initialize(minor=st.integers(0, 9).map(lambda n: n == 9))
        def somebody_comes(self, minor: bool) -> None:
            while (self.person.birth_on > OF_AGE) is not minor or self.person.resident_id[:4] != "1409":
                self.person = world.people.person()

        def fit(self, each: oracle.Designation, basis: bool) -> bool:
            penalty = self.penalties[each.id]
            return may_be_shown(each, self.today, self.person.birth_on, penalty, basis)

        def shown(self) -> set[str]:
            return {designation for rows in self.lists.values() for designation in rows}

        def draft(self, ids: list[str], basis: bool) -> str:
            title = "惩戒曝光名单"
            said = BASIS if basis else None
            return exposures.draft(first, Draft(title, None, Template.STANDARD, said, "PIA", tuple(ids)))

        @rule(basis=st.booleans())
        def publish_what_may_be_shown(self, basis: bool) -> None:
            fit = [each.id for each in self.known if self.fit(each, basis) and each.id not in self.shown()]
            unfit = [each.id for each in self.known if each.id not in fit]
            if unfit:
                with pytest.raises(Conflict):
                    self.draft(fit + unfit, basis)
            if not fit:
                return
            list_id = self.draft(fit, basis)
            exposures.submit(first, list_id)
            with pytest.raises(Forbidden):
                exposures.publish(first, list_id)
            exposures.publish(second, list_id)
            with pytest.raises(Conflict):
                exposures.publish(second, list_id)
            self.lists[list_id] = {each: (serial, basis) for serial, each in enumerate(fit, start=1)}

        @rule(target=verbs.standing, back=st.integers(0, 300), convicted=st.booleans(), older=st.booleans())
        def designate_and_publish(self, back: int, convicted: bool, older: bool) -> Any:
            """Chance alone seldom leads to somebody who may be shown."""
            if older and self.today < date(2026, 6, 1):
                back = 1795  # 2024-11-30: the latest under the earlier law
            drafted = self.designate(back, convicted, older and back == 1795, "none")
            self.publish_what_may_be_shown(basis=True)
            return drafted

        @rule(days=st.integers(300, 900))
        def years_pass(self, days: int) -> None:
            self.time_passes(days)

        @rule(which=st.randoms(use_true_random=False))
        @precondition(lambda self: self.shown())
        def withdraw_one(self, which: Any) -> None:
            list_id = which.choice([each for each, rows in self.lists.items() if rows])
            designation = which.choice(sorted(self.lists[list_id]))
            serial, _ = self.lists[list_id].pop(designation)
            (entry,) = [row for row in public.rows(list_id) if row.serial == serial]
            exposures.withdraw_entry(second, list_id, entry.id, "更正")
            with pytest.raises(Conflict):
                exposures.withdraw_entry(second, list_id, entry.id, "更正")

        @rule()
        @precondition(lambda self: self.lists)
        def withdraw_all(self) -> None:
            list_id = max(self.lists)
            exposures.withdraw(second, list_id, "依据有误")
            with pytest.raises(Conflict):
                exposures.withdraw(second, list_id, "依据有误")
            del self.lists[list_id]

        @rule()
        def the_worker_comes_by(self) -> None:
            while services.take_down.sweep():
                pass

        @invariant()
        def the_public_sees_who_may_be_shown_and_nobody_else(self) -> None:
            standing = {each.id: each for each in self.known}
            for list_id, rows in self.lists.items():
                for designation, (_, basis) in list(rows.items()):
                    if designation not in standing or not self.fit(standing[designation], basis):
                        del rows[designation]  # for good: nothing is shown again by itself
                expected = sorted(serial for serial, _ in rows.values())
                seen = [row.serial for row in public.rows(list_id)]
                assert seen == expected, (self.today, self.known)
                assert public.count(list_id) == len(expected)
                page = world.get(None, f"/public/exposure-lists/{list_id}.json")
                assert [row["serial"] for row in page.json["rows"]] == expected

    return Machine


def test_nobody_is_shown_who_may_not_be(
    world: World, standing_clock: StandingClock, request: pytest.FixtureRequest
) -> None:
    register = Register(world, standing_clock)
    run(exposing(register), *STEPS[request.node.callspec.params["database_url"]])
