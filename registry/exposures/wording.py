"""What an exposure list says beside its rows: paragraphs of its template, and the ground of a row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from registry.designations.words import BEHAVIOURS, ITEMS, listed
from registry.exposures.rules import Cause
from registry.identity.codes import DocumentType
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

CAUSES: Mapping[Cause, Text] = MappingProxyType(
    {
        Cause.ENDED: Text("惩戒期满，自动移出", "The term is over"),
        Cause.SUSPENDED: Text("惩戒已中止执行", "The sanction is suspended"),
        Cause.REVOKED: Text("认定已撤销", "The designation was revoked"),
        Cause.DISPLAY_OVER: Text("已满最长公开期限", "It was shown for as long as it may be"),
        Cause.NOT_EXPOSABLE: Text("不再符合公开条件", "It may not be shown any more"),
        Cause.WITHDRAWN: Text("由公布机关撤下", "Taken off by the publishing authority"),
        Cause.LIST_WITHDRAWN: Text("整批名单已撤回", "The whole list was withdrawn"),
    }
)
"""Why something was taken down, as the public reads it."""

SEXES: Mapping[str, Text] = MappingProxyType({"male": Text("男", "male"), "female": Text("女", "female")})
DOCUMENTS: Mapping[str, Text] = MappingProxyType(
    {
        DocumentType.resident_id: Text("居民身份证", "resident identity card"),
        DocumentType.hmt_residence_permit: Text("港澳台居民居住证", "residence permit (HK, Macao, Taiwan)"),
        DocumentType.foreign_permanent_residence_id: Text(
            "外国人永久居留身份证", "foreigner's permanent residence card"
        ),
        DocumentType.hk_macao_travel_permit: Text("港澳居民来往内地通行证", "HK/Macao travel permit"),
        DocumentType.taiwan_travel_permit: Text("台湾居民来往大陆通行证", "Taiwan travel permit"),
        DocumentType.passport: Text("护照", "passport"),
        DocumentType.military_id: Text("军人证件", "military identity card"),
        DocumentType.armed_police_id: Text("武警证件", "armed police identity card"),
        DocumentType.uscc: Text("统一社会信用代码", "unified social credit code"),
    }
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
