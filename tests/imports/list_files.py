"""Police lists as a bureau would send them, and their way through the API."""

import csv
import io
import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import openpyxl
from werkzeug.test import TestResponse

from registry.demo.people import SyntheticOrganisation, SyntheticPerson
from tests.support.world import World

HEADERS = {
    "主体类型": "subject_kind",
    "姓名/单位名称": "name",
    "性别": "sex",
    "出生日期": "birth_on",
    "证件类型": "document_type",
    "证件号码/身份证号": "document_number",
    "认定事由": "ground",
    "行为": "behaviours",
    "角色": "role",
    "卡种/物品": "item_kinds",
    "数量": "items",
    "次数": "times",
    "对象数": "recipients",
    "行为起始日": "conduct_from",
    "行为终止日": "conduct_to",
    "罪名": "offence",
    "处罚类别": "penalty",
    "文书号/决定书文号": "decision_no",
    "认定日期": "decided_on",
    "认定单位": "authority",
    "关联单位文书号": "linked_decision_no",
    "证据编号": "evidence_ref",
}
LETTERS = dict(zip(HEADERS, "ABCDEFGHIJKLMNOPQRSTUV", strict=True))
"""The column of each header in a list that has them all."""

NAME, NUMBER, DECISION = "姓名/单位名称", "证件号码/身份证号", "文书号/决定书文号"
LINKED = "关联单位文书号"
_serial = itertools.count(1)
_ANY_DAY = date(1990, 1, 1)

Line = dict[str, Any]


def person_row(person: SyntheticPerson, **changes: Any) -> Line:
    """A row that nothing is wrong with."""
    return {
        "主体类型": "个人",
        NAME: person.name,
        "性别": "男" if person.sex == "male" else "女",
        "出生日期": person.birth_on.isoformat(),
        "证件类型": "居民身份证",
        NUMBER: person.resident_id,
        "认定事由": "买卖租借两卡",
        "行为": "出租、出借",
        "角色": "卡农",
        "卡种/物品": "银行卡、电话卡",
        "数量": "3",
        "次数": "2",
        "对象数": "1",
        "行为起始日": "2025-01-01",
        "行为终止日": "2025-02-01",
        "罪名": None,
        "处罚类别": "行政处罚",
        DECISION: f"忻公(名单)认字〔2025〕{next(_serial)}号",
        "认定日期": "2025-03-03",
        "认定单位": "忻州市公安局",
        LINKED: None,
        "证据编号": "E-1",
    } | changes


def unit_row(unit: SyntheticOrganisation, **changes: Any) -> Line:
    """A row of an organisation."""
    person = SyntheticPerson(unit.name, "male", _ANY_DAY, unit.uscc)
    kind = {"主体类型": "单位", "性别": None, "出生日期": None, "证件类型": "统一社会信用代码", "角色": None}
    return person_row(person) | kind | changes


def table(lines: Sequence[Line], headers: Iterable[str] = tuple(HEADERS)) -> list[list[Any]]:
    """Header and rows, with the columns that `headers` names."""
    chosen = list(headers)
    return [chosen, *[[line.get(header) for header in chosen] for line in lines]]


def in_english(rows: list[list[Any]]) -> list[list[Any]]:
    """The same table under the English headers."""
    return [[HEADERS[header] for header in rows[0]], *rows[1:]]


def xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows as a workbook."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    for row in rows:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def csv_file(rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """The rows as delimited text."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue().encode(encoding)


def upload(
    world: World, content: bytes, name: str = "名单.xlsx", token: str | None = None, **headers: str
) -> TestResponse:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    named["Authorization"] = f"Bearer {token or world.clerk}"
    file = {"file": (io.BytesIO(content), name)}
    return world.http.post("/v1/designation-imports", data=file, headers=named)


def uploaded(world: World, lines: Sequence[Line]) -> dict[str, Any]:
    """The report of an accepted upload."""
    response = upload(world, xlsx(table(lines)))
    assert response.status_code == 201, response.json
    return dict(response.json)


def act(world: World, verb: str, import_id: str, token: str | None = None) -> TestResponse:
    body = {"reason": "重新核对"} if verb == "reject" else None
    token = token or (world.clerk if verb == "submit" else world.approver)
    return world.post(token, f"/v1/designation-imports/{import_id}/{verb}", body)


def released(world: World, lines: Sequence[Line]) -> str:
    """The id of a list brought into force."""
    report = uploaded(world, lines)
    for verb in ("submit", "approve"):
        response = act(world, verb, report["id"])
        assert response.status_code == 200, response.json
    return str(report["id"])


def designations(world: World, query: str = "limit=200") -> list[dict[str, Any]]:
    response = world.get(world.clerk, f"/v1/designations?{query}")
    assert response.status_code == 200, response.json
    return list(response.json["items"])


def problems(row: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Code, column and cell of each problem of a row."""
    return [(problem["code"], problem["column"], problem["cell"]) for problem in row["problems"]]
