"""The people who work at a partner: added and disabled by its own administrator, or by the operator."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access import passwords
from registry.access.issuing import ENROLMENT, ENROLMENT_LIFE, Issued, issue
from registry.access.models import LoginRow, PartnerRow, PartnerUserRow
from registry.access.rules import PARTNER_USER_ROLES, Role
from registry.access.service import checked_name, insert_once, not_found
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import reading, transaction
from registry.errors import InvalidState, invalid_field
from registry.text import Text


@dataclass(frozen=True, slots=True)
class Account:
    """One of a partner's people. `enrolled`: they have set a password."""

    id: str
    login: str
    roles: tuple[Role, ...]
    created_at: datetime
    disabled_at: datetime | None
    enrolled: bool


class PartnerUsers:
    """Accounts of one partner's people; those of another partner do not exist for it."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def add(
        self,
        actor: Actor,
        partner_id: str,
        login: str,
        roles: Collection[Role],
        password: str | None = None,
    ) -> Issued:
        """A new account and its one-time enrolment code; `password` opens the console outside production.

        Raises Invalid, NotFound, Conflict (`login-exists`).
        """
        chosen = frozenset(roles)
        if not chosen or chosen - PARTNER_USER_ROLES:
            raise invalid_field(
                "unknown-role",
                Text("请选择柜员或者机构管理员。", "Choose teller or administrator."),
                "/roles",
            )
        user_id = ids.new("usr")
        with transaction() as session:
            if session.get(PartnerRow, partner_id) is None:
                raise not_found()
            row = {
                "id": user_id,
                "partner_id": partner_id,
                "roles": " ".join(sorted(chosen)),
                "created_at": clock.now(),
            }
            signs_in = {
                "login": checked_name(login),
                "partner_user_id": user_id,
                "password_hash": passwords.hashed(password) if password else None,
            }
            insert_once(session, PartnerUserRow, row, "login-exists")
            insert_once(session, LoginRow, signs_in, "login-exists")
            self._log.write(session, Entry(Tag.PARTNER_USER_ADDED, actor, user_id, {"roles": sorted(chosen)}))
            return issue(session, partner_id, ENROLMENT, ENROLMENT_LIFE, user_id)

    def disable(self, actor: Actor, partner_id: str, user_id: str) -> None:
        """No session of theirs works any more. Raises NotFound, InvalidState for one's own."""
        if actor.id == user_id:
            raise InvalidState(
                "invalid-state", Text("不能停用自己的账号。", "Nobody disables their own account.")
            )
        with transaction() as session:
            self._require(session, partner_id, user_id)
            session.execute(
                update(PartnerUserRow)
                .where(PartnerUserRow.id == user_id, PartnerUserRow.disabled_at.is_(None))
                .values(disabled_at=clock.now())
            )
            self._log.write(session, Entry(Tag.PARTNER_USER_DISABLED, actor, user_id))

    def renew_code(self, actor: Actor, partner_id: str, user_id: str) -> Issued:
        """A new enrolment code, for whoever forgot the password or lost the telephone. Raises NotFound."""
        with transaction() as session:
            self._require(session, partner_id, user_id)
            self._log.write(session, Entry(Tag.PARTNER_USER_CODE_RENEWED, actor, user_id))
            return issue(session, partner_id, ENROLMENT, ENROLMENT_LIFE, user_id)

    def all(self, partner_id: str) -> list[Account]:
        """Everybody, in the order of their logins."""
        with reading() as session:
            rows = session.execute(
                select(PartnerUserRow, LoginRow.login, LoginRow.password_hash)
                .join(LoginRow, LoginRow.partner_user_id == PartnerUserRow.id)
                .where(PartnerUserRow.partner_id == partner_id)
                .order_by(LoginRow.login)
            )
            return [
                Account(
                    user.id,
                    login,
                    tuple(Role(role) for role in user.roles.split()),
                    user.created_at,
                    user.disabled_at,
                    password_hash is not None,
                )
                for user, login, password_hash in rows
            ]

    def _require(self, session: Session, partner_id: str, user_id: str) -> None:
        row = session.get(PartnerUserRow, user_id)
        if row is None or row.partner_id != partner_id:
            raise not_found()
