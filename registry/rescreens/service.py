"""Rescreenings as a partner sees them: handed in, watched, read, certified, cancelled, deleted."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.keys import Keys
from registry.access.principals import Partner
from registry.access.service import not_found
from registry.audit.service import Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import Conflict, InvalidState, Unavailable, invalid_field
from registry.law.book import Book, RuleNotInForce
from registry.law.words import Purpose
from registry.rescreens import orders, spool, stored
from registry.rescreens.models import UNFINISHED, Form, RescreenChunkRow, RescreenRow, State
from registry.rescreens.orders import Order
from registry.rescreens.receiving import receive
from registry.screening.rules import law_gap, require_purpose
from registry.text import Text
from registry.vault.suites import Suite

__all__ = ["Form", "Rescreens", "State"]

MAX_UPLOAD = 4 << 30
"""Bytes of an upload."""
KEPT = timedelta(days=400)
CERTIFICATE = "rescreen-certificate+jws"

_SILENT_UPLOAD = timedelta(minutes=10)


class Rescreens:
    """A partner's rescreenings. None of another partner's can be told from one that does not exist."""

    def __init__(self, keys: Keys, book: Book, log: Log, suite: Suite, folder: Path) -> None:
        self._keys, self._book, self._log = keys, book, log
        self._suite, self._folder = suite, folder

    # -- handing in --------------------------------------------------------------------------------

    def start(self, partner: Partner, order: Order, stream: IO[bytes]) -> str:
        """Take an upload and queue it; its id. Nothing is left behind of one that is refused.

        Raises Forbidden (`purpose-not-permitted`), Conflict (`too-many-rescreens`), Invalid (`no-rows`,
        `too-many-rows`, `line-too-long`, `idempotency-key-reused`), Unavailable.
        """
        self._require_permitted(partner, order.purpose)
        if (known := orders.repeated(order)) is not None:
            orders.require_same_body(known, stream)
            return known.id
        key = spool.new_key(self._suite)
        job_id = self._reserve(partner, order, key)
        try:
            path = self._folder / f"{job_id}.input"
            digest, total = receive(stream, order.form, path, self._suite, key)
            with transaction() as session:
                facts = {"digest": digest.hex(), "purpose": order.purpose.value, "form": order.form.value}
                self._queue(session, partner, job_id, facts, input_digest=digest, rows_total=total)
        except BaseException:
            stored.drop_files(self._folder, job_id)
            with suppress(Unavailable), transaction() as session:
                session.execute(delete(RescreenRow).where(RescreenRow.id == job_id))
            raise
        return job_id

    def start_since(self, partner: Partner, order: Order, since: str) -> str:
        """Rescreen the kept rows of `since` against what changed since then; the new rescreening's id.

        Raises NotFound, Invalid (`other-purpose`), Conflict (`nothing-kept`, `too-many-rescreens`).
        """
        self._require_permitted(partner, order.purpose)
        if (known := orders.repeated(order)) is not None:
            return known.id
        with transaction() as session:
            orders.require_room(session, partner)
            earlier = self._own(session, partner, since)
            if earlier.purpose != order.purpose:
                raise invalid_field(
                    "other-purpose",
                    Text("须与原任务的业务目的相同。", "It must be the purpose of the earlier rescreening."),
                    "/purpose",
                )
            if earlier.state != State.DONE or earlier.tokens_of is None:
                raise Conflict(
                    "nothing-kept",
                    Text(
                        "该任务未完成或未保留数据，不能作增量筛查；请重新上传并设 keep=true。",
                        "That rescreening is not done or nothing was kept of it; upload with keep=true.",
                    ),
                )
            job_id = ids.new("rsc")
            row = orders.as_row(job_id, partner, order) | {
                # Results that do not change are carried over word for word.
                "language": earlier.language,
                "form": Form.KEPT.value,
                "since": earlier.id,
                "tokens_of": earlier.tokens_of,
            }
            session.execute(insert(RescreenRow).values(row))
            digest = earlier.input_digest or b""
            facts = {"digest": digest.hex(), "purpose": order.purpose.value, "since": earlier.id}
            self._queue(session, partner, job_id, facts, input_digest=digest, rows_total=earlier.rows_done)
        return job_id

    def _require_permitted(self, partner: Partner, purpose: Purpose) -> None:
        try:
            require_purpose(self._book.on(clock.today()), purpose, partner.sector)
        except RuleNotInForce as missing:
            raise law_gap(missing) from missing

    def _reserve(self, partner: Partner, order: Order, key: bytes) -> str:
        job_id, vault = ids.new("rsc"), self._keys.vault()
        row = orders.as_row(job_id, partner, order)
        row["sealed_input_key"] = vault.seal(key, f"rescreens.sealed_input_key:{job_id}")
        if order.keep:
            tokens_key = spool.new_key(self._suite)
            row["sealed_tokens_key"] = vault.seal(tokens_key, f"rescreens.sealed_tokens_key:{job_id}")
            row["tokens_of"] = job_id
        with transaction() as session:
            orders.require_room(session, partner)
            try:
                session.execute(insert(RescreenRow).values(row))
            except IntegrityError as taken:
                raise orders.under_way() from taken
        return job_id

    def _queue(
        self, session: Session, partner: Partner, job_id: str, facts: dict[str, Any], **columns: Any
    ) -> None:
        queued = session.execute(
            update(RescreenRow)
            .where(RescreenRow.id == job_id)
            .values(state=State.QUEUED.value, **columns)
            .returning(RescreenRow.id)
        ).one_or_none()
        if queued is None:  # swept away as an upload that had died
            raise Unavailable(
                "upload-interrupted",
                Text("上传中断，请重新上传。", "The upload was interrupted; send it again."),
            )
        self._log.write(session, Entry(Tag.RESCREEN_STARTED, partner.actor, job_id, facts))

    # -- watching ----------------------------------------------------------------------------------

    def get(self, partner: Partner, job_id: str) -> dict[str, Any]:
        """How far it is. Raises NotFound."""
        with reading() as session:
            return _view(self._own(session, partner, job_id))

    def page(
        self, partner: Partner, limit: int, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Own rescreenings, newest first, and where the next page begins."""
        own = select(RescreenRow).where(RescreenRow.partner_id == partner.id)
        if after is not None:
            own = own.where(RescreenRow.id < after)
        with reading() as session:
            found = session.scalars(own.order_by(RescreenRow.id.desc()).limit(limit + 1)).all()
            page = [_view(row) for row in found[:limit]]
        return page, found[limit - 1].id if len(found) > limit else None

    def workload(self) -> dict[State, int]:
        """How many of all partners are in each state that is not over yet."""
        open_ = RescreenRow.state.in_(map(str, UNFINISHED))
        counted = select(RescreenRow.state, func.count()).where(open_).group_by(RescreenRow.state)
        with reading() as session:
            counts = {State(state): count for state, count in session.execute(counted)}
        return {state: counts.get(state, 0) for state in State if state in UNFINISHED}

    def result(self, partner: Partner, job_id: str) -> Iterator[list[dict[str, Any]]]:
        """The matches and the faulty rows, by line, a part at a time.

        Raises NotFound, InvalidState before it is done.
        """
        with reading() as session:
            self._done(session, partner, job_id)
            numbers = session.scalars(
                select(RescreenChunkRow.number)
                .where(RescreenChunkRow.rescreen_id == job_id)
                .order_by(RescreenChunkRow.number)
            ).all()
        return (self._part(job_id, number) for number in numbers)

    def _part(self, job_id: str, number: int) -> list[dict[str, Any]]:
        with reading() as session:
            found = stored.findings(session, self._keys.vault(), job_id, number)
        return [row.told for row in found.rows]

    def certificate(self, partner: Partner, job_id: str) -> dict[str, Any]:
        """What was screened against what, and the same signed. Raises NotFound, InvalidState, Unavailable."""
        with reading() as session:
            job = self._done(session, partner, job_id)
            said = {
                "id": job.id,
                "partner": job.partner_id,
                "purpose": job.purpose,
                "done_at": _instant(job.done_at),
            } | stored.certified(job)
        payload = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        signed = self._keys.signer().sign(payload, CERTIFICATE)
        return said | {"certificate": signed}

    # -- ending ------------------------------------------------------------------------------------

    def cancel(self, partner: Partner, job_id: str) -> None:
        """queued or running → cancelled; the upload is deleted. Raises NotFound, InvalidState."""
        with transaction() as session:
            job = self._own(session, partner, job_id, lock=True)
            if job.state not in (State.QUEUED, State.RUNNING):
                raise _wrong_state(job)
            job.state = State.CANCELLED.value
            session.flush()
            stored.close(session, job_id)
            self._log.write(session, Entry(Tag.RESCREEN_CANCELLED, partner.actor, job_id))
        stored.drop_files(self._folder, job_id)

    def delete(self, partner: Partner, job_id: str) -> None:
        """Forget a finished rescreening: its result and whatever was kept. The log keeps what it has.

        Raises NotFound, InvalidState, Conflict (`rescreen-in-use`).
        """
        with transaction() as session:
            job = self._own(session, partner, job_id, lock=True)
            if job.state in UNFINISHED:
                raise _wrong_state(job)
            stored.forget(session, job_id)
            self._log.write(session, Entry(Tag.RESCREEN_DELETED, partner.actor, job_id))
        stored.drop_files(self._folder, job_id)

    def sweep(self) -> None:
        """Remove uploads that broke off with their process, and all that is older than it may be kept."""
        now = clock.now()
        with reading() as session:
            receiving = session.execute(
                select(RescreenRow.id, RescreenRow.created_at).where(
                    RescreenRow.state == State.RECEIVING.value, RescreenRow.created_at < now - _SILENT_UPLOAD
                )
            ).all()
            old = session.scalars(
                select(RescreenRow.id).where(
                    RescreenRow.created_at < now - KEPT, RescreenRow.state.not_in(map(str, UNFINISHED))
                )
            ).all()
        silent = [
            row.id for row in receiving if self._last_written(row.id, row.created_at) < now - _SILENT_UPLOAD
        ]
        for job_id in [*silent, *old]:
            with suppress(Conflict):  # a later one reads it still: it goes when that is done
                with transaction() as session:
                    stored.forget(session, job_id)
                stored.drop_files(self._folder, job_id)

    def _last_written(self, job_id: str, created_at: datetime) -> datetime:
        try:
            written = (self._folder / f"{job_id}.input").stat().st_mtime
        except OSError:
            return created_at
        return datetime.fromtimestamp(written, clock.BEIJING)

    # -- inside ------------------------------------------------------------------------------------

    def _own(self, session: Session, partner: Partner, job_id: str, lock: bool = False) -> RescreenRow:
        row = session.get(RescreenRow, job_id, with_for_update=lock, populate_existing=True)
        if row is None or row.partner_id != partner.id:
            raise not_found()
        return row

    def _done(self, session: Session, partner: Partner, job_id: str) -> RescreenRow:
        job = self._own(session, partner, job_id)
        if job.state != State.DONE:
            raise _wrong_state(job)
        return job


def _view(job: RescreenRow) -> dict[str, Any]:
    return {
        "id": job.id,
        "state": job.state,
        "purpose": job.purpose,
        "since": job.since,
        "kept": job.tokens_of is not None,
        "rows_done": job.rows_done,
        "rows_total": job.rows_total,
        "invalid": job.invalid,
        "matches": job.matches,
        "possible_matches": job.possible_matches,
        "list_version": job.list_version,
        "law_day": job.law_day.isoformat() if job.law_day else None,
        "failure": {"code": job.failure[0], "detail": Text(*job.failure[1:])} if job.failure else None,
        "created_at": _instant(job.created_at),
        "done_at": _instant(job.done_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if instant else None


def _wrong_state(job: RescreenRow) -> InvalidState:
    told = Text(
        "当前状态为 {state}，不能执行此操作。", "The rescreening is {state}; this is not possible now."
    )
    return InvalidState("invalid-state", told.format(state=job.state), facts={"state": job.state})
