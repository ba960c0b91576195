"""Everybody's own account: another password, another authenticator, own sessions."""

import re

import pyotp
import pytest

from registry.access.rules import Role
from tests.conftest import StandingClock
from tests.console.browsing import PASSWORD, Browser, user
from tests.support.world import World

NEW = "another correct horse"


@pytest.fixture
def teller(standing_clock: StandingClock, world: World) -> Browser:
    return user(world, "t", Role.TELLER)


def elsewhere(world: World) -> Browser:
    browser = Browser(world.app.test_client())
    assert browser.sign_in("t").status_code == 303
    return browser


def test_another_password_ends_every_other_session(world: World, teller: Browser) -> None:
    other = elsewhere(world)
    typed = {"password": PASSWORD, "fresh": NEW, "again": NEW}
    assert teller.post("/console/account/password", typed).status_code == 303
    assert teller.get("/console/account").status_code == 200
    assert other.get("/console/account").status_code == 303
    fresh = Browser(world.app.test_client())
    assert fresh.sign_in("t").status_code == 401
    assert fresh.sign_in("t", NEW).status_code == 303


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({}, "请输入当前密码"),
        ({"password": "wrong wrong wrong", "fresh": NEW, "again": NEW}, "当前密码或者动态码不正确"),
        ({"password": PASSWORD, "fresh": NEW, "again": "other"}, "两次输入的密码不一致"),
        ({"password": PASSWORD, "fresh": "short", "again": "short"}, "密码须为12至200个字符"),
    ],
)
def test_without_proof_nothing_changes(
    world: World, teller: Browser, typed: dict[str, str], fault: str
) -> None:
    answer = teller.post("/console/account/password", typed)
    assert answer.status_code == 422
    assert fault in answer.text
    assert PASSWORD not in answer.text
    elsewhere(world)


def test_guessing_the_password_of_whoever_left_the_screen_is_locked_out(teller: Browser) -> None:
    for _ in range(6):
        typed = {"password": "wrong wrong wrong", "fresh": NEW, "again": NEW}
        answer = teller.post("/console/account/password", typed)
    assert "已暂停登录" in answer.text


def test_an_authenticator_is_set_up_and_renewed(
    standing_clock: StandingClock, world: World, teller: Browser
) -> None:
    def offered() -> tuple[str, str]:
        page = teller.get("/console/account/factor").text
        secret = re.findall(r'<code class="secret">([^<]+)</code>', page)[0].replace(" ", "")
        return secret, re.findall(r'name="nonce" value="([^"]+)"', page)[0]

    def now(secret: str) -> str:
        return pyotp.TOTP(secret).at(standing_clock())

    first, nonce = offered()
    typed = {"nonce": nonce, "password": PASSWORD}
    wrong = teller.post("/console/account/factor", typed | {"digits": "000000"})
    assert wrong.status_code == 422
    assert "动态码不正确" in wrong.text
    assert teller.post("/console/account/factor", typed | {"digits": now(first)}).status_code == 303
    assert Browser(world.app.test_client()).sign_in("t").status_code == 401
    standing_clock.set("2026-11-22T12:01:00")
    second, nonce = offered()
    typed = {"nonce": nonce, "password": PASSWORD, "digits": now(second)}
    assert teller.post("/console/account/factor", typed).status_code == 422
    assert teller.post("/console/account/factor", typed | {"code": now(first)}).status_code == 303
    standing_clock.set("2026-11-22T12:02:00")
    assert Browser(world.app.test_client()).sign_in("t", code=now(second)).status_code == 303


def test_one_of_ones_own_sessions_is_ended_and_nobody_elses(world: World, teller: Browser) -> None:
    other, stranger = elsewhere(world), user(world, "s", Role.TELLER)
    page = teller.get("/console/account").text
    (theirs,) = re.findall(r"sessions/(ses_\w+)/end", page)
    assert stranger.post(f"/console/account/sessions/{theirs}/end").status_code == 404
    assert other.get("/console/account").status_code == 200
    assert teller.post(f"/console/account/sessions/{theirs}/end").status_code == 303
    assert other.get("/console/account").status_code == 303
    assert teller.get("/console/account").status_code == 200
