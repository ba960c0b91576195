"""How often somebody without a login may do something in an hour, counted without keeping who that was."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import VisitRow
from registry.db import inserting, transaction
from registry.errors import TooMany
from registry.text import Text
from registry.vault.vault import Vault

KEPT = timedelta(days=1)
_HOUR = timedelta(hours=1)
_EVERYBODY = ""
_ONE_HOUSEHOLD = 64  # bits of an IPv6 address; behind them one subscriber chooses freely


@dataclass(frozen=True, slots=True)
class Limit:
    """How often `what` may be done in one hour, from one address and by everybody together."""

    what: str
    each: int
    all: int


class Limits:
    """Counts by keyed tokens of addresses, which are forgotten after a day."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def take(self, session: Session, limit: Limit, address: str) -> None:
        """One more from `address`, in the transaction of what is done. Raises TooMany."""
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        # The address first: what is refused to one must not use up what is left for all.
        for who, most in ((_network(address), limit.each), (_EVERYBODY, limit.all)):
            token = self._vault().token("visit", f"{limit.what}:{who}")
            if not _counted(session, token, hour, most):
                raise _too_many(hour)

    def forget(self) -> None:
        """Delete what is older than a day."""
        with transaction() as session:
            session.execute(delete(VisitRow).where(VisitRow.hour <= clock.now() - KEPT))


def _counted(session: Session, token: bytes, hour: datetime, most: int) -> bool:
    counting = inserting(session, VisitRow).values(token=token, hour=hour, count=1)
    counting = counting.on_conflict_do_update(
        index_elements=[VisitRow.token, VisitRow.hour],
        set_={"count": VisitRow.count + 1},
        where=VisitRow.count < most,
    )
    return session.execute(counting.returning(VisitRow.count)).one_or_none() is not None


def _network(address: str) -> str:
    """What stands for one visitor. An address that is none counts with all others that are none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _ONE_HOUSEHOLD), strict=False))


def _too_many(hour: datetime) -> TooMany:
    left = hour + _HOUR - clock.now()
    minutes = -(-left // timedelta(minutes=1))
    return TooMany(
        "too-many-requests",
        Text(
            "本小时内的次数已达上限，请{minutes}分钟后再试；也可以当面或者邮寄提交。",
            "This was done too often in this hour. Try again in {minutes} minutes; you may also come in "
            "person or write.",
        ).format(minutes=minutes),
        retry_after=int(minutes) * 60,
    )
