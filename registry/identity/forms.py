"""What the number of each document type looks like, as a pattern and as a sentence.

Source: law.md §7. Patterns match compacted numbers (see `characters.compact`), whole.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from registry.errors import Invalid, invalid_field
from registry.identity.codes import DocumentType
from registry.text import Text


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one type's numbers; `says` is the same in words, without a full stop."""

    pattern: re.Pattern[str]
    says: Text


# Military numbers contain words (军字第…号). One that looks like a resident number belongs under that
# type: recorded under this one it would never be found again.
_MILITARY = re.compile(r"(?!(?:[0-9]{15}|[0-9]{17}[0-9X])$)[0-9A-Z()\u4e00-\u9fff]{4,24}")

_FORMS = MappingProxyType(
    {
        DocumentType.resident_id: Form(
            re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]"),
            Text(
                "居民身份证号码应为18位，末位为数字或X；第一代证件为15位数字",
                "A resident id number has 18 characters, digits with a digit or X at the end, or 15 digits "
                "if it is of the first generation",
            ),
        ),
        DocumentType.hmt_residence_permit: Form(
            re.compile(r"8[123]0000[0-9]{11}[0-9X]"),
            Text(
                "港澳台居民居住证号码应为18位，以810000、820000或830000开头",
                "A residence permit for Hong Kong, Macao and Taiwan residents has 18 characters "
                "and begins with 810000, 820000 or 830000",
            ),
        ),
        DocumentType.foreign_permanent_residence_id: Form(
            re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
            Text(
                "外国人永久居留身份证号码应为以9开头的18位，旧版为3位字母加12位数字",
                "A foreign permanent residence id has 18 characters beginning with 9, or, on old cards, "
                "3 letters and 12 digits",
            ),
        ),
        DocumentType.hk_macao_travel_permit: Form(
            re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
            Text(
                "港澳居民来往内地通行证号码应为H或M加8位或10位数字",
                "A Hong Kong and Macao travel permit has H or M and then 8 or 10 digits",
            ),
        ),
        DocumentType.taiwan_travel_permit: Form(
            re.compile(r"[0-9]{8}|[0-9]{10}[0-9A-Z]|[0-9]{10}\([0-9A-Z]\)"),
            Text(
                "台湾居民来往大陆通行证号码应为8位数字，旧版为10位数字加1位字母或数字",
                "A Taiwan travel permit has 8 digits or, on old booklets, 10 digits and one letter or digit",
            ),
        ),
        # Shorter than any resident number, which under this type would never be found again.
        DocumentType.passport: Form(
            re.compile(r"[0-9A-Z]{5,14}"),
            Text("护照号码应为5至14位字母或数字", "A passport number has 5 to 14 letters or digits"),
        ),
        DocumentType.military_id: Form(
            _MILITARY,
            Text(
                "军人证件号码应为4至24位汉字、字母或数字，且不得是居民身份证号码",
                "A military id number has 4 to 24 Chinese characters, letters or digits, "
                "and is not a resident id number",
            ),
        ),
        DocumentType.armed_police_id: Form(
            _MILITARY,
            Text(
                "武警证件号码应为4至24位汉字、字母或数字，且不得是居民身份证号码",
                "An armed police id number has 4 to 24 Chinese characters, letters or digits, "
                "and is not a resident id number",
            ),
        ),
        DocumentType.uscc: Form(
            re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"),
            Text(
                "统一社会信用代码应为18位数字或大写字母，不含I、O、S、V、Z",
                "A unified social credit code has 18 digits or capital letters, never I, O, S, V or Z",
            ),
        ),
    }
)


_WRONG_FORM = Text(
    "{form}，请核对证件类型和号码。",
    "{form}; check the document type and the number.",
)


def check_form(type_: DocumentType, number: str) -> None:
    """Raise `Invalid` `wrong-document-form` at `/number` unless `number` is written as `type_`'s are."""
    if not _FORMS[type_].pattern.fullmatch(number):
        raise wrong_form(type_)


def wrong_form(type_: DocumentType) -> Invalid:
    """The fault of a number that is not written as `type_`'s are; says how they are."""
    return invalid_field("wrong-document-form", _WRONG_FORM.format(form=_FORMS[type_].says), "/number")
