"""The security administrator's work: accounts, codes, tokens, locks, sessions, keys."""

import re

import pytest

from registry.access.rules import Role
from registry.audit.service import OPERATOR
from registry.db import reading
from tests.console.browsing import PASSWORD, Browser, partner_id, user
from tests.support.world import World

OFFICERS, PARTNERS = "/console/accounts/officers", "/console/accounts/partners"


@pytest.fixture
def admin(world: World) -> Browser:
    return user(world, "security", Role.SECURITY_ADMIN)


def secrets(page: str) -> list[str]:
    return re.findall(r'<code class="secret">([^<]+)</code>', page)


def acts(world: World, object_id: str) -> list[str]:
    with reading() as session:
        return [record.tag.value for record in world.services.log.of(session, object_id)]


def added(world: World, admin: Browser, **typed: str) -> tuple[str, list[str]]:
    """A new officer's id, and what was shown once."""
    body = {"name": "new-one", "authority": world.city, "separated": "", "role-clerk": "1"} | typed
    answer = admin.post(OFFICERS, body)
    assert answer.status_code == 200, answer.text
    return re.findall(r"ofc_\w+", answer.text)[0], secrets(answer.text)


def test_an_officer_is_added_and_the_code_is_shown_once(world: World, admin: Browser) -> None:
    officer_id, shown = added(world, admin)
    assert shown[0].startswith("rge_")
    assert world.services.access.authenticate(shown[1]).id == officer_id
    for page in (OFFICERS, f"{OFFICERS}/{officer_id}"):
        text = admin.get(page).text
        assert "new-one" in text
        assert "rge_" not in text
        assert "rgo_" not in text
    assert "尚未登记" in admin.get(f"{OFFICERS}/{officer_id}").text


def test_separated_duties_cannot_be_chosen_together(world: World, admin: Browser) -> None:
    page = admin.get(OFFICERS).text
    assert "只能担任其中一个" in page
    assert set(re.findall(r'type="radio" value="([^"]*)"', page)) == {
        "",
        "auditor",
        "security_admin",
        "system_admin",
    }
    for role in ("auditor", "security_admin", "system_admin"):
        assert f'name="role-{role}"' not in page
    officer_id, _ = added(world, admin, **{"role-auditor": "1", "separated": "system_admin"})
    assert set(world.services.accounts.officer(officer_id).roles) == {Role.CLERK, Role.SYSTEM_ADMIN}


def test_what_is_wrong_comes_back_with_what_was_typed(world: World, admin: Browser) -> None:
    answer = admin.post(OFFICERS, {"name": "security", "authority": world.city, "role-clerk": "1"})
    assert answer.status_code == 422
    assert "该名称已存在" in answer.text
    assert 'value="security"' in answer.text
    assert re.search(r'name="role-clerk"[^>]* checked', answer.text)
    nothing = admin.post(OFFICERS, {"name": "x"})
    assert "请选择所属机关" in nothing.text
    assert "请至少选择一个角色" in nothing.text
    wrong = admin.post(PARTNERS, {"name": "某银行", "kind": "bank", "area": "x"})
    assert wrong.status_code == 422
    assert "地区代码须为六位数字" in wrong.text


def test_whoever_was_locked_out_is_let_in_again(world: World, admin: Browser) -> None:
    world.services.access.add_officer(OPERATOR, world.city, "clerk-1", {Role.CLERK}, PASSWORD)
    stranger = Browser(world.app.test_client())
    for _ in range(6):
        refused = stranger.sign_in("clerk-1", "wrong wrong wrong")
    assert refused.status_code == 429
    page = admin.get(OFFICERS).text
    assert "锁定至" in page
    officer_id = re.findall(r"officers/(ofc_\w+)\">clerk-1", page)[0]
    assert admin.post(f"{OFFICERS}/{officer_id}/unlock").status_code == 303
    assert "login.unlocked" in acts(world, officer_id)
    assert stranger.sign_in("clerk-1").status_code == 303


def test_signing_somebody_out_and_disabling_them_is_at_once(world: World, admin: Browser) -> None:
    officer = user(world, "clerk-1", Role.CLERK, Role.AUDITOR)
    officer_id = re.findall(r"officers/(ofc_\w+)\">clerk-1", admin.get(OFFICERS).text)[0]
    assert officer.get("/console/law").status_code == 200
    admin.post(f"{OFFICERS}/{officer_id}/sign-out")
    assert officer.get("/console/law").status_code == 303
    officer.sign_in("clerk-1")
    admin.post(f"{OFFICERS}/{officer_id}/disable")
    assert officer.get("/console/law").status_code == 303
    assert officer.sign_in("clerk-1").status_code == 401
    assert "已停用" in admin.get(f"{OFFICERS}/{officer_id}").text


def test_a_partners_token_is_issued_rotated_and_revoked(world: World, admin: Browser) -> None:
    answer = admin.post(PARTNERS, {"name": "某银行", "kind": "bank", "area": "140900"})
    (first,) = secrets(answer.text)
    id_ = str(re.findall(r"ptn_\w+", answer.text)[0])
    (second,) = secrets(admin.post(f"{PARTNERS}/{id_}/token", {"overlap": "24"}).text)
    for token in (first, second):
        assert world.get(token, "/v1/me").status_code == 200
    credential = world.services.access.credentials(id_)[0].id
    assert admin.post(f"{PARTNERS}/{id_}/revoke", {"credential": credential}).status_code == 303
    assert world.get(second, "/v1/me").status_code == 401
    other = world.services.access.credentials(partner_id(world, "carrier"))[0].id
    assert admin.post(f"{PARTNERS}/{id_}/revoke", {"credential": other}).status_code == 404
    assert world.get(world.partner("carrier"), "/v1/me").status_code == 200
    admin.post(f"{PARTNERS}/{id_}/suspend")
    assert world.get(first, "/v1/me").status_code == 401


def test_a_partners_people_are_looked_after(world: World, admin: Browser) -> None:
    teller = user(world, "teller-1", Role.TELLER)
    path = f"{PARTNERS}/{partner_id(world, 'bank')}"
    page = admin.get(path).text
    user_id = re.findall(r"people/(usr_\w+)/code", page)[0]
    (code,) = secrets(admin.post(f"{path}/people/{user_id}/code").text)
    assert code.startswith("rge_")
    admin.post(f"{path}/people/{user_id}/sign-out")
    assert teller.get("/console/law").status_code == 303
    admin.post(f"{path}/people/{user_id}/disable")
    assert teller.sign_in("teller-1").status_code == 401


def test_the_signing_key_is_rotated_and_the_old_one_stays_known(world: World, admin: Browser) -> None:
    before = world.services.keys.public_keys()["keys"][0]["kid"]
    assert before in admin.get("/console/signing-keys").text
    assert admin.post("/console/signing-keys").status_code == 303
    page = admin.get("/console/signing-keys").text
    assert before in page
    assert page.count("正在使用") == 1


def test_a_long_list_has_pages(world: World, admin: Browser) -> None:
    for number in range(31):
        world.services.access.add_officer(OPERATOR, world.city, f"o-{number}", {Role.CLERK})
    first = admin.get(OFFICERS).text
    following = re.findall(r'href="([^"]+)" rel="next"', first)[0]
    assert ">o-30</a>" in first
    assert ">o-0</a>" not in first
    assert ">o-0</a>" in admin.get(following).text
