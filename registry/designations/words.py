"""The closed words of a designation as people read them, in both languages."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from registry.identity.items import ItemKind
from registry.law.words import Behaviour, Level
from registry.text import Text

BEHAVIOURS: Mapping[Behaviour, Text] = MappingProxyType(
    {
        Behaviour.SELL: Text("出售", "selling"),
        Behaviour.BUY: Text("购买", "buying"),
        Behaviour.RENT: Text("出租", "renting out"),
        Behaviour.LEND: Text("出借", "lending"),
        Behaviour.VERIFY_HELP: Text("提供实名核验帮助", "helping with real-name verification"),
        Behaviour.IMPERSONATE: Text("假冒他人身份", "impersonating others"),
        Behaviour.FAKE_AGENT: Text("虚构代理关系", "fabricating an agency"),
        Behaviour.ORGANISE: Text("组织", "organising"),
    }
)
ITEMS: Mapping[ItemKind, Text] = MappingProxyType(
    {
        ItemKind.phone_card: Text("电话卡", "phone cards"),
        ItemKind.iot_card: Text("物联网卡", "IoT cards"),
        ItemKind.fixed_line: Text("固定电话", "fixed lines"),
        ItemKind.telecom_line: Text("电信线路", "telecom lines"),
        ItemKind.sms_port: Text("短信端口", "SMS ports"),
        ItemKind.bank_account: Text("银行账户", "bank accounts"),
        ItemKind.corporate_account: Text("单位银行账户", "corporate bank accounts"),
        ItemKind.payment_account: Text("支付账户", "payment accounts"),
        ItemKind.ecny_wallet: Text("数字人民币钱包", "e-CNY wallets"),
        ItemKind.internet_account: Text("互联网账号", "internet accounts"),
    }
)

LEVELS: Mapping[Level, Text] = MappingProxyType(
    {
        Level.COUNTY: Text("县级", "county"),
        Level.CITY: Text("设区的市级", "city"),
        Level.PROVINCE: Text("省级", "province"),
        Level.MINISTRY: Text("部级", "ministry"),
    }
)


def listed(words: Mapping[Any, Text], chosen: Collection[Any]) -> Text:
    """The words for what was chosen, in the order of `words`."""
    said = [word for key, word in words.items() if key in chosen]
    return Text("、".join(word.zh for word in said), ", ".join(word.en for word in said))
