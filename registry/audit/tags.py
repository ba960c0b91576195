"""The names of acts: one list, so that a feed or an auditor never meets a name that is not here."""

from enum import StrEnum


class Tag(StrEnum):
    """What happened, as object.verb-in-the-past."""

    CHECK_ANSWERED = "check.answered"

    DESIGNATION_DRAFTED = "designation.drafted"
    DESIGNATION_SUBMITTED = "designation.submitted"
    DESIGNATION_APPROVED = "designation.approved"
    DESIGNATION_REJECTED = "designation.rejected"
    DESIGNATION_EXPIRED = "designation.expired"
    DESIGNATION_VIEWED = "designation.viewed"
    DESIGNATION_SEARCHED = "designation.searched"

    NOTICE_DRAFTED = "notice.drafted"
    NOTICE_DELIVERED = "notice.delivered"
    NOTICE_VIEWED = "notice.viewed"

    IMPORT_UPLOADED = "import.uploaded"
    IMPORT_SUBMITTED = "import.submitted"
    IMPORT_RELEASED = "import.released"
    IMPORT_REJECTED = "import.rejected"
    IMPORT_VIEWED = "import.viewed"

    RESCREEN_STARTED = "rescreen.started"
    RESCREEN_MATCHED = "rescreen.matched"
    RESCREEN_DONE = "rescreen.done"
    RESCREEN_CANCELLED = "rescreen.cancelled"
    RESCREEN_DELETED = "rescreen.deleted"

    AUTHORITY_ADDED = "authority.added"
    OFFICER_ADDED = "officer.added"
    OFFICER_DISABLED = "officer.disabled"
    OFFICER_ENROLLED = "officer.enrolled"
    PARTNER_ADDED = "partner.added"
    PARTNER_SUSPENDED = "partner.suspended"
    LOG_RETIRED = "log.retired"

    KEY_ROTATED = "key.rotated"
    TOKEN_ROTATED = "token.rotated"  # nosec B105: the name of an act
    TOKEN_REVOKED = "token.revoked"  # nosec B105: the name of an act
