"""How an appeal lies in its row: what anybody wrote is sealed, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from registry.appeals.models import AppealRow
from registry.appeals.rules import Answer, Decision, Intake, Outcome
from registry.designations import stored
from registry.vault.vault import Vault


def seal_intake(vault: Vault, appeal_id: str, intake: Intake) -> bytes:
    """Who appeals, for whom, and on what grounds."""
    told = {
        "grounds": intake.grounds,
        "appellant": asdict(intake.appellant),
        "customer": intake.customer and asdict(intake.customer),
    }
    return _seal(vault, f"appeals.sealed:{appeal_id}", told)


def open_intake(vault: Vault, row: AppealRow) -> dict[str, Any]:
    """What `seal_intake` sealed."""
    return _open(vault, row.sealed, f"appeals.sealed:{row.id}")


def seal_outcome(vault: Vault, appeal_id: str, outcome: Decision | Answer) -> bytes:
    """Why it was decided so, or what the partner answered."""
    told: dict[str, Any] = {"reason": outcome.reason}
    if isinstance(outcome, Answer):
        told |= {"channel": outcome.channel, "papers": outcome.papers}
        told |= {"released_on": outcome.released_on and outcome.released_on.isoformat()}
    return _seal(vault, f"appeals.sealed_outcome:{appeal_id}", told)


def open_outcome(vault: Vault, row: AppealRow) -> dict[str, Any]:
    """What `seal_outcome` sealed."""
    return _open(vault, row.sealed_outcome or b"", f"appeals.sealed_outcome:{row.id}")


def decision(vault: Vault, row: AppealRow) -> Decision:
    """The decision that somebody proposed."""
    variation = stored.variation(row.granted) if row.granted else None
    return Decision(Outcome(row.outcome or ""), open_outcome(vault, row)["reason"], variation)


def _seal(vault: Vault, context: str, told: Mapping[str, Any]) -> bytes:
    return vault.seal_text(json.dumps(told, ensure_ascii=False), context)


def _open(vault: Vault, sealed: bytes, context: str) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(vault.open_text(sealed, context))
    return opened
