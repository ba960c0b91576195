"""Accounts and tokens from the shell: each command, and that what it says is true over HTTP."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from registry.db import engine
from tests.cli.shell import Shell


def works(shell: Shell, *tokens: str) -> list[bool]:
    """Which tokens are let in, asked over HTTP by another process than the one that made them."""
    world = shell.world()
    with world.app.app_context():
        statuses = [world.get(token, "/v1/me").status_code for token in tokens]
        engine().dispose()
    assert set(statuses) <= {200, 401}
    return [status == 200 for status in statuses]


def test_an_authority_and_its_officers(shell: Shell) -> None:
    area = ("--area", "140000", "--level", "province")
    authority = shell.json("authority", "add", "--name", "山西省公安厅", *area, "--phone", "0351-110")
    assert list(authority) == ["id"]
    made = ("officer", "add", "--authority", authority["id"], "--login", "zhang", "--role", "clerk")
    officer = shell.json(*made, "--role", "approver", "--password-stdin", stdin="correct horse\n")
    assert set(officer) >= {"id", "token"}
    with create_engine(shell.url).connect() as connection:
        kept = connection.execute(text("SELECT max(password_hash) FROM logins")).scalar_one()
        phone = connection.execute(
            text("SELECT phone FROM authorities WHERE level = 'province'")
        ).scalar_one()
    assert (kept.startswith("$argon2id$"), phone) == (True, "0351-110")
    assert works(shell, officer["token"]) == [True]
    assert shell.json("officer", "disable", "--id", officer["id"]) == {"id": officer["id"]}
    assert works(shell, officer["token"]) == [False]


def test_a_partner_its_tokens_rotated_revoked_and_its_suspension(shell: Shell) -> None:
    named = ("--name", "忻州银行", "--kind", "bank", "--area", "140900")
    partner = shell.json("partner", "add", *named)
    first = partner["token"]
    second = shell.json("token", "rotate", "--id", partner["id"])["token"]
    assert works(shell, first, second) == [True, True]  # 24 hours of overlap
    third = shell.json("token", "rotate", "--id", partner["id"], "--overlap-hours", "0")["token"]
    assert works(shell, first, second, third) == [False, False, True]
    assert shell.json("token", "revoke", "--id", partner["id"])["ended"] >= 1
    assert works(shell, third) == [False]
    fourth = shell.json("token", "rotate", "--id", partner["id"])["token"]
    assert works(shell, fourth) == [True]
    assert shell.json("partner", "suspend", "--id", partner["id"]) == {"id": partner["id"]}
    assert works(shell, fourth) == [False]


def test_in_production_an_officer_gets_a_code_that_makes_a_token_once(shell: Shell, tmp_path: Path) -> None:
    shell.settings = {
        "env": "production",
        "public_url": "https://registry.example",
        "metrics_token": "0123456789abcdef0123456789abcdef",
        "spool": str(tmp_path / "spool"),
    }
    authority = shell.json("authority", "add", "--name", "部", "--area", "110000", "--level", "ministry")
    words = ("officer", "add", "--authority", authority["id"], "--login", "li", "--role", "approver")
    officer = shell.json(*words)
    assert "token" not in officer
    world = shell.world()
    with world.app.app_context():
        code = officer["enrolment_code"]
        assert world.get(code, "/v1/me").status_code == 401
        enrolled = world.post(None, "/v1/enrolments", {"code": code})
        assert enrolled.status_code == 201
        assert world.get(enrolled.json["token"], "/v1/me").json["name"] == "li"
        assert world.post(None, "/v1/enrolments", {"code": code}).status_code == 401
        engine().dispose()
    rotated = shell.json("token", "rotate", "--id", officer["id"], "--overlap-hours", "0")
    assert ("enrolment_code" in rotated, "token" in rotated) == (True, False)
    partner = shell.json("partner", "add", "--name", "银行", "--kind", "bank", "--area", "140900")
    assert "token" in partner
    assert "demo-not-here" in shell.refused("demo", "load")


AUTHORITY = ("authority", "add", "--name", "晋中市公安局", "--level", "city", "--area")
OFFICER = ("officer", "add", "--login", "wang", "--authority")
SEPARATED = ("--role", "auditor", "--role", "security_admin")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*AUTHORITY, "140700"), "authority-exists"),
        ((*AUTHORITY, "1407"), "six digits"),
        ((*OFFICER, "{authority}", *SEPARATED), "separated-roles"),
        ((*OFFICER, "aut_x", "--role", "clerk"), "not-found"),
        ((*OFFICER, "{authority}", "--role", "king"), "king"),
        (("officer", "disable", "--id", "ofc_x"), "not-found"),
        (("token", "rotate", "--id", "crd_x"), "not-found"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_printed(
    office: Shell, words: tuple[str, ...], said: str
) -> None:
    with create_engine(office.url).connect() as connection:
        authority = connection.execute(text("SELECT id FROM authorities")).scalars().first()
        before = connection.execute(text("SELECT count(*) FROM officers")).scalar_one()
    assert said in office.refused(*(word.format(authority=authority) for word in words))
    with create_engine(office.url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM officers")).scalar_one() == before
