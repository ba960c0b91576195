"""The database: one session, one `transaction()`, the same on embedded SQLite and on PostgreSQL.

Everything that changes something runs inside `transaction()`, everything that only reads inside
`reading()`. Both turn a database that cannot answer into `Unavailable`, so that no caller can
mistake silence for «no record».

The rooms, each knowing those before it: `tables`, `connection`, `transactions`, `hot_path`.
"""

from registry.db.connection import PATIENCE_SECONDS, connect, engine
from registry.db.hot_path import PLANS_BY_INDEX, Addition, Among, Line, Statement, line
from registry.db.tables import Base, Instant, inserting
from registry.db.transactions import DatabaseSilent, in_transaction, reading, transaction

__all__ = [
    "PATIENCE_SECONDS",
    "PLANS_BY_INDEX",
    "Addition",
    "Among",
    "Base",
    "DatabaseSilent",
    "Instant",
    "Line",
    "Statement",
    "connect",
    "engine",
    "in_transaction",
    "inserting",
    "line",
    "reading",
    "transaction",
]
