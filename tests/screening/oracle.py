"""law.md §§3 and 4 once more, slowly and from the page: what a check must answer about one person.

Nothing here comes from the product's law or rules.
"""

from dataclasses import dataclass
from datetime import date, timedelta

SEVERITY = ["proceed", "limit", "review", "refuse"]

TELECOM = {
    "issue_phone_card",
    "issue_iot_card",
    "install_fixed_line",
    "assign_sms_port",
    "lease_telecom_line",
    "transfer_phone_card",
}


@dataclass
class Designation:
    """One designation as it stands: `kind` 261, 85, class_1 or class_2."""

    kind: str
    decided_on: date
    starts_on: date
    ends_on: date
    suspended: bool = False
    id: str = ""

    @property
    def regime(self) -> str:
        return {"261": "pboc-2016-261", "85": "pboc-2019-85"}.get(self.kind, "joint-2024")

    @property
    def joint(self) -> bool:
        return self.kind.startswith("class")


def kind_on(day: date, convicted: bool) -> str:
    """§1: which regime a designation of `day` falls under."""
    if day < date(2019, 4, 1):
        return "261"
    if day < date(2024, 12, 1):
        return "85"
    return "class_1" if convicted else "class_2"


def years_after(day: date, years: int) -> date:
    """§4: the corresponding day, else the month's last day."""
    if (day.month, day.day) == (2, 29):
        leap = (day.year + years) % 4 == 0 and (
            (day.year + years) % 100 != 0 or (day.year + years) % 400 == 0
        )
        return date(day.year + years, 2, 29 if leap else 28)
    return date(day.year + years, day.month, day.day)


def term(kind: str) -> int:
    return {"261": 5, "85": 5, "class_1": 3, "class_2": 2}[kind]


def recorded(earlier: list[Designation], kind: str, decided_on: date) -> list[Designation]:
    """All designations of the person after one more is approved, the chain of the joint ones recomputed."""
    fresh = Designation(kind, decided_on, decided_on, years_after(decided_on, term(kind)))
    return settled([*earlier, fresh], fresh)


def settled(everything: list[Designation], fresh: Designation | None = None) -> list[Designation]:
    """The chain of the joint ones recomputed, after one came (`fresh`), fell, or was cut short."""
    if fresh and not fresh.joint:
        return everything
    first_start = runs_until = None
    for link in sorted((each for each in everything if each.joint), key=lambda each: each.decided_on):
        stood = None if link is fresh else link.ends_on
        if runs_until and link.decided_on <= runs_until + timedelta(days=1):
            link.starts_on = runs_until + timedelta(days=1)
            link.ends_on = min(years_after(first_start, 5), years_after(runs_until, term(link.kind)))
        else:  # a gap: a new chain
            first_start = link.starts_on = link.decided_on
            link.ends_on = years_after(link.decided_on, term(link.kind))
            runs_until = link.starts_on
        if stood:  # recomputing never moves an end later than it stood
            link.ends_on = min(link.ends_on, stood)
        runs_until = max(runs_until, link.ends_on)
    return everything


def state(designation: Designation, day: date) -> str:
    if day > designation.ends_on:
        return "ended"
    return "in_force" if day >= designation.starts_on else "pending"


def direction_of(designation: Designation, day: date, purpose: str, sector: str) -> str:
    """§3: the cell of the table."""
    now = state(designation, day)
    if designation.suspended or now == "pending":
        return "proceed"
    if designation.kind == "85" and now == "ended":
        return "review" if purpose in ("open_bank_account", "open_payment_account") else "proceed"
    if now == "ended":
        return "proceed"
    if designation.joint:
        if purpose == "review_existing_customer":
            return "limit"
        if purpose == "open_bank_account":
            return "limit"
        return "review" if purpose == "register_internet_account" else "refuse"
    if purpose in TELECOM or purpose == "register_internet_account":
        return "proceed"
    if purpose == "review_existing_customer":
        return "limit" if sector in ("bank", "payment") else "proceed"
    if purpose == "open_ecny_wallet":
        return "review"
    if purpose == "open_bank_account" and designation.kind == "261":
        return "refuse" if day <= years_after(designation.decided_on, 3) else "limit"
    return "refuse"


def answer(
    designations: list[Designation], day: date, purpose: str, sector: str, other_name: bool
) -> tuple[str, str, list[tuple[str, str, str, str, str]]]:
    """Result, direction, and the sanctions shown as (regime, state, first day, last day, direction)."""
    shown = []
    for each in designations:
        direction = direction_of(each, day, purpose, sector)
        if direction != "proceed":
            shown.append((each.regime, state(each, day), str(each.starts_on), str(each.ends_on), direction))
    if not shown:
        return "no_match", "proceed", []
    if other_name:
        return "possible_match", "review", []
    worst = max((each[4] for each in shown), key=SEVERITY.index)
    return "match", worst, sorted(shown)
