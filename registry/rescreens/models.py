"""A rescreening, and what it found chunk by chunk."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class State(StrEnum):
    """What a rescreening is."""

    RECEIVING = "receiving"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNFINISHED = frozenset({State.RECEIVING, State.QUEUED, State.RUNNING})


class Form(StrEnum):
    """How an upload is written; `KEPT` are the tokens of an earlier one."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    KEPT = "kept"


class RescreenRow(Base):
    """One rescreening of one partner.

    Its question (`purpose`, `sector`, `area`, `language`) is fixed when it is asked. `list_version`,
    `law_day` and `law_version` are those of the running attempt, and of all its results once it is done.
    `owner` may work on it until `lease_until`. `lines_done`, `rows_done` and the counts below go with
    `chunks_done`; `chunks_logged` of them have their matches in the log. `tokens_of` is the job whose kept
    tokens this one reads or writes, in a file that is `tokens_size` bytes long so far.
    """

    __tablename__ = "rescreens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    sector: Mapped[str] = mapped_column(String(20))
    area: Mapped[str] = mapped_column(String(6))
    language: Mapped[str] = mapped_column(String(5))
    form: Mapped[str] = mapped_column(String(10))
    since: Mapped[str | None] = mapped_column(String(40))
    tokens_of: Mapped[str | None] = mapped_column(String(40))
    request_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    input_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sealed_input_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_tokens_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    tokens_size: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_total: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    lines_done: Mapped[int] = mapped_column(default=0)
    chunks_done: Mapped[int] = mapped_column(default=0)
    chunks_logged: Mapped[int] = mapped_column(default=0)
    invalid: Mapped[int] = mapped_column(default=0)
    matches: Mapped[int] = mapped_column(default=0)
    possible_matches: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    list_version: Mapped[int | None]
    law_day: Mapped[date | None] = mapped_column(Date)
    law_version: Mapped[str | None] = mapped_column(String(64))
    owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[list[Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class RescreenChunkRow(Base):
    """What was found in one chunk of the rows, sealed; chunks without any finding have none."""

    __tablename__ = "rescreen_chunks"

    rescreen_id: Mapped[str] = mapped_column(ForeignKey("rescreens.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
