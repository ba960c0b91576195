"""Time. Instants are UTC; law days are Beijing days (one zone, no summer time since 1991)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, UTC, with microseconds."""
    return _source()


def beijing_day(instant: datetime) -> date:
    """The law day in which `instant` falls."""
    return instant.astimezone(BEIJING).date()


def midnight(day: date) -> datetime:
    """The instant at which a law day begins."""
    return datetime.combine(day, time(), BEIJING)


def today() -> date:
    """The present law day."""
    return beijing_day(now())


def set_source(source: Callable[[], datetime] | None) -> None:
    """Let tests put another clock in; `None` restores the system's."""
    global _source
    _source = source or _system
