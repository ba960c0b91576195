"""Orders of a rescreening: what is asked, room for one more, and the same order come again."""

import hashlib
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import PartnerRow
from registry.access.principals import Partner
from registry.db import reading
from registry.errors import Conflict, invalid_field
from registry.law.words import Purpose
from registry.rescreens import spool
from registry.rescreens.models import UNFINISHED, Form, RescreenRow, State
from registry.text import Language, Text

MAX_UNFINISHED = 4
"""Rescreenings that one partner may have waiting or running."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a partner wants: for which purpose, in which form the rows come, in which language it reads.

    `keep` asks for later rescreenings of the same rows; `repeat` is the digest of an idempotency key.
    """

    purpose: Purpose
    form: Form
    language: Language
    keep: bool = False
    repeat: bytes | None = None


def as_row(job_id: str, partner: Partner, order: Order) -> dict[str, Any]:
    """The columns of a rescreening whose upload is awaited."""
    return {
        "id": job_id,
        "partner_id": partner.id,
        "state": State.RECEIVING.value,
        "purpose": order.purpose.value,
        "sector": partner.sector.value,
        "area": partner.area,
        "language": order.language,
        "form": order.form.value,
        "request_key": order.repeat,
        "created_at": clock.now(),
    }


def require_room(session: Session, partner: Partner) -> None:
    """Raises Conflict (`too-many-rescreens`); of two who ask at once, one waits for the other."""
    session.execute(select(PartnerRow.id).where(PartnerRow.id == partner.id).with_for_update())
    waiting = session.scalar(
        select(func.count())
        .select_from(RescreenRow)
        .where(RescreenRow.partner_id == partner.id, RescreenRow.state.in_(map(str, UNFINISHED)))
    )
    if (waiting or 0) >= MAX_UNFINISHED:
        raise Conflict(
            "too-many-rescreens",
            Text(
                "已有 {n} 个任务未完成；请等其完成或取消后再提交。",
                "{n} rescreenings are not finished yet; wait for one of them or cancel it.",
            ).format(n=waiting),
        )


def repeated(order: Order) -> RescreenRow | None:
    """The rescreening that the same idempotency key began."""
    if order.repeat is None:
        return None
    with reading() as session:
        known = session.scalar(select(RescreenRow).where(RescreenRow.request_key == order.repeat))
        if known is not None:
            session.expunge(known)
        return known


def require_same_body(known: RescreenRow, stream: IO[bytes]) -> None:
    """Raises Conflict while the first body is still coming in, Invalid (`idempotency-key-reused`)."""
    if known.state == State.RECEIVING:
        raise under_way()
    digest = hashlib.sha256()
    while block := stream.read(spool.CHUNK):
        digest.update(block)
    if digest.digest() != known.input_digest:
        raise invalid_field(
            "idempotency-key-reused",
            Text(
                "该 Idempotency-Key 已用于另一请求；新请求请用新的键。",
                "This Idempotency-Key was used for another request; a new request needs a new key.",
            ),
        )


def under_way() -> Conflict:
    """The first request with this idempotency key has not ended yet."""
    return Conflict(
        "rescreen-under-way",
        Text(
            "使用此 Idempotency-Key 的上传尚在进行，请稍后再试。",
            "An upload under this Idempotency-Key is still under way; try again later.",
        ),
    )
