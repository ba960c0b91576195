"""The words of the law as the registry uses them: closed lists, no values. Values are in `data/`."""

from enum import StrEnum


class Level(StrEnum):
    """Level of an authority, a fact about the authority (never derived from its area code)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    MINISTRY = "ministry"

    @property
    def rank(self) -> int:
        """0 for the lowest level."""
        return list(Level).index(self)


class Ground(StrEnum):
    """认定事由."""

    CONVICTED = "convicted"
    FACILITATED = "facilitated"


class Behaviour(StrEnum):
    """What was done with the cards."""

    SELL = "sell"
    BUY = "buy"
    RENT = "rent"
    LEND = "lend"
    VERIFY_HELP = "verify_help"
    IMPERSONATE = "impersonate"
    FAKE_AGENT = "fake_agent"
    ORGANISE = "organise"


class Role(StrEnum):
    """The part somebody played; kept apart from behaviour and offence."""

    ACCOUNT_HOLDER = "account_holder"
    COLLECTOR = "collector"
    DEALER = "dealer"
    CREW_LEADER = "crew_leader"
    INSIDER = "insider"


class Penalty(StrEnum):
    """What the record rests on beside the designation itself."""

    NONE = "none"
    ADMINISTRATIVE = "administrative"
    CRIMINAL = "criminal"


class Exposure(StrEnum):
    """Whether sanctions of a class may be shown in public (曝光)."""

    PERMITTED = "permitted"
    NEEDS_BASIS = "needs_basis"
    PROHIBITED = "prohibited"


class Sector(StrEnum):
    """Who a measure is addressed to."""

    BANK = "bank"
    PAYMENT = "payment"
    CARRIER = "carrier"
    INTERNET = "internet"
    PUBLIC = "public"


class Purpose(StrEnum):
    """The business for which a check is made."""

    OPEN_BANK_ACCOUNT = "open_bank_account"
    OPEN_PAYMENT_ACCOUNT = "open_payment_account"
    OPEN_ECNY_WALLET = "open_ecny_wallet"
    ISSUE_PHONE_CARD = "issue_phone_card"
    ISSUE_IOT_CARD = "issue_iot_card"
    INSTALL_FIXED_LINE = "install_fixed_line"
    ASSIGN_SMS_PORT = "assign_sms_port"
    LEASE_TELECOM_LINE = "lease_telecom_line"
    TRANSFER_PHONE_CARD = "transfer_phone_card"
    REGISTER_INTERNET_ACCOUNT = "register_internet_account"
    REVIEW_EXISTING_CUSTOMER = "review_existing_customer"


class Direction(StrEnum):
    """结论, from the mildest to the most severe."""

    PROCEED = "proceed"
    LIMIT = "limit"
    REVIEW = "review"
    REFUSE = "refuse"

    @property
    def severity(self) -> int:
        """0 for `proceed`."""
        return _SEVERITY[self]


_SEVERITY = {direction: severity for severity, direction in enumerate(Direction)}


def most_severe(directions: "list[Direction]") -> Direction:
    """The most severe of `directions`; `proceed` if there is none."""
    return max(directions, key=lambda d: d.severity, default=Direction.PROCEED)


class When(StrEnum):
    """Where a day lies, seen from the term of a sanction."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    ENDED = "ended"
