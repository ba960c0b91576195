"""The work of a rescreening, a chunk at a time, so that it can be killed anywhere and loses nothing.

An attempt looks at the list through one snapshot from its first chunk to its last, so that all of its rows
are screened against one version of the list and one law day, however long it takes and whatever is approved
meanwhile. What a chunk gave is committed together with the progress. Whoever takes over from a dead worker
opens a snapshot of their own: if list, day and law are still those of the job, they go on behind the last
chunk, otherwise they begin a new attempt and drop what the old one found. So an attempt always ends once a
worker lives long enough for it, on a list that never rests too.

Only when all chunks are screened are the matches written to the log, and only after that can the partner
read them: a match is told once, and never one that the log does not hold.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access.keys import Keys
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import Invalid, Unavailable, places
from registry.law.book import Book, RuleNotInForce
from registry.law.words import Purpose, Sector
from registry.rescreens import faults, spool, stored, tables
from registry.rescreens.confirm import Examiner
from registry.rescreens.findings import INVALID, Findings, Row
from registry.rescreens.models import Form, RescreenChunkRow, RescreenRow, State
from registry.rescreens.passes import FirstPass, LaterPass, Screened
from registry.rescreens.queries import Snapshot, changed, listed, snapshot
from registry.rescreens.spool import SpoolBroken
from registry.screening.rules import Question, Result
from registry.text import Language, Text
from registry.vault.suites import Suite

LEASE = timedelta(seconds=15)

_log = structlog.get_logger()


class Lost(Exception):
    """The job is no longer ours: cancelled, or taken over when our lease had ended."""


class Runner:
    """Takes jobs and works on them, one at a time."""

    def __init__(self, keys: Keys, book: Book, log: Log, suite: Suite, folder: Path) -> None:
        self._keys, self._book, self._log = keys, book, log
        self._suite, self._folder = suite, folder
        self._owner = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._current: tuple[str, Iterator[None]] | None = None

    def step(self) -> bool:
        """Do a little, a chunk at most; whether there was anything to do. Raises Unavailable: try again."""
        if self._current is None:
            job_id = self._claim()
            if job_id is None:
                return False
            self._current = (job_id, self._work(job_id))
        job_id, work = self._current
        try:
            next(work)
        except (StopIteration, Lost):
            self._current = None
        except (SpoolBroken, Invalid, RuleNotInForce) as fault:
            self._current = None
            self._fail(job_id, fault.slug, fault.sentence)
        except Unavailable:
            self._current = None
            raise
        except Exception as crash:
            # A job that brings the program down would do so again.
            self._current = None
            _log.error("rescreen_crashed", id=job_id, kind=type(crash).__name__, at=places(crash))
            self._fail(job_id, "rescreen-crashed", _CRASHED)
        return True

    def release(self) -> None:
        """Give back what is under way, for another worker to take at once."""
        if self._current is not None:
            job_id, work = self._current
            self._current = None
            work.close()  # type: ignore[attr-defined]
            with transaction() as session:
                session.execute(
                    update(RescreenRow)
                    .where(RescreenRow.id == job_id, RescreenRow.owner == self._owner)
                    .values(owner=None, lease_until=None)
                )

    # -- taking and keeping ------------------------------------------------------------------------

    def _claim(self) -> str | None:
        now = clock.now()
        free = or_(
            RescreenRow.lease_until.is_(None), RescreenRow.lease_until < now, RescreenRow.owner == self._owner
        )
        wanted = RescreenRow.state.in_([State.QUEUED.value, State.RUNNING.value]) & free
        with reading() as session:
            job_id = session.scalar(select(RescreenRow.id).where(wanted).order_by(RescreenRow.id).limit(1))
        if job_id is None:
            return None
        with transaction() as session:
            taken = session.execute(
                update(RescreenRow)
                .where(RescreenRow.id == job_id, wanted)
                .values(state=State.RUNNING.value, owner=self._owner, lease_until=now + LEASE)
                .returning(RescreenRow.id)
            ).one_or_none()
        return taken.id if taken else None

    def _advance(self, session: Session, job: RescreenRow, **columns: Any) -> None:
        """Change the job and renew the lease. Raises Lost, and then nothing of the transaction counts."""
        mine = (
            (RescreenRow.id == job.id)
            & (RescreenRow.owner == self._owner)
            & (RescreenRow.state == State.RUNNING.value)
            & (RescreenRow.attempt == job.attempt)
            & (RescreenRow.chunks_done == job.chunks_done)
        )
        done = session.execute(
            update(RescreenRow)
            .where(mine)
            .values(lease_until=clock.now() + LEASE, **columns)
            .returning(RescreenRow.id)
        )
        if done.one_or_none() is None:
            raise Lost

    def _progress(self, job: RescreenRow, **columns: Any) -> None:
        with transaction() as session:
            self._advance(session, job, **columns)
        for name, value in columns.items():
            setattr(job, name, value)

    def _fail(self, job_id: str, slug: str, sentence: Text) -> None:
        with transaction() as session:
            mine = session.execute(
                update(RescreenRow)
                .where(
                    RescreenRow.id == job_id,
                    RescreenRow.owner == self._owner,
                    RescreenRow.state == State.RUNNING.value,
                )
                .values(state=State.FAILED.value, failure=[slug, sentence.zh, sentence.en])
                .returning(RescreenRow.id)
            ).one_or_none()
            if mine is None:
                return
            stored.close(session, job_id)
        stored.drop_files(self._folder, job_id)

    # -- the work ----------------------------------------------------------------------------------

    def _work(self, job_id: str) -> Iterator[None]:
        with reading() as session:
            job = session.get_one(RescreenRow, job_id)
            session.expunge(job)
        if job.form in (Form.CSV, Form.XLSX) and job.rows_total is None:
            yield from self._convert(job)
        if not job.attempt or job.rows_done < (job.rows_total or 0):
            with snapshot() as view:
                self._begin(job, view)
                yield
                yield from self._later(job, view) if job.since else self._first(job, view)
        with self._tokens_file(job) as tokens_file:
            if tokens_file:
                tokens_file.finish()
        while job.chunks_logged < job.chunks_done:
            self._log_chunk(job)
            yield
        self._finish(job)

    def _convert(self, job: RescreenRow) -> Iterator[None]:
        """The table as lines of JSON. Begun anew if it is interrupted; counts once it is whole."""
        key = self._input_key(job)
        source = self._folder / f"{job.id}.input"
        total = lines = 0
        with spool.Writer(self._folder / f"{job.id}.rows", self._suite, key) as writer:
            for chunk in tables.converted(Form(job.form), lambda: spool.read(source, self._suite, key)):
                lines_here, rows_here = faults.count(chunk)
                lines, total = lines + lines_here, total + rows_here
                if total > stored.MAX_ROWS:
                    raise stored.too_many_rows()
                writer.write(chunk)
                self._progress(job)
                yield
            writer.finish()
        if not total:
            raise stored.no_rows()
        self._progress(job, rows_total=total)

    def _begin(self, job: RescreenRow, view: Snapshot) -> None:
        """Go on with the attempt where list, day and law are still its own; else begin another."""
        today = clock.today()
        if job.since is not None:
            today = max(today, self._earlier(job).law_day or today)
        same = (view.list_version, today, self._book.version)
        if job.attempt and same == (job.list_version, job.law_day, job.law_version):
            return
        fresh = {
            "attempt": job.attempt + 1,
            "list_version": view.list_version,
            "law_day": today,
            "law_version": self._book.version,
            **dict.fromkeys(("rows_done", "lines_done", "chunks_done", "chunks_logged", "tokens_size"), 0),
            **dict.fromkeys(("invalid", "matches", "possible_matches"), 0),
        }
        with transaction() as session:
            self._advance(session, job, **fresh)
            stored.drop_findings(session, job.id)
        for name, value in fresh.items():
            setattr(job, name, value)

    def _examiner(self, job: RescreenRow, view: Snapshot) -> Examiner:
        law = self._book.on(job.law_day or clock.today())
        question = Question(Purpose(job.purpose), Sector(job.sector), job.area, law)
        language: Language = "en" if job.language == "en" else "zh-CN"
        keys = self._keys
        return Examiner(view, question, language, keys.vault(), keys.fingerprint(), job.partner_id)

    def _first(self, job: RescreenRow, view: Snapshot) -> Iterator[None]:
        """Every row of the upload."""
        screening = FirstPass(self._examiner(job, view), listed(view), job.sealed_tokens_key is not None)
        self._progress(job)
        source = self._folder / f"{job.id}.{'input' if job.form == Form.NDJSON else 'rows'}"
        with self._tokens_file(job) as tokens_file:
            for content in spool.read(source, self._suite, self._input_key(job), skip=job.chunks_done):
                screened = screening.chunk(content, job.lines_done)
                if tokens_file:
                    tokens_file.write(screened.kept)
                    tokens_file.sync()
                self._store(job, screened, tokens_file.size if tokens_file else 0)
                yield

    def _later(self, job: RescreenRow, view: Snapshot) -> Iterator[None]:
        """The rows of an earlier upload about which something may have changed; all others as they were."""
        examiner, earlier = self._examiner(job, view), self._earlier(job)
        today = examiner.question.law.day
        before = earlier.law_day or today
        everything = (
            (earlier.law_version, earlier.sector, earlier.area) != (job.law_version, job.sector, job.area)
        ) or self._book.steps(before, today)
        among = listed(view) if everything else changed(view, earlier.list_version or 0, before, today)
        screening = LaterPass(examiner, among, everything, before)
        self._progress(job)
        with reading() as session:
            key = self._tokens_key(session.get_one(RescreenRow, job.tokens_of))
        path = self._tokens_path(job.tokens_of or "")
        for content in spool.read(path, self._suite, key, skip=job.chunks_done):
            self._store(job, screening.chunk(content, self._found(earlier.id, job.chunks_done)), 0)
            yield

    def _store(self, job: RescreenRow, screened: Screened, tokens_size: int) -> None:
        """Findings and progress, together or not at all."""
        found = screened.findings
        columns = {
            "chunks_done": job.chunks_done + 1,
            "rows_done": job.rows_done + screened.rows,
            "lines_done": job.lines_done + screened.lines,
            "invalid": job.invalid + found.count(INVALID),
            "matches": job.matches + found.count(Result.MATCH),
            "possible_matches": job.possible_matches + found.count(Result.POSSIBLE_MATCH),
            "tokens_size": tokens_size,
        }
        with transaction() as session:
            self._advance(session, job, **columns)
            if found.rows:
                context = f"rescreen_chunks.sealed:{job.id}:{job.chunks_done}"
                sealed = self._keys.vault().seal(found.packed(), context)
                row = {"rescreen_id": job.id, "number": job.chunks_done, "sealed": sealed}
                session.execute(insert(RescreenChunkRow).values(row))
        for name, value in columns.items():
            setattr(job, name, value)

    # -- the end -----------------------------------------------------------------------------------

    def _log_chunk(self, job: RescreenRow) -> None:
        """One record for each match of the next chunk that has any."""
        number = self._next_found(job)
        found = Findings() if number is None else self._found(job.id, number)
        logged = job.chunks_done if number is None else number + 1
        actor = Actor(job.partner_id, job.partner_id)
        entries = [
            Entry(
                Tag.RESCREEN_MATCHED,
                actor,
                job.id,
                {"line": row.line, "result": row.told["result"], "direction": row.told["direction"]},
                secret=_secret(row),
            )
            for row in found.rows
            if row.is_news
        ]
        with transaction() as session:
            self._advance(session, job, chunks_logged=logged)
            if entries:
                self._log.write_all(session, entries)
        job.chunks_logged = logged

    def _finish(self, job: RescreenRow) -> None:
        facts = stored.certified(job)
        with transaction() as session:
            self._advance(session, job, state=State.DONE.value)
            stored.close(session, job.id, keep=True)
            actor = Actor(job.partner_id, job.partner_id)
            self._log.write(session, Entry(Tag.RESCREEN_DONE, actor, job.id, facts))
        stored.drop_files(self._folder, job.id, keep=True)

    # -- reading -----------------------------------------------------------------------------------

    def _input_key(self, job: RescreenRow) -> bytes:
        sealed = job.sealed_input_key or b""
        return self._keys.vault().open(sealed, f"rescreens.sealed_input_key:{job.id}")

    def _tokens_key(self, job: RescreenRow) -> bytes:
        sealed = job.sealed_tokens_key or b""
        return self._keys.vault().open(sealed, f"rescreens.sealed_tokens_key:{job.id}")

    def _tokens_path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.tokens"

    def _tokens_file(self, job: RescreenRow) -> AbstractContextManager[spool.Writer | None]:
        """The file of kept tokens, to go on with behind what counts; `None` where none is kept."""
        if job.sealed_tokens_key is None:
            return nullcontext()
        return spool.Writer(
            self._tokens_path(job.id), self._suite, self._tokens_key(job), job.tokens_size, job.chunks_done
        )

    def _earlier(self, job: RescreenRow) -> RescreenRow:
        with reading() as session:
            earlier = session.get_one(RescreenRow, job.since)
            session.expunge(earlier)
            return earlier

    def _next_found(self, job: RescreenRow) -> int | None:
        number, of = RescreenChunkRow.number, RescreenChunkRow.rescreen_id
        behind = select(func.min(number)).where(of == job.id, number >= job.chunks_logged)
        with reading() as session:
            return session.scalar(behind)

    def _found(self, job_id: str, number: int) -> Findings:
        with reading() as session:
            return stored.findings(session, self._keys.vault(), job_id, number)


def _secret(row: Row) -> bytes:
    """What the log keeps sealed of a match: who was asked about, as tokens, and what was answered."""
    document, name = row.asked or ("", "")
    return orjson.dumps({"request": {"document": document, "name": name}, "answer": row.told})


_CRASHED = Text(
    "处理时发生程序错误，任务已停止；请联系系统管理员。",
    "The program failed while working on it and stopped; tell the system administrator.",
)
