"""The exact answer about a candidate: what a check would answer, by the same look-up and the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry import clock
from registry.db import Line
from registry.mismatches.queries import is_another, known_others
from registry.rescreens.queries import Snapshot
from registry.screening.answers import Checked, PartyRole, answer
from registry.screening.lookup import Identity, look_up
from registry.screening.rules import Question, find
from registry.text import Language
from registry.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Examiner:
    """Answers one question about many people, all in one view of the list."""

    view: Snapshot
    question: Question
    language: Language
    vault: Vault
    fingerprint: bytes
    partner_id: str

    def answers(self, people: Sequence[Identity]) -> list[dict[str, Any]]:
        """For each of `people` the party's part of a check's answer, without its role.

        Raises Unavailable, and RuleNotInForce where the law has a gap.
        """
        swift = Line.over(self.view.connection)
        looked_up = look_up(swift, people, self.vault, self.fingerprint)
        mismatched = {each.document for each in people if looked_up.is_mismatch(each)}
        others = known_others(swift, mismatched, looked_up.list_version)
        findings = tuple(
            find(
                looked_up.listed(each),
                self.question,
                is_another(others, each.document, each.name, self.partner_id),
            )
            for each in people
        )
        checked = Checked(
            id="",
            at=clock.now(),
            question=self.question,
            list_version=looked_up.list_version,
            roles=(PartyRole.APPLICANT,) * len(people),
            findings=findings,
        )
        parties: list[dict[str, Any]] = answer(checked, self.language)["parties"]
        for party in parties:
            del party["role"]
        return parties
