"""The work list: what waits for whom, how much, and nothing that is one's own to approve."""

import pytest

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.console.browsing import Browser, user
from tests.console.police import act, drafted, id_of, submitted, typed
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def clerk(world: World) -> Browser:
    return user(world, "clerk-1", Role.CLERK)


@pytest.fixture
def approver(world: World) -> Browser:
    return user(world, "approver-1", Role.APPROVER)


def shown(browser: Browser, what: str) -> str:
    answer = browser.get(f"/console/work?what={what}")
    assert answer.status_code == 200
    return answer.text


def test_empty_lists_say_what_to_do_first(clerk: Browser, approver: Browser) -> None:
    assert "起草一项认定" in shown(clerk, "drafts")
    assert "办案民警提交后" in shown(approver, "approvals")
    assert "所有告知书均已送达" in shown(approver, "notices")


def test_a_clerk_sees_their_own_drafts_and_an_approver_what_others_submitted(
    world: World, clerk: Browser, approver: Browser
) -> None:
    draft, waiting = drafted(clerk, typed(world)), submitted(clerk, typed(world))
    assert id_of(draft) in shown(clerk, "drafts") and id_of(waiting) not in shown(clerk, "drafts")
    page = shown(approver, "approvals")
    assert f"{waiting}/review" in page and id_of(draft) not in page
    assert "认定待审批 <b>1</b>" in page
    assert f"{waiting}/review" in approver.get("/console/work").text  # the first kind with something in it


def test_nobody_sees_their_own_submission_as_work(world: World, approver: Browser) -> None:
    both = user(world, "both", Role.CLERK, Role.APPROVER)
    path = submitted(both, typed(world))
    assert id_of(path) not in shown(both, "approvals")
    assert id_of(path) in shown(approver, "approvals")


def test_changes_and_suspensions_wait_for_another_officer(world: World, approver: Browser) -> None:
    first = user(world, "first", Role.APPROVER)
    one, two = (world.designate(world.draft_body())["id"] for _ in range(2))
    act(first, f"/console/designations/{one}", "suspend", **{"reason-suspend": "核对"})
    act(first, f"/console/designations/{two}", "changes", **{"verb": "revoke", "reason-revoke": "有误"})
    page = shown(approver, "reviews")
    assert one in page and two not in page and "还剩 1 个工作日（2026年11月23日前）" in page
    assert two in shown(approver, "changes") and one not in shown(approver, "changes")
    assert one not in shown(first, "reviews") and two not in shown(first, "changes")


def test_undelivered_notices_are_listed_and_late_ones_say_so(
    world: World, clerk: Browser, standing_clock: StandingClock
) -> None:
    made = world.designate(world.draft_body())
    assert made["id"] in shown(clerk, "notices")
    standing_clock.day("2026-12-31")
    world.services.notices.tell_overdue()
    clerk.sign_in("clerk-1")
    assert "逾期未送达" in shown(clerk, "notices")


def test_a_kind_that_is_not_one_of_ones_own_falls_back(clerk: Browser) -> None:
    for what in ("approvals", "nothing", "__init__"):
        assert "我的草稿" in shown(clerk, what) and "认定待审批" not in shown(clerk, what)


def test_a_list_is_paged(world: World, clerk: Browser) -> None:
    for _ in range(21):
        drafted(clerk, typed(world))
    first = shown(clerk, "drafts")
    assert first.count('<th scope="row"') == 20 and "我的草稿 <b>21</b>" in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert clerk.get(following).text.count('<th scope="row"') == 1
