"""What the pages on appeals call things."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.appeals.rules import Asks, Capacity, Channel, Outcome, State, Track
from registry.appeals.submission_rules import SetAside, SubmissionState
from registry.text import Text

TRACKS: Mapping[Track, Text] = MappingProxyType(
    {
        Track.DESIGNATION: Text("对认定或者惩戒的申诉", "Against a designation"),
        Track.PARTNER: Text("对机构风险管控的申诉", "About a partner's risk control"),
        Track.CREDIT: Text("征信记录异议", "Objection to the credit record"),
    }
)

STATES: Mapping[State, tuple[str, Text]] = MappingProxyType(
    {
        State.RECEIVED: ("review", Text("已登记", "Received")),
        State.ACCEPTED: ("review", Text("已受理", "Accepted")),
        State.REFUSED: ("silent", Text("不予受理", "Not accepted")),
        State.DECIDED: ("proceed", Text("已决定", "Decided")),
        State.FORWARDED: ("limit", Text("已转交机构", "Forwarded")),
        State.ANSWERED: ("proceed", Text("机构已答复", "Answered")),
        State.WITHDRAWN: ("off", Text("申诉人撤回", "Taken back")),
    }
)
"""An appeal's state, with the kind of its colour and shape."""

NEXT: Mapping[tuple[Track, State], Text] = MappingProxyType(
    {
        (Track.DESIGNATION, State.RECEIVED): Text("审查是否受理", "Accept or refuse"),
        (Track.DESIGNATION, State.ACCEPTED): Text("拟定决定", "Propose a decision"),
        (Track.PARTNER, State.RECEIVED): Text("转交机构答复", "Forward to the partner"),
        (Track.CREDIT, State.RECEIVED): Text("拟定决定", "Propose a decision"),
    }
)
"""What an appeal waits for."""
NEXT_APPROVAL = Text("另一名民警批准", "Another officer's approval")

CHANNELS: Mapping[Channel, Text] = MappingProxyType(
    {
        Channel.IN_PERSON: Text("当面", "In person"),
        Channel.MAIL: Text("邮寄", "By mail"),
        Channel.ONLINE: Text("网上", "Online"),
        Channel.PUBLIC_FORM: Text("公众网页", "Public form"),
    }
)

CAPACITIES: Mapping[Capacity, Text] = MappingProxyType(
    {
        Capacity.SUBJECT: Text("当事人本人", "The person concerned"),
        Capacity.REPRESENTATIVE: Text("代理人", "A representative"),
    }
)

ASKS: Mapping[Asks, Text] = MappingProxyType(
    {
        Asks.REVOKE: Text("撤销认定，解除全部惩戒", "That all of it be revoked"),
        Asks.VARY: Text("变更：提前结束，或者解除部分措施", "A change: an earlier end, or measures lifted"),
    }
)

OUTCOMES: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.ALLOWED: Text("申诉成立", "Allowed"),
        Outcome.PARTLY_ALLOWED: Text("部分成立", "Partly allowed"),
        Outcome.DISMISSED: Text("申诉不成立", "Dismissed"),
        Outcome.WITHDRAWN: Text("申诉人撤回", "Taken back"),
    }
)

EFFECTS: Mapping[tuple[Track, Outcome], Text] = MappingProxyType(
    {
        (Track.DESIGNATION, Outcome.ALLOWED): Text(
            "批准：认定即刻撤销，全部惩戒解除，移出曝光名单",
            "Approve: revoked at once, every sanction ends, off the exposure lists",
        ),
        (Track.DESIGNATION, Outcome.PARTLY_ALLOWED): Text(
            "批准：惩戒即刻变更", "Approve: the sanction changes at once"
        ),
        (Track.DESIGNATION, Outcome.DISMISSED): Text(
            "批准：申诉不成立，惩戒不变", "Approve: dismissed, the sanction stays"
        ),
        (Track.CREDIT, Outcome.ALLOWED): Text("批准：异议成立，即刻生效", "Approve: allowed, at once"),
        (Track.CREDIT, Outcome.DISMISSED): Text("批准：异议不成立，记录不变", "Approve: dismissed, it stays"),
    }
)
"""What approving a decision brings about."""

SUBMISSIONS: Mapping[SubmissionState, tuple[str, Text]] = MappingProxyType(
    {
        SubmissionState.WAITING: ("limit", Text("待处理", "Waiting")),
        SubmissionState.TAKEN_IN: ("proceed", Text("已接收", "Taken in")),
        SubmissionState.SET_ASIDE: ("silent", Text("未予接收", "Set aside")),
    }
)

SETTING_ASIDE: Mapping[SetAside, Text] = MappingProxyType(
    {
        SetAside.IDENTITY_UNPROVEN: Text("身份无法核实", "Identity not established"),
        SetAside.INCOMPLETE: Text("内容不足以办理", "Not enough to go on"),
        SetAside.OTHER_AUTHORITY: Text("不属于本机关", "Another authority's business"),
        SetAside.REPEATED: Text("重复提交", "Submitted before"),
        SetAside.NO_APPEAL: Text("不是申诉", "No appeal"),
    }
)
