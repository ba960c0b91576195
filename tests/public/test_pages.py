"""What every public page keeps to: strict headers, both languages, nothing from elsewhere, no login."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from werkzeug.test import TestResponse

from registry.errors import Unavailable
from registry.text import Text
from tests.support.world import World

PAGES = ["/public/", "/public/appeals", "/public/appeals/designation"]
PAGES += ["/public/appeals/partner", "/public/appeals/status"]
PAGES += ["/public/verify", "/public/exposure-lists"]
"""The pages that anybody may open; a new one is added here."""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """None of this depends on the kind of database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path)}"


def assert_guarded(response: TestResponse) -> None:
    headers = response.headers
    policies = headers.getlist("Content-Security-Policy")
    assert len(policies) == 1
    policy = dict(part.strip().partition(" ")[::2] for part in policies[0].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == "'self'"
    assert "script-src" not in policy
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    kept = "public, max-age=0, s-maxage=4, must-revalidate" if "ETag" in headers else "no-store"
    assert headers["Cache-Control"] == kept
    assert "Set-Cookie" not in headers
    assert '<meta name="robots" content="noindex">' in response.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_guarded_and_loads_only_from_here(world: World, path: str) -> None:
    response = world.get(None, path)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert_guarded(response)
    assert not re.search(r"(?i)<script|https?:|[\"'(]//|\sstyle=|\son[a-z]+=", response.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_both_languages_and_leads_from_one_to_the_other(world: World, path: str) -> None:
    chinese, english = world.get(None, path), world.get(None, path, Accept_Language="en")
    assert '<html lang="zh-CN">' in chinese.text
    assert '<html lang="en">' in english.text
    assert f'href="{path}?lang=en"' in chinese.text
    assert f'href="{path}?lang=zh-CN"' in english.text
    assert not re.search(r"[\u4e00-\u9fff]", english.text.replace(">中文<", "><"))
    chosen = world.get(None, f"{path}?lang=en", Accept_Language="zh-CN")
    assert '<html lang="en">' in chosen.text
    assert 'href="/public/?lang=en"' in chosen.text  # the choice goes along
    assert '<html lang="zh-CN">' in world.get(None, f"{path}?lang=xx").text


def test_styles_are_served_from_here_and_may_be_kept(world: World) -> None:
    response = world.get(None, "/public/static/public.css")
    assert (response.status_code, response.mimetype) == (200, "text/css")
    assert "max-age=3600" in response.headers["Cache-Control"]
    assert not re.search(r"(?i)@import|url\(", response.text)


@pytest.fixture
def troubled(app: Flask) -> Iterator[World]:
    """An app whose public pages fail in every way."""

    def silent() -> None:
        raise Unavailable("database-unavailable", Text("数据库暂时不可用。", "The database cannot answer."))

    def crash() -> None:
        raise ValueError("某人的姓名")

    app._got_first_request = False
    for name, view in (("silent", silent), ("crash", crash), ("gone", lambda: abort(404))):
        app.add_url_rule(f"/public/{name}", f"public.{name}", view)
    yield World(app)


@pytest.mark.parametrize(
    ("path", "status"), [("/public/silent", 503), ("/public/crash", 500), ("/public/gone", 404)]
)
def test_trouble_is_told_as_a_page(troubled: World, path: str, status: int) -> None:
    response = troubled.get(None, path, Accept_Language="en")
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert_guarded(response)
    assert "req_" in response.text
    assert "某人" not in response.text
    assert ("Retry-After" in response.headers) is (status == 503)
