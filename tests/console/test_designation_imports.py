"""Police lists on the console: the report at its cells, two officers, and recall."""

import csv
import io
import re

import pytest

from registry.access.rules import Role
from tests.console.browsing import Browser, user
from tests.console.police import act, upload
from tests.imports.list_files import NUMBER, person_row, table, xlsx
from tests.support.world import World


@pytest.fixture
def clerk(world: World) -> Browser:
    return user(world, "clerk-1", Role.CLERK)


@pytest.fixture
def approver(world: World) -> Browser:
    return user(world, "approver-1", Role.APPROVER)


def uploaded(world: World, clerk: Browser, *changes: dict[str, object]) -> str:
    """The path of the page of a list with a row for each of `changes`."""
    assert world.city  # the authority that the rows name
    rows = [person_row(world.people.person(), **each) for each in changes]
    answer = upload(clerk, xlsx(table(rows)))
    assert answer.status_code == 303, answer.text
    clerk.get(answer.headers["Location"])
    return str(answer.headers["Location"])


def test_a_list_is_uploaded_submitted_released_and_recalled_by_two(
    world: World, clerk: Browser, approver: Browser
) -> None:
    path = uploaded(world, clerk, {}, {})
    assert "提交审批（2 行）" in clerk.get(path).text
    assert act(clerk, path, "submit").status_code == 303
    assert "批准：2 行立即生效" in approver.get(path).text
    assert act(approver, path, "release").status_code == 303
    assert "已生效" in approver.get(path).text
    listed = approver.get(f"/console/designations?import={path.rsplit('/', 1)[-1]}").text
    assert listed.count('<th scope="row">') == 2
    assert act(approver, path, "recall", **{"reason-recall": "名单有误"}).status_code == 303
    assert "由您本人提请" in approver.get(path).text
    assert act(approver, path, "recall/approve").status_code == 403
    second = user(world, "approver-2", Role.APPROVER)
    assert "名单有误" in second.get(path).text
    assert act(second, path, "recall/approve").status_code == 303
    assert "已收回" in second.get(path).text


def test_a_list_in_force_leads_to_an_exposure_list_of_its_people(
    world: World, clerk: Browser, approver: Browser
) -> None:
    path = uploaded(world, clerk, {})
    assert "exposure-lists/new" not in clerk.get(path).text
    act(clerk, path, "submit")
    act(approver, path, "release")
    assert "exposure-lists/new" not in approver.get(path).text  # approvers draft none
    import_id = path.rsplit("/", 1)[-1]
    link = f"/console/exposure-lists/new?import={import_id}"
    assert f'href="{link}"' in clerk.get(path).text
    assert f'value="{import_id}"' in clerk.get(link).text


def test_each_problem_stands_at_its_cell_and_only_rows_with_problems_are_shown_at_first(
    world: World, clerk: Browser
) -> None:
    path = uploaded(world, clerk, {}, {NUMBER: "110105194912310021"}, {})
    page = clerk.get(path).text
    (cell,) = re.findall(r"<b>([A-Z]+3)</b>", page)
    assert "未通过" in page and page.count('<th scope="row"') == 1
    assert "有 1 行未通过" in page and "重新上传" in page and "提交审批" not in page
    assert clerk.get(f"{path}?rows=all").text.count('<th scope="row"') == 3
    report = clerk.get(f"{path}/report")
    assert report.mimetype == "text/csv" and report.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(report.data.decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [["2", "通过", ""], ["3", "未通过", cell], ["4", "通过", ""]]


def test_a_header_that_looks_like_a_formula_stays_text_in_the_report(world: World, clerk: Browser) -> None:
    assert world.city
    rows = table([person_row(world.people.person(), **{NUMBER: "123"})])
    rows[0] = [f"={header}" if header == NUMBER else header for header in rows[0]]
    answer = upload(clerk, xlsx(rows))
    if answer.status_code == 303:
        assert b",=" not in clerk.get(f"{answer.headers['Location']}/report").data
    else:
        assert answer.status_code == 422


def test_a_file_that_is_no_list_is_told_at_the_field(clerk: Browser) -> None:
    for content, name in ((b"no list", "x.xlsx"), (b"", "x.csv"), (b"x", "")):
        answer = upload(clerk, content, name)
        assert answer.status_code == 422, name
        assert 'id="file-fault"' in answer.text


def test_whoever_uploaded_does_not_release(world: World) -> None:
    both = user(world, "both", Role.CLERK, Role.APPROVER)
    path = uploaded(world, both, {})
    act(both, path, "submit")
    assert "须由另一名审批民警决定" in both.get(path).text
    assert act(both, path, "release").status_code == 403


def test_a_return_needs_a_reason_that_the_clerk_reads(
    world: World, clerk: Browser, approver: Browser
) -> None:
    path = uploaded(world, clerk, {})
    act(clerk, path, "submit")
    empty = act(approver, path, "reject")
    assert empty.status_code == 422 and 'id="reason-return-fault"' in empty.text
    assert act(approver, path, "reject", **{"reason-return": "文书号有误"}).status_code == 303
    assert "文书号有误" in clerk.get(path).text
