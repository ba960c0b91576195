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
)
