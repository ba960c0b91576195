"""All capabilities of one process, put together once from the settings."""

from dataclasses import dataclass

from registry import clock
from registry.access.accounts import Accounts
from registry.access.keys import Keys
from registry.access.limits import Limits
from registry.access.partner_users import PartnerUsers
from registry.access.replies import Replies
from registry.access.service import Access
from registry.access.sessions import Sessions
from registry.access.signing_in import SigningIn
from registry.appeals.inbox import Inbox
from registry.appeals.information import Information
from registry.appeals.queries import AppealQueries
from registry.appeals.service import Appeals
from registry.appeals.submissions import Submissions
from registry.audit.sealing import Sealer
from registry.audit.service import Log
from registry.config import Config, ConfigError
from registry.designations.changes import Changes
from registry.designations.queries import DesignationQueries
from registry.designations.service import Designations
from registry.designations.waiting import Waiting
from registry.exposures.compiling import Compiling
from registry.exposures.judging import Judging
from registry.exposures.news import PublicNews
from registry.exposures.public import PublicLists
from registry.exposures.queries import ExposureQueries
from registry.exposures.service import Exposures
from registry.exposures.takedown import TakeDown
from registry.identity.masks import Mask
from registry.identity.strength import adults, typical
from registry.imports.service import Imports
from registry.law.book import Book, View
from registry.mismatches.service import Mismatches
from registry.notices.service import Notices
from registry.publishing.service import Publishing
from registry.rescreens.service import Rescreens
from registry.screening.evidence import Evidence
from registry.screening.looks import Looks
from registry.screening.service import Screening
from registry.subjects.service import Subjects
from registry.vault.suites import suite
from registry.workdays.service import Workdays


@dataclass(frozen=True, slots=True)
class Services:
    """What faces call."""

    config: Config
    mask: Mask
    book: Book
    keys: Keys
    log: Log
    sealer: Sealer
    replies: Replies
    limits: Limits
    workdays: Workdays
    access: Access
    accounts: Accounts
    partner_users: PartnerUsers
    sessions: Sessions
    signing_in: SigningIn
    notices: Notices
    designations: Designations
    designation_changes: Changes
    designation_queries: DesignationQueries
    waiting: Waiting
    appeals: Appeals
    appeal_queries: AppealQueries
    submissions: Submissions
    inbox: Inbox
    information: Information
    imports: Imports
    mismatches: Mismatches
    screening: Screening
    evidence: Evidence
    looks: Looks
    rescreens: Rescreens
    exposures: Exposures
    take_down: TakeDown
    exposure_queries: ExposureQueries
    public_lists: PublicLists
    public_news: PublicNews
    previews: PublicLists
    publishing: Publishing

    @classmethod
    def build(cls, config: Config) -> "Services":
        """Put the capabilities together. Opens neither keys nor database.

        Raises LawFault, and ConfigError for a mask that hides too little.
        """
        book = Book.load(config.law_dir)
        mask = _mask(config, book.on(clock.today()))
        keys = Keys(config.keys, config.suite)
        log = Log(keys.vault)
        subjects = Subjects(keys.vault)
        access = Access(log, enrolment=config.production)
        sessions = Sessions(log)
        workdays = Workdays(book, log)
        notices = Notices(keys.vault, log, workdays)
        designations = Designations(keys.vault, book, log, subjects, notices, mask=mask)
        designation_queries = DesignationQueries(
            keys.vault, book, log, subjects, notices=notices, workdays=workdays
        )
        judging = Judging(book, subjects, mask)
        take_down = TakeDown(book, log, designations.listing, judging)
        designations.listing.listen("exposures", take_down.hear)
        appeals = Appeals(keys.vault, log, designations, workdays)
        appeal_queries = AppealQueries(keys.vault, log, workdays)
        limits = Limits(keys.vault)
        submissions = Submissions(keys.vault, log, limits, appeals, workdays)
        public_lists = PublicLists(book, mask)
        return cls(
            config=config,
            mask=mask,
            book=book,
            keys=keys,
            log=log,
            sealer=Sealer(keys.signer, keys.log_name),
            replies=Replies(keys.vault),
            limits=limits,
            workdays=workdays,
            access=access,
            accounts=Accounts(keys.vault, log, sessions),
            partner_users=PartnerUsers(log),
            sessions=sessions,
            signing_in=SigningIn(keys.vault, log, sessions, second_factor=config.production),
            notices=notices,
            designations=designations,
            designation_changes=Changes(keys.vault, book, log, designations, workdays),
            designation_queries=designation_queries,
            waiting=Waiting(designation_queries, workdays),
            appeals=appeals,
            appeal_queries=appeal_queries,
            submissions=submissions,
            inbox=Inbox(log, submissions, designation_queries, designations.drafts),
            information=Information(book, log, subjects, designation_queries, appeal_queries),
            imports=Imports(keys.vault, log, designations, access),
            mismatches=Mismatches(keys.vault, log, subjects, designations.listing),
            screening=Screening(keys, book, log, mask),
            evidence=Evidence(keys.vault, book, log),
            looks=Looks(log, subjects),
            exposures=Exposures(log, subjects, designations.listing, Compiling(judging), take_down),
            take_down=take_down,
            exposure_queries=ExposureQueries(log),
            public_lists=public_lists,
            public_news=PublicNews(),
            previews=PublicLists(book, mask, preview=True),
            publishing=Publishing(keys, public_lists, config.public_url),
            rescreens=Rescreens(keys, book, log, suite(config.suite), config.spool),
        )


def _mask(config: Config, law: View) -> Mask:
    """The register's mask. Raises ConfigError unless it leaves the minimum in the median county."""
    try:
        mask = Mask.parse(config.mask)
    except ValueError as malformed:
        raise ConfigError(f"REGISTRY_MASK is {config.mask!r}; {malformed}.") from malformed
    births, minimum = adults(law.day, law.day), law.get("exposure/mask-minimum").value
    if (left := typical(mask, births)) < minimum:
        stronger = [Mask(kept, kept) for kept in range(4, -1, -1)]
        enough = next((m for m in stronger if typical(m, births) >= minimum), stronger[-1])
        raise ConfigError(
            f"REGISTRY_MASK is {config.mask!r}; only {left} numbers fit a person of the median county"
            f" under it, and the minimum (exposure/mask-minimum in the law) is {minimum}. Use {enough}."
        )
    return mask
