"""Rescreening an earlier upload finds exactly what a whole new run over it would, and says what is new."""

import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from registry.access.principals import Officer, Partner
from registry.access.rules import Role
from registry.config import Config
from registry.db import reading
from registry.errors import Conflict, Invalid
from registry.identity.citizen import with_check_digit
from registry.law.book import Book
from registry.law.words import Purpose
from registry.rescreens import spool
from registry.rescreens.models import RescreenRow
from registry.rescreens.run import Runner
from registry.vault.suites import suite
from tests.conftest import StandingClock
from tests.rescreens.uploads import bank, ndjson, of, order, row
from tests.screening.overlays import checks_since_2017, rule
from tests.support.world import World

Told = dict[str, Any]


class Register:
    """A world whose people act on any day, without tokens that would expire."""

    def __init__(self, world: World, clock: StandingClock) -> None:
        self.world, self.clock = world, clock
        clock.day("2019-06-01")
        self.clerk, self.approver = (
            self._officer(world, login, role) for login, role in (("c", Role.CLERK), ("a", Role.APPROVER))
        )
        self.bank: Partner = bank(world)

    @staticmethod
    def _officer(world: World, login: str, role: Role) -> Officer:
        return world.services.access.officer(world.officer(login, role))

    def designate(self, name: str, documents: list[dict[str, str]], decided_on: date) -> None:
        body = self.world.draft_body(decided_on=decided_on.isoformat())
        if decided_on < date(2024, 12, 1):
            body["conduct"] |= {"from": None, "to": None, "items": None, "role": None}
        else:
            body["conduct"] |= {"from": "2024-01-01", "to": "2024-11-01"}
        body["subject"] |= {"name": name, "documents": documents}
        designations = self.world.services.designations
        designation_id = designations.drafts.draft(self.clerk, _days(body))
        designations.submit(self.clerk, designation_id)
        designations.approve(self.approver, designation_id)

    def start(self, content: bytes, purpose: Purpose, keep: bool) -> str:
        wanted = order(keep=keep, purpose=purpose)
        return self.world.services.rescreens.start(self.bank, wanted, io.BytesIO(content))

    def since(self, job_id: str, purpose: Purpose) -> str:
        return self.world.services.rescreens.start_since(self.bank, order(purpose=purpose), job_id)

    def done(self, job_id: str, runner: Runner | None = None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Counts and result, when the worker has worked."""
        working = runner or self.world.runner
        while working.step():
            pass
        told = self.world.services.rescreens.get(self.bank, job_id)
        assert told["state"] == "done", told
        counts = {k: told[k] for k in ("rows_done", "invalid", "matches", "possible_matches", "law_day")}
        return counts, list(chain.from_iterable(self.world.services.rescreens.result(self.bank, job_id)))


def _days(body: dict[str, Any]) -> dict[str, Any]:
    """As the API would hand it on."""
    conduct = body["conduct"]
    for name in ("from", "to"):
        conduct[name] = conduct[name] and date.fromisoformat(conduct[name])
    return body | {"decided_on": date.fromisoformat(body["decided_on"])}


def without(each: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in each.items() if name not in names}


def compare(
    earlier: list[dict[str, Any]], later: list[dict[str, Any]], whole: list[dict[str, Any]]
) -> set[str]:
    """`later` must be `whole` with what changed since `earlier`; which changes there were."""
    before = {
        each["line"]: without(each, "change")
        for each in earlier
        if each["result"] in ("match", "possible_match")
    }
    expected = []
    for each in whole:
        if each["result"] == "invalid":
            expected.append(each)
            continue
        old = before.pop(each["line"], None)
        change = "new" if old is None else "same" if old == each else "changed"
        expected.append(each | {"change": change})
    ended = [each for each in later if each.get("change") == "ended"]
    assert [each["line"] for each in ended] == sorted(
        line for line in before if line not in {each["line"] for each in whole}
    )
    assert all((each["result"], each["direction"]) == ("no_match", "proceed") for each in ended)
    assert [each for each in later if each not in ended] == expected
    return {each["change"] for each in later if "change" in each}


PEOPLE = 4
acts = st.one_of(
    st.tuples(
        st.just("designate"),
        st.integers(0, PEOPLE - 1),
        st.sampled_from(["id", "passport", "both"]),
        st.integers(0, 1500),
    ),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 29, 30, 31, 180, 365, 366, 730])),
)
BEGINS = ["2019-08-01", "2021-03-30", "2024-11-29", "2024-12-31", "2026-06-01"]


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    """With rules of screening for the earlier days too."""
    return replace(config, law_dir=checks_since_2017(tmp_path / "law"))


@pytest.fixture
def register(world: World, standing_clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setattr(spool, "CHUNK", 400)
    return Register(world, standing_clock)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    begin=st.sampled_from(BEGINS),
    purpose=st.sampled_from([Purpose.OPEN_BANK_ACCOUNT, Purpose.REVIEW_EXISTING_CUSTOMER]),
    first=st.lists(acts, max_size=4),
    periods=st.lists(st.lists(acts, max_size=4), min_size=1, max_size=3),
)
def test_what_is_found_is_what_a_whole_run_finds(
    register: Register, begin: str, purpose: Purpose, first: list[Any], periods: list[list[Any]]
) -> None:
    world = register.world
    register.clock.day(begin)
    people = [world.people.person() for _ in range(PEOPLE)]
    passports = [f"E{world.people.phone()[-8:]}" for _ in people]
    rows = []
    for number, (person, passport) in enumerate(zip(people, passports, strict=True)):
        rows += [of(person, f"I{number}"), row(f"P{number}", person.name, passport, "passport")]
        rows.append(row(f"N{number}", "别的名字", person.resident_id))
    soon = date.fromisoformat(begin) + timedelta(days=30)
    unborn = with_check_digit(f"110105{soon:%Y%m%d}{int(people[0].resident_id[14:17]) or 1:03}")
    rows += [row("U", "未来", unborn), row("X", "", "1")]

    def act(what: tuple[Any, ...]) -> None:
        if what[0] == "wait":
            register.clock._now += timedelta(days=what[1])
            return
        _, who, which, ago = what
        today = register.clock().date()
        decided_on = max(today - timedelta(days=ago), date(2017, 1, 1))
        documents = [
            {"type": "resident_id", "number": people[who].resident_id},
            {"type": "passport", "number": passports[who]},
        ]
        chosen = {"id": documents[:1], "passport": documents[1:], "both": documents}[which]
        register.designate(people[who].name, chosen, decided_on)
        if today >= soon:
            register.designate("未来", [{"type": "resident_id", "number": unborn}], today)

    for what in first:
        act(what)
    content = ndjson(*rows)
    job_id = register.start(content, purpose, keep=True)
    _, earlier = register.done(job_id)
    for period in periods:
        for what in period:
            act(what)
        whole_counts, whole = register.done(register.start(content, purpose, keep=False))
        job_id = register.since(job_id, purpose)
        counts, later = register.done(job_id)
        for change in compare(earlier, later, whole):
            event(change)
        assert counts == whole_counts
        earlier = later


def test_new_law_is_asked_about_everybody(register: Register, tmp_path: Path) -> None:
    services, world = register.world.services, register.world
    register.clock.day("2026-06-01")
    person = world.people.person()
    register.designate(person.name, [{"type": "resident_id", "number": person.resident_id}], date(2026, 1, 5))
    content = ndjson(of(person, "C-1"), of(world.people.person(), "C-2"))
    purpose = Purpose.OPEN_BANK_ACCOUNT
    job_id = register.start(content, purpose, keep=True)
    _, earlier = register.done(job_id)
    later_id = register.since(job_id, purpose)
    appeal = {"zh": "可向{authority}上级机关申诉", "en": "appeal above {authority}"}
    rule(tmp_path / "law", "screening/appeal", "text", {date(2017, 1, 1): appeal})
    law = Book.load(tmp_path / "law")
    assert law.version != services.book.version
    runner = Runner(services.keys, law, services.log, suite("intl"), services.config.spool)
    _, later = register.done(later_id, runner)
    _, whole = register.done(register.start(content, purpose, keep=False), runner)
    assert whole != earlier
    assert compare(earlier, later, whole) == {"changed"}


def test_nothing_kept_nothing_rescreened(register: Register) -> None:
    register.clock.day("2026-06-01")
    content = ndjson(of(register.world.people.person(), "C-1"))
    plain = register.start(content, Purpose.OPEN_BANK_ACCOUNT, keep=False)
    kept = register.start(content, Purpose.OPEN_BANK_ACCOUNT, keep=True)
    with pytest.raises(Conflict):
        register.since(kept, Purpose.OPEN_BANK_ACCOUNT)
    register.done(kept)
    for job_id in (plain,):
        with pytest.raises(Conflict) as caught:
            register.since(job_id, Purpose.OPEN_BANK_ACCOUNT)
        assert caught.value.slug == "nothing-kept"
    with pytest.raises(Invalid):
        register.since(kept, Purpose.REVIEW_EXISTING_CUSTOMER)
    rescreens = register.world.services.rescreens
    later = register.since(kept, Purpose.OPEN_BANK_ACCOUNT)
    with pytest.raises(Conflict) as caught:
        rescreens.delete(register.bank, kept)
    assert caught.value.slug == "rescreen-in-use"
    register.done(later)
    rescreens.delete(register.bank, kept)
    with pytest.raises(Conflict):
        register.since(later, Purpose.OPEN_BANK_ACCOUNT)
    assert list(register.world.services.config.spool.glob("*.tokens")) == []


def test_sweeping_leaves_what_a_later_rescreening_still_reads(register: Register) -> None:
    register.clock.day("2026-06-01")
    content = ndjson(of(register.world.people.person(), "C-1"))
    kept = register.start(content, Purpose.OPEN_BANK_ACCOUNT, keep=True)
    register.done(kept)
    register.clock.day("2027-07-01")
    later = register.since(kept, Purpose.OPEN_BANK_ACCOUNT)
    register.clock.day("2027-08-01")
    register.world.services.rescreens.sweep()
    spool_folder = register.world.services.config.spool
    assert [path.name for path in spool_folder.glob("*.tokens")] == [f"{kept}.tokens"]
    counts, _ = register.done(later)
    assert counts["rows_done"] == 1


def test_no_number_and_no_name_is_kept(register: Register) -> None:
    register.clock.day("2026-06-01")
    person = register.world.people.person()
    kept = register.start(ndjson(of(person, "REF-1")), Purpose.OPEN_BANK_ACCOUNT, keep=True)
    register.done(kept)
    folder = register.world.services.config.spool
    assert [path.name for path in folder.iterdir()] == [f"{kept}.tokens"]
    with reading() as session:
        key = register.world.runner._tokens_key(session.get_one(RescreenRow, kept))
    content = b"".join(spool.read(folder / f"{kept}.tokens", suite("intl"), key))
    assert b"REF-1" in content, "this is the content"
    assert person.name.encode() not in content
    assert person.resident_id.encode() not in content
