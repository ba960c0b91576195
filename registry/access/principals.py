"""Who is asking: an officer or a partner, as an authenticated request carries them."""

from dataclasses import dataclass
from datetime import datetime

from registry.access.rules import SECTOR_OF, PartnerKind, Role, governs
from registry.audit.service import Actor
from registry.law.words import Level, Sector


@dataclass(frozen=True, slots=True)
class Authority:
    """机关, as others see it."""

    id: str
    name: str
    level: Level
    area: str
    phone: str | None

    def covers(self, other: "Authority") -> bool:
        """Whether it may see and change what belongs to `other`: itself, or one below it."""
        return self.id == other.id or governs(self.level, self.area, other.level, other.area)


@dataclass(frozen=True, slots=True)
class Officer:
    """民警."""

    id: str
    credential: str
    login: str
    roles: frozenset[Role]
    authority: Authority
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """As the log names them."""
        return Actor(self.id, self.authority.id)


@dataclass(frozen=True, slots=True)
class PartnerUser:
    """A person who works at a partner: 柜员, 营业员, or who looks after their accounts."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Partner:
    """合作机构: its own system by a token, or one of its people, `user`, by a session."""

    id: str
    credential: str
    name: str
    kind: PartnerKind
    area: str
    expires_at: datetime
    roles: frozenset[Role] = frozenset({Role.PARTNER})
    user: PartnerUser | None = None

    @property
    def sector(self) -> Sector:
        """The sector whose measures it may see."""
        return SECTOR_OF[self.kind]

    @property
    def actor(self) -> Actor:
        """As the log names it."""
        return Actor(self.user.id if self.user else self.id, self.id)


Principal = Officer | Partner
