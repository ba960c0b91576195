"""`law show`, `law lint`, `audit verify`, `designations expire`, `demo load`."""

import shutil
from datetime import date
from pathlib import Path

import yaml
from sqlalchemy import create_engine, text

from registry.db import engine
from registry.law.book import Book
from tests.cli.shell import Shell
from tests.screening.overlays import phone_44


def test_the_law_of_a_day_with_its_sources(office: Shell) -> None:
    shown = office.json("law", "show", "--on", "2024-11-30")
    rules = {rule["rule"]: rule for rule in shown["rules"]}
    assert shown["day"] == "2024-11-30"
    assert "joint-2024/term" not in rules
    term = rules["pboc-2019-85/term"]
    assert (term["value"], term["since"], term["mark"]) == ({"any": 5}, "2019-04-01", "A")
    assert term["instrument"] == "银发〔2019〕85号"
    assert rules["pboc-2019-85/term-start"]["provisional"] is True


def test_an_overlay_is_shown_and_linted_an_old_rule_warned_of_and_a_faulty_one_refused_by_name(
    office: Shell, tmp_path: Path
) -> None:
    overlay = phone_44(tmp_path / "law")
    shown = office.json("law", "show", "--on", "2023-01-01", law_dir=str(overlay))
    values = {rule["rule"]: rule["value"] for rule in shown["rules"]}
    assert (values["phone-44/area"], values["phone-44/designating"]) == ("44", True)
    assert office.json("law", "lint", law_dir=str(overlay)) == {"rules": len(Book.load()) + 8, "warnings": []}
    path = overlay / "phone-44" / "name.yaml"
    path.write_text(path.read_text("utf-8").replace("2026-11-22", "2021-01-01"), "utf-8")
    (warning,) = office.json("law", "lint", law_dir=str(overlay))["warnings"]
    assert "phone-44/name" in warning
    path = overlay / "phone-44" / "term.yaml"
    faulty = yaml.safe_load(path.read_text("utf-8"))
    faulty["values"] = {date(2021, 1, 1): {"any": 0}}
    path.write_text(yaml.safe_dump(faulty), "utf-8")
    assert "phone-44/term" in office.refused("law", "lint", law_dir=str(overlay))


def test_an_altered_log_is_found_and_named(shell: Shell) -> None:
    records = shell.json("audit", "verify")["records"]
    assert records > 0
    bare = create_engine(shell.url)
    with bare.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM log")) == records
        check = connection.scalar(text("SELECT id FROM log WHERE tag = 'check.answered'"))
        connection.execute(text("DROP TRIGGER log_no_update"))
        connection.execute(text("UPDATE log SET organisation = 'ptn_other' WHERE id = :id"), {"id": check})
    bare.dispose()
    said = shell.refused("audit", "verify")
    assert "log-altered" in said
    assert check in said


def test_expiry_ends_what_is_over_and_once_only(shell: Shell) -> None:
    world = shell.world()
    with world.app.app_context():
        shown = world.designate(world.older_body(world.people.person(), "2019-06-01"))
        engine().dispose()
    assert shell.json("designations", "expire") == {"expired": 1}
    assert shell.json("designations", "expire") == {"expired": 0}
    bare = create_engine(shell.url)
    with bare.connect() as connection:
        state = connection.scalar(text("SELECT state FROM designations WHERE id = :id"), {"id": shown["id"]})
    bare.dispose()
    assert state == "ended"


def test_the_demo_wants_an_empty_registry_and_is_loaded_once(
    office: Shell, tmp_path: Path, sqlite_template: Path, keys: Path
) -> None:
    assert "demo-not-here" in office.refused("demo", "load")
    empty = Shell(tmp_path)
    shutil.copy(sqlite_template, empty.database)
    shutil.copy(keys, empty.keys)
    first = empty.json("demo", "load")
    assert empty.json("demo", "load") == first
    world = empty.world()
    with world.app.app_context():
        body = world.check_body(first["name"], first["number"])
        assert world.post(first["bank"], "/v1/checks", body).json["parties"][0]["result"] == "match"
        engine().dispose()


def test_without_json_people_get_lines(office: Shell) -> None:
    said = office.run("law", "lint")
    assert said.status == 0
    assert said.out.startswith("rules: ")
