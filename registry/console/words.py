"""What the pages call things."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.access.bearers import TOKEN
from registry.access.issuing import ENROLMENT
from registry.access.rules import PartnerKind, Role
from registry.exposures.rules import EntryState
from registry.exposures.rules import State as ListState
from registry.mismatches.rules import Outcome
from registry.rescreens.findings import INVALID, Change
from registry.rescreens.service import State
from registry.screening.rules import Result
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

RESCREENS: Mapping[str, tuple[str, Text]] = MappingProxyType(
    {
        State.RECEIVING: ("review", Text("正在接收", "Being received")),
        State.QUEUED: ("review", Text("排队中", "Waiting")),
        State.RUNNING: ("review", Text("正在筛查", "Under way")),
        State.DONE: ("proceed", Text("已完成", "Done")),
        State.CANCELLED: ("off", Text("已取消", "Cancelled")),
        State.FAILED: ("refuse", Text("未能完成", "Could not be done")),
    }
)
"""What a rescreening is: the kind of its sign, and the word."""

RESULTS: Mapping[str, Text] = MappingProxyType(
    {
        Result.MATCH: Text("证件号码和姓名均一致", "Number and name are the same"),
        Result.POSSIBLE_MATCH: Text("证件号码相同、姓名不一致", "The same number under another name"),
        Result.NO_MATCH: Text("不再有限制", "No restriction any more"),
        INVALID: Text("数据有误，未筛查", "The row is faulty and was not screened"),
    }
)
NOT_SCREENED = Text("未筛查", "Not screened")

CHANGES: Mapping[str, Text] = MappingProxyType(
    {
        Change.NEW: Text("新增", "new"),
        Change.CHANGED: Text("有变化", "changed"),
        Change.SAME: Text("与上次相同", "as before"),
        Change.ENDED: Text("已解除", "ended"),
    }
)
"""How a row differs from that of the earlier rescreening."""

PARTNER_KINDS: Mapping[PartnerKind, Text] = MappingProxyType(
    {
        PartnerKind.BANK: Text("银行", "Bank"),
        PartnerKind.PAYMENT_INSTITUTION: Text("支付机构", "Payment institution"),
        PartnerKind.CARRIER: Text("电信业务经营者", "Carrier"),
        PartnerKind.INTERNET_PLATFORM: Text("互联网平台", "Internet platform"),
    }
)

CREDENTIALS: Mapping[str, Text] = MappingProxyType(
    {TOKEN: Text("接口令牌", "Token"), ENROLMENT: Text("登记码", "Enrolment code")}
)
