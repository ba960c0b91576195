"""What the pages call things."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.appeals.rules import Asks, Capacity, State
from registry.appeals.submission_rules import SubmissionState
from registry.text import Text

CAPACITIES: Mapping[Capacity, Text] = MappingProxyType(
    {
        Capacity.SUBJECT: Text("我是当事人本人", "I am the person concerned"),
        Capacity.REPRESENTATIVE: Text("我代当事人提出", "I act for the person concerned"),
    }
)

ASKS: Mapping[Asks, Text] = MappingProxyType(
    {
        Asks.REVOKE: Text("撤销全部惩戒", "End all of the sanction"),
        Asks.VARY: Text(
            "变更惩戒：提前结束，或者解除部分措施", "Change it: end it earlier, or lift some of the measures"
        ),
    }
)

SUBMISSIONS: Mapping[SubmissionState, Text] = MappingProxyType(
    {
        SubmissionState.WAITING: Text("已提交，等待机关接收", "Submitted; waiting for the authority"),
        SubmissionState.TAKEN_IN: Text("已接收", "Taken in"),
        SubmissionState.SET_ASIDE: Text("未予接收", "Set aside"),
    }
)

APPEALS: Mapping[State, Text] = MappingProxyType(
    {
        State.RECEIVED: Text("已收到，正在审查是否受理", "Received; looked at before it is accepted"),
        State.ACCEPTED: Text("已受理，正在办理", "Accepted; being decided"),
        State.REFUSED: Text("不予受理，理由另行告知", "Not accepted; you will be told why"),
        State.DECIDED: Text("已作出决定，决定书另行送达", "Decided; the decision is delivered to you"),
        State.FORWARDED: Text("已转交该机构，由其答复", "Forwarded; the institution will answer"),
        State.ANSWERED: Text("该机构已答复", "The institution has answered"),
        State.WITHDRAWN: Text("已撤回", "Withdrawn"),
    }
)
