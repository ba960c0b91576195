"""The types of identity document, and the codes by which partners' systems call them.

Source: law.md §7, last paragraph.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from registry.errors import invalid_field
from registry.text import Text


class DocumentType(StrEnum):
    """A kind of identity document; `uscc` (统一社会信用代码) is that of organisations."""

    resident_id = "resident_id"
    hmt_residence_permit = "hmt_residence_permit"
    foreign_permanent_residence_id = "foreign_permanent_residence_id"
    hk_macao_travel_permit = "hk_macao_travel_permit"
    taiwan_travel_permit = "taiwan_travel_permit"
    passport = "passport"
    military_id = "military_id"
    armed_police_id = "armed_police_id"
    uscc = "uscc"


DOCUMENT_NAMES: Mapping[DocumentType, Text] = MappingProxyType(
    {
        DocumentType.resident_id: Text("居民身份证", "Resident identity card"),
        DocumentType.hmt_residence_permit: Text("港澳台居民居住证", "Residence permit (HK, Macao, Taiwan)"),
        DocumentType.foreign_permanent_residence_id: Text(
            "外国人永久居留身份证", "Foreign permanent resident identity card"
        ),
        DocumentType.hk_macao_travel_permit: Text(
            "港澳居民来往内地通行证", "Mainland travel permit (HK, Macao)"
        ),
        DocumentType.taiwan_travel_permit: Text("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
        DocumentType.passport: Text("护照", "Passport"),
        DocumentType.military_id: Text("军人证件", "Military identity document"),
        DocumentType.armed_police_id: Text("武警证件", "Armed police identity document"),
        DocumentType.uscc: Text("统一社会信用代码（单位）", "Unified social credit code (organisations)"),
    }
)
"""What people call each type."""

PARTNER_CODES = MappingProxyType(
    {
        "10": DocumentType.resident_id,  # PBoC credit database
        "110001": DocumentType.resident_id,  # banks, six digits
        "110002": DocumentType.resident_id,  # … a duplicate number (重号)
        "110003": DocumentType.resident_id,  # … a temporary card
        "110005": DocumentType.resident_id,  # … the household register
        "1010": DocumentType.resident_id,  # banks' customer systems (ECIF)
        "00": DocumentType.resident_id,  # carriers
        "01": DocumentType.resident_id,  # Payment & Clearing Association
    }
)

_TYPES = MappingProxyType({**{str(type_): type_ for type_ in DocumentType}, **PARTNER_CODES})


def document_type(code: str) -> DocumentType:
    """The type called `code`, by the registry's own word or a partner's code.

    Raises `Invalid` `unknown-document-type` at `/type`.
    """
    try:
        return _TYPES[code]
    except KeyError:
        raise invalid_field(
            "unknown-document-type",
            Text(
                "证件类型不在登记系统认可之列，请使用规定的类型名称，如 resident_id，或已对应的机构代码。",
                "This document type is not known here; send one of the type names, such as resident_id, "
                "or a mapped partner's code.",
            ),
            "/type",
        ) from None
