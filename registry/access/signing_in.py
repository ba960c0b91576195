"""People sign in: login, password and second factor; a fresh account enrols itself with a one-time code.

Whatever is wrong, the answer is the same, after the same work: nobody learns which logins there are, nor
which of the three they had right. Attempts are counted under what was entered, whether or not it exists.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.access import passwords
from registry.access.bearers import digest
from registry.access.issuing import ENROLMENT, code_refused, take_code
from registry.access.models import (
    AttemptRow,
    CredentialRow,
    LoginRow,
    OfficerRow,
    PartnerRow,
    PartnerUserRow,
)
from registry.access.sessions import Sessions, SignedIn
from registry.access.totp import Totp, step_of
from registry.audit.service import Actor, Entry, Log
from registry.audit.tags import Tag
from registry.db import inserting, reading, transaction
from registry.errors import Invalid, TooMany, Unauthenticated, invalid_field
from registry.text import Text
from registry.vault.vault import Vault

FREE_ATTEMPTS = 5
"""After so many failures in a row each further one costs a wait."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_FORGOTTEN_AFTER = timedelta(days=1)

_REFUSED = Text(
    "登录名、密码或者动态码不正确。请核对后重试。",
    "Login, password or code is not right. Look at them and try again.",
)


class SigningIn:
    """`second_factor`: nobody gets in without one."""

    def __init__(self, vault: Callable[[], Vault], log: Log, sessions: Sessions, second_factor: bool) -> None:
        self._vault = vault
        self._log = log
        self._sessions = sessions
        self._totp = Totp(vault)
        self._second_factor = second_factor

    def sign_in(self, login: str, password: str, code: str) -> str:
        """The secret of a new session. Raises Unauthenticated (`sign-in-refused`), TooMany (`locked-out`)."""

        def begin(session: Session, account: Any) -> str:
            return self._sessions.begin(session, account.login, _actor(account))

        return self._proved(login, password, code, begin)

    def change_password(self, signed_in: SignedIn, password: str, code: str, fresh: str) -> str:
        """Let somebody who proves once more who they are have another password; the secret of a new session.

        All sessions end. Raises Unauthenticated, TooMany as `sign_in`, and Invalid (`weak-password`).
        """
        stored = passwords.hashed(fresh)

        def change(session: Session, account: Any) -> str:
            return self._renew(session, account, Tag.PASSWORD_CHANGED, password_hash=stored)

        return self._proved(signed_in.login, password, code, change)

    def offer_factor(self, signed_in: SignedIn, browser: str, nonce: str) -> tuple[str, str]:
        """Another secret for an authenticator and the address its QR code holds, for this `browser` alone."""
        secret = self._totp.offered(browser, nonce)
        return secret, self._totp.address(signed_in.login, secret)

    def renew_factor(
        self, signed_in: SignedIn, browser: str, nonce: str, password: str, *, code: str, digits: str
    ) -> str:
        """Take `offer_factor`'s secret instead of the present one; the secret of a new session.

        `code` is of the present authenticator, where there is one, `digits` of the new one. All sessions end.
        Raises Unauthenticated, TooMany as `sign_in`, and Invalid (`wrong-digits`).
        """
        secret = self._totp.offered(browser, nonce)
        step = step_of(secret, digits, clock.now())
        if step is None:
            raise _wrong_digits()

        def change(session: Session, account: Any) -> str:
            sealed = self._totp.sealed(account.login, secret)
            return self._renew(session, account, Tag.FACTOR_RENEWED, totp_sealed=sealed, totp_step=step)

        return self._proved(signed_in.login, password, code, change)

    def has_factor(self, signed_in: SignedIn) -> bool:
        """Whether they have an authenticator."""
        with reading() as session:
            row = select(LoginRow.totp_sealed.is_not(None)).where(LoginRow.login == signed_in.login)
            return bool(session.scalar(row))

    def _renew(self, session: Session, account: Any, tag: Tag, **columns: Any) -> str:
        session.execute(update(LoginRow).where(LoginRow.login == account.login).values(**columns))
        actor = _actor(account)
        self._log.write(session, Entry(tag, actor, actor.id))
        self._sessions.end_of(session, account.login, actor)
        return self._sessions.begin(session, account.login, actor)

    def _proved(self, login: str, password: str, code: str, then: Callable[[Session, Any], str]) -> str:
        """Do `then` for the account whose password and second factor are right."""
        login = login.strip()
        attempt = self._vault().token("login", login)
        # Counted before anything is compared: many guesses at once are not more guesses.
        failures = self._count(attempt)
        with reading() as session:
            account = session.execute(_accounts(LoginRow.login == login)).one_or_none()
        # Outside a transaction, since it takes long.
        right = passwords.matches(account.password_hash if account else None, password)
        with transaction() as session:
            if right and account and self._has_second_factor(session, account, code):
                session.execute(delete(AttemptRow).where(AttemptRow.token == attempt))
                return then(session, account)
        if failures >= FREE_ATTEMPTS:
            with transaction() as session:
                actor = _actor(account) if account else Actor("nobody")
                self._log.write(session, Entry(Tag.LOGIN_LOCKED, actor, facts={"failures": failures}))
        raise Unauthenticated("sign-in-refused", _REFUSED)

    def forget(self) -> None:
        """Delete counts that nobody has added to for a day."""
        with transaction() as session:
            session.execute(delete(AttemptRow).where(AttemptRow.at <= clock.now() - _FORGOTTEN_AFTER))

    # -- enrolment ---------------------------------------------------------------------------------

    def new_nonce(self) -> str:
        """One for each page that offers a second factor."""
        return self._totp.new_nonce()

    def offer(self, code: str, nonce: str) -> tuple[str, str, str]:
        """For an enrolment code that is still good: the login, the secret offered, and its address for a QR
        code. Raises Unauthenticated."""
        with reading() as session:
            row = session.execute(
                select(CredentialRow.officer_id, CredentialRow.partner_user_id).where(
                    CredentialRow.digest == digest(code),
                    CredentialRow.use == ENROLMENT,
                    CredentialRow.revoked_at.is_(None),
                    CredentialRow.expires_at > clock.now(),
                )
            ).one_or_none()
            account = session.execute(_accounts(_owned(*row))).one_or_none() if row else None
        if account is None:
            raise code_refused()
        secret = self._totp.offered(code, nonce)
        return account.login, secret, self._totp.address(account.login, secret)

    def enrol(self, code: str, nonce: str, password: str, digits: str) -> str:
        """Use the code up: password and second factor are set, all sessions end; the secret of a new one.

        Raises Unauthenticated, Invalid (`weak-password`, `wrong-digits`), each at its field.
        """
        stored = passwords.hashed(password)
        secret = self._totp.offered(code, nonce)
        step = step_of(secret, digits, clock.now())
        if step is None:
            raise _wrong_digits()
        with transaction() as session:
            account = session.execute(_accounts(_owned(*take_code(session, code)))).one_or_none()
            if account is None:
                raise code_refused()
            session.execute(
                update(LoginRow)
                .where(LoginRow.login == account.login)
                .values(
                    password_hash=stored,
                    totp_sealed=self._totp.sealed(account.login, secret),
                    totp_step=step,
                )
            )
            attempt = self._vault().token("login", account.login)
            session.execute(delete(AttemptRow).where(AttemptRow.token == attempt))
            actor = _actor(account)
            self._log.write(session, Entry(Tag.LOGIN_ENROLLED, actor, actor.id))
            self._sessions.end_of(session, account.login, actor)
            return self._sessions.begin(session, account.login, actor)

    # -- inside ------------------------------------------------------------------------------------

    def _has_second_factor(self, session: Session, account: Any, code: str) -> bool:
        if account.totp_sealed is None:
            return not self._second_factor
        return self._totp.used(session, account.login, account.totp_sealed, code)

    def _count(self, attempt: bytes) -> int:
        """One more attempt; how many have failed if this one does. Raises TooMany while it is locked."""
        now = clock.now()
        with transaction() as session:
            counting = inserting(session, AttemptRow).values(token=attempt, failures=1, at=now)
            counting = counting.on_conflict_do_update(
                index_elements=[AttemptRow.token],
                set_={"failures": AttemptRow.failures + 1, "at": now},
                where=or_(AttemptRow.locked_until.is_(None), AttemptRow.locked_until <= now),
            )
            counted = session.execute(counting.returning(AttemptRow.failures)).one_or_none()
            row = AttemptRow.token == attempt
            if counted is None:
                locked_until = session.execute(select(AttemptRow.locked_until).where(row)).scalar_one()
                raise _locked_out((locked_until or now) - now)
            failures: int = counted.failures
            if failures >= FREE_ATTEMPTS:
                session.execute(update(AttemptRow).where(row).values(locked_until=now + _wait(failures)))
        return failures


def _wait(failures: int) -> timedelta:
    doubled = 1 << min(failures - FREE_ATTEMPTS, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _wrong_digits() -> Invalid:
    return invalid_field(
        "wrong-digits",
        Text(
            "动态码不正确。请确认已添加此密钥、手机时间准确，再输入当前显示的6位数字。",
            "These digits are not right. Make sure that the secret is in the app and the telephone's "
            "clock is right, and enter the 6 digits shown now.",
        ),
        "/digits",
    )


def _locked_out(left: timedelta) -> TooMany:
    minutes = max(1, -(-left // timedelta(minutes=1)))
    return TooMany(
        "locked-out",
        Text(
            "连续多次未能登录，此登录名已暂停登录，请{minutes}分钟后再试；忘记密码的，请向管理员索取新的登记码。",
            "Too many attempts in a row failed, so this login has to wait: try again in {minutes} minutes. "
            "If you have forgotten the password, ask your administrator for a new enrolment code.",
        ).format(minutes=minutes),
        retry_after=int(minutes) * 60,
    )


def _accounts(which: ColumnElement[bool]) -> "Select[*tuple[Any, ...]]":
    """The account that signs in, unless it is closed."""
    closed_at = func.coalesce(OfficerRow.disabled_at, PartnerUserRow.disabled_at, PartnerRow.suspended_at)
    return (
        select(
            LoginRow.login,
            LoginRow.password_hash,
            LoginRow.totp_sealed,
            LoginRow.officer_id,
            LoginRow.partner_user_id,
            func.coalesce(OfficerRow.authority_id, PartnerUserRow.partner_id).label("organisation"),
        )
        .outerjoin(OfficerRow, OfficerRow.id == LoginRow.officer_id)
        .outerjoin(PartnerUserRow, PartnerUserRow.id == LoginRow.partner_user_id)
        .outerjoin(PartnerRow, PartnerRow.id == PartnerUserRow.partner_id)
        .where(which, closed_at.is_(None))
    )


def _owned(officer_id: str | None, partner_user_id: str | None) -> ColumnElement[bool]:
    """The login that a code was made for."""
    if officer_id:
        return LoginRow.officer_id == officer_id
    return LoginRow.partner_user_id == partner_user_id


def _actor(account: Any) -> Actor:
    return Actor(account.officer_id or account.partner_user_id, account.organisation)
