"""First-run guidance: the demo's logins and steps, where the demo is, and never in production."""

from dataclasses import replace

import pytest
from flask import Flask

from registry.app import create_app
from registry.config import Config
from registry.demo import story
from tests.console.browsing import Browser
from tests.support.world import World


def test_whoever_starts_the_demo_is_led_to_logins_that_work(
    app: Flask, world: World, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "ROWS", 130)
    (config.keys.with_name("demo.json")).unlink(missing_ok=True)
    told = story.load(world.services)
    client = app.test_client()
    assert client.get("/").headers["Location"] == "/console/guide"
    page = client.get("/console/guide").text
    assert told["password"] in page
    assert told["number"] in page
    for login in ("teller", "bank-admin", "auditor", "security", "system"):
        assert f"<code>{login}</code>" in page
        answer = Browser(app.test_client()).sign_in(login, told["password"])
        assert answer.status_code == 303, login
    assert "/console/guide" in client.get("/console/sign-in").text


def test_without_the_demo_there_is_nothing_to_be_led_to(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").headers["Location"] == "/docs"
    assert "没有演示数据" in client.get("/console/guide").text


def test_production_has_no_such_page(config: Config, world: World) -> None:
    production = create_app(
        replace(config, env="production", public_url="https://registry.example", metrics_token="m")
    )
    with production.app_context():
        client = production.test_client()
        assert client.get("/console/guide").status_code == 404
        assert client.get("/").headers["Location"] == "/docs"
        assert "/console/guide" not in client.get("/console/sign-in").text
