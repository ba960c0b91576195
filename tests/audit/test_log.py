"""The log: rows are only added, and whoever alters one is found out."""

import hashlib
import json
from datetime import UTC

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from registry.audit import export
from registry.audit.models import LogRecord
from registry.audit.service import OPERATOR, Entry
from registry.audit.tags import Tag
from registry.audit.verification import verified
from registry.db import engine, reading, transaction
from tests.support.world import World


def alter(statement: str, **values: object) -> None:
    """Change the log as somebody with all rights on the database would, guards taken away first."""
    with engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS log_no_update"))
            connection.execute(text(statement), values)
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement), values)
            connection.execute(text("SET session_replication_role = DEFAULT"))


def audit(world: World) -> tuple[int, list[int | None]]:
    """How many records there are, and the positions of those that are not what their digests say."""
    keys = world.services.keys
    report = verified(export.lines(keys.log_name()), keys.public_keys())
    return report.sealed + report.unsealed, [fault.position for fault in report.faults]


def position_of(check: str) -> int:
    with reading() as session:
        return session.scalars(select(LogRecord.position).where(LogRecord.id == check)).one()


def a_check(world: World) -> str:
    return str(world.ask("bank", "open_bank_account", world.people.person())["id"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET tag = tag",
        "UPDATE log SET sealed = NULL",
        "DELETE FROM log",
        "DELETE FROM log WHERE id = 'nobody' OR 1 = 1",
    ],
)
def test_the_log_refuses_update_and_delete(world: World, statement: str) -> None:
    check = a_check(world)
    with pytest.raises(DBAPIError, match="append-only"), engine().begin() as connection:
        connection.execute(text(statement))
    records, altered = audit(world)
    assert records > 0
    assert altered == []
    assert world.get(world.partner("bank"), f"/v1/checks/{check}").status_code == 200


def test_an_untouched_log_verifies(world: World) -> None:
    a_check(world)
    world.designate(world.draft_body())
    records, altered = audit(world)
    with reading() as session:
        assert len(session.scalars(select(LogRecord.id)).all()) == records
    assert altered == []


@pytest.mark.parametrize("column", ["sealed", "facts", "tag", "actor", "organisation", "object_id", "at"])
def test_whatever_is_altered_is_found(world: World, column: str) -> None:
    check = a_check(world)
    position = position_of(check)
    values: dict[str, object] = {"id": check}
    if column == "sealed":
        with reading() as session:
            sealed = session.scalars(select(LogRecord).where(LogRecord.id == check)).one().sealed or b""
        values["value"] = sealed[:-1] + bytes([sealed[-1] ^ 1])
    elif column == "facts":
        facts = {"purpose": "open_bank_account", "direction": "refuse", "list_version": 0}
        values["value"] = json.dumps(facts)
    else:
        values["value"] = "2020-01-01 00:00:00.000000" if column == "at" else "designation.approved"
    cast = {"facts": "CAST(:value AS jsonb)", "at": "CAST(:value AS timestamptz)"}
    value = cast.get(column, ":value") if engine().dialect.name == "postgresql" else ":value"
    alter(f"UPDATE log SET {column} = {value} WHERE id = :id", **values)
    records, altered = audit(world)
    assert altered == [position]
    assert records > 1


def test_an_altered_answer_is_not_given_out_as_if_it_were_the_old_one(world: World) -> None:
    check = a_check(world)
    with reading() as session:
        sealed = session.scalars(select(LogRecord).where(LogRecord.id == check)).one().sealed or b""
    alter("UPDATE log SET sealed = :value WHERE id = :id", value=sealed[:-1] + b"\0\0", id=check)
    response = world.get(world.partner("bank"), f"/v1/checks/{check}")
    assert (response.status_code, response.json["type"]) == (503, "/problems/seal-broken")


def test_one_sealed_answer_cannot_take_the_place_of_another(world: World) -> None:
    first, second = a_check(world), a_check(world)
    position = position_of(second)
    alter(
        "UPDATE log SET sealed = (SELECT sealed FROM log WHERE id = :first) WHERE id = :second",
        first=first,
        second=second,
    )
    assert audit(world)[1] == [position]
    assert world.get(world.partner("bank"), f"/v1/checks/{second}").status_code == 503
    assert world.get(world.partner("bank"), f"/v1/checks/{first}").status_code == 200


def test_anybody_can_recompute_a_digest_from_the_stored_columns(world: World) -> None:
    check = a_check(world)
    with reading() as session:
        row = session.scalars(select(LogRecord).where(LogRecord.id == check)).one()
        columns = [
            row.id,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.tag,
            row.actor,
            row.organisation,
            row.object_id,
            row.facts,
            hashlib.sha256(row.sealed or b"").hexdigest(),
        ]
        digest = row.digest
    canonical = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).digest() == digest


def test_an_act_that_fails_leaves_no_record_and_one_that_succeeds_leaves_one(world: World) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        world.services.log.write(session, Entry(Tag.PARTNER_SUSPENDED, OPERATOR, "ptn_nobody"))
        raise RuntimeError
    with reading() as session:
        assert world.services.log.of(session, "ptn_nobody") == []
    with transaction() as session:
        world.services.log.write(session, Entry(Tag.PARTNER_SUSPENDED, OPERATOR, "ptn_nobody"))
    with reading() as session:
        (record,) = world.services.log.of(session, "ptn_nobody")
    assert (record.tag, record.actor, record.secret) == (Tag.PARTNER_SUSPENDED, "operator", None)


def test_the_life_of_a_designation_stands_in_the_log_in_order(world: World) -> None:
    designation = world.designate(world.draft_body())["id"]
    with reading() as session:
        acts = [record.tag for record in world.services.log.of(session, designation)]
    wanted = [Tag.DESIGNATION_DRAFTED, Tag.DESIGNATION_SUBMITTED, Tag.DESIGNATION_APPROVED]
    assert [tag for tag in acts if tag in wanted] == wanted


def test_every_act_has_a_name_of_its_own() -> None:
    names = [tag.value for tag in Tag]
    assert len(set(names)) == len(names)
    assert all(name.count(".") == 1 and name == name.lower() for name in names)
