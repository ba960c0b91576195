"""Random lives of one person, random questions: the product and a slow oracle agree on every answer."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from registry.access.models import CredentialRow
from registry.access.rules import Role
from registry.clock import BEIJING
from registry.config import Config
from registry.db import transaction
from registry.designations.models import DesignationRow
from registry.identity.documents import parse_document
from registry.identity.names import normalise_name
from registry.law.words import Purpose
from registry.screening.answers import CheckRequest, Party, PartyRole
from tests.conftest import StandingClock
from tests.screening import oracle
from tests.screening.asking import MAY_ASK, SECTORS
from tests.screening.overlays import checks_since_2017
from tests.support.world import World

EXAMPLES = {"sqlite": 100, "postgresql": 10}
CELLS = [(sector, purpose) for sector, purposes in MAY_ASK.items() for purpose in purposes]

# Days on which something begins, ends or lacks its counterpart, and all the others.
NOTABLE = [date(2017, 1, 1), date(2019, 3, 31), date(2019, 4, 1), date(2020, 2, 29), date(2024, 2, 29)]
NOTABLE += [date(2024, 11, 30), date(2024, 12, 1), date(2026, 2, 28), date(2028, 2, 29)]
days = st.sampled_from(NOTABLE) | st.dates(date(2017, 1, 1), date(2033, 12, 31))
joint_days = st.dates(date(2024, 12, 1), date(2031, 12, 31))


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[date, bool, bool]]:
    """Designations in the order of their approval: day, convicted, suspended later."""
    life: list[tuple[date, bool, bool]] = []
    for _ in range(draw(st.integers(0, 5))):
        decided_on = draw(joint_days if draw(st.booleans()) else days)
        convicted = draw(st.booleans())
        if life and draw(st.booleans()):  # about when the one before ends, as far as it stands alone
            earlier, judged, _ = life[-1]
            end = oracle.years_after(earlier, oracle.term(oracle.kind_on(earlier, judged)))
            decided_on = min(end + timedelta(days=draw(st.integers(-1, 2))), date(2035, 12, 31))
        life.append((decided_on, convicted, draw(st.integers(0, 5)) == 0))
    return life


# Lives that chance seldom leads: terms that touch, terms that the cap cuts, a paper that comes in late.
ADJACENT = [(date(2025, 1, 10), False, False), (date(2027, 1, 11), False, False)]
CAPPED = [(date(2025, 1, 10), True, False), (date(2025, 6, 1), True, False), (date(2026, 1, 1), True, False)]
LATE = [(date(2026, 1, 10), False, False), (date(2025, 6, 1), False, False)]

# Which boundary of the life, how many days off it, and whether under another name.
questions = st.tuples(st.integers(0, 11), st.integers(-1, 1), st.sampled_from([False, False, False, True]))


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    return Config(database_url=database_url, keys=keys, law_dir=checks_since_2017(tmp_path / "law"))


class Register:
    """The product at the level of its services."""

    def __init__(self, world: World, clock: StandingClock) -> None:
        self.world, self.clock, self.services = world, clock, world.services
        clock.day("2036-01-01")
        authenticate = self.services.access.authenticate
        self.clerk = authenticate(world.officer("clerk", Role.CLERK))
        self.approver = authenticate(world.officer("approver", Role.APPROVER))
        self.partners = {sector: world.partner(sector) for sector in SECTORS}
        with transaction() as session:  # the asking goes on for longer than a token lives
            session.execute(update(CredentialRow).values(expires_at=datetime(2100, 1, 1, tzinfo=BEIJING)))

    def record(self, life: list[tuple[date, bool, bool]]) -> tuple[Any, list[oracle.Designation]]:
        """A fresh person with this life, here and in the oracle."""
        person, known = self.world.people.person(), []
        self.clock.day("2036-01-01")
        for decided_on, convicted, _ in life:
            body = self.world.older_body(person, str(decided_on))
            kind = oracle.kind_on(decided_on, convicted)
            if kind.startswith("class"):
                body["ground"] = "convicted" if convicted else "facilitated"
                body["conduct"] = body["conduct"] | {"to": "2023-01-01", "items": 3}
            with transaction():
                designation = self.services.designations.drafts.draft(self.clerk, body)
                self.services.designations.submit(self.clerk, designation)
                self.services.designations.approve(self.approver, designation)
            known = oracle.recorded(known, kind, decided_on)
            known[-1].id = designation
        with transaction() as session:
            for each, (_, _, suspended) in zip(known, life, strict=True):
                each.suspended = suspended
                if suspended:
                    session.execute(
                        update(DesignationRow).where(DesignationRow.id == each.id).values(state="suspended")
                    )
        return person, known

    def ask(self, person: Any, day: date, sector: str, purpose: str, other_name: bool) -> Any:
        """Result, direction and sanctions as the product tells them, in the oracle's form."""
        self.clock._now = datetime.combine(day, time(12), BEIJING)
        name = normalise_name("某某" if other_name else person.name)
        document = parse_document("resident_id", person.resident_id, day)
        parties = (Party(PartyRole.APPLICANT, name, document),)
        request = CheckRequest(Purpose(purpose), "B-1", "t-1", parties, digest="")
        given = self.services.screening.check(self.partners[sector], request, "zh-CN")
        (found,) = given["parties"]
        assert given["direction"] == found["direction"]
        shown = [
            (each["regime"], each["state"], each["starts_on"], each["ends_on"], each["direction"])
            for each in found["sanctions"]
        ]
        severity = [oracle.SEVERITY.index(each[4]) for each in shown]
        assert severity == sorted(severity, reverse=True)  # the gravest is shown first
        return found["result"], found["direction"], sorted(shown)


def asked_day(known: list[oracle.Designation], boundary: int, offset: int) -> date:
    """A day beside a boundary of this life, or of the law."""
    boundaries = [day for each in known for day in (each.ends_on, each.starts_on)]
    boundaries += [oracle.years_after(each.decided_on, 3) for each in known if each.kind == "261"]
    boundaries = boundaries or NOTABLE
    day = boundaries[boundary % len(boundaries)] + timedelta(days=offset)
    return max(day, date(2017, 1, 1))


def test_every_answer_is_that_of_the_oracle(
    world: World, standing_clock: StandingClock, request: pytest.FixtureRequest
) -> None:
    register = Register(world, standing_clock)
    backend = request.node.callspec.params["database_url"]

    @settings(max_examples=EXAMPLES[backend], deadline=None, database=None)
    @example(ADJACENT, [(2, 0, False), (2, 1, False)])
    @example(CAPPED, [(4, 0, False), (4, 1, False)])
    @example(LATE, [(0, 0, False), (2, 1, False)])
    @given(lives(), st.lists(questions, min_size=2, max_size=2))
    def agree(life: Any, asked: Any) -> None:
        person, known = register.record(life)
        with transaction():  # one commit for all questions: this is about answers, not about the disk
            for boundary, offset, other_name in asked:
                day = asked_day(known, boundary, offset)
                for sector, purpose in CELLS:
                    expected = oracle.answer(known, day, purpose, sector, other_name)
                    assert register.ask(person, day, sector, purpose, other_name) == expected, (day, purpose)

    agree()


def test_the_oracle_counts_as_the_law_says() -> None:
    """law.md §4's own examples."""
    assert oracle.years_after(date(2024, 12, 10), 2) == date(2026, 12, 10)
    assert oracle.years_after(date(2024, 2, 29), 2) == date(2026, 2, 28)
    assert oracle.years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
    chain = oracle.recorded([], "class_1", date(2025, 1, 10))
    chain = oracle.recorded(chain, "class_1", date(2026, 6, 1))
    assert [(each.starts_on, each.ends_on) for each in chain] == [
        (date(2025, 1, 10), date(2028, 1, 10)),
        (date(2028, 1, 11), date(2030, 1, 10)),  # min(first start + 5 years, previous end + 3 years)
    ]
