"""The types of identity document, and the codes by which partners' systems call them.

Source: law.md §7, last paragraph.
"""

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
