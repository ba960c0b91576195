"""A list as a sheet of paper has it, for spreadsheets and CSV: what it is above the rows, the proof below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.clock import beijing_day
from registry.exposures.public import PublicList
from registry.exposures.rules import State
from registry.publishing.columns import COLUMNS, plain
from registry.text import Language, Text

SHEET = Text("曝光名单", "Exposure list")

LIST = Text("名单编号", "List")
VERSION = Text("版本", "Version")
DAY = Text("内容所属日（北京）", "As of (Beijing day)")
PUBLISHED = Text("本批发布人次", "Person-times published")
SHOWN = Text("现公开人次", "Person-times shown now")
SIGNATURE = Text("签名", "Signature")
VERIFY = Text("核验地址", "Verify at")
COLON = Text("：", ": ")

_ISSUED = Text("{authority}　{batch}　{day}发布", "{authority} · {batch} · published on {day}")
_WITHDRAWN = Text("本名单已于{day}撤回。原因：{reason}", "This list was withdrawn on {day}. Reason: {reason}")
_CARE = Text(
    "本文件内容仅反映所属日的情况；每行“公开截止日”之后不得继续公开。转载者应按撤下清单及时撤下。",
    "This file is true for its day only. No row may be shown after its last day; whoever republishes must "
    "follow the list of withdrawals.",
)


@dataclass(frozen=True, slots=True)
class Issue:
    """A list on a day, in a language; `verify` is the address of the verification page."""

    list: PublicList
    day: date
    language: Language
    verify: str


def above(issue: Issue) -> Iterator[str]:
    """Lines above the headings: the title, who published what, its paragraphs."""
    found, language = issue.list, issue.language
    yield plain(found.title)
    facts = {
        "authority": found.authority,
        "batch": found.batch,
        "day": beijing_day(found.published_at).isoformat(),
    }
    yield plain(_ISSUED.format(**facts).into(language))
    if found.state is State.WITHDRAWN and found.withdrawn_at:
        gone = _WITHDRAWN.format(day=beijing_day(found.withdrawn_at).isoformat(), reason=found.reason)
        yield plain(gone.into(language))
    else:
        yield plain(found.legal_basis.into(language))
        yield plain(found.measures.into(language))
    yield _CARE.into(language)


def headings(language: Language) -> list[str]:
    """One for each column."""
    return [column.heading.into(language) for column in COLUMNS]


def below(issue: Issue, rows: int, signature: str) -> Iterator[tuple[str, str]]:
    """Names and values under the rows; `LIST` is the first, so that readers know where the rows end."""
    values = (
        (LIST, issue.list.id),
        (VERSION, str(issue.list.version)),
        (DAY, issue.day.isoformat()),
        (PUBLISHED, str(issue.list.rows_total)),
        (SHOWN, str(rows)),
        (SIGNATURE, signature),
        (VERIFY, issue.verify),
    )
    for name, value in values:
        yield name.into(issue.language), value
