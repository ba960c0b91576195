"""All capabilities of one process, put together once from the settings."""

from dataclasses import dataclass

from registry.access.keys import Keys
from registry.access.limits import Limits
from registry.access.replies import Replies
from registry.access.service import Access
from registry.appeals.inbox import Inbox
from registry.appeals.information import Information
from registry.appeals.queries import AppealQueries
from registry.appeals.service import Appeals
from registry.appeals.submissions import Submissions
from registry.audit.sealing import Sealer
from registry.audit.service import Log
from registry.config import Config
from registry.designations.changes import Changes
from registry.designations.queries import DesignationQueries
from registry.designations.service import Designations
from registry.imports.service import Imports
from registry.law.book import Book
from registry.mismatches.service import Mismatches
from registry.notices.service import Notices
from registry.rescreens.service import Rescreens
from registry.screening.evidence import Evidence
from registry.screening.service import Screening
from registry.subjects.service import Subjects
from registry.vault.suites import suite
from registry.workdays.service import Workdays


@dataclass(frozen=True, slots=True)
class Services:
    """What faces call."""

    config: Config
    book: Book
    keys: Keys
    log: Log
    sealer: Sealer
    replies: Replies
    limits: Limits
    workdays: Workdays
    access: Access
    notices: Notices
    designations: Designations
    designation_changes: Changes
    designation_queries: DesignationQueries
    appeals: Appeals
    appeal_queries: AppealQueries
    submissions: Submissions
    inbox: Inbox
    information: Information
    imports: Imports
    mismatches: Mismatches
    screening: Screening
    evidence: Evidence
    rescreens: Rescreens

    @classmethod
    def build(cls, config: Config) -> "Services":
        """Put the capabilities together. Opens neither keys nor database. Raises LawFault."""
        book = Book.load(config.law_dir)
        keys = Keys(config.keys, config.suite)
        log = Log(keys.vault)
        subjects = Subjects(keys.vault)
        access = Access(log, enrolment=config.production)
        workdays = Workdays(book, log)
        notices = Notices(keys.vault, log, workdays)
        designations = Designations(keys.vault, book, log, subjects, notices)
        designation_queries = DesignationQueries(
            keys.vault, book, log, subjects, notices=notices, workdays=workdays
        )
        appeals = Appeals(keys.vault, log, designations, workdays)
        appeal_queries = AppealQueries(keys.vault, log, workdays)
        limits = Limits(keys.vault)
        submissions = Submissions(keys.vault, log, limits, appeals, workdays)
        return cls(
            config=config,
            book=book,
            keys=keys,
            log=log,
            sealer=Sealer(keys.signer, keys.log_name),
            replies=Replies(keys.vault),
            limits=limits,
            workdays=workdays,
            access=access,
            notices=notices,
            designations=designations,
            designation_changes=Changes(keys.vault, book, log, designations, workdays),
            designation_queries=designation_queries,
            appeals=appeals,
            appeal_queries=appeal_queries,
            submissions=submissions,
            inbox=Inbox(log, submissions, designation_queries, designations.drafts),
            information=Information(book, log, subjects, designation_queries, appeal_queries),
            imports=Imports(keys.vault, log, designations, access),
            mismatches=Mismatches(keys.vault, log, subjects, designations.listing),
            screening=Screening(keys, book, log),
            evidence=Evidence(keys.vault, book, log),
            rescreens=Rescreens(keys, book, log, suite(config.suite), config.spool),
        )
