"""Authorities, officers, partners and their people, their credentials and sessions, kept replies, and the one
row of state."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db import Base, Instant


class AuthorityRow(Base):
    """机关. `level` is a fact of its own, never derived from `area`."""

    __tablename__ = "authorities"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    area: Mapped[str] = mapped_column(String(6))
    level: Mapped[str] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)


class OfficerRow(Base):
    """民警: an account of one authority. `roles` separated by spaces."""

    __tablename__ = "officers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    roles: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class PartnerRow(Base):
    """合作机构."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    area: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)


class PartnerUserRow(Base):
    """柜员等: an account of one partner's. `roles` separated by spaces."""

    __tablename__ = "partner_users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    roles: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginRow(Base):
    """How a person signs in: one name for one account, whichever kind that is.

    `totp_sealed` holds the secret of the second factor, `totp_step` the last step that was used.
    """

    __tablename__ = "logins"
    __table_args__ = (CheckConstraint("(officer_id IS NULL) <> (partner_user_id IS NULL)", name="one_owner"),)

    login: Mapped[str] = mapped_column(String(60), primary_key=True)
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officers.id"), unique=True)
    partner_user_id: Mapped[str | None] = mapped_column(ForeignKey("partner_users.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)


class SessionRow(Base):
    """Somebody who is signed in; `digest` is the hash of what their browser holds."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    login: Mapped[str] = mapped_column(ForeignKey("logins.login"), index=True)
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class AttemptRow(Base):
    """Sign-ins under one name that did not succeed, whether or not there is an account of that name."""

    __tablename__ = "sign_in_attempts"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)


class CredentialRow(Base):
    """A bearer token or a one-time enrolment code, as its hash.

    A code for one of a partner's people is the partner's, and names them.
    """

    __tablename__ = "credentials"
    __table_args__ = (CheckConstraint("(officer_id IS NULL) <> (partner_id IS NULL)", name="one_owner"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    use: Mapped[str] = mapped_column(String(10))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officers.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partners.id"), index=True)
    partner_user_id: Mapped[str | None] = mapped_column(ForeignKey("partner_users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ReplyRow(Base):
    """The answer kept for one idempotency key; `scope` hides credential, route and key in one hash."""

    __tablename__ = "replies"

    scope: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class VisitRow(Base):
    """How often in this hour; `token` hides what and, by a keyed token of the address, who."""

    __tablename__ = "visits"

    token: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True, index=True)
    count: Mapped[int]


class RegisterState(Base):
    """One row: whose keys this database belongs to, and the version of the list.

    Both are read with every look-up, in the same statement.
    """

    __tablename__ = "register_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    list_version: Mapped[int]
    probed_at: Mapped[datetime | None] = mapped_column(Instant)
