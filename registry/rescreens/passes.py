"""What one chunk gives: screened for the first time, or looked at again on what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from registry.rescreens import findings, kept, rows
from registry.rescreens.confirm import Examiner
from registry.rescreens.findings import INVALID, Findings, Row
from registry.rescreens.pipeline import TOKEN, Listed, Tokeniser, Tokens, without_collector
from registry.screening.lookup import Identity


@dataclass(frozen=True, slots=True)
class Screened:
    """The findings of a chunk, how many rows and lines it has, and what may be kept of it."""

    findings: Findings
    rows: int
    lines: int
    kept: bytes = b""


@dataclass(frozen=True, slots=True)
class FirstPass:
    """Every row of an upload against the whole list."""

    examiner: Examiner
    among: Listed
    keeps: bool

    def chunk(self, content: bytes, lines_before: int) -> Screened:
        """Screen whole lines. Raises Unavailable, RuleNotInForce."""
        tokeniser = Tokeniser(self.examiner.vault)
        with without_collector():
            read = rows.read(content, lines_before)
            tokens = tokeniser.documents(read, self.examiner.question.law.day)
            candidates = self.among.candidates(tokens.documents).tolist()
        at = [place for place in candidates if place not in tokens.faults]
        people = _identities(tokens.documents, tokeniser.names([read.names[i] for i in at]), at)
        answers = self.examiner.answers(people)
        told = [
            findings.answered(read.lines[place], read.refs[place], answer, person)
            for place, person, answer in zip(at, people, answers, strict=True)
        ]
        found = Findings([row for row in told if row.is_match])
        found.rows += [
            findings.faulty(read.lines[place], read.refs[place], faults, self.examiner.language)
            for place, faults in tokens.faults.items()
        ]
        content_kept = _kept(read, tokens, tokeniser) if self.keeps else b""
        return Screened(found, len(read), content.count(b"\n"), content_kept)


@dataclass(frozen=True, slots=True)
class LaterPass:
    """The kept rows of an upload that was screened on the day `before`: only those about which something may
    have changed are looked at again, `among` them all that may be listed if `everything` may have changed."""

    examiner: Examiner
    among: Listed
    everything: bool
    before: date

    def chunk(self, content: bytes, old: Findings) -> Screened:
        """The findings of a chunk, given the `old` ones. Raises Unavailable, RuleNotInForce."""
        again = kept.unpack(content)
        earlier = {row.line: row for row in old.rows}
        at = self._places(again, earlier)
        names = [again.names[i * TOKEN : i * TOKEN + TOKEN] for i in at]
        people = _identities(again.documents, names, at)
        found = Findings()
        looked_at = set()
        for place, person, answer in zip(at, people, self.examiner.answers(people), strict=True):
            line = int(again.lines[place])
            looked_at.add(line)
            row = findings.answered(line, again.refs[place], answer, person)
            if told := findings.compared(row, earlier.get(line)):
                found.rows.append(told)
        for line, row in earlier.items():
            if line not in looked_at and row.told["result"] == INVALID:
                found.rows.append(row)
            elif line not in looked_at and row.is_match:
                found.rows.append(findings.unchanged(row))
        waiting = int(np.count_nonzero(again.right_from > self.before.toordinal()))
        size = len(again.refs) + old.count(INVALID) - waiting  # who waited is among the invalid ones
        return Screened(found, size, size)

    def _places(self, again: kept.Kept, earlier: dict[int, Row]) -> list[int]:
        """Which of the kept rows to look at."""
        today = self.examiner.question.law.day.toordinal()
        asked = np.zeros(len(again.refs), np.bool_)
        asked[self.among.candidates(again.documents)] = True
        if self.everything:
            asked |= np.isin(again.lines, [line for line, row in earlier.items() if row.is_match])
        asked |= again.right_from > self.before.toordinal()
        places: list[int] = np.flatnonzero(asked & (again.right_from <= today)).tolist()
        return places


def _identities(documents: bytes, names: Sequence[bytes], at: Sequence[int]) -> list[Identity]:
    return [
        Identity(documents[i * TOKEN : i * TOKEN + TOKEN], name) for i, name in zip(at, names, strict=True)
    ]


def _kept(read: rows.Rows, tokens: Tokens, tokeniser: Tokeniser) -> bytes:
    """The rows that are right, or will be from some day on."""
    at = [i for i in range(len(read)) if i not in tokens.faults or i in tokens.right_from]
    return kept.pack(
        lines=[read.lines[i] for i in at],
        right_from=[tokens.right_from[i].toordinal() if i in tokens.right_from else 0 for i in at],
        documents=[tokens.documents[i * TOKEN : i * TOKEN + TOKEN] for i in at],
        names=tokeniser.names([read.names[i] for i in at]),
        refs=[read.refs[i] for i in at],
    )
