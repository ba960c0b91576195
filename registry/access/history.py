"""What was done to a thing, by whom and why, told from the log."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.access.models import LoginRow, OfficerRow, PartnerRow
from registry.audit.service import Log


def history(session: Session, log: Log, object_id: str) -> list[dict[str, Any]]:
    """Every act on the object, the first one first, with the reason where its actor gave one."""
    return [
        {
            "at": record.at,
            "act": record.tag.value,
            "by": _name(session, record.actor),
            "reason": json.loads(record.secret)["reason"] if record.secret else None,
        }
        for record in log.of(session, object_id)
    ]


def _name(session: Session, actor: str) -> str:
    if officer := session.get(OfficerRow, actor):
        return officer.login
    if partner := session.get(PartnerRow, actor):
        return partner.name
    user = session.scalars(select(LoginRow.login).where(LoginRow.partner_user_id == actor)).one_or_none()
    return user or actor
