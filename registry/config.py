"""Settings from `REGISTRY_*` environment variables; a wrong, unknown or missing one stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

_VAR = Path(__file__).resolve().parents[1] / "var"


class ConfigError(Exception):
    """A setting is wrong; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """All settings, each named `REGISTRY_<FIELD IN UPPER CASE>` in the environment.

    env: `development` or `production`; production has no defaults for places and secrets.
    database_url: `sqlite:////absolute/path` or `postgresql+psycopg://…`.
    keys: the key ring file. law_dir: an overlay of the law. suite: `intl` or `gm`.
    mask: what of 18-digit numbers may be seen, kept + hidden* + kept; one for the whole register.
    public_url: where people reach the service, without a final slash.
    metrics_token: bearer token that `GET /metrics` asks for; without one it is open.
    spool: the folder for partners' uploads, encrypted; all machines of one registry share it.
    worker: `beside` lets gunicorn run the worker as well, `none` leaves that to somebody else.
    """

    env: str = "development"
    database_url: str = f"sqlite:///{_VAR / 'registry.sqlite3'}"
    keys: Path = _VAR / "keys.json"
    law_dir: Path | None = None
    suite: str = "intl"
    mask: str = "4+10*+4"
    public_url: str = "http://127.0.0.1:8000"
    metrics_token: str | None = None
    spool: Path = _VAR / "spool"
    worker: str = "beside"

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.env == "production"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """The settings of this process. Raises ConfigError."""
        known = {f"REGISTRY_{field.name.upper()}": field.name for field in fields(cls)}
        given = {name: value for name, value in environ.items() if name.startswith("REGISTRY_") and value}
        if unknown := sorted(given.keys() - known.keys()):
            raise ConfigError(f"Unknown setting {unknown[0]}. Known are: {', '.join(sorted(known))}.")
        values: dict[str, str | Path] = {known[name]: value for name, value in given.items()}
        for name in ("keys", "law_dir", "spool"):
            if name in values:
                values[name] = Path(values[name]).resolve()
        config = cls(**values)  # type: ignore[arg-type]
        config._validate(set(values))
        return config

    def _validate(self, given: set[str]) -> None:
        if self.env not in ("development", "production"):
            raise ConfigError(f"REGISTRY_ENV is {self.env!r}; it must be development or production.")
        if self.suite not in ("intl", "gm"):
            raise ConfigError(f"REGISTRY_SUITE is {self.suite!r}; it must be intl or gm.")
        if self.worker not in ("beside", "none"):
            raise ConfigError(f"REGISTRY_WORKER is {self.worker!r}; it must be beside or none.")
        if not self.database_url.startswith(("sqlite:////", "postgresql+psycopg://", "postgresql://")):
            raise ConfigError(
                "REGISTRY_DATABASE_URL must be sqlite:////absolute/path or postgresql+psycopg://user@host/name."
            )
        if not self.public_url.startswith(("http://", "https://")) or self.public_url.endswith("/"):
            raise ConfigError("REGISTRY_PUBLIC_URL must be http(s)://host without a final slash.")
        needed = {"database_url", "keys", "public_url", "metrics_token", "spool"}
        if self.production and (missing := sorted(needed - given)):
            raise ConfigError(
                f"In production REGISTRY_{missing[0].upper()} must be set; it has no default there."
            )
