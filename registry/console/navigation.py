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
        "list_partner_users",
        Text("人员账号", "People"),
        Text("添加、停用本机构的柜员和管理员账号。", "Add and disable the accounts of your tellers."),
        Permission.PARTNER_USER_MANAGE,
        within=("add_partner_user", "disable_partner_user", "renew_partner_user_code"),
    ),
)
