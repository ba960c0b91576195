"""The look-up goes by an index into every table, whatever the database believes about their sizes."""

import os
from typing import Any

import pytest
from sqlalchemy import event, text

from registry.db import PLANS_BY_INDEX, Line, engine
from registry.db.hot_path import _array
from registry.screening import lookup
from tests.support.world import World

WHOLE = {"register_state"}  # one row


def plan(people: int) -> list[str]:
    """How the database at hand would find so many people."""
    tokens = {name: [os.urandom(32) for _ in range(people)] for name in ("documents", "names", "bearers")}
    statement = lookup._LOOK_UP
    with engine().connect() as connection:
        if connection.dialect.name == "postgresql":
            for setting in PLANS_BY_INDEX:
                connection.execute(text(f"SET LOCAL {setting}"))
            driver: Any = connection.connection.driver_connection
            given = {name: _array(values) for name, values in tokens.items()}
            rows = driver.execute(f"EXPLAIN {statement.postgres}", statement.fixed | given)
            return [str(row[0]).strip() for row in rows]
        sent: list[Any] = []

        @event.listens_for(connection, "before_cursor_execute")
        def _(_connection: Any, _cursor: Any, query: str, values: Any, *_: Any) -> None:
            sent.append((query, values))

        Line(connection).find(statement, tokens)
        query, values = sent[-1]  # the first is BEGIN
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]


@pytest.mark.parametrize("people", [1, 16, 160])
def test_no_table_is_read_as_a_whole(world: World, people: int) -> None:
    for _ in range(3):
        world.designate(world.draft_body())
    steps = plan(people)
    whole = [
        step
        for step in steps
        if ("Seq Scan" in step or step.startswith("SCAN")) and not any(name in step for name in WHOLE)
    ]
    # Of the subquery of callers SQLite reads its own few rows.
    assert steps
    assert [step for step in whole if "anon_1" not in step] == []
    assert [step for step in steps if "Hash" in step or "Merge" in step or "Material" in step] == []
