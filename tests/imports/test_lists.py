"""Lists through upload, submit and approve: from file to force, all or nothing."""

from datetime import date, datetime
from typing import Any

from registry.access.rules import Role
from registry.law.words import Level
from tests.designations.acting import both, check, found, refused, renamed, shown
from tests.imports.list_files import (
    DECISION,
    LINKED,
    NAME,
    NUMBER,
    act,
    csv_file,
    designations,
    in_english,
    person_row,
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
    refused(world.get(world.clerk, "/v1/designation-imports/imp_" + "0" * 26), 404, "not-found")


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
