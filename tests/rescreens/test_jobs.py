"""Whole jobs: every row is answered as a check would, whatever happens to the worker on the way."""

import hashlib
import io
import os
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from registry.access.rules import PartnerKind
from registry.audit.models import LogRecord
from registry.audit.service import OPERATOR
from registry.audit.tags import Tag
from registry.db import reading
from registry.errors import Conflict, Forbidden, Invalid, InvalidState, NotFound, Unavailable
from registry.law.words import Purpose
from registry.rescreens import spool, stored
from registry.rescreens.orders import MAX_UNFINISHED
from registry.rescreens.run import LEASE, Runner
from registry.rescreens.service import Form
from registry.worker import rescreening
from tests.audit.test_sealing import audit
from tests.conftest import StandingClock
from tests.rescreens.uploads import bank, checked, ndjson, of, order, results, row, start, state, work
from tests.support.world import World


def customers(world: World) -> list[dict[str, Any]]:
    """Twenty of them: four listed, one of these under another name, one by an older document, two faulty."""
    listed = [world.people.person() for _ in range(4)]
    for person in listed:
        world.designate(world.draft_body(person))
    company = world.people.organisation()
    rows = [of(world.people.person(), f"C-{n}") for n in range(12)]
    rows[1] = of(listed[0], "C-1")
    rows[4] = row("C-4", "别人", listed[1].resident_id)
    rows[5] = of(listed[2], "C-5")
    rows[7] = row("C-7", listed[3].name, f" {listed[3].resident_id.lower()} ", "110001")
    rows[8] = row("C-8", "张三", "110105194912310021")
    rows[9] = row("C-9", "", listed[0].resident_id)
    return [*rows, row("C-12", company.name, company.uscc, "uscc"), of(listed[0], "C-13")]


def runner(world: World) -> Runner:
    """Another worker."""
    return rescreening(world.services)


def records(job_id: str, tag: Tag) -> list[dict[str, Any]]:
    """The facts of the log's records about a job."""
    with reading() as session:
        found = select(LogRecord.facts).where(LogRecord.object_id == job_id, LogRecord.tag == tag.value)
        return list(session.scalars(found.order_by(LogRecord.id)))


def files(world: World) -> list[str]:
    folder = world.services.config.spool
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# -- what is found ---------------------------------------------------------------------------------


def test_every_row_is_answered_as_a_check_would(world: World, small_chunks: None) -> None:
    rows = customers(world)
    job_id = start(world, ndjson(*rows))
    assert work(world) > 3
    found = {each["line"]: each for each in results(world, job_id)}
    expected = {}
    for line, each in enumerate(rows, 1):
        if line in (9, 10):
            continue
        answer = checked(world, each)
        if answer["result"] != "no_match":
            expected[line] = {"line": line, "ref": each["ref"], **answer}
    assert {line: each for line, each in found.items() if each["result"] != "invalid"} == expected
    assert sorted(expected) == [2, 5, 6, 8, 14]
    assert found[5]["result"] == "possible_match"
    assert found[5]["contact"] == "0350-110"
    assert [(e["pointer"], e["code"]) for e in found[9]["errors"]] == [
        ("/document/number", "wrong-check-digit")
    ]
    assert [(e["pointer"], e["code"]) for e in found[10]["errors"]] == [("/name", "invalid-name")]
    assert {line for line, each in found.items() if each["result"] == "invalid"} == {9, 10}
    told = state(world, job_id)
    assert (told["rows_done"], told["rows_total"]) == (14, 14)
    assert (told["invalid"], told["matches"], told["possible_matches"]) == (2, 4, 1)


@pytest.mark.parametrize(
    "purpose", [Purpose.OPEN_BANK_ACCOUNT, Purpose.OPEN_ECNY_WALLET, Purpose.REVIEW_EXISTING_CUSTOMER]
)
def test_the_question_is_that_of_the_purpose(world: World, purpose: Purpose) -> None:
    person = world.people.person()
    world.designate(world.older_body(person, "2020-05-05"))
    job_id = start(world, ndjson(of(person, "C")), purpose=purpose)
    work(world)
    answer = checked(world, of(person, "C"), purpose)
    found = results(world, job_id)
    assert [{k: v for k, v in each.items() if k not in ("line", "ref")} for each in found] == (
        [] if answer["result"] == "no_match" else [answer]
    )


def test_csv_and_xlsx_find_the_same(world: World, small_chunks: None) -> None:
    rows = customers(world)
    plain = start(world, ndjson(*rows))
    table = [[each["ref"], each["name"], *each["document"].values()] for each in rows]
    header = ["客户编号", "姓名", "证件类型", "证件号码"]
    text = "\n".join(",".join(cells) for cells in [header, *table]).encode("gb18030")
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for cells in [header, *table]:
        book.active.append(cells)
    book.save(stream)
    others = [start(world, text, form=Form.CSV), start(world, stream.getvalue(), form=Form.XLSX)]
    work(world)
    expected = results(world, plain)
    for other in others:
        assert [each | {"line": each["line"] - 1} for each in results(world, other)] == expected
        assert state(world, other)["rows_total"] == 14
    assert files(world) == []


def test_a_table_that_cannot_be_read_fails_with_a_sentence(world: World) -> None:
    for content, slug in ((b"a,b\n", "no-header"), ("客户编号,姓名,证件类型,证件号码\n".encode(), "no-rows")):
        job_id = start(world, content, form=Form.CSV)
        work(world)
        told = state(world, job_id)
        assert told["state"] == "failed"
        assert told["failure"]["code"] == slug
        assert told["failure"]["detail"].zh
        assert files(world) == []


# -- the log ---------------------------------------------------------------------------------------


def test_the_log_holds_one_record_for_the_job_and_one_for_each_match(
    world: World, small_chunks: None
) -> None:
    content = ndjson(*customers(world))
    job_id = start(world, content)
    work(world)
    (begun,) = records(job_id, Tag.RESCREEN_STARTED)
    (done,) = records(job_id, Tag.RESCREEN_DONE)
    assert begun["digest"] == done["input_sha256"] == hashlib.sha256(content).hexdigest()
    assert (done["rows"], done["matches"], done["invalid"]) == (14, 4, 2)
    matches = records(job_id, Tag.RESCREEN_MATCHED)
    assert [each["line"] for each in matches] == [2, 5, 6, 8, 14]
    world.seal()
    assert audit(world).faults == []


def test_nothing_is_told_before_the_log_holds_it(world: World, small_chunks: None) -> None:
    job_id = start(world, ndjson(*customers(world)))
    told = []
    while world.runner.step():
        done = state(world, job_id)["state"] == "done"
        told.append((done, len(records(job_id, Tag.RESCREEN_MATCHED))))
        if not done:
            with pytest.raises(InvalidState):
                world.services.rescreens.result(bank(world), job_id)
    assert told[-1] == (True, 5)
    assert [count for done, count in told if done] == [5]


# -- killed, cancelled, overtaken ------------------------------------------------------------------


def test_killed_at_any_border_and_taken_over_it_finds_the_same(
    world: World, small_chunks: None, standing_clock: StandingClock
) -> None:
    content = ndjson(*customers(world))
    whole = start(world, content, keep=True)
    steps = work(world)
    expected, counts = results(world, whole), _counts(state(world, whole))
    assert steps > 10
    for died_after in range(steps):
        standing_clock.set("2026-11-22T12:00:00")
        job_id = start(world, content, keep=True)
        dying = runner(world)
        for _ in range(died_after):
            dying.step()
        taking_over = runner(world)
        if died_after:
            assert not taking_over.step(), "the lease still runs"
        standing_clock._now += LEASE * 1.1
        while taking_over.step():
            pass
        assert results(world, job_id) == expected, died_after
        assert _counts(state(world, job_id)) == counts
        assert len(records(job_id, Tag.RESCREEN_MATCHED)) == 5
        assert len(records(job_id, Tag.RESCREEN_DONE)) == 1
        dying.step()  # it was only asleep: whatever it still does counts for nothing
        assert results(world, job_id) == expected
        later = world.services.rescreens.start_since(bank(world), order(), job_id)
        while taking_over.step():
            pass
        assert {each["change"] for each in results(world, later) if "change" in each} == {"same"}


def _counts(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("rows_done", "invalid", "matches", "possible_matches")}


def test_a_list_that_changes_while_it_runs_is_not_seen_and_one_that_changed_before_the_resumption_is(
    world: World, small_chunks: None, standing_clock: StandingClock
) -> None:
    rows = customers(world)
    late = world.people.person()
    rows += [of(late, "late"), of(world.people.person(), "last")]
    job_id, other = start(world, ndjson(*rows)), start(world, ndjson(*rows))
    undisturbed, dying = world.runner, runner(world)
    for _ in range(3):
        undisturbed.step()
        dying.step()
    version = state(world, job_id)["list_version"]
    world.designate(world.draft_body(late))
    while undisturbed.step():
        pass
    told = state(world, job_id)
    assert (told["state"], told["list_version"]) == ("done", version)
    assert "late" not in [each["ref"] for each in results(world, job_id)]
    dying.release()
    work(world)
    assert state(world, other)["list_version"] == version + 1
    assert "late" in [each["ref"] for each in results(world, other)]
    assert len(records(other, Tag.RESCREEN_MATCHED)) == 6


def test_a_new_day_begins_a_resumed_job_anew(
    world: World, small_chunks: None, standing_clock: StandingClock
) -> None:
    person = world.people.person()
    shown = world.designate(world.draft_body(person))
    last_day = shown["sanctions"][0]["ends_on"]
    standing_clock.day(last_day)
    rows = [of(person, "C-1"), *[of(world.people.person(), f"C-{n}") for n in range(9)]]
    job_id = world.services.rescreens.start(bank(world, "carrier"), order(), io.BytesIO(ndjson(*rows)))
    dying = runner(world)
    for _ in range(3):
        dying.step()
    dying.release()
    standing_clock._now += LEASE * 2 * 60 * 24
    work(world)
    carrier = bank(world, "carrier")
    assert world.services.rescreens.get(carrier, job_id)["law_day"] > last_day
    assert list(world.services.rescreens.result(carrier, job_id)) == []


def test_cancelled_it_stops_and_leaves_nothing(world: World, small_chunks: None) -> None:
    job_id = start(world, ndjson(*customers(world)), keep=True)
    for _ in range(3):
        world.runner.step()
    assert files(world)
    world.services.rescreens.cancel(bank(world), job_id)
    assert work(world) == 1
    assert (state(world, job_id)["state"], files(world)) == ("cancelled", [])
    assert not records(job_id, Tag.RESCREEN_MATCHED)
    with pytest.raises(InvalidState):
        world.services.rescreens.cancel(bank(world), job_id)
    world.services.rescreens.delete(bank(world), job_id)
    with pytest.raises(NotFound):
        state(world, job_id)


def test_a_file_that_was_tampered_with_fails_the_job(world: World) -> None:
    job_id = start(world, ndjson(*customers(world)))
    path = world.services.config.spool / f"{job_id}.input"
    path.write_bytes(path.read_bytes()[:-1])
    work(world)
    assert state(world, job_id)["failure"]["code"] == "spool-broken"


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "slug"),
    [(b"", "no-rows"), (b"\n\r\n", "no-rows"), (b"{}\n" + b" " * 70_000 + b"\n", "line-too-long")],
)
def test_an_upload_that_cannot_be_taken_leaves_nothing(world: World, content: bytes, slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        start(world, content)
    assert caught.value.slug == slug
    assert files(world) == []
    assert world.services.rescreens.page(bank(world), 10, None) == ([], None)


def test_a_long_line_is_found_whatever_blocks_it_comes_in(world: World) -> None:
    lines = b"{}\n" * 400_000
    with pytest.raises(Invalid) as caught:
        start(world, lines + b"x" * 3_000_000)
    assert "400001" in caught.value.sentence.en


def test_more_rows_than_allowed_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_ROWS", 13)
    with pytest.raises(Invalid) as caught:
        start(world, ndjson(*customers(world)))
    assert caught.value.slug == "too-many-rows"
    job_id = start(world, b"ref,name,document_type,document_number\n" + b"a,b,c,d\n" * 14, form=Form.CSV)
    work(world)
    assert state(world, job_id)["failure"]["code"] == "too-many-rows"


def test_a_full_disk_is_503_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise spool.SpoolFull

    with monkeypatch.context() as patched:
        patched.setattr(spool.Writer, "sync", full)
        with pytest.raises(Unavailable):
            start(world, ndjson(*customers(world)))
    assert files(world) == []
    assert world.services.rescreens.page(bank(world), 10, None) == ([], None)


def test_only_so_many_unfinished_ones(world: World) -> None:
    content = ndjson(of(world.people.person(), "C"))
    for _ in range(MAX_UNFINISHED):
        start(world, content)
    with pytest.raises(Conflict) as caught:
        start(world, content)
    assert caught.value.slug == "too-many-rescreens"
    work(world)
    start(world, content)


def test_a_purpose_of_another_sector_is_refused(world: World) -> None:
    with pytest.raises(Forbidden):
        start(world, b"{}\n", purpose=Purpose.ISSUE_PHONE_CARD)


def test_another_partners_job_does_not_exist(world: World) -> None:
    job_id = start(world, ndjson(of(world.people.person(), "C")), keep=True)
    work(world)
    issued = world.services.access.add_partner(OPERATOR, "另一银行", PartnerKind.BANK, "140900")
    other = world.services.access.authenticate(issued.secret)
    rescreens = world.services.rescreens
    for verb in (rescreens.get, rescreens.result, rescreens.certificate, rescreens.cancel, rescreens.delete):
        with pytest.raises(NotFound):
            verb(other, job_id)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        rescreens.start_since(other, order(), job_id)  # type: ignore[arg-type]
    assert rescreens.page(other, 10, None) == ([], None)  # type: ignore[arg-type]


def test_an_upload_that_died_with_its_process_is_swept_away(
    world: World, standing_clock: StandingClock
) -> None:
    job_id = world.services.rescreens._reserve(bank(world), order(), bytes(32))
    folder = world.services.config.spool
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"{job_id}.input"
    half.write_bytes(b"half")
    standing_clock._now += LEASE * 120
    os.utime(half, (standing_clock().timestamp(),) * 2)
    world.services.rescreens.sweep()
    assert files(world), "it was written to a moment ago"
    standing_clock._now += LEASE * 120
    world.services.rescreens.sweep()
    assert files(world) == []
    with pytest.raises(NotFound):
        state(world, job_id)


def test_after_400_days_nothing_is_left(world: World, standing_clock: StandingClock) -> None:
    rows = customers(world)
    partner = bank(world)
    start(world, ndjson(*rows), keep=True)
    work(world)
    assert files(world)
    standing_clock.day("2027-12-26")
    world.services.rescreens.sweep()
    assert len(files(world)) == 1
    standing_clock.day("2027-12-28")
    world.services.rescreens.sweep()
    assert (files(world), world.services.rescreens.page(partner, 10, None)) == ([], ([], None))
