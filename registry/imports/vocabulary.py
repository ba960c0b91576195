"""The words that police lists use, and the registry's words for them."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.identity.documents import DocumentType
from registry.identity.items import ItemKind
from registry.law.words import Behaviour, Ground, Penalty, Role
from registry.subjects.drafts import SubjectKind

KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("个人", "自然人"), SubjectKind.PERSON),
        **dict.fromkeys(("单位", "企业", "法人", "组织", "机构"), SubjectKind.ORGANISATION),
    }
)
SEXES: Mapping[str, str] = MappingProxyType({"男": "male", "女": "female", "男性": "male", "女性": "female"})
DOCUMENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("居民身份证", "身份证", "二代身份证"), DocumentType.resident_id),
        "港澳台居民居住证": DocumentType.hmt_residence_permit,
        **dict.fromkeys(
            ("外国人永久居留身份证", "外国人永久居留证"), DocumentType.foreign_permanent_residence_id
        ),
        **dict.fromkeys(("港澳居民来往内地通行证", "回乡证"), DocumentType.hk_macao_travel_permit),
        **dict.fromkeys(("台湾居民来往大陆通行证", "台胞证"), DocumentType.taiwan_travel_permit),
        "护照": DocumentType.passport,
        **dict.fromkeys(("军官证", "军人证", "士兵证"), DocumentType.military_id),
        **dict.fromkeys(("武警警官证", "武警证"), DocumentType.armed_police_id),
        **dict.fromkeys(("统一社会信用代码", "营业执照"), DocumentType.uscc),
    }
)
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("刑事处罚", "受过刑事处罚", "因犯罪受刑事处罚", "判刑", "定罪"), Ground.CONVICTED),
        **dict.fromkeys(
            ("买卖租借两卡", "涉两卡行为", "实施涉卡行为", "提供帮助", "两卡违法", "非法买卖出租出借"),
            Ground.FACILITATED,
        ),
    }
)
BEHAVIOURS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("出售", "贩卖", "卖"), Behaviour.SELL),
        **dict.fromkeys(("购买", "收购", "买"), Behaviour.BUY),
        **dict.fromkeys(("出租", "租"), Behaviour.RENT),
        **dict.fromkeys(("出借", "借"), Behaviour.LEND),
        **dict.fromkeys(("实名核验帮助", "提供实名核验帮助", "帮助实名核验"), Behaviour.VERIFY_HELP),
        **dict.fromkeys(("假冒他人身份", "冒名", "冒名开立"), Behaviour.IMPERSONATE),
        **dict.fromkeys(("虚构代理关系", "虚假代理"), Behaviour.FAKE_AGENT),
        **dict.fromkeys(("组织", "组织者"), Behaviour.ORGANISE),
    }
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("卡农", "持卡人", "账户持有人"), Role.ACCOUNT_HOLDER),
        **dict.fromkeys(("卡头", "收卡", "收卡人"), Role.COLLECTOR),
        **dict.fromkeys(("卡商", "贩卡", "贩卡人"), Role.DEALER),
        **dict.fromkeys(("带队", "带队人"), Role.CREW_LEADER),
        **dict.fromkeys(("行业内鬼", "内鬼"), Role.INSIDER),
    }
)
ITEM_KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("电话卡", "手机卡"), ItemKind.phone_card),
        "物联网卡": ItemKind.iot_card,
        **dict.fromkeys(("固定电话", "固话"), ItemKind.fixed_line),
        "电信线路": ItemKind.telecom_line,
        "短信端口": ItemKind.sms_port,
        **dict.fromkeys(("银行卡", "银行账户", "个人银行账户"), ItemKind.bank_account),
        **dict.fromkeys(("对公账户", "单位账户", "单位银行账户"), ItemKind.corporate_account),
        "支付账户": ItemKind.payment_account,
        "数字人民币钱包": ItemKind.ecny_wallet,
        **dict.fromkeys(("互联网账号", "互联网账户"), ItemKind.internet_account),
    }
)
PENALTIES: Mapping[str, str] = MappingProxyType(
    {"无": Penalty.NONE, "行政处罚": Penalty.ADMINISTRATIVE, "刑事处罚": Penalty.CRIMINAL}
)
