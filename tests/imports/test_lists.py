"""Lists through upload, submit and approve: what each defect is called, and that it is all or nothing."""

import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from registry.access.rules import Role
from registry.law.words import Level
from tests.designations.acting import both, check, found, refused, renamed, shown
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
    in_english,
    person_row,
    problems,
    released,
    table,
    unit_row,
    upload,
    uploaded,
    xlsx,
)
from tests.support.world import World

VOLATILE = ("id", "file_sha256", "uploaded_at")


def report_of(response: Any) -> dict[str, Any]:
    assert response.status_code == 201, response.json
    return {key: value for key, value in response.json.items() if key not in VOLATILE}


def people_rows(world: World, count: int) -> list[dict[str, Any]]:
    return [person_row(world.people.person()) for _ in range(count)]


# From file to force


def test_a_list_is_uploaded_submitted_approved_and_in_force(world: World) -> None:
    people = [world.people.person() for _ in range(3)]
    rows = [person_row(person) for person in people]
    report = uploaded(world, rows)
    assert (report["state"], report["rows_total"], report["accepted"]) == ("draft", 3, 3)
    assert (report["warnings"], report["refused"], report["unknown_columns"]) == (0, 0, [])
    assert [(row["row"], row["status"], row["problems"]) for row in report["rows"]] == [
        (number, "accepted", []) for number in (2, 3, 4)
    ]
    assert act(world, "submit", report["id"]).json["state"] == "submitted"
    assert designations(world) == []
    assert check(world, people[0].name, people[0].resident_id)["result"] == "no_match"
    done = act(world, "approve", report["id"]).json
    assert (done["state"], done["rows"]) == ("released", report["rows"])
    for person, row in zip(people, rows, strict=True):
        assert found(check(world, person.name, person.resident_id)) == [row[DECISION]]
    listed = designations(world, f"import={report['id']}")
    assert {item["state"] for item in listed} == {"in_force"} and len(listed) == 3
    view = shown(world, listed[0]["id"])
    assert [act["act"] for act in view["history"]] == [
        "designation.drafted",
        "designation.submitted",
        "designation.approved",
    ]
    assert [act["by"] for act in view["history"]] == ["clerk", "clerk", "approver"]


def test_every_column_arrives_where_it_belongs(world: World) -> None:
    person, unit = world.people.person(), world.people.organisation()
    unit_line = unit_row(unit)
    changes = {
        "认定事由": "刑事处罚",
        "行为": "收购、组织；冒名",
        "角色": "卡头",
        "卡种/物品": "银行卡/物联网卡",
        "数量": 7,
        "次数": "4",
        "对象数": 2.0,
        "行为起始日": date(2025, 1, 5),
        "行为终止日": "2025年2月1日",
        "罪名": "帮助信息网络犯罪活动罪",
        "处罚类别": "刑事处罚",
        "认定日期": datetime(2025, 3, 3, 9, 30),
        LINKED: unit_line[DECISION],
    }
    import_id = released(world, [person_row(person, **changes), unit_line])
    views = designations(world, f"import={import_id}")
    view = next(each for each in views if each["subject"]["kind"] == "person")
    linked = next(each for each in views if each["subject"]["kind"] == "organisation")
    assert view["linked_to"] == linked["id"]
    subject = view["subject"]
    assert (subject["name"], subject["sex"], subject["birth_on"]) == (
        person.name,
        person.sex,
        person.birth_on.isoformat(),
    )
    assert subject["documents"] == [{"type": "resident_id", "number": person.resident_id}]
    assert view["ground"] == "convicted" and view["penalty"] == "criminal"
    assert view["conduct"] == {
        "from": "2025-01-05",
        "to": "2025-02-01",
        "behaviours": ["buy", "impersonate", "organise"],
        "role": "collector",
        "items": 7,
        "times": 4,
        "recipients": 2,
        "offence": "287-2",
    }
    assert sorted(view["item_kinds"]) == ["bank_account", "iot_card"]
    assert (view["decided_on"], view["evidence_ref"]) == ("2025-03-03", "E-1")
    assert view["sanctions"][0]["class"] == "class_1"


def test_missing_optional_columns_are_null(world: World) -> None:
    person = world.people.person()
    row = person_row(person, 认定事由="刑事处罚")
    response = upload(world, xlsx(table([row], [NAME, NUMBER, "认定事由", DECISION, "认定日期"])))
    import_id = response.json["id"]
    assert response.json["rows"][0]["status"] == "warning"  # no offence, no end of the conduct
    assert act(world, "submit", import_id).status_code == act(world, "approve", import_id).status_code == 200
    [view] = designations(world)
    assert view["conduct"] == {
        "from": None,
        "to": None,
        "behaviours": [],
        "role": None,
        "items": None,
        "times": None,
        "recipients": None,
        "offence": None,
    }
    assert (view["item_kinds"], view["penalty"], view["evidence_ref"], view["linked_to"]) == (
        [],
        None,
        None,
        None,
    )
    assert (view["subject"]["sex"], view["subject"]["kind"]) == (person.sex, "person")


def test_chinese_and_english_headers_in_any_order_under_titles_read_alike(world: World) -> None:
    rows = table(people_rows(world, 3))
    plain = report_of(upload(world, xlsx(rows)))
    english = report_of(upload(world, xlsx(in_english(rows))))
    assert english == plain
    backwards = report_of(upload(world, xlsx([row[::-1] for row in rows])))
    assert backwards == plain
    above = [["忻州市公安局惩戒名单"], ["(2025年第一批)", None, "姓名不得外传"], []]
    titled = upload(world, xlsx(above + rows)).json
    assert [row["row"] for row in titled["rows"]] == [5, 6, 7]
    assert titled["accepted"] == 3
    starred = [[f" {header} *" for header in rows[0]], *rows[1:]]
    assert report_of(upload(world, xlsx(starred))) == plain
    for headers in (["姓名", "身份证号"], ["单位名称", "证件号码"]):
        renamed_headers = [[{NAME: headers[0], NUMBER: headers[1]}.get(h, h) for h in rows[0]], *rows[1:]]
        assert report_of(upload(world, xlsx(renamed_headers))) == plain


def test_every_encoding_gives_equal_reports_and_equal_designations(world: World) -> None:
    people = [renamed(world.people.person(), name) for name in ("张三", "古丽·买买提", "㛃𠮷")]
    rows = [person_row(person) for person in people]
    rows.append(person_row(world.people.person(), 性别="不明"))
    reports, views = [], []
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "xlsx"):
        for number, row in enumerate(rows):
            row[DECISION] = f"{encoding}-{number}"
        content = xlsx(table(rows)) if encoding == "xlsx" else csv_file(table(rows), encoding)
        reports.append(report_of(upload(world, content, "名单.csv")))
        good = xlsx(table(rows[:3])) if encoding == "xlsx" else csv_file(table(rows[:3]), encoding)
        import_id = upload(world, good, "名单.csv").json["id"]
        assert act(world, "submit", import_id).status_code == 200
        assert act(world, "approve", import_id).status_code == 200
        views.append(sorted(map(comparable, designations(world, f"import={import_id}")), key=str))
    assert all(report == reports[0] for report in reports)
    assert reports[0]["refused"] == 1 and reports[0]["accepted"] == 3
    assert all(view == views[0] for view in views)


def comparable(view: dict[str, Any]) -> dict[str, Any]:
    kept = ("ground", "decided_on", "conduct", "item_kinds", "evidence_ref", "penalty", "state", "warnings")
    return {key: view[key] for key in kept} | {"subject": view["subject"]}


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
    rows = table(people_rows(world, 1))
    rows[0] += ["备注", "联系电话"]
    rows[1] += ["无", "13800000000"]
    report = report_of(upload(world, xlsx(rows)))
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
    rows = table(people_rows(world, 2))
    rows[0] += ["姓名"]
    rows[1] += [rows[1][1]]
    rows[2] += ["他名"]
    report = upload(world, xlsx(rows)).json
    assert [row["status"] for row in report["rows"]] == ["accepted", "refused"]
    assert problems(report["rows"][1])[0][0] == "contradiction"


# Units and their people


def test_a_linked_unit_may_stand_below_its_people_in_the_file(world: World) -> None:
    line = unit_row(world.people.organisation())
    people = [person_row(world.people.person(), **{LINKED: line[DECISION]}) for _ in range(2)]
    import_id = released(world, [*people, line])
    views = designations(world, f"import={import_id}")
    unit = next(view for view in views if view["subject"]["kind"] == "organisation")
    assert [view["linked_to"] for view in views if view is not unit] == [unit["id"]] * 2


def test_a_linked_unit_may_stand_in_the_register(world: World) -> None:
    line = unit_row(world.people.organisation())
    first = released(world, [line])
    [unit] = designations(world, f"import={first}")
    second = released(world, [person_row(world.people.person(), **{LINKED: line[DECISION]})])
    assert designations(world, f"import={second}")[0]["linked_to"] == unit["id"]


def test_a_link_whose_unit_was_rejected_meanwhile_stops_the_release(world: World) -> None:
    unit = world.people.organisation()
    body = world.draft_body()
    subject = {
        "kind": "organisation",
        "name": unit.name,
        "documents": [{"type": "uscc", "number": unit.uscc}],
    }
    body["subject"] |= subject
    unit_id = world.draft(body)
    report = uploaded(world, [person_row(world.people.person(), **{LINKED: body["decision_no"]})])
    assert report["refused"] == 0
    act(world, "submit", report["id"])
    world.post(world.approver, f"/v1/designations/{unit_id}/reject", {"reason": "误报"})
    response = act(world, "approve", report["id"])
    assert response.status_code == 409, response.json
    assert [item["id"] for item in designations(world)] == [unit_id]


# Two officers, all or nothing


def test_the_uploader_and_the_submitter_cannot_approve(world: World) -> None:
    one, other = both(world, "one"), both(world, "other")
    import_id = upload(world, xlsx(table(people_rows(world, 1))), token=one).json["id"]
    assert act(world, "submit", import_id, other).status_code == 200
    for verb in ("approve", "reject"):
        for officer in (one, other):
            refused(act(world, verb, import_id, officer), 403, "four-eyes")
        refused(act(world, verb, import_id, world.clerk), 403, "forbidden")
    assert designations(world) == []
    assert act(world, "approve", import_id, both(world, "third")).json["state"] == "released"


def test_a_verb_in_the_wrong_state_is_refused(world: World) -> None:
    draft = uploaded(world, people_rows(world, 1))["id"]
    refused(act(world, "approve", draft), 409, "invalid-state")
    act(world, "submit", draft)
    refused(act(world, "submit", draft), 409, "invalid-state")
    act(world, "approve", draft)
    thrown = uploaded(world, people_rows(world, 1))["id"]
    act(world, "reject", thrown)
    for import_id in (draft, thrown):
        for verb in ("submit", "approve", "reject"):
            refused(act(world, verb, import_id), 409, "invalid-state")
    assert len(designations(world)) == 1


def test_a_duplicate_that_appeared_meanwhile_stops_the_whole_list(world: World) -> None:
    people = [world.people.person() for _ in range(3)]
    rows = [person_row(person) for person in people]
    report = uploaded(world, rows)
    act(world, "submit", report["id"])
    meanwhile = world.designate(world.draft_body(people[1], decision_no=rows[1][DECISION]))
    refused(act(world, "approve", report["id"]), 409, "duplicate-designation")
    assert [item["id"] for item in designations(world)] == [meanwhile["id"]]
    after = world.get(world.clerk, f"/v1/designation-imports/{report['id']}").json
    assert (after["state"], after["decided_by"]) == ("submitted", None)
    for person in (people[0], people[2]):
        assert check(world, person.name, person.resident_id)["result"] == "no_match"


def test_a_law_that_no_longer_fits_the_day_stops_the_whole_list(world: World) -> None:
    """Two lists of the same rows: the second to be released is refused as a whole."""
    content = xlsx(table(people_rows(world, 3)))
    ids = [upload(world, content).json["id"] for _ in range(2)]
    for import_id in ids:
        assert act(world, "submit", import_id).status_code == 200
    assert act(world, "approve", ids[0]).status_code == 200
    refused(act(world, "approve", ids[1]), 409, "duplicate-designation")
    assert len(designations(world)) == 3


def test_a_rejected_list_creates_nothing_and_loses_its_rows(world: World) -> None:
    report = uploaded(world, people_rows(world, 2))
    act(world, "submit", report["id"])
    answer = act(world, "reject", report["id"]).json
    assert (answer["state"], answer["rows_total"]) == ("rejected", 2)
    assert designations(world) == []
    with world.app.app_context():
        from sqlalchemy import text

        from registry.db import engine

        with engine().connect() as connection:
            rows = connection.execute(text("SELECT sealed_rows FROM designation_imports")).all()
            left = connection.execute(text("SELECT count(*) FROM subjects")).scalar_one()
    assert [row.sealed_rows for row in rows] == [None] and left == 0
    assert uploaded(world, people_rows(world, 1))["accepted"] == 1


def test_a_list_belongs_to_its_authority_and_those_above(world: World) -> None:
    import_id = uploaded(world, people_rows(world, 1))["id"]
    neighbour = world.authority("太原市公安局", "140100", Level.CITY)
    token = both_of(world, "neighbour", neighbour)
    refused(world.get(token, f"/v1/designation-imports/{import_id}"), 404, "not-found")
    for verb in ("submit", "approve", "reject"):
        refused(act(world, verb, import_id, token), 404, "not-found")
    above = both_of(world, "above", world.province)
    assert world.get(above, f"/v1/designation-imports/{import_id}").status_code == 200
    refused(world.get(world.clerk, "/v1/designation-imports/imp_0"), 404, "not-found")


def both_of(world: World, login: str, authority: str) -> str:
    return world.officer(login, Role.CLERK, Role.APPROVER, authority=authority)


def test_a_province_lists_for_the_city_it_names(world: World) -> None:
    token = both_of(world, "above", world.province)
    assert world.city
    rows = [*people_rows(world, 1), person_row(world.people.person(), 认定单位=None, 数量="1")]
    report = upload(world, xlsx(table(rows)), token=token).json
    assert report["refused"] == 0, report["rows"]  # below the thresholds the province may
    act(world, "submit", report["id"], token)
    act(world, "approve", report["id"], both_of(world, "above-2", world.province))
    items = world.get(token, "/v1/designations").json["items"]
    assert sorted(item["authority"]["level"] for item in items) == ["city", "province"]


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
    problem = refused(upload(world, content, "名单.xlsx"), 422, slug)
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
    refused(upload(world, content), 422, "too-many-rows")


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
