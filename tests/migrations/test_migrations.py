"""The way up and down, with data, on both databases; and that the models are what it leads to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, select, text

from registry import clock, migrating
from registry.access.models import RegisterState
from registry.app import create_app
from registry.audit.service import OPERATOR
from registry.config import Config
from registry.db import Base, engine, reading
from registry.notices.models import NoticeRow
from registry.notices.rules import Delivery, Form
from tests.conftest import BACKENDS
from tests.support import postgres
from tests.support.world import World

VERSIONS = Path(migrating.__file__).parents[1] / "migrations" / "versions"


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        with postgres.database(postgres.start().url) as url:
            yield url


@pytest.fixture
def empty_app(empty_url: str, keys: Path) -> Iterator[Flask]:
    app = create_app(Config(database_url=empty_url, keys=keys))
    with app.app_context():
        yield app
        engine().dispose()


def revisions() -> list[str]:
    """All revisions, the first one first."""
    script = ScriptDirectory.from_config(migrating._config())
    return [each.revision for each in script.walk_revisions()][::-1]


def tables() -> set[str]:
    found = inspect(engine())
    return set(found.get_table_names()) - {"alembic_version"}


def differences() -> list[object]:
    with engine().connect() as connection:
        options = {
            "compare_type": True,
            # An index over an expression reads differently in each place; that it serves is seen in use.
            "include_object": lambda _, name, kind, *rest: (kind, name) != ("index", "ix_log_about"),
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def test_there_is_one_head_and_every_file_is_numbered() -> None:
    script = ScriptDirectory.from_config(migrating._config())
    assert len(script.get_heads()) == 1
    files = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [name[:4] for name in files] == revisions()
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)


def test_the_models_are_what_the_migrations_build(empty_app: Flask) -> None:
    migrating.upgrade(engine())
    assert differences() == []
    assert tables() == set(Base.metadata.tables)
    assert migrating.current() == migrating.head()


def test_up_down_and_up_again_with_data(empty_app: Flask) -> None:
    migrating.upgrade(engine())
    first = World(empty_app)
    person = first.people.person()
    first.designate(first.draft_body(person))
    body = first.check_body(person.name, person.resident_id)
    first.post(first.partner("bank"), "/v1/checks", body, Idempotency_Key="k")
    for revision in [*revisions()[:-1][::-1], "base"]:
        migrating.downgrade(engine(), revision)
    assert tables() == set()
    with engine().connect() as connection:
        if connection.dialect.name == "postgresql":
            left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.execute(text(left)).all() == []
    for revision in revisions():
        migrating.upgrade(engine(), revision)
    assert differences() == []
    again = World(create_app(empty_app.extensions["registry"].config))
    with again.app.app_context():
        again.designate(again.draft_body(person))
        assert again.ask("bank", "open_bank_account", person)["direction"] == "limit"
        engine().dispose()


def test_notices_of_before_are_awaited_unless_they_are_delivered(empty_app: Flask) -> None:
    migrating.upgrade(engine())
    world = World(empty_app)
    one, other = (world.designate(world.draft_body())["notices"][0] for _ in range(2))
    delivered = Delivery(Form.MAIL, clock.today(), "EMS 1")
    with reading() as session:
        designation_id = session.get_one(NoticeRow, one["id"]).designation_id
    world.services.notices.deliver(OPERATOR, designation_id, one["id"], delivered)
    migrating.downgrade(engine(), "0008")
    migrating.upgrade(engine())
    with reading() as session:
        awaited = {row.id: row.awaited_on for row in session.scalars(select(NoticeRow))}
    assert awaited == {one["id"]: None, other["id"]: clock.today()}


def test_migrating_twice_changes_nothing(empty_app: Flask) -> None:
    migrating.upgrade(engine())
    world = World(empty_app)
    person = world.people.person()
    world.designate(world.draft_body(person))
    before = world.ask("bank", "open_bank_account", person)["list_version"]
    migrating.upgrade(engine())
    assert world.ask("bank", "open_bank_account", person)["list_version"] == before == 1


def test_migrating_needs_no_keys(empty_url: str, tmp_path: Path) -> None:
    bare = create_engine(empty_url)
    migrating.upgrade(bare)
    bare.dispose()
    app = create_app(Config(database_url=empty_url, keys=tmp_path / "none.json"))
    with app.app_context():
        assert migrating.current() == migrating.head()
        with reading() as session:
            assert session.query(RegisterState.key_fingerprint, RegisterState.list_version).all() == [
                (None, 0)
            ]
        engine().dispose()


def test_a_database_that_is_not_at_head_is_not_ready_and_answers_503(empty_app: Flask) -> None:
    client = empty_app.test_client()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["checks"]["migrations"]) == (503, "migrations-pending")
    body = {"purpose": "open_bank_account", "reference": "B", "operator": "t", "parties": []}
    response = client.post("/v1/checks", json=body, headers={"Authorization": "Bearer rgp_x"})
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    migrating.upgrade(engine())
    assert client.get("/readyz").status_code == 200
