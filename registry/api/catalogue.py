"""Every problem's slug with its title and what to do about it: the pages behind `type`."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.text import Text

HTTP_SLUGS: Mapping[int, str] = MappingProxyType(
    {
        400: "bad-request",
        404: "not-found",
        405: "method-not-allowed",
        406: "not-acceptable",
        408: "bad-request",
        411: "bad-request",
        413: "too-large",
        415: "unsupported-media-type",
        429: "too-many-requests",
        500: "internal-error",
    }
)

# slug: (title, what to do)
PROBLEMS: Mapping[str, tuple[Text, Text]] = MappingProxyType(
    {
        "bad-request": (
            Text("请求无法解析", "The request cannot be read"),
            Text(
                "请求体须为 UTF-8 编码的合法 JSON,不含 NUL,嵌套不过深。",
                "The body must be valid JSON in UTF-8, without NUL, and not nested too deeply.",
            ),
        ),
        "unauthenticated": (
            Text("未认证", "Not authenticated"),
            Text(
                "请在 Authorization: Bearer 中提供有效令牌；过期或撤销的令牌请向安全管理员更换。",
                "Send a valid token as Authorization: Bearer; ask the security administrator to replace an "
                "expired or revoked one.",
            ),
        ),
        "session-ended": (
            Text("请登录", "Please sign in"),
            Text(
                "您尚未登录，或者会话已结束；无操作15分钟或者登录满8小时会话结束。",
                "You are not signed in, or the session has ended; that happens after 15 minutes without a "
                "request, and after 8 hours.",
            ),
        ),
        "sign-in-refused": (
            Text("未能登录", "Not signed in"),
            Text(
                "登录名、密码或者动态码不正确；首次登录请使用登记码。",
                "Login, password or code is not right; the first time, use your enrolment code.",
            ),
        ),
        "locked-out": (
            Text("暂停登录", "This login has to wait"),
            Text(
                "连续多次未能登录，请按提示稍后再试；忘记密码的，请向管理员索取新的登记码。",
                "Too many attempts in a row failed; try again later, or ask your administrator for a new "
                "enrolment code.",
            ),
        ),
        "form-outdated": (
            Text("页面已过期", "The page is outdated"),
            Text(
                "此表单不是由当前会话打开的，请返回并刷新页面后重新提交。",
                "This form was not opened in the present session: go back, reload the page, send it again.",
            ),
        ),
        "forbidden": (
            Text("无此权限", "Not permitted"),
            Text("您的角色不能执行此操作。", "Your role does not permit this."),
        ),
        "purpose-not-permitted": (
            Text("不可查询此项业务", "Purpose not permitted"),
            Text(
                "每个行业只能查询本行业的业务，见接口文档。",
                "Each sector may ask for its own purposes only; see the API's description.",
            ),
        ),
        "four-eyes": (
            Text("须由另一人批准", "Another officer must decide"),
            Text(
                "本人经手的，本人不得决定，与其角色无关；认定的经办人、批准人不得处理对该认定的申诉。",
                "Nobody decides on what they had a hand in, whatever their roles; an appeal is not judged by "
                "whoever drafted, submitted or approved the designation.",
            ),
        ),
        "not-found": (
            Text("没有此对象", "Not found"),
            Text(
                "没有此地址或对象，或您无权查看。",
                "There is no such address or thing, or none you may see.",
            ),
        ),
        "method-not-allowed": (
            Text("不支持的方法", "Method not allowed"),
            Text("可用方法见 Allow。", "The header Allow names the methods that work here."),
        ),
        "not-acceptable": (
            Text("没有此格式", "Not available in that form"),
            Text("请在 Accept 中列出文档所载的格式。", "Accept one of the forms that the description names."),
        ),
        "too-large": (
            Text("请求过大", "Too large"),
            Text("JSON 不超过 1 MiB,名单文件不超过 32 MiB。", "JSON up to 1 MiB, list files up to 32 MiB."),
        ),
        "unsupported-media-type": (
            Text("不支持的内容类型", "Unsupported media type"),
            Text(
                "请用 application/json(UTF-8,不压缩);名单用 multipart/form-data。",
                "Send application/json (UTF-8, not compressed); lists as multipart/form-data.",
            ),
        ),
        "too-many-requests": (
            Text("请求过多", "Too many requests"),
            Text("请按 Retry-After 稍后再试。", "Try again after the time in Retry-After."),
        ),
        "internal-error": (
            Text("内部错误", "Internal error"),
            Text(
                "系统出错，已记录；请凭请求编号联系管理员。此结果不得视为无限制。",
                "Something failed here and was logged; name the request id to the administrator. "
                "This is not a clearance.",
            ),
        ),
        "invalid-input": (
            Text("输入有误", "Invalid input"),
            Text("请按 errors 中逐项指出的位置更正。", "Mend each place that errors points at."),
        ),
        "invalid-designation": (
            Text("认定内容有误", "Invalid designation"),
            Text("请按 errors 中逐项指出的位置更正。", "Mend each place that errors points at."),
        ),
        "invalid-parties": (
            Text("当事人信息有误", "Invalid parties"),
            Text("请按 errors 中逐项指出的位置更正。", "Mend each place that errors points at."),
        ),
        "idempotency-key-reused": (
            Text("幂等键重复使用", "Idempotency key reused"),
            Text("新请求请使用新的 Idempotency-Key。", "Use a new Idempotency-Key for a new request."),
        ),
        "not-lawful": (
            Text("不符合规定", "Not lawful"),
            Text(
                "依认定之日的规定不能如此认定;rule 为所依规则。",
                "The law of that day does not allow this designation; the answer names the rule.",
            ),
        ),
        "rule-not-in-force": (
            Text("规则尚未施行", "Rule not in force"),
            Text("该日尚无此规则。", "There was no such rule on that day."),
        ),
        "duplicate-designation": (
            Text("重复认定", "Duplicate designation"),
            Text(
                "同一对象、同一文书号已有认定；再次认定请用新的文书号。",
                "The subject is designated under this number already; a repeat needs a number of its own.",
            ),
        ),
        "unknown-unit": (
            Text("关联单位不存在", "Unknown unit"),
            Text(
                "所关联的单位没有有效认定；请先认定单位，或更正文书号。",
                "The unit has no live designation; designate it first, or mend the number.",
            ),
        ),
        "invalid-state": (
            Text("状态不符", "Wrong state"),
            Text("对象当前状态不允许此操作。", "What the thing is now does not allow this verb."),
        ),
        "stale-version": (
            Text("版本已过时", "Stale version"),
            Text("请重新读取，再以新的 ETag 提交。", "Read it again and send the new ETag as If-Match."),
        ),
        "nothing-kept": (
            Text("未保留数据", "Nothing was kept"),
            Text(
                "增量筛查需要已完成且以 keep=true 上传的任务；请重新上传。",
                "`since` needs a finished rescreening that was uploaded with keep=true; upload again.",
            ),
        ),
        "too-many-rescreens": (
            Text("未完成的任务过多", "Too many unfinished rescreenings"),
            Text("请等其中一个完成，或取消后再提交。", "Wait for one of them, or cancel it, and try again."),
        ),
        "rescreen-under-way": (
            Text("同一上传正在进行", "The same upload is under way"),
            Text("请稍后用同一键重试。", "Try again later with the same key."),
        ),
        "rescreen-in-use": (
            Text("数据正在使用", "The data is in use"),
            Text(
                "请等使用它的任务完成，或先取消。", "Wait for the rescreening that reads it, or cancel that."
            ),
        ),
        "import-has-refused-rows": (
            Text("名单有未通过的行", "The list has refused rows"),
            Text(
                "名单须全部通过方可提交：更正后重新上传。",
                "A list is taken as a whole or not at all: mend the rows and upload it again.",
            ),
        ),
        "authority-exists": (
            Text("机关已存在", "Authority exists"),
            Text("请换名称。", "Choose another name."),
        ),
        "login-exists": (Text("登录名已存在", "Login exists"), Text("请换登录名。", "Choose another login.")),
        "partner-exists": (
            Text("合作机构已存在", "Partner exists"),
            Text("请换名称。", "Choose another name."),
        ),
        "spool-full": (
            Text("存储空间不足", "No room for uploads"),
            Text("未保存任何内容；请稍后再试。", "Nothing was kept; try again later."),
        ),
        "spool-broken": (
            Text("上传的数据已损坏", "The upload is damaged"),
            Text("请重新上传。", "Upload it again."),
        ),
        "upload-interrupted": (
            Text("上传中断", "The upload was interrupted"),
            Text("请重新上传。", "Send it again."),
        ),
        "change-pending": (
            Text("变更待批准", "A change is waiting"),
            Text(
                "同类变更已在等待批准；请先批准或驳回，再提出新的变更。",
                "Such a change waits for approval already; approve or reject it before proposing another.",
            ),
        ),
        "appeal-open": (
            Text("已有申诉在办", "An appeal is open"),
            Text(
                "同一认定同时只办理一件申诉；请待其办结，或在该件中补充材料。",
                "There is one open appeal against a designation at a time: wait for its end, or add to it.",
            ),
        ),
        "no-mismatch": (
            Text("没有姓名不符", "No mismatch"),
            Text(
                "只有同证件号、姓名不一致时才需核实；请重新核查。",
                "Only a known number under another name is resolved; check again.",
            ),
        ),
        "not-recorded": (
            Text("当时未留存", "Not kept then"),
            Text(
                "该时点早于名册开始留存各版本内容之时。",
                "That was before the register began to keep its earlier contents.",
            ),
        ),
        "overloaded": (
            Text("系统繁忙", "Too busy"),
            Text("请稍候重试；不得视为无限制。", "Try again shortly; this is not a clearance."),
        ),
        "file-unavailable": (
            Text("暂时无法处理文件", "No file can be handled now"),
            Text("请稍候重试。", "Try again shortly."),
        ),
        "database-unavailable": (
            Text("数据库不可用", "Database unavailable"),
            Text("请稍候重试；不得视为无限制。", "Try again shortly; this is not a clearance."),
        ),
        "keys-missing": (
            Text("密钥环缺失", "Key ring missing"),
            Text(
                "请系统管理员恢复密钥环；不得视为无限制。",
                "The key ring must be restored; this is not a clearance.",
            ),
        ),
        "keys-refused": (
            Text("密钥环不可用", "Key ring refused"),
            Text(
                "请系统管理员检查密钥环；不得视为无限制。",
                "The key ring must be examined; this is not a clearance.",
            ),
        ),
        "keys-foreign": (
            Text("密钥与数据库不符", "Foreign key ring"),
            Text(
                "请恢复本数据库的密钥环；不得视为无限制。",
                "The database's own key ring must be restored; this is not a clearance.",
            ),
        ),
        "signing-key-missing": (
            Text("缺少签名密钥", "Signing key missing"),
            Text(
                "请安全管理员执行 keys rotate；不得视为无限制。",
                "The security administrator must run `keys rotate`; this is not a clearance.",
            ),
        ),
        "seal-broken": (
            Text("加密数据无法解开", "Sealed data does not open"),
            Text(
                "请通知系统管理员；不得视为无限制。",
                "Tell the system administrator; this is not a clearance.",
            ),
        ),
        "not-sealed-yet": (
            Text("尚未封存", "Not sealed yet"),
            Text("新记录几秒内封存，请稍候再试。", "New records are sealed within seconds; try again."),
        ),
        "log-altered": (
            Text("日志不一致", "Log altered"),
            Text(
                "记录与封存时不一致；请通知审计员运行 audit verify。",
                "A record is not what was sealed; the auditor should run audit verify.",
            ),
        ),
        "log-not-sealed": (
            Text("日志未封存", "Log not sealed"),
            Text("请系统管理员检查 worker 进程。", "The administrator must look after the worker."),
        ),
        "log-damaged": (
            Text("日志不完整", "Log incomplete"),
            Text(
                "请系统管理员核对数据库与备份；不得视为无限制。",
                "The administrator must compare database and backup; this is not a clearance.",
            ),
        ),
        "law-faulty": (
            Text("法律数据有误", "Law data faulty"),
            Text(
                "请系统管理员检查；不得视为无限制。", "The administrator must look; this is not a clearance."
            ),
        ),
        "law-incomplete": (
            Text("法律数据不全", "Law data incomplete"),
            Text(
                "请系统管理员检查；不得视为无限制。", "The administrator must look; this is not a clearance."
            ),
        ),
        "not-exposable": (
            Text("有行不得公开", "Rows may not be shown"),
            Text(
                "errors 逐行写明原因；未成年人、封存记录、未在执行的惩戒任何情况下不得公开。去掉这些行，"
                "或者补正后再提交。",
                "`errors` says why for each row; minors, sealed records and sanctions that are not in force "
                "are never shown. Leave those rows out, or mend what is wrong with them, and try again.",
            ),
        ),
        "batch-taken": (
            Text("批次已存在", "Batch taken"),
            Text(
                "本机关已有此批次；请换一个批次，或留空由系统编号。",
                "Your authority has this batch already; choose another or leave it out.",
            ),
        ),
        "migrations-pending": (
            Text("数据库结构过旧", "Schema behind"),
            Text("请系统管理员执行 migrate。", "The system administrator must run `migrate`."),
        ),
        "not-ready": (
            Text("尚未就绪", "Not ready"),
            Text("checks 中指出了未就绪的部分。", "`checks` names the parts that are not ready."),
        ),
    }
)


INPUT = "invalid-input"
"""The page that all faults of a file or a field share; `code` names the very fault."""


def title(slug: str) -> Text:
    """The title of a problem; file and field faults share one."""
    return PROBLEMS.get(slug, PROBLEMS[INPUT])[0]


def advice(slug: str) -> Text:
    """What to do about a problem."""
    return PROBLEMS.get(slug, PROBLEMS[INPUT])[1]
