"""The schema's version: where the database is, where it should be, and the way there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from registry import db

_ROOT = Path(__file__).resolve().parents[1]


def head() -> str | None:
    """The newest version that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current() -> str | None:
    """The version of the database. Raises Unavailable when it cannot say."""
    with db.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database down to `revision`, in one transaction."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def _config() -> Config:
    return Config(toml_file=str(_ROOT / "pyproject.toml"))
