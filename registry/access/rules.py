"""Who may do what: one table, readable by a lawyer, and the rules about roles and jurisdiction."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from registry.law.words import Level, Sector


class Role(StrEnum):
    """What an account may be: the roles of officers, `partner` for every partner's token, and the roles of
    the people who work at a partner."""

    CLERK = "clerk"
    APPROVER = "approver"
    APPEAL_OFFICER = "appeal_officer"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    SECURITY_ADMIN = "security_admin"
    SYSTEM_ADMIN = "system_admin"
    PARTNER = "partner"
    TELLER = "teller"
    PARTNER_ADMIN = "partner_admin"


PARTNER_USER_ROLES = frozenset({Role.TELLER, Role.PARTNER_ADMIN})

OFFICER_ROLES = frozenset(Role) - {Role.PARTNER} - PARTNER_USER_ROLES

SEPARATED = frozenset({Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})
"""三员分立: no account holds two of these."""


class PartnerKind(StrEnum):
    """What a partner is."""

    BANK = "bank"
    PAYMENT_INSTITUTION = "payment_institution"
    CARRIER = "carrier"
    INTERNET_PLATFORM = "internet_platform"


SECTOR_OF: Mapping[PartnerKind, Sector] = MappingProxyType(
    {
        PartnerKind.BANK: Sector.BANK,
        PartnerKind.PAYMENT_INSTITUTION: Sector.PAYMENT,
        PartnerKind.CARRIER: Sector.CARRIER,
        PartnerKind.INTERNET_PLATFORM: Sector.INTERNET,
    }
)


class Permission(StrEnum):
    """One thing that a route lets somebody do."""

    CHECK_MAKE = "check.make"
    CHECK_READ = "check.read"
    RESCREEN_START = "rescreen.start"
    RESCREEN_READ = "rescreen.read"
    RESCREEN_END = "rescreen.end"
    DESIGNATION_DRAFT = "designation.draft"
    DESIGNATION_SUBMIT = "designation.submit"
    DESIGNATION_APPROVE = "designation.approve"
    DESIGNATION_REJECT = "designation.reject"
    DESIGNATION_READ = "designation.read"
    DESIGNATION_SUSPEND = "designation.suspend"
    CHANGE_PROPOSE = "change.propose"
    CHANGE_DECIDE = "change.decide"
    APPEAL_RECEIVE = "appeal.receive"
    APPEAL_READ = "appeal.read"
    APPEAL_JUDGE = "appeal.judge"
    APPEAL_DECIDE = "appeal.decide"
    APPEAL_ANSWER = "appeal.answer"
    INFORMATION_GIVE = "information.give"
    CHECK_RESOLVE = "check.resolve"
    MISMATCH_RECORD = "mismatch.record"
    MISMATCH_DECIDE = "mismatch.decide"
    MISMATCH_READ = "mismatch.read"
    NOTICE_READ = "notice.read"
    NOTICE_DELIVER = "notice.deliver"
    IMPORT_UPLOAD = "import.upload"
    IMPORT_SUBMIT = "import.submit"
    IMPORT_RELEASE = "import.release"
    IMPORT_REJECT = "import.reject"
    IMPORT_READ = "import.read"
    RECALL_PROPOSE = "recall.propose"
    RECALL_DECIDE = "recall.decide"
    EXPOSURE_DRAFT = "exposure.draft"
    EXPOSURE_SUBMIT = "exposure.submit"
    EXPOSURE_REJECT = "exposure.reject"
    EXPOSURE_PUBLISH = "exposure.publish"
    EXPOSURE_WITHDRAW = "exposure.withdraw"
    EXPOSURE_READ = "exposure.read"
    STATISTICS_READ = "statistics.read"
    ACCOUNT_READ = "account.read"
    ACCOUNT_MANAGE = "account.manage"
    CALENDAR_READ = "calendar.read"
    CALENDAR_MANAGE = "calendar.manage"
    LOG_PROVE = "log.prove"
    LOG_READ = "log.read"
    SYSTEM_READ = "system.read"
    EVIDENCE_ASK = "evidence.ask"
    PARTNER_USER_MANAGE = "partner-user.manage"
    SELF_READ = "self.read"


_COUNTER = {Role.PARTNER, Role.TELLER}
_POLICE = {Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER, Role.PUBLISHER}

PERMITTED: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.CHECK_MAKE: frozenset(_COUNTER),
        Permission.CHECK_READ: frozenset(_COUNTER),
        Permission.RESCREEN_START: frozenset({Role.PARTNER, Role.PARTNER_ADMIN}),
        Permission.RESCREEN_READ: frozenset({Role.PARTNER, Role.PARTNER_ADMIN}),
        Permission.RESCREEN_END: frozenset({Role.PARTNER, Role.PARTNER_ADMIN}),
        Permission.DESIGNATION_DRAFT: frozenset({Role.CLERK}),
        Permission.DESIGNATION_SUBMIT: frozenset({Role.CLERK}),
        Permission.DESIGNATION_APPROVE: frozenset({Role.APPROVER}),
        Permission.DESIGNATION_REJECT: frozenset({Role.APPROVER}),
        Permission.DESIGNATION_READ: frozenset(_POLICE),
        Permission.DESIGNATION_SUSPEND: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.CHANGE_PROPOSE: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.CHANGE_DECIDE: frozenset({Role.APPROVER}),
        Permission.APPEAL_RECEIVE: frozenset({Role.CLERK, Role.APPEAL_OFFICER}),
        Permission.APPEAL_READ: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.APPEAL_JUDGE: frozenset({Role.APPEAL_OFFICER}),
        Permission.APPEAL_DECIDE: frozenset({Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.APPEAL_ANSWER: frozenset({Role.PARTNER}),
        Permission.INFORMATION_GIVE: frozenset({Role.CLERK, Role.APPEAL_OFFICER}),
        Permission.CHECK_RESOLVE: frozenset(_COUNTER),
        Permission.MISMATCH_RECORD: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.MISMATCH_DECIDE: frozenset({Role.APPROVER}),
        Permission.MISMATCH_READ: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.NOTICE_READ: frozenset(_POLICE),
        Permission.NOTICE_DELIVER: frozenset({Role.CLERK, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.IMPORT_UPLOAD: frozenset({Role.CLERK}),
        Permission.IMPORT_SUBMIT: frozenset({Role.CLERK}),
        Permission.IMPORT_RELEASE: frozenset({Role.APPROVER}),
        Permission.IMPORT_REJECT: frozenset({Role.APPROVER}),
        Permission.IMPORT_READ: frozenset({Role.CLERK, Role.APPROVER}),
        Permission.RECALL_PROPOSE: frozenset({Role.CLERK, Role.APPROVER}),
        Permission.RECALL_DECIDE: frozenset({Role.APPROVER}),
        Permission.EXPOSURE_DRAFT: frozenset({Role.CLERK, Role.PUBLISHER}),
        Permission.EXPOSURE_SUBMIT: frozenset({Role.CLERK, Role.PUBLISHER}),
        Permission.EXPOSURE_REJECT: frozenset({Role.CLERK, Role.PUBLISHER}),
        Permission.EXPOSURE_PUBLISH: frozenset({Role.PUBLISHER}),
        Permission.EXPOSURE_WITHDRAW: frozenset({Role.PUBLISHER, Role.APPROVER, Role.APPEAL_OFFICER}),
        Permission.EXPOSURE_READ: frozenset(_POLICE),
        Permission.STATISTICS_READ: frozenset(_POLICE),
        Permission.ACCOUNT_READ: frozenset({Role.SECURITY_ADMIN}),
        Permission.ACCOUNT_MANAGE: frozenset({Role.SECURITY_ADMIN}),
        Permission.CALENDAR_READ: OFFICER_ROLES,
        Permission.CALENDAR_MANAGE: frozenset({Role.SYSTEM_ADMIN}),
        Permission.LOG_PROVE: frozenset({Role.PARTNER, Role.AUDITOR}),
        Permission.LOG_READ: frozenset({Role.AUDITOR}),
        Permission.SYSTEM_READ: frozenset({Role.SYSTEM_ADMIN}),
        Permission.EVIDENCE_ASK: frozenset({Role.AUDITOR}),
        Permission.PARTNER_USER_MANAGE: frozenset({Role.PARTNER_ADMIN}),
        Permission.SELF_READ: frozenset(Role),
    }
)


def permits(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether somebody with `roles` may do what `permission` names."""
    return not PERMITTED[permission].isdisjoint(roles)


def territory(area: str) -> str:
    """The digits that every area code inside an area begins with: 140900 → 1409, 140000 → 14."""
    while area.endswith("00"):
        area = area[:-2]
    return area


def governed(level: Level, area: str) -> str:
    """The digits that every area code begins with where an authority has its say."""
    return "" if level is Level.MINISTRY else territory(area)


def governs(level: Level, area: str, other_level: Level, other_area: str) -> bool:
    """Whether an authority has another one below it: a higher level, and the other's area inside its own."""
    return level.rank > other_level.rank and other_area.startswith(governed(level, area))
