"""Health, readiness, metrics: what is not well is said with 503, and nobody gets a verdict then."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update
from werkzeug.test import TestResponse

from registry import migrating
from registry.access.models import RegisterState
from registry.app import create_app
from registry.config import Config, ConfigError
from registry.db import engine, transaction
from registry.vault.keyring import KeyRing
from tests.api.answers import is_chinese, problem, sentences
from tests.api.conftest import Outside
from tests.conftest import StandingClock
from tests.support import postgres
from tests.support.world import World

PARTS = ["database", "migrations", "keys", "law", "log"]


def unready(answer: TestResponse) -> dict[str, str]:
    """The states of the parts in a 503 of `/readyz`."""
    told = problem(answer, 503, "not-ready")
    assert int(answer.headers["Retry-After"]) > 0
    assert list(told["checks"]) == PARTS
    return dict(told["checks"])


def no_verdict(answer: TestResponse, slug: str | None = None) -> None:
    """503, told to come back, and nothing that could be read as a clearance."""
    told = problem(answer, 503, slug)
    assert int(answer.headers["Retry-After"]) > 0
    assert all(map(is_chinese, sentences(told)))


def check(world: World, token: str) -> TestResponse:
    return world.post(token, "/v1/checks", world.check_body("张三", "11010519491231002X"))


@contextmanager
def another_app(config: Config) -> Iterator[Flask]:
    application = create_app(config)
    application.test_client_class = Outside
    with application.app_context():
        yield application
        engine().dispose()


def test_health_only_says_that_the_process_lives(world: World) -> None:
    answer = world.get(None, "/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_all_parts_ready(world: World) -> None:
    answer = world.get(None, "/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "checks": dict.fromkeys(PARTS, "ok"), "warnings": []}


# -- law -------------------------------------------------------------------------------------------


def test_a_day_without_law_is_not_ready_and_gets_no_verdict(
    world: World, standing_clock: StandingClock
) -> None:
    token = world.partner("bank")
    standing_clock.day("2012-01-01")
    assert unready(world.get(None, "/readyz"))["law"] != "ok"
    no_verdict(check(world, token))


def test_law_not_compared_with_its_source_for_a_year_is_a_warning_only(
    world: World, standing_clock: StandingClock
) -> None:
    standing_clock.day("2028-06-01")
    answer = world.get(None, "/readyz")
    assert answer.status_code == 200
    assert answer.json["warnings"]


# -- keys ------------------------------------------------------------------------------------------


def test_a_start_without_the_key_ring_answers_503_until_it_is_back(
    config: Config, tmp_path: Path, app: Flask
) -> None:
    world = World(app)
    token = world.partner("bank")
    world.get(None, "/readyz")  # binds the database to its ring
    elsewhere = tmp_path / "lost" / "keys.json"
    elsewhere.parent.mkdir()
    with another_app(replace(config, keys=elsewhere)) as blind:
        there = World(blind)
        states = unready(there.get(None, "/readyz"))
        assert states == {
            "database": "ok",
            "migrations": "ok",
            "keys": "keys-missing",
            "law": "ok",
            "log": "ok",
        }
        no_verdict(check(there, token), "keys-missing")
        assert str(elsewhere) not in there.get(None, "/readyz").text
        shutil.copy(config.keys, elsewhere)
        elsewhere.chmod(0o600)
        assert there.get(None, "/readyz").status_code == 200
        assert check(there, token).status_code == 201


def test_a_ring_that_vanishes_while_running_is_noticed(config: Config, tmp_path: Path) -> None:
    ring = tmp_path / "keys.json"
    shutil.copy(config.keys, ring)
    ring.chmod(0o600)
    with another_app(replace(config, keys=ring)) as application:
        world = World(application)
        ring.unlink()
        assert unready(world.get(None, "/readyz"))["keys"] == "keys-missing"


def test_a_ring_that_others_may_read_is_noticed_and_its_place_not_told(
    config: Config, tmp_path: Path
) -> None:
    ring = tmp_path / "keys.json"
    shutil.copy(config.keys, ring)
    ring.chmod(0o600)
    with another_app(replace(config, keys=ring)) as application:
        world = World(application)
        ring.chmod(0o644)
        answer = world.get(None, "/readyz")
        assert unready(answer)["keys"] == "keys-refused"
        assert str(ring) not in answer.text


def test_a_foreign_ring_is_refused_at_start(config: Config, tmp_path: Path, app: Flask) -> None:
    World(app).get(None, "/readyz")
    foreign = tmp_path / "foreign.json"
    KeyRing.create(foreign, "intl")
    with pytest.raises(ConfigError):
        create_app(replace(config, keys=foreign))


def test_a_foreign_ring_put_in_place_while_running_is_noticed(config: Config, tmp_path: Path) -> None:
    ring = tmp_path / "keys.json"
    shutil.copy(config.keys, ring)
    ring.chmod(0o600)
    with another_app(replace(config, keys=ring)) as application:
        world = World(application)
        assert world.get(None, "/readyz").status_code == 200
        ring.unlink()
        KeyRing.create(ring, "intl")
        assert unready(world.get(None, "/readyz"))["keys"] == "keys-foreign"


def test_a_database_of_another_ring_gets_no_verdict(world: World) -> None:
    token = world.partner("bank")
    assert check(world, token).status_code == 201
    with transaction() as session:
        session.execute(update(RegisterState).values(key_fingerprint=b"x" * 32))
    assert unready(world.get(None, "/readyz"))["keys"] == "keys-foreign"
    no_verdict(check(world, token), "keys-foreign")


# -- migrations ------------------------------------------------------------------------------------


def test_a_schema_behind_the_code_is_not_ready(app: Flask, world: World) -> None:
    with transaction() as session:
        before = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert unready(world.get(None, "/readyz"))["migrations"] == "migrations-pending"
    finally:
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": before})
    assert world.get(None, "/readyz").status_code == 200


# -- database --------------------------------------------------------------------------------------


def unmigrated(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


def garbage(tmp_path: Path) -> str:
    path = tmp_path / "garbage.sqlite3"
    path.write_bytes(b"no database at all" * 1000)
    return f"sqlite:///{path}"


def folder(tmp_path: Path) -> str:
    path = tmp_path / "folder.sqlite3"
    path.mkdir()
    return f"sqlite:///{path}"


def nobody_listens(_: Path) -> str:
    return "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@pytest.mark.parametrize("place", [unmigrated, garbage, folder, nobody_listens])
def test_without_its_database_everything_is_503(
    keys: Path, tmp_path: Path, place: Callable[[Path], str]
) -> None:
    with another_app(Config(database_url=place(tmp_path), keys=keys)) as application:
        client = application.test_client()
        assert client.get("/healthz").status_code == 200
        states = unready(client.get("/readyz"))
        assert states["database"] == "database-unavailable" or states["migrations"] != "ok"
        body = {"purpose": "open_bank_account"}
        for headers in ({}, {"Idempotency-Key": "k"}):
            asked = client.post("/v1/checks", json=body, headers={"Authorization": "Bearer x", **headers})
            no_verdict(asked, "database-unavailable")
        no_verdict(client.get("/v1/me", headers={"Authorization": "Bearer x"}), "database-unavailable")


def test_a_database_that_goes_and_comes_back_is_503_meanwhile(postgres_url: str, keys: Path) -> None:
    server = postgres.start().url
    with postgres.database(server) as url:
        fresh = create_engine(url)
        migrating.upgrade(fresh)
        fresh.dispose()
        with another_app(Config(database_url=url, keys=keys)) as application:
            world = World(application)
            token = world.partner("bank")
            assert check(world, token).status_code == 201
            outside = create_engine(server, isolation_level="AUTOCOMMIT")
            database = url.rsplit("/", 1)[1].split("?")[0]
            with outside.connect() as connection:
                connection.execute(text(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false'))
                kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                connection.execute(text(kill), {"name": database})
                for _ in range(3):
                    no_verdict(check(world, token), "database-unavailable")
                assert unready(world.get(None, "/readyz"))["database"] == "database-unavailable"
                connection.execute(text(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true'))
            outside.dispose()
            assert check(world, token).status_code == 201
            assert world.get(None, "/readyz").status_code == 200


def test_an_unforeseen_fault_of_a_part_is_not_ready_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.readiness import Readiness

    def broken(_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Readiness, "law", broken)
    answer = world.get(None, "/readyz")
    assert answer.status_code in (500, 503)
    assert "secret" not in answer.text


# -- metrics ---------------------------------------------------------------------------------------


def sample(world: World, name: str, **labels: str) -> float:
    """The value of one sample, 0 where there is none yet."""
    for line in world.get(None, "/metrics").text.splitlines():
        head, _, value = line.rpartition(" ")
        if head.split("{")[0] == name and all(f'{k}="{v}"' in head for k, v in labels.items()):
            return float(value)
    return 0.0


def test_metrics_count_requests_by_route_method_and_status(world: World) -> None:
    token = world.partner("bank")
    labels = {"route": "/v1/checks", "method": "POST", "status": "201"}
    before = sample(world, "registry_requests_total", **labels)
    timed = sample(world, "registry_request_seconds_count", route="/v1/checks")
    assert check(world, token).status_code == 201
    assert sample(world, "registry_requests_total", **labels) == before + 1
    assert sample(world, "registry_request_seconds_count", route="/v1/checks") == timed + 1


def test_metrics_count_checks_by_purpose_and_direction(world: World) -> None:
    token = world.partner("bank")
    labels = {"purpose": "open_bank_account", "direction": "proceed"}
    before = sample(world, "registry_checks_total", **labels)
    check(world, token)
    assert sample(world, "registry_checks_total", **labels) == before + 1


def test_addresses_nobody_serves_share_one_label(world: World) -> None:
    for number in range(5):
        world.get(None, f"/made-up-{number}")
        world.http.open("/v1/me", method=f"VERB{number}")
    shown = world.get(None, "/metrics").text
    assert "made-up" not in shown
    assert "VERB" not in shown
    assert 'route="unmatched"' in shown


def test_metrics_are_prometheus_text(world: World) -> None:
    answer = world.get(None, "/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        ("Bearer\u00a0m-token", 401),
        ("Bearer m-token ", 401),
        ("Bearer m-token2", 401),
        ("Bearer \u00ff", 401),
        ("Basic m-token", 401),
        ("Bearer m-token", 200),
    ],
)
def test_metrics_ask_for_their_token_where_one_is_set(
    config: Config, header: str | None, status: int
) -> None:
    with another_app(replace(config, metrics_token="m-token")) as application:
        overrides = {"HTTP_AUTHORIZATION": header} if header else {}
        answer = application.test_client().get("/metrics", environ_overrides=overrides)
        assert answer.status_code == status
        if status == 401:
            problem(answer, 401, "unauthenticated")
            assert "registry_requests_total" not in answer.text
