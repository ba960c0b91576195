"""What an exposure list says beside its rows: paragraphs of its template, and the ground of a row."""

from collections.abc import Mapping
from typing import Any

from registry.designations.words import BEHAVIOURS, ITEMS, listed
from registry.law.words import Ground
from registry.text import Text

LEGAL_BASIS = Text(
    "依据《中华人民共和国反电信网络诈骗法》第三十一条及相关规定，经设区的市级以上公安机关认定，"
    "对下列人员实施惩戒，现予公布。",
    "Under article 31 of the Anti-Telecom and Online Fraud Law and the rules made under it, the persons "
    "below were designated by public security organs of city level or above and are sanctioned.",
)
MEASURES = Text(
    "惩戒措施以每行所列为准，期满自动解除，届时本页不再显示。被惩戒人对认定或者措施有异议的，"
    "可以向作出认定的公安机关申诉。",
    "The measures are those named in each row. They end by themselves, and the row disappears that day. "
    "Whoever objects to a designation or its measures may appeal to the organ that designated.",
)


def legal_basis(recorded: str | None) -> Text:
    """The paragraph on the legal basis, and what was recorded for this list."""
    if recorded is None:
        return LEGAL_BASIS
    return Text(f"{LEGAL_BASIS.zh}公布依据：{recorded}", f"{LEGAL_BASIS.en} Published under: {recorded}")


def ground(facts: Mapping[str, Any]) -> Text:
    """认定事由, without the facts of the case."""
    if facts["ground"] == Ground.CONVICTED:
        return Text(
            "因电信网络诈骗及其关联犯罪受过刑事处罚",
            "Criminally punished for telecom fraud or a related offence",
        )
    behaviours = listed(BEHAVIOURS, facts["behaviours"])
    items = listed(ITEMS, facts["item_kinds"])
    return Text(f"{behaviours.zh}{items.zh}", f"{behaviours.en} {items.en}".strip())
