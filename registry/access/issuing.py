"""Secrets as they are made: a token, or a one-time code with which somebody enrols."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from registry import clock, ids
from registry.access.bearers import digest
from registry.access.models import CredentialRow
from registry.errors import Unauthenticated
from registry.text import Text

ENROLMENT = "enrolment"  # nosec B105: a kind of credential
ENROLMENT_LIFE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh secret, shown this once. `id` is the account's."""

    id: str
    credential: str
    secret: str
    expires_at: datetime


def issue(
    session: Session, owner: str, use: str, life: timedelta, partner_user_id: str | None = None
) -> Issued:
    """A secret for `owner`, an officer or a partner; `partner_user_id` where it is for one of its people."""
    is_officer = owner.startswith("ofc_")
    prefix = "rge" if use == ENROLMENT else "rgo" if is_officer else "rgp"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    credential_id, now = ids.new("crd"), clock.now()
    session.execute(
        insert(CredentialRow).values(
            id=credential_id,
            use=use,
            digest=digest(secret),
            officer_id=owner if is_officer else None,
            partner_id=None if is_officer else owner,
            partner_user_id=partner_user_id,
            created_at=now,
            expires_at=now + life,
        )
    )
    return Issued(partner_user_id or owner, credential_id, secret, now + life)


def take_code(session: Session, code: str) -> tuple[str | None, str | None]:
    """Use an enrolment code up; the officer or the partner's user it was made for, one of them `None`.

    Raises Unauthenticated where it is unknown, expired or used.
    """
    row = session.execute(
        update(CredentialRow)
        .where(
            CredentialRow.digest == digest(code),
            CredentialRow.use == ENROLMENT,
            CredentialRow.revoked_at.is_(None),
            CredentialRow.expires_at > clock.now(),
        )
        .values(revoked_at=clock.now())
        .returning(CredentialRow.officer_id, CredentialRow.partner_user_id)
    ).one_or_none()
    if row is None:
        raise code_refused()
    return row.officer_id, row.partner_user_id


def code_refused() -> Unauthenticated:
    """The one answer for every code that opens nothing."""
    return Unauthenticated(
        "unauthenticated",
        Text("登记码无效、已过期或已使用。", "The enrolment code is unknown, expired or used."),
    )
