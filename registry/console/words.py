"""What the pages call things."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.access.rules import Role
from registry.exposures.rules import EntryState
from registry.exposures.rules import State as ListState
from registry.law.words import Role as Part
from registry.mismatches.rules import Outcome
from registry.text import Text

ROLES: Mapping[Role, Text] = MappingProxyType(
    {
        Role.CLERK: Text("办案民警", "Clerk"),
        Role.APPROVER: Text("审批民警", "Approver"),
        Role.APPEAL_OFFICER: Text("申诉民警", "Appeal officer"),
        Role.PUBLISHER: Text("发布民警", "Publisher"),
        Role.AUDITOR: Text("审计员", "Auditor"),
        Role.SECURITY_ADMIN: Text("安全管理员", "Security administrator"),
        Role.SYSTEM_ADMIN: Text("系统管理员", "System administrator"),
        Role.PARTNER: Text("机构系统", "Partner's system"),
        Role.TELLER: Text("柜员", "Teller"),
        Role.PARTNER_ADMIN: Text("机构管理员", "Administrator"),
    }
)

OUTCOMES: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.ANOTHER_PERSON: Text(
            "不是同一人：证件号码相同，是另一人", "Somebody else who bears the same number"
        ),
        Outcome.SAME_PERSON: Text(
            "是同一人：改名，或者字形不同", "The same person under another name or another writing of it"
        ),
    }
)

SILENT = Text(
    "系统暂时无法核查，请稍候重试；不得视为无限制。",
    "Could not be checked; this is not a clearance. Try again shortly.",
)

LISTS: Mapping[ListState, tuple[str, Text]] = MappingProxyType(
    {
        ListState.DRAFT: ("off", Text("草稿", "Draft")),
        ListState.SUBMITTED: ("limit", Text("待发布", "Waits to be published")),
        ListState.PUBLISHED: ("proceed", Text("已发布", "Published")),
        ListState.REJECTED: ("silent", Text("已退回", "Returned")),
        ListState.WITHDRAWN: ("refuse", Text("已撤回", "Withdrawn")),
    }
)
"""An exposure list's state, with the kind of its colour and shape."""

ENTRIES: Mapping[EntryState, Text] = MappingProxyType(
    {
        EntryState.DRAFTED: Text("可以公开", "May be shown"),
        EntryState.REFUSED: Text("不得公开", "May not be shown"),
        EntryState.SHOWN: Text("正在公开", "Shown"),
        EntryState.WITHDRAWN: Text("已撤下", "Taken down"),
    }
)

PARTS: Mapping[Part, Text] = MappingProxyType(
    {
        Part.ACCOUNT_HOLDER: Text("开卡人（卡农）", "Account holder"),
        Part.COLLECTOR: Text("收卡人（卡头）", "Collector"),
        Part.DEALER: Text("卡商", "Dealer"),
        Part.CREW_LEADER: Text("团伙头目", "Crew leader"),
        Part.INSIDER: Text("行业内鬼", "Insider"),
    }
)
"""The part that somebody played."""
