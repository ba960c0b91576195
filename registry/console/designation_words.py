"""What the pages on designations and imported lists call things."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.audit.tags import Tag
from registry.designations.rules import ChangeState, State
from registry.law.words import Ground, Penalty, Role, When
from registry.notices import rules as notices
from registry.subjects.drafts import SubjectKind
from registry.text import Text

KINDS: Mapping[SubjectKind, Text] = MappingProxyType(
    {
        SubjectKind.PERSON: Text("个人", "Person"),
        SubjectKind.ORGANISATION: Text("单位", "Organisation"),
    }
)
SEXES: Mapping[str, Text] = MappingProxyType({"male": Text("男", "Male"), "female": Text("女", "Female")})
GROUNDS: Mapping[Ground, Text] = MappingProxyType(
    {
        Ground.FACILITATED: Text("买卖、出租、出借两卡等行为", "Sold, bought, rented out or lent cards"),
        Ground.CONVICTED: Text("因相关犯罪受到刑事处罚", "Punished for a related crime"),
    }
)
PARTS: Mapping[Role, Text] = MappingProxyType(
    {
        Role.ACCOUNT_HOLDER: Text("卡农（开户人、持卡人）", "Account or card holder"),
        Role.COLLECTOR: Text("卡头（收卡）", "Collector"),
        Role.DEALER: Text("卡商（贩卡）", "Dealer"),
        Role.CREW_LEADER: Text("带队", "Crew leader"),
        Role.INSIDER: Text("行业内鬼", "Insider of the trade"),
    }
)
PENALTIES: Mapping[Penalty, Text] = MappingProxyType(
    {
        Penalty.NONE: Text("无（仅认定）", "None (designation alone)"),
        Penalty.ADMINISTRATIVE: Text("行政处罚", "Administrative"),
        Penalty.CRIMINAL: Text("刑事处罚", "Criminal"),
    }
)
STATES: Mapping[State, tuple[str, Text]] = MappingProxyType(
    {
        State.DRAFT: ("off", Text("草稿", "Draft")),
        State.SUBMITTED: ("review", Text("待审批", "Waiting for approval")),
        State.IN_FORCE: ("refuse", Text("惩戒中", "In force")),
        State.SUSPENDED: ("limit", Text("中止执行", "Suspended")),
        State.ENDED: ("proceed", Text("已期满", "Ended")),
        State.REVOKED: ("silent", Text("已撤销", "Revoked")),
        State.REJECTED: ("silent", Text("已退回", "Returned")),
    }
)
"""A shape of `_macros.html` and a word for each state of a designation."""
SANCTION_STATES: Mapping[When, tuple[str, Text]] = MappingProxyType(
    {
        When.PENDING: ("off", Text("尚未开始", "Not begun")),
        When.IN_FORCE: ("refuse", Text("执行中", "In force")),
        When.ENDED: ("proceed", Text("已期满", "Ended")),
    }
)
CLASSES: Mapping[str, Text] = MappingProxyType(
    {"class_1": Text("第一类", "Class 1"), "class_2": Text("第二类", "Class 2")}
)
CHANGE_VERBS: Mapping[str, Text] = MappingProxyType(
    {
        "suspend": Text("中止执行", "Suspension"),
        "resume": Text("恢复执行", "Resumption"),
        "vary": Text("变更期限或措施", "Variation"),
        "correct": Text("更正对象信息", "Correction"),
        "revoke": Text("撤销认定", "Revocation"),
    }
)
CHANGE_STATES: Mapping[ChangeState, Text] = MappingProxyType(
    {
        ChangeState.PENDING: Text("等待决定", "Pending"),
        ChangeState.APPROVED: Text("已批准", "Approved"),
        ChangeState.REJECTED: Text("已驳回", "Turned down"),
    }
)
CHANGE_EFFECTS: Mapping[str, Text] = MappingProxyType(
    {
        "suspend": Text("确认中止", "Confirm the suspension"),
        "resume": Text("批准：措施立即恢复执行", "Approve: the measures apply again at once"),
        "vary": Text("批准：变更立即生效", "Approve: the variation takes effect at once"),
        "correct": Text("批准：更正立即生效", "Approve: the correction takes effect at once"),
        "revoke": Text("批准：立即移出名单，视同从未认定", "Approve: off the list, as if never on it"),
    }
)
"""What approving a change of each kind brings."""
NOTICES: Mapping[notices.Kind, Text] = MappingProxyType(
    {
        notices.Kind.DESIGNATION: Text("惩戒告知书", "Notice of designation"),
        notices.Kind.VARIATION: Text("变更告知书", "Notice of variation"),
        notices.Kind.RELEASE: Text("解除告知书", "Notice of release"),
        notices.Kind.APPEAL_DECISION: Text("申诉决定书", "Decision on an appeal"),
        notices.Kind.WITHDRAWAL: Text("撤回曝光告知书", "Notice of withdrawal"),
    }
)
FORMS: Mapping[notices.Form, Text] = MappingProxyType(
    {
        notices.Form.IN_PERSON: Text("直接送达", "In person"),
        notices.Form.LEFT_AT_RESIDENCE: Text("留置送达", "Left at the residence"),
        notices.Form.ENTRUSTED: Text("委托送达", "Through another authority"),
        notices.Form.MAIL: Text("邮寄送达", "By mail"),
        notices.Form.ELECTRONIC: Text("电子送达", "Electronically"),
        notices.Form.ANNOUNCEMENT: Text("公告送达", "By announcement"),
    }
)
OUTCOMES: Mapping[notices.Outcome, Text] = MappingProxyType(
    {
        notices.Outcome.DELIVERED: Text("已送达", "Delivered"),
        notices.Outcome.REFUSED: Text("拒收", "Refused"),
        notices.Outcome.FAILED: Text("未能送达", "Not delivered"),
    }
)
ACTS: Mapping[str, Text] = MappingProxyType(
    {
        Tag.DESIGNATION_DRAFTED: Text("起草认定", "Drafted"),
        Tag.DESIGNATION_SUBMITTED: Text("提交审批", "Submitted"),
        Tag.DESIGNATION_APPROVED: Text("批准认定，惩戒生效", "Approved; sanctions in force"),
        Tag.DESIGNATION_REJECTED: Text("退回", "Returned"),
        Tag.DESIGNATION_SUSPENDED: Text("中止执行", "Suspended"),
        Tag.SUSPENSION_CONFIRMED: Text("复核并确认中止", "Suspension confirmed"),
        Tag.DESIGNATION_RESUMED: Text("恢复执行", "Resumed"),
        Tag.SUBJECT_CORRECTED: Text("更正对象信息", "Subject corrected"),
        Tag.DESIGNATION_VARIED: Text("变更期限或措施", "Varied"),
        Tag.DESIGNATION_REVOKED: Text("撤销认定", "Revoked"),
        Tag.DESIGNATION_EXPIRED: Text("惩戒期限届满", "Ended"),
        Tag.CHANGE_PROPOSED: Text("提请变更", "Change proposed"),
        Tag.CHANGE_REJECTED: Text("驳回变更", "Change turned down"),
    }
)
"""Acts on a designation as its history tells them."""
IMPORT_STATES: Mapping[str, tuple[str, Text]] = MappingProxyType(
    {
        "draft": ("off", Text("待提交", "Not submitted yet")),
        "submitted": ("review", Text("待批准", "Waiting for approval")),
        "released": ("proceed", Text("已生效", "Released")),
        "rejected": ("silent", Text("已退回", "Returned")),
        "recalling": ("limit", Text("提请收回", "Recall proposed")),
        "recalled": ("silent", Text("已收回", "Recalled")),
    }
)
ROW_STATES: Mapping[str, Text] = MappingProxyType(
    {
        "accepted": Text("通过", "Accepted"),
        "warning": Text("通过，有提示", "Accepted, with a warning"),
        "refused": Text("未通过", "Refused"),
    }
)
IMPORT_ACTS: Mapping[str, Text] = MappingProxyType(
    {
        Tag.IMPORT_UPLOADED: Text("上传名单", "Uploaded"),
        Tag.IMPORT_SUBMITTED: Text("提交审批", "Submitted"),
        Tag.IMPORT_RELEASED: Text("批准，整批生效", "Released"),
        Tag.IMPORT_REJECTED: Text("退回", "Returned"),
        Tag.RECALL_PROPOSED: Text("提请收回", "Recall proposed"),
        Tag.RECALL_REJECTED: Text("不予收回", "Recall turned down"),
        Tag.IMPORT_RECALLED: Text("批准收回，整批撤销", "Recalled"),
    }
)
