"""The demo: a synthetic city's first list of the year, by the same way that a real one takes, and published.

Modelled in numbers on a press briefing of 忻州 (first half of 2022): 679 person-times, among them 110 card
dealers and collectors and one insider. Nobody in it exists.
"""

import io
import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from typing import Any

import openpyxl

from registry import clock
from registry.access.principals import Officer
from registry.access.rules import PartnerKind, Role
from registry.audit.service import OPERATOR
from registry.db import transaction
from registry.demo.guide import Guide, remember, remembered
from registry.demo.people import People, SyntheticPerson, years_before
from registry.errors import Conflict, Forbidden
from registry.exposures.drafts import Draft, Filter
from registry.exposures.rules import Template
from registry.law.words import Level
from registry.services import Services
from registry.text import Text

ROWS, DEALERS_AND_COLLECTORS, INSIDERS = 679, 110, 1
OLDER, AGAIN = 12, 8  # designations of 2022, and how many of their people are on this year's list too
SEED = 140900

BASIS = "演示依据（虚构）：忻公(反诈)发〔演示〕1号。本名单为演示数据，所列人员均不存在。"

AUTHORITY = "忻州市公安局"

PASSWORD = "demo-open-sesame"  # nosec B105: a demo opens for whoever reads what it prints


def load(services: Services) -> dict[str, Any]:
    """Fill an empty registry, once; later calls only tell again what there is.

    Raises Forbidden in production, Conflict beside data that is not the demo's.
    """
    if services.config.production:
        raise Forbidden("demo-not-here", Text("生产环境不加载演示数据。", "No demo data in production."))
    guide = remembered(services)
    if guide is None and services.access.authorities():
        raise Conflict(
            "demo-not-here",
            Text(
                "数据库已有数据，不加载演示数据。",
                "The database holds data already; the demo needs an empty one.",
            ),
        )
    if guide is None:
        with transaction():
            guide = _tell(services, clock.today())
        remember(services, guide)
    return {**asdict(guide), "text": _text(guide, services.config.public_url)}


def _tell(services: Services, today: date) -> Guide:
    access, imports, designations = services.access, services.imports, services.designations
    authority = access.add_authority(OPERATOR, AUTHORITY, "140900", Level.CITY, "0350-0000110")

    def officer(login: str, role: Role) -> str:
        return access.add_officer(OPERATOR, authority, login, {role}, PASSWORD).secret

    clerk_token, approver_token = officer("clerk", Role.CLERK), officer("approver", Role.APPROVER)
    bank = access.add_partner(OPERATOR, "演示银行忻州分行", PartnerKind.BANK, "140900")
    carrier = access.add_partner(OPERATOR, "演示电信忻州分公司", PartnerKind.CARRIER, "140900")
    for partner, login, role in (
        (bank, "teller", Role.TELLER),
        (bank, "bank-admin", Role.PARTNER_ADMIN),
        (carrier, "agent", Role.TELLER),
    ):
        services.partner_users.add(OPERATOR, partner.id, login, {role}, PASSWORD)
    clerk, approver = access.officer(clerk_token), access.officer(approver_token)

    people = People(SEED, years_before(today, 3))  # adults whenever they did what they did
    title = f"{today.year}年第一批"
    listed = [people.person() for _ in range(ROWS)]
    workbook = list_workbook(title, listed, today)
    import_id = imports.upload(clerk, io.BytesIO(workbook), f"{title}.xlsx")
    imports.submit(clerk, import_id)
    imports.release(approver, import_id)

    older = listed[:AGAIN] + [people.person() for _ in range(OLDER - AGAIN)]
    for number, person in enumerate(older, start=1):
        draft = _older(person, number)
        designation_id = designations.drafts.draft(clerk, draft)
        designations.submit(clerk, designation_id)
        designations.approve(approver, designation_id)
    publisher = officer("publisher", Role.PUBLISHER)
    second_publisher = officer("second-publisher", Role.PUBLISHER)
    _publish(services, access.officer(publisher), access.officer(second_publisher), import_id)
    shown = listed[-1]
    return Guide(
        title=title,
        rows=ROWS,
        clerk=clerk_token,
        approver=approver_token,
        appeal_officer=officer("appeals", Role.APPEAL_OFFICER),
        second_judge=officer("second-judge", Role.APPEAL_OFFICER),
        publisher=publisher,
        second_publisher=second_publisher,
        auditor=officer("auditor", Role.AUDITOR),
        security_admin=officer("security", Role.SECURITY_ADMIN),
        system_admin=officer("system", Role.SYSTEM_ADMIN),
        bank=bank.secret,
        carrier=carrier.secret,
        password=PASSWORD,
        name=shown.name,
        number=shown.resident_id,
    )


def _publish(services: Services, first: Officer, second: Officer, import_id: str) -> None:
    """The whole list as the public sees it: those of class 2 under the recorded basis."""
    draft = Draft(
        title="电信网络诈骗及其关联违法犯罪惩戒曝光名单（演示）",
        batch=None,
        template=Template.STANDARD,
        basis=BASIS,
        assessment_ref="演示-影响评估-1",
        wanted=Filter(import_id=import_id),
    )
    list_id = services.exposures.draft(first, draft)
    services.exposures.submit(first, list_id)
    services.exposures.publish(second, list_id)


def list_workbook(title: str, people: list[SyntheticPerson], today: date) -> bytes:
    """A list as a police bureau would send it: a title, a header, a row a person-time."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("名单")
    sheet.append([f"{AUTHORITY}惩戒名单({title})"])
    for serial, row in enumerate(_rows(people, today)):
        if serial == 0:
            sheet.append(list(row))
        sheet.append(list(row.values()))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _rows(people: list[SyntheticPerson], today: date) -> Iterator[dict[str, Any]]:
    """Rows decided this year, so that every sanction is in force whenever this runs."""
    dice = Random(SEED)  # nosec B311
    roles = ["卡商", "卡头"] * (DEALERS_AND_COLLECTORS // 2) + ["行业内鬼"] * INSIDERS
    roles += ["卡农"] * max(0, len(people) - len(roles))
    new_year = date(today.year, 1, 1)
    for serial, (person, role) in enumerate(zip(people, roles, strict=True), start=1):
        decided_on = new_year + timedelta(days=dice.randint(0, (today - new_year).days))
        ended = decided_on - timedelta(days=dice.randint(20, 300))
        convicted = role != "卡农" or serial % 5 == 0
        behaviour = dice.choice(["出售", "出租", "出借"]) if role == "卡农" else "收购、组织"
        yield {
            "主体类型": "个人",
            "姓名": person.name,
            "性别": "男" if person.sex == "male" else "女",
            "出生日期": person.birth_on.isoformat(),
            "证件类型": "居民身份证",
            "证件号码": person.resident_id,
            "认定事由": "刑事处罚" if convicted else "买卖租借两卡",
            "行为": behaviour,
            "角色": role,
            "卡种": dice.choice(["银行卡", "电话卡", "银行卡、电话卡"]),
            "数量": dice.randint(3, 9),
            "次数": dice.randint(1, 4),
            "对象数": dice.randint(1, 3),
            "行为起始日": (ended - timedelta(days=60)).isoformat(),
            "行为终止日": ended.isoformat(),
            "罪名": "帮助信息网络犯罪活动罪" if convicted else None,
            "处罚类别": "刑事处罚" if convicted else "无",
            "文书号": f"忻公(反诈)认字〔{today.year}〕{serial}号",
            "认定日期": decided_on.isoformat(),
            "认定单位": AUTHORITY,
            "证据编号": f"演示-{serial:04d}",
        }


def _older(person: SyntheticPerson, number: int) -> dict[str, Any]:
    """A designation of 2022, under 银发〔2019〕85号."""
    return {
        "subject": {
            "kind": "person",
            "name": person.name,
            "documents": [{"type": "resident_id", "number": person.resident_id}],
        },
        "ground": "facilitated",
        "decided_on": date(2022, 3 + number % 4, 1 + number),
        "decision_no": f"忻公(刑)认字〔2022〕{number}号",
        "conduct": {
            "from": date(2021, 9, 1),
            "to": date(2021, 11, 30),
            "behaviours": ["rent"],
            "role": "account_holder",
            "items": 1,
        },
        "item_kinds": ["bank_account"],
    }


def _text(guide: Guide, url: str) -> str:
    def ask(token: str, purpose: str, operator: str) -> str:
        body = {
            "purpose": purpose,
            "reference": "DEMO-1",
            "operator": operator,
            "parties": [
                {
                    "role": "applicant",
                    "name": guide.name,
                    "document": {"type": "resident_id", "number": guide.number},
                }
            ],
        }
        words = ["curl", "-s", f"{url}/v1/checks", "-H", f"Authorization: Bearer {token}"]
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(body, ensure_ascii=False)]
        return shlex.join(words)

    return f"""
名单“{guide.title}”已生效：{guide.rows} 人次，虚构 · In force: {guide.rows} synthetic person-times.

从这里开始 · Start    {url}/
接口 · The API        {url}/docs
公众看 · The public    {url}/public/
工作台 · The console   {url}/console/
  teller 柜员 · agent 营业员 · bank-admin 银行管理员 · clerk 办案 · approver 审批 · appeals, second-judge 申诉
  publisher, second-publisher 发布 · auditor 审计 · security 安全 · system 系统
  密码 · password      {guide.password}

办案民警 · clerk       {guide.clerk}
审批民警 · approver    {guide.approver}
申诉民警 · appeals     {guide.appeal_officer}
复核民警 · 2nd judge   {guide.second_judge}
发布民警 · publisher   {guide.publisher}
复核发布 · 2nd publ.   {guide.second_publisher}
审计员   · auditor     {guide.auditor}
安全管理员 · security  {guide.security_admin}
系统管理员 · system    {guide.system_admin}
演示银行 · bank        {guide.bank}
演示电信 · carrier     {guide.carrier}

银行问：能否开户? · A bank asks: may the account be opened?  → limit
{ask(guide.bank, "open_bank_account", "teller-7")}

运营商问：能否办卡? · A carrier asks about the same person: may the SIM be issued?  → refuse
{ask(guide.carrier, "issue_phone_card", "agent-3")}
"""
