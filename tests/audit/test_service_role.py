"""On PostgreSQL the service runs under a role that can add to the log and nothing else."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url

from registry.config import Config
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]


def libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def service_url(postgres_url: str) -> Iterator[str]:
    """The migrated database, as the service's role sees it."""
    name = f"service_{secrets.token_hex(4)}"
    script = (ROOT / "deploy" / "service-role.sql").read_text("utf-8").replace(':"service"', name)
    with psycopg.connect(libpq(postgres_url), autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN")  # type: ignore[arg-type]
        owner.execute(script)  # type: ignore[arg-type]
        yield make_url(postgres_url).set(username=name).render_as_string(hide_password=False)
        owner.execute(f"DROP OWNED BY {name}")  # type: ignore[arg-type]
        owner.execute(f"DROP ROLE {name}")  # type: ignore[arg-type]


@pytest.fixture
def database_url(service_url: str, postgres_url: str) -> str:
    with psycopg.connect(libpq(postgres_url), autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            if table != "alembic_version":
                owner.execute(f'TRUNCATE "{table}" CASCADE')
        owner.execute("INSERT INTO register_state (id, list_version) VALUES (1, 0)")
    return service_url


def test_the_service_works_and_seals_under_its_role(world: World) -> None:
    person = world.people.person()
    world.designate(world.draft_body(person))
    assert world.ask("bank", "open_bank_account", person)["direction"] == "limit"
    assert world.seal() > 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET tag = 'x'",
        "DELETE FROM log",
        "TRUNCATE log",
        "DROP TABLE log",
        "ALTER TABLE log DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SELECT log_drop_month('2020-01-01')",
        "DELETE FROM log_months.other",
        "UPDATE log_seals SET checkpoint = ''",
        "DELETE FROM log_tiles",
        "DELETE FROM log_tombstones",
    ],
)
def test_the_service_cannot_take_anything_from_the_log(world: World, config: Config, statement: str) -> None:
    with psycopg.connect(libpq(config.database_url)) as service, pytest.raises(InsufficientPrivilege):
        service.execute(statement)  # type: ignore[arg-type]
