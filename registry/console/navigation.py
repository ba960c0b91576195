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
        "show_work",
        Text("待办", "What waits"),
        Text(
            "等待您处理的认定、变更、名单和告知书。",
            "What waits for you, by what is due.",
        ),
        Permission.IMPORT_READ,
    ),
    Job(
        "new_designation",
        Text("起草认定", "Draft"),
        Text(
            "录入一项认定，随时看到依法产生的惩戒。",
            "Enter a designation, the law beside it.",
        ),
        Permission.DESIGNATION_DRAFT,
        within=("draft_designation", "preview_designation"),
    ),
    Job(
        "list_designations",
        Text("查询认定", "Find"),
        Text("按证件、姓名、文书号或状态查找。", "By document, name, decision number or state."),
        Permission.DESIGNATION_READ,
        within=(
            "search_designations",
            "show_designation",
            "review_designation",
            "submit_designation",
            "approve_designation",
            "reject_designation",
            "suspend_designation",
            "propose_change",
            "approve_change",
            "reject_change",
            "record_delivery",
        ),
    ),
    Job(
        "list_imports",
        Text("名单导入", "Lists"),
        Text("上传、检查、批准和收回名单。", "Upload, check, release and recall lists."),
        Permission.IMPORT_READ,
        within=(
            "upload_import",
            "show_import",
            "submit_import",
            "release_import",
            "reject_import",
            "recall_import",
            "approve_recall",
            "reject_recall",
        ),
    ),
    Job(
        "new_check",
        Text("业务核查", "Check"),
        Text("办理业务前核查客户。", "Check a customer before doing business."),
        Permission.CHECK_MAKE,
        within=("make_check", "show_check", "resolve_check"),
    ),
    Job(
        "list_rescreens",
        Text("批量筛查", "Bulk screening"),
        Text("上传全部客户，一次筛查，下载结果。", "Have all customers screened at once."),
        Permission.RESCREEN_START,
        within=("start_rescreen", "show_rescreen", "show_rescreen_certificate"),
    ),
    Job(
        "search_log",
        Text("审计日志", "The log"),
        Text("检索日志，谁看过谁，核对封存，取证。", "Search it, who looked at whom, verify, evidence."),
        Permission.LOG_READ,
        within=(
            "show_record",
            "ask_looks",
            "show_looks",
            "offer_verification",
            "verify_log",
            "ask_for_evidence",
            "show_evidence",
        ),
    ),
    Job(
        "show_system",
        Text("运行状态", "Health"),
        Text("各部分是否正常，任务、规定和日历的版本。", "Whether all is well; jobs, law, calendar."),
        Permission.SYSTEM_READ,
    ),
    Job(
        "show_calendar",
        Text("工作日历", "Calendar"),
        Text("导入国务院公布的放假安排。", "Take in the State Council's notice of a year."),
        Permission.CALENDAR_MANAGE,
        within=("import_calendar",),
    ),
    Job(
        "list_officers",
        Text("民警账号", "Officers"),
        Text(
            "添加、停用，登记码、令牌、解锁、强制退出。",
            "Accounts, codes, tokens, locks and sessions.",
        ),
        Permission.ACCOUNT_MANAGE,
        within=("add_officer", "show_officer"),
    ),
    Job(
        "list_partners",
        Text("合作机构", "Partners"),
        Text("添加、停用合作机构及其令牌和人员。", "Partners with their tokens and their people."),
        Permission.ACCOUNT_MANAGE,
        within=("add_partner", "show_partner"),
    ),
    Job(
        "show_signing_keys",
        Text("签名密钥", "Signing keys"),
        Text("查看公钥，更换签名密钥。", "See the public keys, rotate the signing key."),
        Permission.ACCOUNT_MANAGE,
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
