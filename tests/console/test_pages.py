"""What every page of the console keeps to: strict headers, both languages, one frame, trouble as a page."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.app import create_app
from registry.config import Config
from registry.db import engine
from registry.errors import Unavailable
from registry.text import Text
from tests.api.conftest import Outside
from tests.console.browsing import Browser, user
from tests.console.test_permissions import routes
from tests.support.world import World

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ROLES = tuple(sorted(set(Role) - {Role.PARTNER}))
"""Whose pages are looked at: together they may open every page."""


@pytest.fixture
def database_url(embedded: str) -> str:
    return embedded


def assert_guarded(response: TestResponse) -> None:
    (sent,) = response.headers.getlist("Content-Security-Policy")
    policy = dict(part.strip().partition(" ")[::2] for part in sent.split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in sent
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not re.search(r"(?i)<script(?! src=\"/console/static)|https?:|\sstyle=|\son[a-z]+=", response.text)


def shown(app: Flask, world: World) -> Iterator[tuple[Browser, str]]:
    """Every page without anything in its path, with somebody who may open it."""
    browsers = {role: user(world, f"u-{role}", role) for role in ROLES}
    for rule, _, permission in routes(app, "GET"):
        if rule.arguments or rule.endpoint == "console.keep_session":
            continue
        able = [browser for browser in browsers.values() if browser.get(rule.rule).status_code == 200]
        yield from ((browser, rule.rule) for browser in able[:1])
        assert able or permission, f"nobody of ROLES may open {rule.rule}: add a role that may"


def test_a_page_is_guarded_and_loads_only_from_here(app: Flask, world: World) -> None:
    pages = list(shown(app, world))
    assert len(pages) >= 5
    for browser, path in pages:
        response = browser.get(path)
        assert (response.status_code, response.mimetype) == (200, "text/html"), path
        assert_guarded(response)


def test_a_page_speaks_both_languages_and_remembers_which(app: Flask, world: World) -> None:
    for browser, path in shown(app, world):
        english = browser.get(f"{path}?lang=en")
        assert '<html lang="en">' in english.text
        written = re.sub(r'lang="zh-CN"[^>]*>[^<]*<', "", english.text)
        assert not CHINESE.search(written), (path, CHINESE.findall(written))
        assert '<html lang="en">' in browser.get(path, Accept_Language="zh-CN").text
        chinese = browser.get(f"{path}?lang=zh-CN")
        assert '<html lang="zh-CN">' in chinese.text
        assert f'href="{path}?lang=en"' in chinese.text
        assert '<html lang="zh-CN">' in browser.get(f"{path}?lang=xx").text


def test_the_other_language_tells_what_was_asked_for(world: World) -> None:
    browser = user(world, "p", Role.PUBLISHER)
    page = browser.get("/console/statistics?topic=checks&from=2026-02-01&to=2026-03-01&endpoint=1&x=%22%3E")
    assert (
        'href="/console/statistics?topic=checks&amp;from=2026-02-01&amp;to=2026-03-01'
        '&amp;endpoint=1&amp;x=%22%3E&amp;lang=en"' in page.text
    )
    law = browser.get("/console/law/screening/appeal?on=2025-01-01&rule=elsewhere")
    assert law.status_code == 200
    assert 'href="/console/law/screening/appeal?on=2025-01-01&amp;rule=elsewhere&amp;lang=en"' in law.text


def test_the_frame_says_who_is_signed_in_and_until_when(world: World) -> None:
    page = user(world, "teller-7", Role.TELLER).get("/console/checks/new")
    for said in ("bank-140900", "<b>teller-7</b> · 柜员", 'aria-current="page"', "会话将于"):
        assert said in page.text
    assert 0 < int(page.headers["Session-Seconds"]) <= 900
    stranger = Browser(world.app.test_client()).get("/console/sign-in")
    assert "Session-Seconds" not in stranger.headers
    assert "退出" not in stranger.text


def test_styles_and_scripts_are_served_from_here_and_may_be_kept(world: World) -> None:
    for name in ("console.css", "console.js", "number.js", "htmx/htmx.min.js"):
        response = world.get(None, f"/console/static/{name}")
        assert response.status_code == 200
        assert "max-age=3600" in response.headers["Cache-Control"]
        assert not re.search(r"@import|\burl\(|sourceMappingURL", response.text)


def test_no_template_gives_up_escaping(app: Flask) -> None:
    assert app.jinja_env.autoescape is not False
    folder = app.blueprints["console"].root_path
    from pathlib import Path

    for template in Path(folder).rglob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape|Markup", template.read_text("utf-8")), template


# -- trouble ---------------------------------------------------------------------------------------


@pytest.fixture
def troubled(app: Flask) -> Iterator[World]:
    """An app whose console fails in every way."""

    def silent() -> None:
        raise Unavailable("database-unavailable", Text("数据库暂时不可用。", "The database cannot answer."))

    def crash() -> None:
        raise ValueError("某人的姓名")

    app._got_first_request = False
    for name, view in (("silent", silent), ("crash", crash)):
        app.add_url_rule(f"/console/{name}", f"console.{name}", view)
    yield World(app)


@pytest.mark.parametrize("path", ["silent", "crash"])
def test_no_answer_is_told_as_no_clearance(troubled: World, path: str) -> None:
    browser = Browser(troubled.app.test_client())
    response = browser.get(f"/console/{path}")
    assert response.status_code == (503 if path == "silent" else 500)
    assert_guarded(response)
    for said in ("不得视为无限制", "notice silent", "req_"):
        assert said in response.text
    assert "某人" not in response.text
    for word in ("可以办理", "verdict"):
        assert word not in response.text
    part = browser.get(f"/console/{path}", HX_Request="true")
    assert part.headers["HX-Retarget"] == "#trouble"
    assert "不得视为无限制" in part.text and "<html" not in part.text


def test_an_unknown_address_is_told_as_a_page(world: World) -> None:
    browser = user(world, "t", Role.TELLER)
    missing = browser.get("/console/checks/chk_" + "0" * 26)
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    assert_guarded(missing)


# -- the browser's secret --------------------------------------------------------------------------


def test_signing_in_replaces_whatever_the_browser_had(world: World) -> None:
    """Nobody can plant a secret and find it signed in afterwards."""
    user(world, "t", Role.TELLER)
    client = world.app.test_client()
    client.set_cookie("console", "planted", path="/")
    browser = Browser(client)
    assert browser.sign_in("t").status_code == 303
    held = client.get_cookie("console", path="/")
    assert held is not None and held.value != "planted" and len(held.value) >= 43
    other = Browser(world.app.test_client())
    other.client.set_cookie("console", "planted", path="/")
    assert other.get("/console/checks/new").status_code == 303


def test_the_secret_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    response = Browser(world.app.test_client()).get("/console/sign-in")
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("console=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_tls_it_belongs_to_this_host_alone(config: Config) -> None:
    app = create_app(replace(config, public_url="https://register.example"))
    app.test_client_class = Outside
    with app.app_context():
        response = app.test_client().get("/console/sign-in", base_url="https://register.example")
        (cookie,) = response.headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-console=")
        assert "Secure" in cookie and "Path=/;" in f"{cookie};" and "Domain" not in cookie
        engine().dispose()


def test_signing_out_ends_the_session_and_everywhere_all_of_them(world: World) -> None:
    first = user(world, "t", Role.TELLER)
    second, third = Browser(world.app.test_client()), Browser(world.app.test_client())
    for browser in (second, third):
        browser.sign_in("t")
    assert first.post("/console/sign-out").headers["Location"] == "/console/sign-in"
    assert first.get("/console/checks/new").status_code == 303
    assert second.get("/console/checks/new").status_code == 200
    second.post("/console/sign-out", {"everywhere": "1"})
    assert third.get("/console/checks/new").status_code == 303


# -- signing in ------------------------------------------------------------------------------------


def test_whoever_was_asked_to_sign_in_comes_back_to_where_they_were(world: World) -> None:
    user(world, "boss", Role.PARTNER_ADMIN)
    browser = Browser(world.app.test_client())
    sent = browser.get("/console/partner-users").headers["Location"]
    browser.get(sent)
    typed = {"login": "boss", "password": "correct horse battery", "next": "/console/partner-users"}
    assert 'value="/console/partner-users"' in browser.get(sent).text
    assert browser.post("/console/sign-in", typed).headers["Location"] == "/console/partner-users"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/console/../..//x",
        "/v1/me",
        "javascript:1",
        "/console\\evil",
        "/console/x\r\nSet-Cookie: a=b",
        "/console/令",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(world: World, wanted: str) -> None:
    user(world, "boss", Role.PARTNER_ADMIN)
    browser = Browser(world.app.test_client())
    browser.get("/console/sign-in")
    typed = {"login": "boss", "password": "correct horse battery", "next": wanted}
    answer = browser.post("/console/sign-in", typed)
    assert answer.status_code == 303
    assert re.fullmatch(r"/console/[ -~]*", answer.headers["Location"])
    assert "evil" not in answer.headers["Location"]


def test_a_refusal_keeps_the_login_and_never_the_password(world: World) -> None:
    browser = Browser(world.app.test_client())
    browser.get("/console/sign-in")
    answer = browser.post("/console/sign-in", {"login": "somebody", "password": "typed password here"})
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers
    assert 'value="somebody"' in answer.text and "typed password" not in answer.text
    for _ in range(4):
        browser.post("/console/sign-in", {"login": "somebody", "password": "x"})
    locked = browser.post("/console/sign-in", {"login": "somebody", "password": "x"})
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "60")
    assert "1分钟" in locked.text


def test_the_first_time_one_enrols_with_a_code(world: World) -> None:
    import pyotp

    boss = user(world, "boss", Role.PARTNER_ADMIN)
    boss.get("/console/partner-users")
    added = boss.post("/console/partner-users", {"login": "t-9", "role": "teller"})
    code = re.findall(r"rge_[\w-]+", added.text)[0]
    assert code not in boss.get("/console/partner-users").text  # shown once
    browser = Browser(world.app.test_client())
    browser.get("/console/enrol")
    assert browser.post("/console/enrol", {"code": "rge_wrong"}).status_code == 422
    offered = browser.post("/console/enrol", {"code": code})
    assert "t-9" in offered.text and "data:image/svg+xml" in offered.text
    secret = re.findall(r'class="secret">([^<]+)<', offered.text)[0].replace(" ", "")
    nonce = re.findall(r'name="nonce" value="([^"]+)"', offered.text)[0]
    typed = {"code": code, "nonce": nonce, "password": "my own sentence", "again": "my own sentence"}
    for wrong, fault in (
        ({"again": "another one"}, "两次输入的密码不一致"),
        ({"digits": "000000"}, "动态码不正确"),
        ({"password": "short", "again": "short"}, "密码须为12至200个字符"),
    ):
        answer = browser.post("/console/enrol", typed | {"digits": pyotp.TOTP(secret).now()} | wrong)
        assert answer.status_code == 422 and fault in answer.text
        assert secret[:4] in answer.text and "my own sentence" not in answer.text
    answer = browser.post("/console/enrol", typed | {"digits": pyotp.TOTP(secret).now()})
    assert answer.status_code == 303
    assert browser.get("/console/checks/new").status_code == 200
    assert browser.post("/console/enrol", {"code": code}).status_code == 422


def test_an_administrator_looks_after_people(world: World) -> None:
    boss = user(world, "boss", Role.PARTNER_ADMIN)
    teller = user(world, "t-1", Role.TELLER)
    page = boss.get("/console/partner-users")
    (user_id,) = re.findall(r"/console/partner-users/(usr_\w+)/disable", page.text)  # never oneself
    for login, fault in (("", "1 至 60"), ("t-1", "已存在"), ("x" * 61, "1 至 60")):
        answer = boss.post("/console/partner-users", {"login": login, "role": "teller"})
        assert answer.status_code == 422 and fault in answer.text
    assert boss.post("/console/partner-users", {"login": "t-2", "role": "clerk"}).status_code == 422
    assert "rge_" in boss.post(f"/console/partner-users/{user_id}/code").text
    assert boss.post(f"/console/partner-users/{user_id}/disable").status_code == 303
    assert "已停用" in boss.get("/console/partner-users").text
    assert teller.get("/console/checks/new").status_code == 303
