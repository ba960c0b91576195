"""`/v1/keys`: open to everybody, cacheable for minutes, and true the moment a key is rotated."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from registry.access.rules import Role
from registry.app import create_app
from registry.audit.tags import Tag
from registry.config import Config
from registry.db import engine
from registry.vault.signatures import verify
from tests.api.answers import logged, problem
from tests.api.conftest import Outside
from tests.support.world import World


@pytest.fixture
def world(config: Config, keys: Path, tmp_path: Path) -> Iterator[World]:
    """A world with a ring of its own, since these tests change it."""
    ring = tmp_path / "ring" / "keys.json"
    ring.parent.mkdir()
    shutil.copy(keys, ring)
    app = create_app(replace(config, keys=ring))
    app.test_client_class = Outside
    with app.app_context():
        yield World(app)
        engine().dispose()


def test_anybody_gets_the_keys_and_may_keep_them_for_five_minutes(world: World) -> None:
    answer = world.get(None, "/v1/keys")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    token = world.services.keys.signer().sign(b"payload", "kind")
    assert verify(token, answer.json, "kind") == b"payload"
    assert "material" not in answer.text


def test_only_this_answer_and_files_may_be_kept(world: World) -> None:
    kept = {
        path: world.get(None, path).headers["Cache-Control"]
        for path in ("/healthz", "/v1/me", "/docs", "/static/nothing", "/static/docs.js")
    }
    assert kept.pop("/static/docs.js") == "public, max-age=3600"
    assert set(kept.values()) == {"no-store"}


def test_the_security_administrator_rotates_and_everybody_sees_it_at_once(world: World) -> None:
    old = world.services.keys.signer().sign(b"payload", "kind")
    administrator = world.officer("security", Role.SECURITY_ADMIN)
    rotated = world.post(administrator, "/v1/keys/rotate", Idempotency_Key="k")
    assert rotated.status_code == 201
    assert logged(Tag.KEY_ROTATED) == 1
    shown = world.get(None, "/v1/keys").json
    assert (shown["keys"][0]["kid"], shown["keys"][0]["retired_at"]) == (rotated.json["id"], None)
    assert shown["keys"][1]["retired_at"]
    assert verify(old, shown, "kind") == b"payload"
    again = world.post(administrator, "/v1/keys/rotate", Idempotency_Key="k")
    assert again.json == rotated.json
    assert world.get(None, "/v1/keys").json == shown


def test_without_the_ring_there_are_no_keys_to_show_and_its_place_stays_unsaid(world: World) -> None:
    ring = world.services.config.keys
    ring.unlink()
    answer = world.get(None, "/v1/keys")
    problem(answer, 503, "keys-missing")
    assert answer.headers["Cache-Control"] == "no-store"
    assert str(ring) not in answer.text
