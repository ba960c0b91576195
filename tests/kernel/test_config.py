"""Settings: each wrong, unknown or missing one stops the start with a sentence that names it."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from registry.app import create_app
from registry.config import Config, ConfigError
from registry.law.loader import SHIPPED

PRODUCTION = {
    "REGISTRY_ENV": "production",
    "REGISTRY_DATABASE_URL": "postgresql+psycopg://registry@db/registry",
    "REGISTRY_KEYS": "/etc/registry/keys.json",
    "REGISTRY_PUBLIC_URL": "https://registry.example",
    "REGISTRY_METRICS_TOKEN": "0123456789abcdef0123456789abcdef",
    "REGISTRY_SPOOL": "/var/lib/registry/spool",
}


def test_everything_has_a_default_outside_production() -> None:
    config = Config.from_env({})
    assert (config.env, config.suite, config.law_dir) == ("development", "intl", None)
    assert config.database_url.startswith("sqlite:////")
    assert config.keys.is_absolute()
    assert config.keys.parent.name == "var"


def test_an_empty_setting_counts_as_none_and_others_settings_are_left_alone() -> None:
    assert Config.from_env({"REGISTRY_SUITE": "", "HOME": "/root", "REGISTRATION": "x"}) == Config.from_env(
        {}
    )


def test_paths_are_made_absolute() -> None:
    config = Config.from_env(
        {"REGISTRY_KEYS": "keys.json", "REGISTRY_LAW_DIR": "law", "REGISTRY_SPOOL": "spool"}
    )
    assert config.spool == Path(os.getcwd()) / "spool"
    assert config.keys == Path(os.getcwd()) / "keys.json"
    assert config.law_dir == Path(os.getcwd()) / "law"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_ENV", "staging"),
        ("REGISTRY_SUITE", "sm4"),
        ("REGISTRY_WORKER", "inside"),
        ("REGISTRY_DATABASE_URL", "sqlite:///relative.sqlite3"),
        ("REGISTRY_DATABASE_URL", "mysql://root@db/registry"),
        ("REGISTRY_DATABASE_URL", "sqlite://"),
        ("REGISTRY_PUBLIC_URL", "registry.example"),
        ("REGISTRY_PUBLIC_URL", "https://registry.example/"),
        ("REGISTRY_KEY", "/etc/keys.json"),
        ("REGISTRY_DATABASE", "sqlite:////tmp/x"),
    ],
)
def test_a_wrong_or_unknown_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env({name: value})
    assert str(caught.value).endswith(".")


def test_an_unknown_setting_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"REGISTRY_DATABASE_URL.*REGISTRY_KEYS"):
        Config.from_env({"REGISTRY_KEY": "x"})


def test_production_with_all_it_needs_starts() -> None:
    assert Config.from_env(PRODUCTION).production


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"REGISTRY_ENV"}))
def test_production_has_no_default_for_places_and_secrets(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_env({key: value for key, value in PRODUCTION.items() if key != name})


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(AttributeError):
        Config.from_env({}).env = "production"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        ("4*4", "it must have the form 4\\+10\\*\\+4"),
        ("4+10*+5", "its three numbers must add up to 18"),
        ("6+8*+4", "only 20[0-9]{2} numbers fit .* minimum .* is 10000. Use 4\\+10\\*\\+4"),
        ("10+4*+4", "only 3[0-9] numbers fit .* Use 4\\+10\\*\\+4"),
    ],
)
def test_a_mask_that_is_none_or_hides_too_little_stops_the_start(
    mask: str, says: str, tmp_path: Path
) -> None:
    config = Config(database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}", keys=tmp_path / "k", mask=mask)
    with pytest.raises(ConfigError, match=f"^REGISTRY_MASK is '{re.escape(mask)}'; {says}.*[.]$"):
        create_app(config)


def test_a_higher_minimum_asks_for_a_stronger_mask_than_the_default(tmp_path: Path) -> None:
    rule = tmp_path / "law" / "exposure" / "mask-minimum.yaml"
    rule.parent.mkdir(parents=True)
    shipped = (SHIPPED / "exposure" / "mask-minimum.yaml").read_text("utf-8")
    rule.write_text(shipped.replace("10000", "1000000"), "utf-8")
    config = Config(
        database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}", keys=tmp_path / "k", law_dir=tmp_path / "law"
    )
    with pytest.raises(ConfigError, match=r"REGISTRY_MASK .* 1000000[.] Use 3\+12\*\+3"):
        create_app(config)
    assert create_app(replace(config, mask="3+12*+3"))


def test_the_app_makes_the_folder_of_its_database_and_starts_without_keys(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a' / 'b' / 'registry.sqlite3'}"
    app = create_app(Config(database_url=url, keys=tmp_path / "keys.json"))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
