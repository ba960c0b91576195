"""Sessions of people who are signed in: rows that every request looks up, so that an end is at once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.bearers import digest
from registry.access.models import (
    AuthorityRow,
    LoginRow,
    OfficerRow,
    PartnerRow,
    PartnerUserRow,
    SessionRow,
)
from registry.access.principals import Authority, Officer, Partner, PartnerUser
from registry.access.rules import PartnerKind, Role
from registry.access.service import not_found
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import Among, Statement, line, reading, transaction
from registry.errors import Unauthenticated
from registry.law.words import Level
from registry.text import Text

IDLE, ABSOLUTE = timedelta(minutes=15), timedelta(hours=8)
_SEEN_EVERY = timedelta(minutes=1)
_KEPT = timedelta(days=1)  # beyond the end; the log has what is worth knowing


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, since when, and when the session ends if nothing more is done."""

    caller: Officer | Partner
    login: str
    began_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """A session that goes on; `here`: the one that asks."""

    id: str
    began_at: datetime
    seen_at: datetime
    here: bool


class Sessions:
    """Beginning, finding and ending them."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def begin(self, session: Session, login: str, actor: Actor) -> str:
        """A fresh secret for the browser of whoever has proved to be `login`."""
        secret, now = secrets.token_urlsafe(32), clock.now()
        session_id = ids.new("ses")
        session.execute(
            insert(SessionRow).values(
                id=session_id, digest=digest(secret), login=login, began_at=now, seen_at=now
            )
        )
        self._log.write(session, Entry(Tag.SESSION_BEGUN, actor, session_id))
        return secret

    def find(self, secret: str, *, in_use: bool = True) -> SignedIn:
        """Whose session it is; it has been used now, if somebody and not a script alone asks (`in_use`).

        Raises Unauthenticated, the same for all others.
        """
        with line(writes=False) as swift:
            row = next(iter(swift.find(_SESSIONS, {"digests": [digest(secret)]})), None)
        now = clock.now()
        if row is None or row.closed_at or row.ended_at or now >= _end(row.began_at, row.seen_at):
            raise Unauthenticated(
                "session-ended",
                Text(
                    "您尚未登录，或者会话已结束，请登录。",
                    "You are not signed in, or the session has ended: please sign in.",
                ),
            )
        seen_at = row.seen_at
        if in_use and now - seen_at >= _SEEN_EVERY:
            seen_at = now
            with transaction() as session:
                session.execute(update(SessionRow).where(SessionRow.id == row.id).values(seen_at=now))
        ends_at = _end(row.began_at, seen_at)
        return SignedIn(_caller(row, ends_at), row.login, row.began_at, ends_at)

    def end(self, secret: str, signed_in: SignedIn) -> None:
        """Sign out here."""
        with transaction() as session:
            self._end(session, SessionRow.digest == digest(secret), signed_in.caller.actor)

    def end_everywhere(self, signed_in: SignedIn) -> None:
        """Sign out in every browser."""
        with transaction() as session:
            self.end_of(session, signed_in.login, signed_in.caller.actor)

    def own(self, signed_in: SignedIn) -> list[Open]:
        """Where they are signed in, the latest first."""
        now = clock.now()
        wanted = select(SessionRow).where(
            SessionRow.login == signed_in.login,
            SessionRow.ended_at.is_(None),
            SessionRow.seen_at > now - IDLE,
            SessionRow.began_at > now - ABSOLUTE,
        )
        with reading() as session:
            rows = session.scalars(wanted.order_by(SessionRow.seen_at.desc(), SessionRow.id.desc()))
            return [
                Open(row.id, row.began_at, row.seen_at, row.id == signed_in.caller.credential) for row in rows
            ]

    def end_own(self, signed_in: SignedIn, session_id: str) -> None:
        """Sign out in one other browser. Raises NotFound."""
        if session_id not in {each.id for each in self.own(signed_in)}:
            raise not_found()
        with transaction() as session:
            self._end(session, SessionRow.id == session_id, signed_in.caller.actor)

    def end_of(self, session: Session, login: str, actor: Actor) -> None:
        """End every session of `login`."""
        self._end(session, SessionRow.login == login, actor)

    def forget(self) -> None:
        """Delete those that ended more than a day ago."""
        with transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.seen_at <= clock.now() - IDLE - _KEPT))

    def _end(self, session: Session, which: ColumnElement[bool], actor: Actor) -> None:
        ended = session.scalars(
            update(SessionRow)
            .where(which, SessionRow.ended_at.is_(None))
            .values(ended_at=clock.now())
            .returning(SessionRow.id)
        ).all()
        self._log.write(session, *(Entry(Tag.SESSION_ENDED, actor, each) for each in ended))


def _end(began_at: datetime, seen_at: datetime) -> datetime:
    return min(seen_at + IDLE, began_at + ABSOLUTE)


def _accounts(among: Among) -> "Select[*tuple[Any, ...]]":
    """The sessions whose digests are among the parameter `digests`, with who that is."""
    return (
        select(
            SessionRow.id,
            SessionRow.began_at,
            SessionRow.seen_at,
            SessionRow.ended_at,
            LoginRow.login,
            LoginRow.officer_id,
            LoginRow.partner_user_id,
            func.coalesce(OfficerRow.roles, PartnerUserRow.roles).label("roles"),
            AuthorityRow.id.label("authority_id"),
            AuthorityRow.name.label("authority"),
            AuthorityRow.level,
            AuthorityRow.area.label("authority_area"),
            AuthorityRow.phone,
            PartnerRow.id.label("partner_id"),
            PartnerRow.name.label("partner"),
            PartnerRow.kind,
            PartnerRow.area,
            func.coalesce(OfficerRow.disabled_at, PartnerUserRow.disabled_at, PartnerRow.suspended_at).label(
                "closed_at"
            ),
        )
        .join(LoginRow, LoginRow.login == SessionRow.login)
        .outerjoin(OfficerRow, OfficerRow.id == LoginRow.officer_id)
        .outerjoin(AuthorityRow, AuthorityRow.id == OfficerRow.authority_id)
        .outerjoin(PartnerUserRow, PartnerUserRow.id == LoginRow.partner_user_id)
        .outerjoin(PartnerRow, PartnerRow.id == PartnerUserRow.partner_id)
        .where(among(SessionRow.digest, "digests"))
    )


_SESSIONS = Statement(_accounts)


def _caller(row: Any, ends_at: datetime) -> Officer | Partner:
    roles = frozenset(Role(role) for role in row.roles.split())
    if row.officer_id:
        authority = Authority(
            row.authority_id, row.authority, Level(row.level), row.authority_area, row.phone
        )
        return Officer(row.officer_id, row.id, row.login, roles, authority, ends_at)
    user = PartnerUser(row.partner_user_id, row.login)
    kind = PartnerKind(row.kind)
    return Partner(row.partner_id, row.id, row.partner, kind, row.area, ends_at, roles, user)
