"""What each defect of a list is called, row by row, and files that are no lists at all."""

import zipfile
from typing import Any

import pytest

from registry.law.words import Level
from tests.designations.acting import check, found, refused, renamed
from tests.imports import make_files as make
from tests.imports.list_files import (
    DECISION,
    HEADERS,
    LETTERS,
    LINKED,
    NAME,
    NUMBER,
    act,
    csv_file,
    designations,
    person_row,
    problems,
    released,
    table,
    upload,
    uploaded,
    xlsx,
)
from tests.support.world import World

# Defects


def test_every_defect_is_told_with_its_cell_in_the_readers_language(world: World) -> None:
    person = world.people.person
    wrong = person().resident_id
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    man = next(each for each in iter(person, None) if each.sex == "male")
    county = world.authority("忻府区公安分局", "140902", Level.COUNTY)
    assert county
    world.authority("太原市公安局", "140100", Level.CITY)
    twice = person_row(person())
    known = world.draft_body(person())
    world.designate(known)
    stored = {
        NAME: known["subject"]["name"],
        NUMBER: known["subject"]["documents"][0]["number"],
        DECISION: known["decision_no"],
        "性别": None,
        "出生日期": None,
    }
    old = {"认定日期": "2022-03-03", "行为起始日": None, "行为终止日": None}
    defects: list[tuple[dict[str, Any], str, str]] = [
        ({NUMBER: 110105194912310000}, "digits-lost", NUMBER),
        ({NUMBER: 1.10105194912310e17}, "digits-lost", NUMBER),
        ({NUMBER: "1.10105E+17"}, "digits-lost", NUMBER),
        ({NUMBER: "=A1"}, "formula", NUMBER),
        ({NAME: "=CONCAT(A1)"}, "formula", NAME),
        ({NUMBER: wrong}, "invalid-designation", NUMBER),
        ({NUMBER: "440524188001010014"}, "invalid-designation", NUMBER),
        ({NUMBER: "11010519490231002X"}, "invalid-designation", NUMBER),
        ({NUMBER: None}, "required", NUMBER),
        ({NAME: None}, "required", NAME),
        ({NAME: "  "}, "required", NAME),
        ({"认定事由": None}, "required", "认定事由"),
        ({DECISION: None}, "required", DECISION),
        ({"认定日期": None}, "required", "认定日期"),
        ({"认定事由": "嫌疑"}, "unknown-word", "认定事由"),
        ({"性别": "不明"}, "unknown-word", "性别"),
        ({"证件类型": "借书证"}, "unknown-word", "证件类型"),
        ({"行为": "出租、偷窃"}, "unknown-word", "行为"),
        ({"角色": "老板"}, "unknown-word", "角色"),
        ({"卡种/物品": "会员卡"}, "unknown-word", "卡种/物品"),
        ({"罪名": "盗窃"}, "unknown-word", "罪名"),
        ({"处罚类别": "警告"}, "unknown-word", "处罚类别"),
        ({"主体类型": "家庭"}, "unknown-word", "主体类型"),
        ({"认定日期": "2025-02-30"}, "not-a-day", "认定日期"),
        ({"行为终止日": "去年"}, "not-a-day", "行为终止日"),
        ({"出生日期": "31.12.1990"}, "not-a-day", "出生日期"),
        ({"数量": "三"}, "not-a-count", "数量"),
        ({"次数": "-1"}, "not-a-count", "次数"),
        ({"对象数": 1.5}, "not-text", "对象数"),
        ({"数量": "9999999"}, "invalid-designation", "数量"),
        ({"行为": None}, "invalid-designation", "行为"),
        ({"认定单位": "无此单位"}, "unknown-authority", "认定单位"),
        ({"认定单位": "太原市公安局"}, "unknown-authority", "认定单位"),
        ({LINKED: "无此文书"}, "unknown-unit", LINKED),
        ({"认定日期": "2016-12-31", "行为起始日": None, "行为终止日": None}, "not-lawful", "认定日期"),
        ({"认定日期": "2099-01-01"}, "not-lawful", "认定日期"),
        ({"数量": "2"}, "not-lawful", "数量"),
        ({"行为终止日": "2022-11-30", "行为起始日": None}, "not-lawful", "行为终止日"),
        ({"卡种/物品": "电话卡", **old}, "not-lawful", "卡种/物品"),
        ({"认定单位": "忻府区公安分局", "认定事由": "刑事处罚", "罪名": "诈骗罪"}, "not-lawful", "认定单位"),
        (
            {NAME: man.name, NUMBER: man.resident_id, "性别": "女", "出生日期": None},
            "invalid-designation",
            "性别",
        ),
        ({"出生日期": "1900-01-02"}, "invalid-designation", "出生日期"),
        ({"证件类型": "护照"}, "invalid-designation", NUMBER),
        (
            {"主体类型": "单位", "证件类型": "护照", NUMBER: "E1234567", "性别": None, "出生日期": None},
            "invalid-designation",
            "证件类型",
        ),
        (stored, "duplicate-designation", DECISION),
    ]
    rows = [person_row(person(), **changes) for changes, _, _ in defects]
    response = upload(world, xlsx(table([*rows, twice, twice])))
    report = response.json
    assert response.status_code == 201, report
    expected = [(code, column) for _, code, column in defects]
    got = []
    for number, ((code, column), row) in enumerate(zip(expected, report["rows"], strict=False), start=2):
        assert (row["row"], row["status"]) == (number, "refused"), (code, column, row)
        faults = [problem for problem in row["problems"] if problem["severity"] == "refused"]
        got.append((faults[0]["code"], faults[0]["column"]))
        assert faults[0]["cell"] == f"{LETTERS[faults[0]['column']]}{number}"
        assert len(faults) == 1, faults
    assert got == expected
    first, second = report["rows"][-2:]
    assert (first["status"], second["status"]) == ("accepted", "refused")
    number = len(rows) + 3
    assert problems(second) == [("duplicate-in-file", NUMBER, f"{LETTERS[NUMBER]}{number}")]
    assert f"第 {number - 1} 行" in second["problems"][0]["detail"]
    assert (report["refused"], report["accepted"]) == (len(defects) + 1, 1)

    refused(act(world, "submit", report["id"]), 409, "import-has-refused-rows")
    assert len(designations(world)) == 1

    english = world.get(world.clerk, f"/v1/designation-imports/{report['id']}", Accept_Language="en").json
    for zh, en in zip(report["rows"], english["rows"], strict=True):
        assert problems(zh) == problems(en)
        for chinese, translated in zip(zh["problems"], en["problems"], strict=True):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese["detail"]), chinese
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in translated["detail"]), translated
            assert chinese["detail"].endswith("。") and translated["detail"].endswith(".")


def test_nothing_of_a_person_stands_in_the_text_of_a_report(world: World) -> None:
    person = world.people.person()
    wrong = person.resident_id[:-1] + ("1" if person.resident_id[-1] != "1" else "2")
    row = person_row(person, 认定事由="嫌疑") | {NUMBER: wrong}
    told = str(uploaded(world, [row])["rows"])
    assert person.name not in told and wrong not in told


def test_unknown_columns_are_a_warning_only(world: World) -> None:
    rows = table([person_row(world.people.person())])
    rows[0] += ["备注", "联系电话"]
    rows[1] += ["无", "13800000000"]
    response = upload(world, xlsx(rows))
    assert response.status_code == 201, response.json
    report = response.json
    assert (report["unknown_columns"], report["accepted"]) == (["备注", "联系电话"], 1)


def test_one_number_under_two_names_is_a_warning_and_both_may_be_listed(world: World) -> None:
    one = world.people.person()
    other = renamed(one, "重号人")
    report = uploaded(world, [person_row(one), person_row(other)])
    assert [row["status"] for row in report["rows"]] == ["accepted", "warning"]
    assert problems(report["rows"][1]) == [("same-number-other-name", NUMBER, f"{LETTERS[NUMBER]}3")]
    assert (report["warnings"], report["refused"]) == (1, 0)
    for verb in ("submit", "approve"):
        assert act(world, verb, report["id"]).status_code == 200
    for person in (one, other):
        assert len(found(check(world, person.name, person.resident_id))) == 1


def test_one_person_twice_in_a_list_under_two_numbers_is_a_repeat(world: World) -> None:
    person = world.people.person()
    rows = [person_row(person), person_row(person, 认定日期="2025-09-09")]
    import_id = released(world, rows)
    views = designations(world, f"import={import_id}")
    assert len({view["subject"]["id"] for view in views}) == 1
    assert sorted((s["starts_on"], s["ends_on"]) for view in views for s in view["sanctions"]) == [
        ("2025-03-03", "2027-03-03"),
        ("2027-03-04", "2029-03-03"),
    ]


def test_two_columns_of_one_meaning_may_not_differ(world: World) -> None:
    rows = table([person_row(world.people.person()) for _ in range(2)])
    rows[0] += ["姓名"]
    rows[1] += [rows[1][1]]
    rows[2] += ["他名"]
    report = upload(world, xlsx(rows)).json
    assert [row["status"] for row in report["rows"]] == ["accepted", "refused"]
    assert problems(report["rows"][1])[0][0] == "contradiction"


# Files that are no lists

GOOD = [[*HEADERS], ["个人"] + ["甲"] * 21]
ROW = "<row><c><v>1</v></c></row>"
BAD_FILES = {
    "empty": (b"", "empty-file"),
    "half a workbook": (lambda: xlsx(GOOD)[:2000], "damaged-workbook"),
    "half a csv": (lambda: csv_file(GOOD) + '个人,"张'.encode(), "broken-quotes"),
    "macro workbook": (
        lambda: make.package([make.sheet_xml(ROW)], more={"xl/vbaProject.bin": b"x"}),
        "macro-workbook",
    ),
    "zip bomb": (
        lambda: make.zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": b" " * (210 << 20)}),
        "workbook-bomb",
    ),
    "not utf-8 and not gb18030": (b"a,b\n\xff\xff,\xff\n", "unknown-encoding"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not-a-spreadsheet"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old-workbook"),
    "header only": (lambda: xlsx(GOOD[:1]), "no-rows"),
    "title only": (lambda: xlsx([["惩戒名单"], ["张三", "11010519491231002X"]]), "no-header"),
    "no number column": (lambda: csv_file([["姓名", "性别"], ["张三", "男"]]), "missing-columns"),
    "a million rows": (lambda: ",".join(HEADERS).encode() + b"\n" + b"a,b\n" * 1_000_000, "too-many-rows"),
}


@pytest.mark.parametrize(("content", "slug"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_is_no_list_is_refused_with_a_sentence_and_leaves_nothing(
    world: World, content: Any, slug: str
) -> None:
    content = content if isinstance(content, bytes) else content()
    problem = refused(upload(world, content, "名单.xlsx"), 422, "invalid-input")
    assert problem["code"] == slug
    assert [error["pointer"] for error in problem["errors"]] == ["/file"]
    assert problem["detail"].endswith("。") and "{" not in problem["detail"]
    english = upload(world, content, "list.xlsx", Accept_Language="en").json
    assert english["detail"].endswith(".")
    with world.app.app_context():
        from sqlalchemy import text

        from registry.db import engine

        with engine().connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM designation_imports")).scalar_one() == 0


def test_a_million_rows_in_a_workbook_are_refused(world: World) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001))
    content = make.package([make.sheet_xml(rows)], compression=zipfile.ZIP_DEFLATED)
    problem = refused(upload(world, content), 422, "invalid-input")
    assert problem["code"] == "too-many-rows"


def test_more_than_32_mib_is_too_large(world: World) -> None:
    refused(upload(world, b"a" * ((32 << 20) + (1 << 20))), 413, "too-large")


def test_one_byte_more_than_32_mib_is_too_large(world: World) -> None:
    refused(upload(world, b"a" * ((32 << 20) + 1)), 413, "too-large")


def test_an_upload_without_a_file_is_refused(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.clerk}"}
    response = world.http.post("/v1/designation-imports", data={"list": "a"}, headers=headers)
    assert response.status_code in (415, 422)
    refused(world.post(world.clerk, "/v1/designation-imports", {"file": "a"}), 415, "unsupported-media-type")
    response = world.http.post(
        "/v1/designation-imports", data=b"--x\r\n", headers=headers | {"Content-Type": "multipart/form-data"}
    )
    assert response.status_code in (400, 422)
