"""Whatever officers do, in whatever order and on whatever day: every check is right after every step."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registry.access.rules import Role
from registry.appeals.rules import Appellant, Asks, Capacity, Channel, Decision, Intake, Outcome, Track
from registry.clock import BEIJING
from registry.config import Config
from registry.designations.queries import Search
from registry.designations.rules import Verb
from registry.designations.variations import Change, Variation
from registry.errors import Conflict, Forbidden
from tests.conftest import StandingClock
from tests.imports.list_files import csv_file, person_row, table
from tests.screening import oracle
from tests.screening.overlays import checks_since_2017
from tests.screening.test_oracle import Register
from tests.support.world import World

STEPS = {"sqlite": (40, 50), "postgresql": (4, 50)}
ASKED = [("bank", "open_bank_account"), ("payment", "open_payment_account"), ("carrier", "issue_phone_card")]
DECIDED = [Outcome.ALLOWED, Outcome.PARTLY_ALLOWED, Outcome.DISMISSED]
PENALTIES = ["none", "none", "criminal", "administrative", None]
CONDUCT_FROM = date(2019, 6, 1)
FIRST, LAST = date(2025, 1, 1), date(2034, 12, 31)


@pytest.fixture
def config(database_url: str, keys: Any, tmp_path: Any) -> Config:
    return Config(database_url=database_url, keys=keys, law_dir=checks_since_2017(tmp_path / "law"))


def machine(register: Register) -> type[RuleBasedStateMachine]:
    """A machine over one registry; each of its lives has a person of its own."""
    services = register.services
    designations, changes = services.designations, services.designation_changes
    clerk, approver = register.clerk, register.approver
    authenticate, officer = services.access.authenticate, register.world.officer
    judge, second_judge = (authenticate(officer(login, Role.APPEAL_OFFICER)) for login in ("judge", "other"))
    appeals, imports = services.appeals, services.imports

    class Machine(RuleBasedStateMachine):
        standing = Bundle("standing")
        waiting = Bundle("waiting")
        lists = Bundle("lists")

        def __init__(self) -> None:
            super().__init__()
            self.person = register.world.people.person()
            self.known: list[oracle.Designation] = []
            self.penalties: dict[str, str | None] = {}
            self.today = FIRST
            self.set_clock()

        def set_clock(self) -> None:
            register.clock._now = datetime.combine(self.today, time(12), BEIJING)

        @rule(days=st.integers(1, 40) | st.integers(200, 800))
        @precondition(lambda self: self.today < LAST)
        def time_passes(self, days: int) -> None:
            self.today = min(self.today + timedelta(days=days), LAST)
            self.set_clock()

        @rule(
            target=standing,
            back=st.integers(0, 900),
            convicted=st.booleans(),
            older=st.booleans(),
            penalty=st.sampled_from(PENALTIES),
        )
        def designate(self, back: int, convicted: bool, older: bool, penalty: str | None) -> Any:
            if len(self.known) >= 6:
                return multiple()
            decided_on = max(self.today - timedelta(days=back), date(2024, 12, 1))
            if older:
                decided_on = date(2020, 1, 1) + timedelta(days=back)
            kind = oracle.kind_on(decided_on, convicted)
            body = register.world.older_body(self.person, str(decided_on), penalty=penalty)
            body["conduct"] = body["conduct"] | {"from": str(CONDUCT_FROM)}
            if kind.startswith("class"):
                body["ground"] = "convicted" if convicted else "facilitated"
                body["conduct"] = body["conduct"] | {"to": "2023-01-01", "items": 3}
            drafted = designations.drafts.draft(clerk, body)
            designations.submit(clerk, drafted)
            with pytest.raises(Forbidden):
                designations.approve(clerk, drafted)
            designations.approve(approver, drafted)
            self.known = oracle.recorded(self.known, kind, decided_on)
            self.known[-1].id = drafted
            self.penalties[drafted] = penalty
            return drafted

        @rule(target=lists, back=st.integers(0, 500))
        def release_a_list(self, back: int) -> Any:
            if len(self.known) >= 6:
                return multiple()
            decided_on = max(self.today - timedelta(days=back), date(2024, 12, 1))
            row = person_row(self.person, 认定日期=str(decided_on), 行为起始日=None, 行为终止日=None)
            content = io.BytesIO(csv_file(table([row])))
            import_id = imports.upload(clerk, content, "名单.csv")
            imports.submit(clerk, import_id)
            with pytest.raises(Forbidden):
                imports.release(clerk, import_id)
            imports.release(approver, import_id)
            self.known = oracle.recorded(self.known, "class_2", decided_on)
            (listed,) = services.designation_queries.page(clerk, Search(import_id=import_id), 9, None).items
            self.known[-1].id = listed["id"]
            self.penalties[listed["id"]] = None
            return import_id, listed["id"]

        @rule(released=consumes(lists))
        def recall(self, released: tuple[str, str]) -> None:
            import_id, designation_id = released
            imports.propose_recall(clerk, import_id, "批次有误")
            with pytest.raises(Forbidden):
                imports.recall(clerk, import_id)
            imports.recall(approver, import_id)
            self.fell(self.of(designation_id))

        @rule(designation_id=standing, outcome=st.sampled_from(DECIDED), earlier=st.integers(1, 400))
        def appeal(self, designation_id: str, outcome: Outcome, earlier: int) -> None:
            each = self.of(designation_id)
            appellant = Appellant(Capacity.SUBJECT, "某某", None)
            intake = Intake(
                Track.DESIGNATION, self.today, Channel.MAIL, appellant, "不服", designation_id, Asks.REVOKE
            )
            try:
                appeal_id = appeals.receive(judge, intake)
            except Conflict:
                assert each is None
                return
            appeals.accept(judge, appeal_id)
            ends_on = (each.ends_on if each else self.today) - timedelta(days=earlier)
            relief = Variation(ends_on) if outcome is Outcome.PARTLY_ALLOWED else None
            try:
                appeals.propose(judge, appeal_id, Decision(outcome, "经查", relief))
            except Conflict:
                assert outcome is Outcome.PARTLY_ALLOWED
                appeals.withdraw(judge, appeal_id, "撤回")
                return
            with pytest.raises(Forbidden):
                appeals.approve(judge, appeal_id)
            appeals.approve(second_judge, appeal_id)
            if outcome is Outcome.ALLOWED:
                self.fell(each)
            elif outcome is Outcome.PARTLY_ALLOWED and each:
                each.ends_on = min(each.ends_on, ends_on)
                oracle.settled(self.known)

        def fell(self, each: oracle.Designation | None) -> None:
            if each is not None:
                self.known.remove(each)
                oracle.settled(self.known)

        def of(self, designation_id: str) -> oracle.Designation | None:
            return next((each for each in self.known if each.id == designation_id), None)

        def is_over(self, each: oracle.Designation) -> bool:
            return not each.suspended and self.today > each.ends_on

        @rule(target=waiting, designation_id=standing)
        def suspend(self, designation_id: str) -> Any:
            each = self.of(designation_id)
            if each is None or each.suspended or self.is_over(each):
                with pytest.raises(Conflict):
                    changes.suspend(clerk, designation_id, "急")
                return multiple()
            change_id = changes.suspend(clerk, designation_id, "急")
            each.suspended = True
            return designation_id, change_id, Verb.SUSPEND, None

        @rule(target=waiting, designation_id=standing, verb=st.sampled_from([Verb.RESUME, Verb.REVOKE]))
        def propose(self, designation_id: str, verb: Verb) -> Any:
            try:
                change_id = changes.propose(clerk, designation_id, Change(verb, "复核"))
            except Conflict:
                return multiple()
            return designation_id, change_id, verb, None

        @rule(target=waiting, designation_id=standing, earlier=st.integers(0, 400))
        def propose_relief(self, designation_id: str, earlier: int) -> Any:
            each = self.of(designation_id)
            ends_on = (each.ends_on if each else self.today) - timedelta(days=earlier)
            change = Change(Verb.VARY, "复核", Variation(ends_on))
            try:
                change_id = changes.propose(clerk, designation_id, change)
            except Conflict:
                return multiple()
            return designation_id, change_id, Verb.VARY, ends_on

        @rule(change=consumes(waiting))
        def approve(self, change: tuple[str, str, Verb, date | None]) -> None:
            designation_id, change_id, verb, ends_on = change
            with pytest.raises(Forbidden):
                changes.approve(clerk, designation_id, change_id)
            try:
                changes.approve(approver, designation_id, change_id)
            except Conflict:
                return
            each = self.of(designation_id)
            assert each is not None or verb is Verb.SUSPEND
            if each is None:
                return
            if verb is Verb.RESUME:
                each.suspended = False
            elif verb is Verb.REVOKE:
                self.fell(each)
            elif verb is Verb.VARY:
                assert ends_on
                each.ends_on = min(each.ends_on, ends_on)
                oracle.settled(self.known)

        @rule(change=consumes(waiting))
        def reject(self, change: tuple[str, str, Verb, date | None]) -> None:
            designation_id, change_id, verb, _ = change
            each = self.of(designation_id)
            changes.reject(approver, designation_id, change_id, "不同意")
            if verb is Verb.SUSPEND and each is not None:
                each.suspended = False

        @rule()
        def expire(self) -> None:
            designations.expire()
            assert designations.expire() == 0

        @invariant()
        def every_check_is_right(self) -> None:
            for sector, purpose in ASKED:
                for other_name in (False, True):
                    expected = oracle.answer(self.known, self.today, purpose, sector, other_name)
                    given = register.ask(self.person, self.today, sector, purpose, other_name)
                    assert given == expected, (self.today, purpose, self.known)

    return Machine


def test_every_check_is_right_after_every_step(
    world: World, standing_clock: StandingClock, request: pytest.FixtureRequest
) -> None:
    register = Register(world, standing_clock)
    run(machine(register), *STEPS[request.node.callspec.params["database_url"]])


def run(machine_type: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """`examples` lives of `steps` steps each."""
    run_state_machine_as_test(
        machine_type,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
