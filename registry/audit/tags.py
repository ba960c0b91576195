"""The names of acts: one list, so that a feed or an auditor never meets a name that is not here."""

from enum import StrEnum


class Tag(StrEnum):
    """What happened, as object.verb-in-the-past."""

    CHECK_ANSWERED = "check.answered"
    EVIDENCE_GIVEN = "evidence.given"

    DESIGNATION_DRAFTED = "designation.drafted"
    DESIGNATION_SUBMITTED = "designation.submitted"
    DESIGNATION_APPROVED = "designation.approved"
    DESIGNATION_REJECTED = "designation.rejected"
    DESIGNATION_SUSPENDED = "designation.suspended"
    SUSPENSION_CONFIRMED = "designation.suspension-confirmed"
    DESIGNATION_RESUMED = "designation.resumed"
    SUBJECT_CORRECTED = "subject.corrected"
    DESIGNATION_VARIED = "designation.varied"
    DESIGNATION_REVOKED = "designation.revoked"
    DESIGNATION_EXPIRED = "designation.expired"
    CHANGE_PROPOSED = "designation.change-proposed"
    CHANGE_REJECTED = "designation.change-rejected"
    DESIGNATION_VIEWED = "designation.viewed"
    DESIGNATION_SEARCHED = "designation.searched"

    APPEAL_RECEIVED = "appeal.received"
    APPEAL_ACCEPTED = "appeal.accepted"
    APPEAL_REFUSED = "appeal.refused"
    APPEAL_PAUSED = "appeal.paused"
    APPEAL_RESUMED = "appeal.resumed"
    DECISION_PROPOSED = "appeal.decision-proposed"
    DECISION_RETURNED = "appeal.decision-returned"
    APPEAL_DECIDED = "appeal.decided"
    APPEAL_FORWARDED = "appeal.forwarded"
    APPEAL_ANSWERED = "appeal.answered"
    APPEAL_WITHDRAWN = "appeal.withdrawn"
    APPEAL_VIEWED = "appeal.viewed"
    SUBMISSION_RECEIVED = "submission.received"
    SUBMISSION_TAKEN_IN = "submission.taken-in"
    SUBMISSION_SET_ASIDE = "submission.set-aside"
    SUBMISSION_VIEWED = "submission.viewed"
    INFORMATION_GIVEN = "information.given"

    MISMATCH_RECORDED = "mismatch.recorded"
    MISMATCH_RESOLVED = "mismatch.resolved"
    MISMATCH_REJECTED = "mismatch.rejected"
    MISMATCH_VIEWED = "mismatch.viewed"

    NOTICE_DRAFTED = "notice.drafted"
    NOTICE_DELIVERED = "notice.delivered"
    NOTICE_OVERDUE = "notice.overdue"
    NOTICE_VIEWED = "notice.viewed"

    IMPORT_UPLOADED = "import.uploaded"
    IMPORT_SUBMITTED = "import.submitted"
    IMPORT_RELEASED = "import.released"
    IMPORT_REJECTED = "import.rejected"
    IMPORT_VIEWED = "import.viewed"
    RECALL_PROPOSED = "import.recall-proposed"
    RECALL_REJECTED = "import.recall-rejected"
    IMPORT_RECALLED = "import.recalled"

    RESCREEN_STARTED = "rescreen.started"
    RESCREEN_MATCHED = "rescreen.matched"
    RESCREEN_DONE = "rescreen.done"
    RESCREEN_CANCELLED = "rescreen.cancelled"
    RESCREEN_DELETED = "rescreen.deleted"

    CALENDAR_IMPORTED = "calendar.imported"
    CLOCK_STARTED = "clock.started"
    CLOCK_PAUSED = "clock.paused"
    CLOCK_RESUMED = "clock.resumed"
    CLOCK_STOPPED = "clock.stopped"
    CLOCK_RECALCULATED = "clock.recalculated"
    CLOCK_OVERDUE = "clock.overdue"

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
