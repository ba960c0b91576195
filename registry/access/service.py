"""Accounts and credentials: made, authenticated, rotated, revoked. Every change leaves its act in the log."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access import passwords
from registry.access.bearers import BEARERS, TOKEN, digest, principal
from registry.access.issuing import ENROLMENT, ENROLMENT_LIFE, Issued, code_refused, issue, take_code
from registry.access.models import AuthorityRow, CredentialRow, LoginRow, OfficerRow, PartnerRow
from registry.access.principals import Authority, Officer, Principal
from registry.access.rules import OFFICER_ROLES, SEPARATED, PartnerKind, Role
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import line, reading, transaction
from registry.errors import Conflict, Forbidden, NotFound, invalid_field
from registry.law.words import Level
from registry.text import Text

OFFICER_TOKEN_LIFE = timedelta(days=90)
PARTNER_TOKEN_LIFE = timedelta(days=365)
ROTATION_OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential without its secret."""

    id: str
    owner: str
    use: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Access:
    """Who may come in. `enrolment` means that new officers get a one-time code instead of a token."""

    def __init__(self, log: Log, enrolment: bool) -> None:
        self._log = log
        self._enrolment = enrolment

    # -- coming in ---------------------------------------------------------------------------------

    def authenticate(self, token: str) -> Principal:
        """Whose token this is. Raises Unauthenticated, the same for unknown, expired and revoked ones."""
        with line(writes=False) as swift:
            rows = swift.find(BEARERS, {"bearers": [digest(token)]})
        return principal(rows[0] if rows else None, clock.now())

    def officer(self, token: str) -> Officer:
        """As `authenticate`, for a token that must be an officer's."""
        principal = self.authenticate(token)
        if not isinstance(principal, Officer):
            raise Forbidden("forbidden", Text("这不是民警的令牌。", "This is not an officer's token."))
        return principal

    def enrol(self, code: str) -> Issued:
        """Turn a one-time code into the officer's token. Raises Unauthenticated as `authenticate`."""
        with transaction() as session:
            officer_id, _ = take_code(session, code)
            if officer_id is None:  # partners' people have no tokens; their code stays unused
                raise code_refused()
            issued = issue(session, officer_id, TOKEN, OFFICER_TOKEN_LIFE)
            self._log.write(session, Entry(Tag.OFFICER_ENROLLED, Actor(officer_id), officer_id))
            return issued

    # -- accounts ----------------------------------------------------------------------------------

    def add_authority(self, actor: Actor, name: str, area: str, level: Level, phone: str | None) -> str:
        """A new authority's id. Raises Invalid, Conflict."""
        authority_id = ids.new("aut")
        row = {
            "id": authority_id,
            "name": checked_name(name),
            "area": _area(area),
            "level": level.value,
            "phone": phone,
            "created_at": clock.now(),
        }
        with transaction() as session:
            insert_once(session, AuthorityRow, row, "authority-exists")
            self._log.write(
                session, Entry(Tag.AUTHORITY_ADDED, actor, authority_id, {"area": area, "level": level.value})
            )
        return authority_id

    def add_officer(
        self,
        actor: Actor,
        authority_id: str,
        login: str,
        roles: Collection[Role],
        password: str | None = None,
    ) -> Issued:
        """A new officer and their token or enrolment code; `password` opens the console outside production.

        Raises Invalid, NotFound, Conflict.
        """
        chosen = frozenset(roles)
        if not chosen or chosen - OFFICER_ROLES:
            raise invalid_field(
                "unknown-role",
                Text("请给出至少一个民警角色。", "Give at least one officer's role."),
                "/roles",
            )
        if len(chosen & SEPARATED) > 1:
            raise invalid_field(
                "separated-roles",
                Text(
                    "审计员、安全管理员、系统管理员须由不同账号担任(三员分立)。",
                    "Auditor, security administrator and system administrator must be different accounts.",
                ),
                "/roles",
            )
        officer_id = ids.new("ofc")
        with transaction() as session:
            if session.get(AuthorityRow, authority_id) is None:
                raise not_found()
            row = {
                "id": officer_id,
                "authority_id": authority_id,
                "login": checked_name(login),
                "roles": " ".join(sorted(chosen)),
                "created_at": clock.now(),
            }
            insert_once(session, OfficerRow, row, "login-exists")
            signs_in = {"login": row["login"], "officer_id": officer_id}
            signs_in["password_hash"] = passwords.hashed(password) if password else None
            insert_once(session, LoginRow, signs_in, "login-exists")
            issued = self._issue_to_officer(session, officer_id)
            self._log.write(session, Entry(Tag.OFFICER_ADDED, actor, officer_id, {"roles": sorted(chosen)}))
        return issued

    def add_partner(self, actor: Actor, name: str, kind: PartnerKind, area: str) -> Issued:
        """A new partner and its token. Raises Invalid, Conflict."""
        partner_id = ids.new("ptn")
        row = {
            "id": partner_id,
            "name": checked_name(name),
            "kind": kind.value,
            "area": _area(area),
            "created_at": clock.now(),
        }
        with transaction() as session:
            insert_once(session, PartnerRow, row, "partner-exists")
            issued = issue(session, partner_id, TOKEN, PARTNER_TOKEN_LIFE)
            self._log.write(session, Entry(Tag.PARTNER_ADDED, actor, partner_id, {"kind": kind.value}))
        return issued

    def disable_officer(self, actor: Actor, officer_id: str) -> None:
        """No token and no session of this officer works any more. Raises NotFound."""
        with transaction() as session:
            done = session.execute(
                update(OfficerRow)
                .where(OfficerRow.id == officer_id)
                .values(disabled_at=clock.now())
                .returning(OfficerRow.id)
            )
            if done.one_or_none() is None:
                raise not_found()
            self._log.write(session, Entry(Tag.OFFICER_DISABLED, actor, officer_id))

    def suspend_partner(self, actor: Actor, partner_id: str) -> None:
        """No token of this partner and no session of its people works any more. Raises NotFound."""
        with transaction() as session:
            done = session.execute(
                update(PartnerRow)
                .where(PartnerRow.id == partner_id)
                .values(suspended_at=clock.now())
                .returning(PartnerRow.id)
            )
            if done.one_or_none() is None:
                raise not_found()
            self._log.write(session, Entry(Tag.PARTNER_SUSPENDED, actor, partner_id))

    # -- credentials -------------------------------------------------------------------------------

    def credentials(self, owner: str) -> list[Credential]:
        """The credentials of an officer or a partner, newest first."""
        with reading() as session:
            rows = session.scalars(select(CredentialRow).where(_of(owner)).order_by(CredentialRow.id.desc()))
            return [
                Credential(
                    row.id,
                    row.officer_id or row.partner_id or "",
                    row.use,
                    row.created_at,
                    row.expires_at,
                    row.revoked_at,
                )
                for row in rows
            ]

    def rotate(self, actor: Actor, which: str, overlap: timedelta = ROTATION_OVERLAP) -> Issued:
        """A new token for the account of `which` (a credential, an officer or a partner).

        Older tokens of that account stop after `overlap` at the latest. An administrator who rotates
        an officer's token in production gets an enrolment code, as for a new officer. Raises NotFound.
        """
        with transaction() as session:
            row = session.scalars(
                select(CredentialRow)
                .where(or_(CredentialRow.id == which, _of(which)))
                .order_by(CredentialRow.id.desc())
            ).first()
            if row is None:
                raise not_found()
            until = clock.now() + overlap
            session.execute(
                update(CredentialRow)
                .where(
                    _of(row.officer_id or row.partner_id or ""),
                    CredentialRow.revoked_at.is_(None),
                    CredentialRow.expires_at > until,
                )
                .values(expires_at=until)
            )
            if row.partner_id:
                issued = issue(session, row.partner_id, TOKEN, PARTNER_TOKEN_LIFE)
            else:
                issued = self._issue_to_officer(session, row.officer_id or "")
            self._log.write(
                session, Entry(Tag.TOKEN_ROTATED, actor, issued.id, {"credential": issued.credential})
            )
        return issued

    def revoke(self, actor: Actor, which: str) -> int:
        """End one credential, or all of an officer or partner; how many ended. Raises NotFound."""
        with transaction() as session:
            known = session.scalars(
                select(CredentialRow.id).where(or_(CredentialRow.id == which, _of(which)))
            ).all()
            if not known:
                raise not_found()
            ended = session.execute(
                update(CredentialRow)
                .where(CredentialRow.id.in_(known), CredentialRow.revoked_at.is_(None))
                .values(revoked_at=clock.now())
                .returning(CredentialRow.id)
            ).all()
            self._log.write(session, Entry(Tag.TOKEN_REVOKED, actor, which, {"ended": len(ended)}))
        return len(ended)

    def _issue_to_officer(self, session: Session, officer_id: str) -> Issued:
        """What an administrator may hand over: in production a code, so that nobody acts as two officers."""
        if self._enrolment:
            return issue(session, officer_id, ENROLMENT, ENROLMENT_LIFE)
        return issue(session, officer_id, TOKEN, OFFICER_TOKEN_LIFE)

    # -- looking up --------------------------------------------------------------------------------

    def authorities(self) -> dict[str, Authority]:
        """All authorities by name."""
        with reading() as session:
            return {row.name: as_authority(row) for row in session.scalars(select(AuthorityRow))}

    def partners(self) -> dict[str, str]:
        """The names of all partners that are not suspended, by id."""
        with reading() as session:
            rows = session.scalars(select(PartnerRow).where(PartnerRow.suspended_at.is_(None)))
            return {row.id: row.name for row in rows}


def as_authority(row: AuthorityRow) -> Authority:
    """An authority as others see it."""
    return Authority(row.id, row.name, Level(row.level), row.area, row.phone)


def require_four_eyes(officer: Officer, *others: str | None) -> None:
    """Raises Forbidden when the officer already had a hand in what is to be decided."""
    if officer.id in others:
        raise Forbidden(
            "four-eyes",
            Text(
                "须由另一名民警决定：本人经手的，本人不得决定。",
                "Another officer must decide: nobody decides on what they had a hand in themselves.",
            ),
        )


def not_found() -> NotFound:
    """The one answer for what does not exist and for what the asker may not know of."""
    return NotFound(
        "not-found", Text("没有此对象，或您无权查看。", "There is no such thing, or none you may see.")
    )


def _of(owner: str) -> ColumnElement[bool]:
    return or_(CredentialRow.officer_id == owner, CredentialRow.partner_id == owner)


def checked_name(raw: str) -> str:
    """A name or a login, trimmed. Raises Invalid."""
    name = raw.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise invalid_field(
            "invalid-name",
            Text("名称须为 1 至 60 个可见字符。", "A name needs 1 to 60 visible characters."),
            "/name",
        )
    return name


def _area(raw: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", raw):
        raise invalid_field(
            "invalid-area", Text("地区代码须为六位数字。", "An area code has six digits."), "/area"
        )
    return raw


def insert_once(session: Session, table: type, row: Mapping[str, object], slug: str) -> None:
    """Insert a row whose name may be taken. Raises Conflict (`slug`)."""
    try:
        session.execute(insert(table).values(row))
    except IntegrityError as taken:
        raise Conflict(slug, Text("该名称已存在。", "This name exists already.")) from taken
