"""Somebody unmistakable, and where to look for them afterwards: in every spelling, nowhere."""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url
from stdnum import luhn

from registry.db import engine
from registry.identity.citizen import with_check_digit

_SEPARATORS = re.compile(r"[\s\-_.,;:·/\\\"'=+]+")


@dataclass(frozen=True)
class Canary:
    """What must not be found again. Nobody has this name or these numbers."""

    name: str = "龘驫麤\u3402𠮷"
    number: str = with_check_digit("14092119770101773")
    wrong_number: str = "140921197701017" + "000"
    impossible: str = with_check_digit("14092119770231773")
    card: str = "622848" + "777000111222" + luhn.calc_check_digit("622848" + "777000111222")
    phone: str = "19977700123"
    decision_no: str = "忻公(反诈)认字〔2025〕龗77701号"
    reference: str = "REF-KANARIE-777-0001"
    operator: str = "teller-kanarie-777"
    evidence: str = "EV-KANARIE-777-龖"
    court: str = "齉县人民法院"
    judgment: str = "(2025)齾0921刑初777号"
    reason: str = "因靐龗而退回"
    cursor: str = "cur-kanarie-777"
    extra: tuple[str, ...] = field(default=("kanarie", "驫麤\u3402"))

    @property
    def secrets(self) -> list[str]:
        """Everything, and the parts that no mask may leave."""
        whole = [value for value in vars(self).values() if isinstance(value, str)]
        return [*whole, *self.extra, self.number[6:14] + self.number[14:17]]


def spellings(secret: str) -> set[bytes]:
    """The ways in which a secret could have been written down."""
    escaped = json.dumps(secret)[1:-1]
    texts = {
        secret,
        escaped,
        escaped.upper().replace("\\U", "\\u"),
        quote(secret, safe=""),
        quote(secret, safe="").lower(),
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        secret.encode().hex(),  # as PostgreSQL prints bytes
        secret.encode().hex().upper(),
        repr(secret.encode())[2:-1],
        secret.encode().decode("latin-1"),  # as WSGI carries it
        "".join(f"&#{ord(c)};" for c in secret),
    }
    found = {text.encode() for text in texts}
    for encoding in ("utf-16-le", "utf-16-be", "gb18030"):
        found.add(secret.encode(encoding))
    return {each for each in found if len(each) >= 5}


def found(haystack: bytes | str, canary: Canary) -> list[str]:
    """Which secrets stand in `haystack`, also when separators were strewn in."""
    raw = haystack.encode("utf-8", "surrogatepass") if isinstance(haystack, str) else haystack
    stripped = _SEPARATORS.sub("", raw.decode("utf-8", "replace"))
    hits = []
    for secret in canary.secrets:
        bare = _SEPARATORS.sub("", secret)
        if any(each in raw for each in spellings(secret)) or (len(bare) > 1 and bare in stripped):
            hits.append(secret)
    return hits


def dump(url: str) -> Iterator[tuple[str, bytes]]:
    """Everything that somebody with the disk or a read-only account would see."""
    if url.startswith("sqlite"):
        path = Path(make_url(url).database or "")
        yield path.name, path.read_bytes()
        for beside in path.parent.glob(path.name + "-*"):
            yield beside.name, beside.read_bytes() or b"-"
        connection = sqlite3.connect(path)
        yield "iterdump", "\n".join(connection.iterdump()).encode()
        blobs = [
            table for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in blobs:
            yield table, b"-" + repr(connection.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
        connection.close()
        return
    engine().dispose()
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(
                sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(table))
            ) as copy:
                copied = b"".join(bytes(part) for part in copy)
            yield table, b"-" + copied
            # COPY prints bytes as hex; a text kept in bytes is found by its characters here.
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
            yield (
                f"{table} opened",
                b"-"
                + b"\n".join(
                    bytes(cell) if isinstance(cell, bytes) else str(cell).encode()
                    for row in rows
                    for cell in row
                ),
            )
