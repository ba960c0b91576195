"""What the notices of a designation say: the stored designation in the words that its subject reads."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import clock
from registry.access.models import AuthorityRow
from registry.designations import stored
from registry.designations.models import DesignationRow, SanctionRow
from registry.designations.words import BEHAVIOURS, ITEMS, listed
from registry.identity.masks import Mask
from registry.law.book import Book
from registry.law.words import Ground
from registry.notices.content import Content, ToldMeasure, ToldSanction
from registry.subjects.drafts import SubjectKind
from registry.subjects.service import Subjects, SubjectView, chunks
from registry.vault.vault import Vault


class Telling:
    """Reads designations as their notices tell of them."""

    def __init__(self, vault: Callable[[], Vault], book: Book, subjects: Subjects, mask: Mask) -> None:
        self._vault = vault
        self._book = book
        self._mask = mask
        self._subjects = subjects
        self._told = lru_cache(maxsize=4096)(self._tell)  # a list has few days and thousands of people

    def contents(self, session: Session, designation_ids: Sequence[str]) -> dict[str, Content]:
        """What a notice of each designation says as things stand, but for what only the act itself knows."""
        return {
            designation_id: content
            for part in chunks(designation_ids)
            for designation_id, content in self._part(session, part).items()
        }

    def _part(self, session: Session, designation_ids: Sequence[str]) -> dict[str, Content]:
        rows = session.execute(
            select(
                DesignationRow.id,
                DesignationRow.subject_id,
                DesignationRow.decided_on,
                DesignationRow.facts,
                DesignationRow.sealed,
                AuthorityRow.name,
                AuthorityRow.phone,
            )
            .join(AuthorityRow, AuthorityRow.id == DesignationRow.authority_id)
            .where(DesignationRow.id.in_(designation_ids))
            .order_by(DesignationRow.id)
        ).all()
        subjects = self._subjects.views(session, [row.subject_id for row in rows])
        sanctions: dict[str, list[Any]] = defaultdict(list)
        for sanction in session.execute(
            select(
                SanctionRow.designation_id,
                SanctionRow.regime,
                SanctionRow.starts_on,
                SanctionRow.ends_on,
                SanctionRow.measures,
            )
            .where(SanctionRow.designation_id.in_(designation_ids))
            .order_by(SanctionRow.id)
        ):
            sanctions[sanction.designation_id].append(sanction)
        return {row.id: self._content(row, subjects[row.subject_id], sanctions[row.id]) for row in rows}

    def _content(self, row: Any, subject: SubjectView, sanctions: Sequence[Any]) -> Content:
        particulars = json.loads(self._vault().open_text(row.sealed, f"designations.sealed:{row.id}"))
        document_type, number = subject.documents[0]
        today = clock.today()
        appeal = self._book.on(today).get("screening/appeal").value
        return Content(
            recipient=subject.names[0],
            organisation=subject.kind == SubjectKind.ORGANISATION,
            document_type=document_type,
            masked_number=self._mask.number(number),
            authority=row.name,
            phone=row.phone,
            decision_no=particulars["decision_no"],
            decided_on=row.decided_on,
            ground=self._ground(row.facts, row.decided_on, particulars["judgment"]),
            sanctions=tuple(self._sanction(sanction, row.decided_on, today) for sanction in sanctions),
            appeal=appeal.format(authority=row.name).zh,
        )

    def _ground(self, facts: Mapping[str, Any], decided_on: date, judgment: Mapping[str, Any] | None) -> str:
        if facts["ground"] == Ground.CONVICTED:
            offence = self._offence(facts["offence"], decided_on)
            by = ""
            if judgment:
                by = f"（{judgment['court']}{judgment['no']}，{_day(date.fromisoformat(judgment['on']))}）"
            return f"因{offence}受到刑事处罚{by}。"
        known = stored.read_facts(facts, decided_on)
        parts = [f"实施{listed(BEHAVIOURS, known.behaviours).zh}行为"]
        if known.item_kinds:
            parts.append(f"涉及{listed(ITEMS, known.item_kinds).zh}")
        counts = ((known.items, "数量{}个"), (known.times, "{}次"), (known.recipients, "对象{}个"))
        parts += [words.format(count) for count, words in counts if count is not None]
        return "，".join(parts) + "。"

    def _offence(self, article: str | None, decided_on: date) -> str:
        listed = self._book.on(decided_on).find("joint-2024/offences")
        if article is None:
            return "电信网络诈骗及其关联犯罪"
        if listed and article in listed.value:
            return str(listed.value[article].zh)
        base, _, addition = article.partition("-")
        return f"《刑法》第{base}条" + (f"之{addition}" if addition else "") + "规定的犯罪"

    def _sanction(self, row: Any, decided_on: date, today: date) -> ToldSanction:
        measures = tuple((code, own_end) for code, own_end in row.measures)
        return self._told(row.regime, decided_on, (row.starts_on, row.ends_on), measures, today)

    def _tell(
        self,
        regime_id: str,
        decided_on: date,
        term: tuple[date, date],
        measures: Sequence[tuple[str, str | None]],
        today: date,
    ) -> ToldSanction:
        starts_on, ends_on = term
        regime = self._book.on(decided_on).regimes[regime_id]
        articles = [setting.source.article for setting in (regime.classes, regime.term) if setting]
        return ToldSanction(
            regime=regime.name.value.zh,
            article=", ".join(dict.fromkeys(article for article in articles if article)),
            starts_on=starts_on,
            ends_on=ends_on,
            measures=tuple(
                ToldMeasure(
                    text=self._book.on(today).measures[code].value.name.zh,
                    ends_on=min(date.fromisoformat(own_end), ends_on) if own_end else ends_on,
                    instrument=regime.measures[code].source.instrument,
                    article=regime.measures[code].source.article,
                    exempt=tuple(text.zh for text in regime.measures[code].value.exempt),
                    provisional=regime.measures[code].source.provisional,
                )
                for code, own_end in measures
            ),
            provisional=regime.term.source.provisional or regime.term_start.source.provisional,
        )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
