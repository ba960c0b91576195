"""Answers kept for idempotency keys: the same request again gets the same answer, and is done once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import ReplyRow
from registry.db import inserting
from registry.errors import invalid_field
from registry.text import Text
from registry.vault.vault import Vault

_SWEEP = 20  # how many outlived replies a new one takes away


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: bytes


class Replies:
    """Kept answers, sealed. All methods work in the transaction of the act that is answered."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def reserve(self, session: Session, scope: bytes, request_digest: bytes, until: datetime) -> Reply | None:
        """Claim the key for this request, or return the answer it got before.

        A request with the same key that is under way is waited for. Raises Invalid
        (`idempotency-key-reused`) when the key was used for another request.
        """
        now = clock.now()
        fresh = {"request_digest": request_digest, "expires_at": until, "status": None, "sealed": None}
        statement = inserting(session, ReplyRow).values(scope=scope, **fresh)
        claimed = session.execute(
            statement.on_conflict_do_update(
                index_elements=[ReplyRow.scope], set_=fresh, where=ReplyRow.expires_at <= now
            ).returning(ReplyRow.scope)
        ).one_or_none()
        if claimed:
            self._sweep(session, now)
            return None
        row = session.scalars(select(ReplyRow).where(ReplyRow.scope == scope)).one()
        if row.request_digest != request_digest:
            raise invalid_field(
                "idempotency-key-reused",
                Text(
                    "该 Idempotency-Key 已用于另一请求；新请求请用新的键。",
                    "This Idempotency-Key was used for another request; a new request needs a new key.",
                ),
            )
        body = self._vault().open(row.sealed or b"", f"replies.sealed:{scope.hex()}")
        return Reply(row.status or 0, row.headers or {}, body)

    def keep(self, session: Session, scope: bytes, reply: Reply) -> None:
        """Keep the answer under the reserved key."""
        session.execute(
            update(ReplyRow)
            .where(ReplyRow.scope == scope)
            .values(
                status=reply.status,
                headers=reply.headers,
                sealed=self._vault().seal(reply.body, f"replies.sealed:{scope.hex()}"),
            )
        )

    def _sweep(self, session: Session, now: datetime) -> None:
        outlived = session.scalars(
            select(ReplyRow.scope)
            .where(ReplyRow.expires_at <= now)
            .limit(_SWEEP)
            .with_for_update(skip_locked=True)
        ).all()
        if outlived:
            session.execute(delete(ReplyRow).where(ReplyRow.scope.in_(outlived)))
