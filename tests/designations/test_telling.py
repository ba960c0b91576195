"""Approval drafts the notice, and it says what the register says."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from registry.access.rules import Role
from registry.app import create_app
from registry.config import Config
from registry.db import engine
from tests.conftest import StandingClock
from tests.designations.acting import act, check, refused, submitted, with_conduct, with_subject
from tests.designations.test_changes import done
from tests.imports.list_files import person_row, released
from tests.notices.saying import text_of
from tests.support.world import World


def notices(world: World, designation_id: str) -> list[dict[str, Any]]:
    return list(world.get(world.clerk, f"/v1/designations/{designation_id}/notices").json["items"])


def told(world: World, designation_id: str, kind: str = "designation") -> str:
    """The text of its only notice of this kind."""
    [notice] = [each for each in notices(world, designation_id) if each["kind"] == kind]
    path = f"/v1/designations/{designation_id}/notices/{notice['id']}/document"
    return text_of(world.get(world.clerk, path).data)


def test_a_notice_is_drafted_when_a_designation_is_approved_and_not_before(world: World) -> None:
    designation_id = submitted(world)
    assert notices(world, designation_id) == []
    world.approve(designation_id)
    [notice] = notices(world, designation_id)
    assert (notice["kind"], notice["state"], notice["drafted_by"]) == (
        "designation",
        "undelivered",
        "approver",
    )


def test_a_rejected_designation_and_a_refused_approval_draft_nothing(world: World) -> None:
    rejected, waiting = submitted(world), submitted(world)
    act(world, "reject", rejected)
    both = world.officer("both", Role.CLERK, Role.APPROVER)
    refused(act(world, "approve", waiting, both, If_Match='"9"'), 412, "stale-version")
    assert notices(world, rejected) == notices(world, waiting) == []


def test_a_sanction_is_in_force_before_its_notice_is_delivered(world: World) -> None:
    person = world.people.person()
    designation_id = world.designate(world.draft_body(person))["id"]
    assert notices(world, designation_id)[0]["state"] == "undelivered"
    assert check(world, person.name, person.resident_id)["direction"] == "limit"


def test_a_notice_names_person_ground_basis_term_every_measure_and_the_way_to_appeal(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2026-11-22")
    person = world.people.person()
    body = world.draft_body(person)
    view = world.designate(body)
    text = told(world, view["id"])
    number = person.resident_id[:4] + "*" * 10 + person.resident_id[-4:]
    for said in (
        f"{person.name}（居民身份证：{number}）：",
        f"2025年3月3日作出的认定（文书号：{body['decision_no']}），你已被列为惩戒对象。",
        "实施出租行为，涉及银行账户，数量3个，1次，对象1个。",
        "依据《电信网络诈骗及其关联违法犯罪联合惩戒办法》第三条、第九条至第十条，"
        "惩戒期限自2025年3月3日起至2027年3月3日止（暂定）",
        "你对上述认定或者惩戒措施有异议的，可向作出认定的忻州市公安局申诉。联系电话：0350-110。",
        "忻州市公安局2026年11月22日",
    ):
        assert said in text, said
    for measure in view["sanctions"][0]["measures"]:
        assert measure["text"].replace(" ", "") in text
    assert person.resident_id not in text


@pytest.mark.parametrize(
    ("offence", "judgment", "said"),
    [
        ("287-2", None, "因帮助信息网络犯罪活动罪受到刑事处罚。"),
        ("124-1", None, "因《刑法》第124条之1规定的犯罪受到刑事处罚。"),
        (None, None, "因电信网络诈骗及其关联犯罪受到刑事处罚。"),
        (
            "312",
            {"court": "忻府区人民法院", "no": "(2025)晋0902刑初7号", "on": "2025-02-20"},
            "因掩饰、隐瞒犯罪所得、犯罪所得收益罪受到刑事处罚"
            "（忻府区人民法院(2025)晋0902刑初7号，2025年2月20日）。",
        ),
    ],
)
def test_a_conviction_is_told_with_offence_and_judgment(
    world: World, offence: str | None, judgment: dict[str, str] | None, said: str
) -> None:
    body = with_conduct(world.draft_body(ground="convicted", judgment=judgment), offence=offence)
    assert said in told(world, world.designate(body)["id"])


def test_an_organisation_is_told_as_one(world: World) -> None:
    documents = [{"type": "uscc", "number": "91350100M000100Y43"}]
    body = with_subject(
        world.draft_body(), kind="organisation", name="忻州市某某商贸有限公司", documents=documents
    )
    text = told(world, world.designate(body)["id"])
    assert "忻州市某某商贸有限公司（统一社会信用代码：9135**********0Y43）" in text
    assert "你单位已被列为惩戒对象" in text


def test_an_older_designation_is_told_under_the_law_of_its_day_with_the_shorter_measure(world: World) -> None:
    view = world.designate(world.older_body(world.people.person(), "2018-05-05"))
    text = told(world, view["id"])
    assert "依据中国人民银行银发〔2016〕261号通知，惩戒期限自2018年5月5日起至2023年5月5日止" in text
    assert "银发〔2016〕261号2021年5月5日" in text  # new accounts: three years


def test_a_repeated_designation_is_told_its_term_within_the_chain(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    again = world.designate(world.draft_body(person, decided_on="2026-03-03"))
    [sanction] = again["sanctions"]
    assert (sanction["starts_on"], sanction["ends_on"]) == ("2027-03-04", "2029-03-03")
    assert "自2027年3月4日起至2029年3月3日止" in told(world, again["id"])


def test_a_revocation_tells_what_ends_from_when_and_why(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-11-22")
    view = world.designate(world.draft_body())
    done(world, view["id"], "revoke", reason="认定所依据的事实不成立")
    text = told(world, view["id"], "release")
    assert "惩戒解除告知书" in text
    assert f"自2026年11月22日起，对你依2025年3月3日作出的认定（文书号：{view['decision_no']}）实施" in text
    assert "一、解除理由认定所依据的事实不成立。" in text
    for measure in view["sanctions"][0]["measures"]:
        assert measure["text"].replace(" ", "") in text


def test_a_variation_tells_the_terms_as_they_now_stand(world: World, standing_clock: StandingClock) -> None:
    standing_clock.day("2026-01-05")
    view = world.designate(world.draft_body())
    done(world, view["id"], "vary", ends_on="2026-06-30", lifted=["payment_account_stop"])
    text = told(world, view["id"], "variation")
    assert "自2026年1月5日起变更" in text
    assert "自2025年3月3日起至2026年6月30日止" in text
    assert "停止支付账户所有业务" not in text
    assert "可向作出认定的忻州市公安局申诉" in text


def test_an_expiry_tells_of_the_release_from_the_day_after_the_last(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2027-03-03")
    view = world.designate(world.draft_body())
    standing_clock.day("2027-03-05")
    assert world.services.designations.expire() == 1
    release = notices(world, view["id"])[-1]
    assert (release["kind"], release["drafted_by"]) == ("release", "operator")
    text = told(world, view["id"], "release")
    assert "自2027年3月4日起" in text and "惩戒期限届满。" in text


def test_a_list_drafts_a_notice_for_each_of_its_designations(world: World) -> None:
    people = [world.people.person() for _ in range(3)]
    import_id = released(world, [person_row(person) for person in people])
    listed = world.get(world.clerk, f"/v1/designations?import={import_id}").json["items"]
    assert len(listed) == 3
    for item in listed:
        assert item["subject"]["name"] in told(world, item["id"])


@pytest.fixture
def darker(config: Config) -> Iterator[World]:
    """A world whose register hides one digit more."""
    app = create_app(replace(config, mask="3+11*+4"))
    with app.app_context():
        yield World(app)
        engine().dispose()


def test_notices_and_slips_show_a_number_under_the_register_s_one_mask(darker: World) -> None:
    person = darker.people.person()
    designation_id = darker.designate(darker.draft_body(person))["id"]
    checked = darker.ask("bank", "open_bank_account", person)
    slip = darker.get(darker.partner("bank"), f"/v1/checks/{checked['id']}/slip").text
    number = f"{person.resident_id[:3]}***********{person.resident_id[-4:]}"
    assert number in slip
    assert number in told(darker, designation_id)
    assert f"{person.resident_id[:4]}*" not in slip
