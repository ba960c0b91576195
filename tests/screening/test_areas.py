"""Regimes of one province, which come by an overlay: for carriers of that area, and for nobody else."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry.app import create_app
from registry.audit.models import LogRecord
from registry.config import Config
from registry.db import engine, reading
from registry.law.words import Level
from tests.conftest import StandingClock
from tests.screening.asking import MAY_ASK, TELECOM, ask_about, designate_by, directions, party
from tests.screening.overlays import phone_44
from tests.support.world import World

CARD_SELLER = {"from": None, "to": None, "behaviours": ["sell"], "role": None, "items": None}


@pytest.fixture
def config(database_url: str, keys: Path, tmp_path: Path) -> Config:
    return Config(database_url=database_url, keys=keys, law_dir=phone_44(tmp_path / "law"))


@pytest.fixture
def guangdong(world: World, standing_clock: StandingClock) -> str:
    return world.authority("广东省公安厅", "440000", Level.PROVINCE, "020-110")


def card_body(world: World, person, decided_on="2023-05-05", **changes):
    return world.draft_body(
        person, decided_on=decided_on, item_kinds=["phone_card"], conduct=CARD_SELLER, **changes
    )


def test_it_binds_carriers_of_the_area_by_the_branch_and_by_default_by_the_partner(
    world: World, guangdong: str
) -> None:
    person = world.people.person()
    shown = designate_by(world, guangdong, card_body(world, person))
    assert [each["regime"] for each in shown["sanctions"]] == ["phone-44"]
    body = world.check_body(person.name, person.resident_id, "issue_phone_card")
    for partner_area, branch, direction in (
        ("440000", None, "refuse"),
        ("440300", None, "refuse"),
        ("140900", None, "proceed"),
        ("140900", "440106", "refuse"),
        ("440000", "140900", "proceed"),
        ("140900", "144000", "proceed"),
    ):
        asked = body | ({"area": branch} if branch else {})
        response = world.post(world.partner("carrier", partner_area), "/v1/checks", asked)
        assert (partner_area, branch, response.json["direction"]) == (partner_area, branch, direction)


def test_it_means_nothing_for_other_business_and_other_sectors(world: World, guangdong: str) -> None:
    person = world.people.person()
    designate_by(world, guangdong, card_body(world, person))
    for sector, purposes in MAY_ASK.items():
        for purpose in purposes:
            answer = world.ask(sector, purpose, person, area="440000")
            expected = "refuse" if purpose == "issue_phone_card" else "proceed"
            assert (sector, purpose, answer["direction"]) == (sector, purpose, expected)
    assert TELECOM[0] == "issue_phone_card"


def test_it_names_what_stays_allowed(world: World, guangdong: str) -> None:
    person = world.people.person()
    designate_by(world, guangdong, card_body(world, person))
    (found,) = world.ask("carrier", "issue_phone_card", person, area="440000")["parties"]
    assert found["still_allowed"] == ["一个未涉案号码"]
    assert found["sanctions"][0]["authority"] == "广东省公安厅"


def test_it_ends_after_its_own_term(world: World, guangdong: str, standing_clock: StandingClock) -> None:
    person = world.people.person()
    designate_by(world, guangdong, card_body(world, person, "2022-05-05"))
    standing_clock.day("2027-05-05")
    assert world.ask("carrier", "issue_phone_card", person, area="440000")["direction"] == "refuse"
    standing_clock.day("2027-05-06")
    assert world.ask("carrier", "issue_phone_card", person, area="440000")["direction"] == "proceed"


def test_a_designation_for_cards_and_accounts_leads_to_both_regimes(world: World, guangdong: str) -> None:
    person = world.people.person()
    body = card_body(world, person) | {"item_kinds": ["phone_card", "bank_account"]}
    shown = designate_by(world, guangdong, body)
    assert sorted(each["regime"] for each in shown["sanctions"]) == ["pboc-2019-85", "phone-44"]
    assert world.ask("bank", "open_bank_account", person)["direction"] == "refuse"
    assert world.ask("carrier", "issue_phone_card", person, area="440000")["direction"] == "refuse"
    assert world.ask("carrier", "issue_phone_card", person)["direction"] == "proceed"


def test_another_province_a_city_and_another_day_cannot_use_it(world: World, guangdong: str) -> None:
    shenzhen = world.authority("深圳市公安局", "440300", Level.CITY)
    for authority, decided_on in (
        (world.city, "2023-05-05"),
        (shenzhen, "2023-05-05"),
        (guangdong, "2020-12-31"),
    ):
        with pytest.raises(AssertionError, match="not-lawful"):
            designate_by(world, authority, card_body(world, world.people.person(), decided_on))


def test_another_name_is_a_possible_match_only_where_the_rule_is_valid(world: World, guangdong: str) -> None:
    person = world.people.person()
    designate_by(world, guangdong, card_body(world, person))
    asked = party("某某", person.resident_id)
    here = ask_about(world, "carrier", "issue_phone_card", asked, area="440106")
    elsewhere = ask_about(world, "carrier", "issue_phone_card", asked)
    assert (here["parties"][0]["result"], here["parties"][0]["contact"]) == ("possible_match", "020-110")
    assert (elsewhere["parties"][0]["result"], elsewhere["direction"]) == ("no_match", "proceed")


def test_a_sanction_whose_regime_is_no_longer_loaded_is_never_answered_with_proceed(
    world: World, guangdong: str, config: Config
) -> None:
    person, clear = world.people.person(), world.people.person()
    designate_by(world, guangdong, card_body(world, person))
    assert directions(world, person)["carrier"]["issue_phone_card"] == "proceed"
    token = world.partner("carrier")
    with reading() as session:
        answered = session.scalar(select(func.count()).select_from(LogRecord))
    poorer = create_app(Config(database_url=config.database_url, keys=config.keys))
    with poorer.app_context():
        asked = [party(person.name, person.resident_id), party("某某", person.resident_id)]
        for each in (*asked, party(clear.name, clear.resident_id)):
            body = world.check_body("", "", "issue_phone_card") | {"parties": [each], "area": "440106"}
            headers = {"Authorization": f"Bearer {token}"}
            response = poorer.test_client().post("/v1/checks", json=body, headers=headers)
            if each["document"]["number"] == clear.resident_id:
                assert response.status_code == 201
            else:
                assert (response.status_code, response.json["type"]) == (503, "/problems/law-incomplete")
                assert int(response.headers["Retry-After"]) > 0
                assert "proceed" not in response.get_data(as_text=True)
        engine().dispose()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LogRecord)) == (answered or 0) + 1
