"""Some of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What was found; `next` is the cursor of the following page."""

    items: Sequence[T]
    next: str | None


def page(found: Sequence[T], limit: int) -> Page[T]:
    """A page of `limit`, made from one more than that."""
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)
