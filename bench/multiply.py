"""A long list in short time: copies of one designated person, each with ids and tokens of its own.

Beside `bench/naive.py` the only part of the bench that knows tables and columns. A column that is not
named here is copied. Tokens of copies are hashes of a number, so nobody asked about is found among them,
and their sealed values, which therefore nobody opens, are those of the one.
"""

from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url


def _id(prefix: str) -> str:
    # As long as a real one, and older: the next real row still goes to the end of the index.
    return f"'{prefix}_' || lpad(to_hex(n), 26, '0')"


def _token(kind: str) -> str:
    return f"sha256(convert_to('{kind}' || n, 'UTF8'))"


# table: (which row is copied, {column: what a copy has instead})
_COPIES = {
    "subjects": ("id = %(subject)s", {"id": _id("sub")}),
    "subject_names": (
        "subject_id = %(subject)s",
        {"id": _id("nam"), "subject_id": _id("sub"), "token": _token("name")},
    ),
    "subject_documents": (
        "subject_id = %(subject)s",
        {"id": _id("doc"), "subject_id": _id("sub"), "token": _token("document")},
    ),
    "designations": (
        "subject_id = %(subject)s",
        {"id": _id("dsg"), "subject_id": _id("sub"), "number_token": _token("number")},
    ),
    "decision_keys": (
        "designation_id = %(designation)s",
        {"token": _token("decision"), "designation_id": _id("dsg")},
    ),
    "sanctions": (
        "subject_id = %(subject)s",
        {"id": _id("snc"), "designation_id": _id("dsg"), "subject_id": _id("sub")},
    ),
    "log": (
        "id = %(check)s",
        {
            "id": _id("chk"),
            "at": "at - n * interval '0.2 second'",
            "position": "nextval('log_position')",
            "digest": _token("digest"),
        },
    ),
}
# No check reads or writes these; ten million of them would need more disk than all the others.
_LEFT_OUT = {"list_changes", "notices"}
_PERSON = "SELECT subject_id, id FROM designations ORDER BY id LIMIT 1"
_CHECK = "SELECT id FROM log WHERE tag = 'check.answered' ORDER BY id LIMIT 1"
_TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY(%s) AND tablename <> 'log'
AND indexdef NOT LIKE 'CREATE UNIQUE%%'
"""


def leave(url: str) -> None:
    """Close every connection to a database, so that it can be copied."""
    with psycopg.connect(_libpq(make_url(url).set(database="postgres")), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [make_url(url).database],
        )


_LOOKED_UP = "subject_documents", "subject_names", "sanctions", "designations", "resolutions"


def warm(url: str) -> None:
    """Read the indexes of the look-up once: a server that is asked all day has them in memory."""
    with psycopg.connect(_libpq(make_url(url)), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        connection.execute(
            "SELECT pg_prewarm(indexrelid, 'read') FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
            "WHERE relname = ANY(%s)",
            [list(_LOOKED_UP)],
        )


def multiply(url: str, subjects: int) -> int:
    """Bring the list of a PostgreSQL database, and its log, to `subjects`; how many bytes it has then.

    Needs one designated person and one answered check to copy, and the rights of a superuser.
    """
    with psycopg.connect(_libpq(make_url(url))) as connection:
        subject, designation = _one(connection, _PERSON)
        (check,) = _one(connection, _CHECK)
        (listed,) = _one(connection, "SELECT count(*) FROM subjects")
        _know_every_table(connection, listed)
        values = {"subject": subject, "designation": designation, "check": check, "copies": subjects - listed}
        # References hold by construction; checking each would take longer than copying.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        indexes = connection.execute(_INDEXES, [list(_COPIES)]).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for table in _COPIES:
            connection.execute(_copy(connection, table), values)
        for _, definition in indexes:
            connection.execute(definition)
        connection.commit()
        connection.autocommit = True
        # Else the server does it in the midst of a measurement.
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        (size,) = _one(connection, "SELECT pg_database_size(current_database())")
        return int(size)


def _copy(connection: psycopg.Connection[Any], table: str) -> str:
    which, instead = _COPIES[table]
    columns = [row.name for row in connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
    if missing := instead.keys() - set(columns):
        raise SystemExit(f"bench/multiply.py: {table} has no column {', '.join(sorted(missing))}")
    given = ", ".join(instead.get(name, f'one."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {given} "
        f"FROM (SELECT * FROM {table} WHERE {which}) AS one, generate_series(1, %(copies)s) AS n"
    )


def _know_every_table(connection: psycopg.Connection[Any], listed: int) -> None:
    """Stop where a table holds a row for each person and is not copied: the list would only seem long."""
    for (table,) in connection.execute(_TABLES).fetchall():
        (rows,) = _one(connection, f"SELECT count(*) FROM {table}")
        if table not in _COPIES.keys() | _LEFT_OUT and rows >= listed:
            raise SystemExit(f"bench/multiply.py does not know table {table} with its {rows} rows")


def _one(connection: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(query).fetchone()
    if row is None:
        raise SystemExit(f"bench/multiply.py has nothing to copy: {query}")
    return row


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
