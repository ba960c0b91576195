"""`/console/guide`: for whoever has started the demo: who is who, and each one's job in three steps."""

from typing import Any

from flask import Response, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from registry.access.rules import Role
from registry.api.operation import services
from registry.api.respond import language
from registry.console import words
from registry.console.pages import page
from registry.console.routing import route
from registry.demo.guide import remembered
from registry.text import Text


def front() -> BaseResponse:
    """`/`: whoever comes without knowing where to look is shown the way."""
    return redirect(url_for("console.show_guide") if remembered(services()) else "/docs")


@route("GET", "/guide", None)
def show_guide() -> Response:
    """The logins and the steps. There is no such page in production."""
    if services().config.production:
        raise NotFound
    guide = remembered(services())
    return page(
        "guide.html",
        loaded=guide is not None,
        password=guide and guide.password,
        name=guide and guide.name,
        number=guide and guide.number,
        rows=guide and guide.rows,
        people=[_person(*each) for each in _STEPS],
    )


def _person(role: Role, logins: str, *steps: Text) -> dict[str, Any]:
    return {
        "role": words.ROLES[role].into(language()),
        "logins": logins.split(),
        "steps": [step.into(language()) for step in steps],
    }


_STEPS = (
    (
        Role.TELLER,
        "teller agent",
        Text(
            "登录后即是核查页：选择业务，输入上面的姓名和证件号码。",
            "The check opens at once: choose the business, enter the name and number above.",
        ),
        Text(
            "按回车。teller（银行）得到“限制办理”，agent（运营商）得到“暂不办理”。",
            "Press Enter. The bank hears «Limited service», the carrier «Not available now».",
        ),
        Text(
            "照“可以这样说”告知客户，打印告知单。",
            "Say to the customer what is proposed, and print the slip.",
        ),
    ),
    (
        Role.PARTNER_ADMIN,
        "bank-admin",
        Text(
            "“批量筛查”：上传客户名单（CSV、xlsx 或 NDJSON）。",
            "«Bulk screening»: upload customers as CSV, xlsx or NDJSON.",
        ),
        Text("等进度走完，下载结果和证明。", "Wait for the progress to end, take result and certificate."),
        Text("“人员账号”：添加柜员，当面交给登记码。", "«People»: add a teller and hand the code over."),
    ),
    (
        Role.CLERK,
        "clerk",
        Text("起草一份认定，或者导入名单文件。", "Draft a designation, or import a list."),
        Text("按提示更正，直至符合规定。", "Mend what is named until it is lawful."),
        Text("提交；须由另一名民警批准。", "Submit it; another officer must approve."),
    ),
    (
        Role.APPROVER,
        "approver",
        Text("打开待批准的认定或者名单。", "Open what waits for approval."),
        Text("与依据逐项对照。", "Compare it with what it rests on."),
        Text("批准即日生效，或者写明理由退回。", "Approve, with effect at once, or return it."),
    ),
    (
        Role.APPEAL_OFFICER,
        "appeals second-judge",
        Text(
            "先到期的在前：打开一件申诉；没有时，可在公众页面提出一件。",
            "What is due first stands first: open an appeal, or file one on the public pages.",
        ),
        Text("appeals 受理并拟作决定。", "appeals accepts it and proposes a decision."),
        Text("second-judge 审阅后作出决定。", "second-judge looks at it and decides."),
    ),
    (
        Role.PUBLISHER,
        "publisher second-publisher",
        Text(
            "publisher 起草曝光名单，预览公众所见。",
            "publisher drafts a list and previews it.",
        ),
        Text("提交。", "Submit it."),
        Text(
            "second-publisher 公布；公布后任何人可见。",
            "second-publisher publishes it for all.",
        ),
    ),
    (
        Role.AUDITOR,
        "auditor",
        Text("“审计日志”：按事项、日期检索。", "«The log»: search by act and day."),
        Text(
            "“谁看过谁”：输入上面的证件号码，看谁查看过此人。",
            "«Who looked at whom»: enter the number above.",
        ),
        Text("“核对封存”：证明日志没有被改动。", "«Verify the seals»: the log was not altered."),
    ),
    (
        Role.SECURITY_ADMIN,
        "security",
        Text(
            "“民警账号”：添加一名民警，三员只能任其一。",
            "«Officers»: add one; of the separated duties one at most.",
        ),
        Text("把登记码交给本人。", "Hand the code over."),
        Text(
            "撤销一个令牌，或者在所有设备上退出一个账号。",
            "Revoke a token, or sign somebody out.",
        ),
    ),
    (
        Role.SYSTEM_ADMIN,
        "system",
        Text("“运行状态”：各部分是否正常。", "«Health»: whether all parts are well."),
        Text("查看暂定的值及其来源。", "Look at provisional values and their sources."),
        Text("“工作日历”：导入下一年的放假安排。", "«Calendar»: take in next year's notice."),
    ),
)
