"""Accounts as the security administrator sees them, and what is done to somebody's way of signing in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.issuing import ENROLMENT, ENROLMENT_LIFE, Issued, issue
from registry.access.models import (
    AttemptRow,
    AuthorityRow,
    LoginRow,
    OfficerRow,
    PartnerRow,
    PartnerUserRow,
    SessionRow,
)
from registry.access.rules import PartnerKind, Role
from registry.access.service import not_found
from registry.access.sessions import ABSOLUTE, IDLE, Sessions
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Person:
    """An account of somebody who signs in: an officer or one of a partner's people.

    `enrolled`: they have a password; `second_factor`: and an authenticator. `locked_until` is set while too
    many wrong passwords make the login wait; `signed_in` counts the browsers in which they are.
    """

    id: str
    login: str
    roles: tuple[Role, ...]
    organisation: str
    created_at: datetime
    disabled_at: datetime | None
    enrolled: bool
    second_factor: bool
    locked_until: datetime | None
    signed_in: int


@dataclass(frozen=True, slots=True)
class Institution:
    """A partner."""

    id: str
    name: str
    kind: PartnerKind
    area: str
    created_at: datetime
    suspended_at: datetime | None


class Accounts:
    """Reading accounts, and what is done to somebody's way of signing in."""

    def __init__(self, vault: Callable[[], Vault], log: Log, sessions: Sessions) -> None:
        self._vault = vault
        self._log = log
        self._sessions = sessions

    def officers(self, limit: int, before: str | None) -> tuple[list[Person], str | None]:
        """A page of officers, the newest first, and where the next one begins."""
        wanted = _officers().order_by(OfficerRow.id.desc()).limit(limit + 1)
        if before:
            wanted = wanted.where(OfficerRow.id < before)
        with reading() as session:
            found = session.execute(wanted).all()
            people = [self._person(session, row) for row in found[:limit]]
        return people, people[-1].id if len(found) > limit else None

    def officer(self, officer_id: str) -> Person:
        """One of `officers`. Raises NotFound."""
        with reading() as session:
            row = session.execute(_officers().where(OfficerRow.id == officer_id)).one_or_none()
            if row is None:
                raise not_found()
            return self._person(session, row)

    def partners(self, limit: int, before: str | None) -> tuple[list[Institution], str | None]:
        """A page of partners, the newest first, and where the next one begins."""
        wanted = select(PartnerRow).order_by(PartnerRow.id.desc()).limit(limit + 1)
        if before:
            wanted = wanted.where(PartnerRow.id < before)
        with reading() as session:
            found = [_institution(row) for row in session.scalars(wanted)]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def partner(self, partner_id: str) -> Institution:
        """One of `partners`. Raises NotFound."""
        with reading() as session:
            row = session.get(PartnerRow, partner_id)
            if row is None:
                raise not_found()
            return _institution(row)

    def people(self, partner_id: str) -> list[Person]:
        """Everybody who works at a partner, in the order of their logins."""
        wanted = _users().where(PartnerUserRow.partner_id == partner_id).order_by(LoginRow.login)
        with reading() as session:
            return [self._person(session, row) for row in session.execute(wanted)]

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """What authorities, officers, partners and their people are called, by id."""
        wanted = list(ids)
        named = (
            (AuthorityRow.id, AuthorityRow.name),
            (PartnerRow.id, PartnerRow.name),
            (LoginRow.officer_id, LoginRow.login),
            (LoginRow.partner_user_id, LoginRow.login),
        )
        with reading() as session:
            return {
                str(row[0]): row[1]
                for key, name in named
                for row in session.execute(select(key, name).where(key.in_(wanted)))
            }

    def unlock(self, actor: Actor, owner: str) -> None:
        """Let an officer or a partner's user who was locked out try again at once. Raises NotFound."""
        with transaction() as session:
            attempt = self._vault().token("login", self._login(session, owner))
            session.execute(delete(AttemptRow).where(AttemptRow.token == attempt))
            self._log.write(session, Entry(Tag.LOGIN_UNLOCKED, actor, owner))

    def sign_out(self, actor: Actor, owner: str) -> None:
        """End every session of an officer or a partner's user. Raises NotFound."""
        with transaction() as session:
            self._sessions.end_of(session, self._login(session, owner), actor)

    def renew_code(self, actor: Actor, officer_id: str) -> Issued:
        """A new enrolment code, for an officer who forgot the password or lost the telephone.

        Raises NotFound.
        """
        with transaction() as session:
            self._login(session, officer_id)
            if session.get(OfficerRow, officer_id) is None:
                raise not_found()
            self._log.write(session, Entry(Tag.OFFICER_CODE_RENEWED, actor, officer_id))
            return issue(session, officer_id, ENROLMENT, ENROLMENT_LIFE)

    def _login(self, session: Session, owner: str) -> str:
        owned = or_(LoginRow.officer_id == owner, LoginRow.partner_user_id == owner)
        login = session.scalars(select(LoginRow.login).where(owned)).one_or_none()
        if login is None:
            raise not_found()
        return login

    def _person(self, session: Session, row: Any) -> Person:
        now = clock.now()
        attempt = self._vault().token("login", row.login)
        locked_until = session.scalar(
            select(AttemptRow.locked_until).where(AttemptRow.token == attempt, AttemptRow.locked_until > now)
        )
        signed_in = session.scalar(
            select(func.count()).where(
                SessionRow.login == row.login,
                SessionRow.ended_at.is_(None),
                SessionRow.seen_at > now - IDLE,
                SessionRow.began_at > now - ABSOLUTE,
            )
        )
        return Person(
            id=row.id,
            login=row.login,
            roles=tuple(Role(role) for role in row.roles.split()),
            organisation=row.organisation,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            enrolled=row.password_hash is not None,
            second_factor=row.totp_sealed is not None,
            locked_until=locked_until,
            signed_in=signed_in or 0,
        )


def _officers() -> "Select[*tuple[Any, ...]]":
    return (
        select(
            OfficerRow.id,
            OfficerRow.roles,
            OfficerRow.created_at,
            OfficerRow.disabled_at,
            AuthorityRow.name.label("organisation"),
            LoginRow.login,
            LoginRow.password_hash,
            LoginRow.totp_sealed,
        )
        .join(AuthorityRow, AuthorityRow.id == OfficerRow.authority_id)
        .join(LoginRow, LoginRow.officer_id == OfficerRow.id)
    )


def _users() -> "Select[*tuple[Any, ...]]":
    return (
        select(
            PartnerUserRow.id,
            PartnerUserRow.roles,
            PartnerUserRow.created_at,
            PartnerUserRow.disabled_at,
            PartnerRow.name.label("organisation"),
            LoginRow.login,
            LoginRow.password_hash,
            LoginRow.totp_sealed,
        )
        .join(PartnerRow, PartnerRow.id == PartnerUserRow.partner_id)
        .join(LoginRow, LoginRow.partner_user_id == PartnerUserRow.id)
    )


def _institution(row: PartnerRow) -> Institution:
    return Institution(row.id, row.name, PartnerKind(row.kind), row.area, row.created_at, row.suspended_at)
