"""What people find in the console: a section adds its first page here, and whoever may open it sees it."""

from dataclasses import dataclass

from registry.access.rules import Permission
from registry.text import Text


@dataclass(frozen=True, slots=True)
class Job:
    """The first page of a section. `within`: other pages (endpoints) that belong to it."""

    endpoint: str
    title: Text
    hint: Text
    permission: Permission
    within: tuple[str, ...] = ()


JOBS = (
    Job(
        "new_check",
        Text("业务核查", "Check"),
        Text("办理业务前核查客户。", "Check a customer before doing business."),
        Permission.CHECK_MAKE,
        within=("make_check", "show_check", "resolve_check"),
    ),
    Job(
        "list_partner_users",
        Text("人员账号", "People"),
        Text("添加、停用本机构的柜员和管理员账号。", "Add and disable the accounts of your tellers."),
        Permission.PARTNER_USER_MANAGE,
        within=("add_partner_user", "disable_partner_user", "renew_partner_user_code"),
    ),
    Job(
        "list_appeals",
        Text("申诉", "Appeals"),
        Text("先到期的在前：受理、决定、批准、转交。", "First due first: accept, decide, approve, forward."),
        Permission.APPEAL_READ,
        within=(
            "show_appeal",
            "new_appeal",
            "find_appealed",
            "receive_appeal",
            "list_submissions",
            "show_submission",
        ),
    ),
    Job(
        "list_exposure_lists",
        Text("曝光名单", "Exposure lists"),
        Text("起草、预览、发布和撤回曝光名单。", "Draft, preview, publish and withdraw exposure lists."),
        Permission.EXPOSURE_READ,
        within=("new_exposure_list", "draft_exposure_list", "show_exposure_list"),
    ),
    Job(
        "ask_information",
        Text("本人查询", "Ask about oneself"),
        Text("当事人到场查询有关本人的信息。", "Somebody asks at the desk what is held about them."),
        Permission.INFORMATION_GIVE,
        within=("give_information",),
    ),
    Job(
        "show_statistics",
        Text("统计", "Statistics"),
        Text("曝光人次、执行中的惩戒、申诉用时、解除。", "Exposed, in force, appeal times, releases."),
        Permission.STATISTICS_READ,
    ),
)
