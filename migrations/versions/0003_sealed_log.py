"""The log by months and in one order, its hash tree and seals, what is left of months deleted lawfully."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

_COLUMNS = "id, at, tag, actor, organisation, object_id, facts, sealed, digest"

# Every month is a partition of its own, in a schema apart, so that a month can be dropped whole once its
# time is over. A record of a month without one goes into the default partition: none is ever refused.
_POSTGRES_UP = [
    "CREATE TEMPORARY TABLE log_kept ON COMMIT DROP AS SELECT * FROM log",
    "DROP TABLE log",
    "CREATE SCHEMA log_months",
    "CREATE SEQUENCE log_position",
    # The transaction gets its number before the record gets its position: whoever sees that all transactions
    # up to some number are over knows that no position below can still appear.
    "CREATE FUNCTION next_log_position() RETURNS bigint LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_current_xact_id(); RETURN nextval('log_position'); END $$",
    """
    CREATE TABLE log (
        position bigint NOT NULL DEFAULT next_log_position(),
        id varchar(40) NOT NULL,
        at timestamptz NOT NULL,
        tag varchar(40) NOT NULL,
        actor varchar(40) NOT NULL,
        organisation varchar(40),
        object_id varchar(40),
        facts jsonb NOT NULL,
        sealed bytea,
        digest bytea NOT NULL,
        CONSTRAINT pk_log PRIMARY KEY (id, at)
    ) PARTITION BY RANGE (at)
    """,
    "CREATE INDEX ix_log_position ON log (position)",
    "CREATE INDEX ix_log_object_id ON log (object_id) WHERE object_id IS NOT NULL",
    "CREATE INDEX ix_log_at ON log USING brin (at)",
    "CREATE TABLE log_months.other PARTITION OF log DEFAULT",
    "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON log "
    "FOR EACH ROW EXECUTE FUNCTION log_append_only()",
    "CREATE TRIGGER log_no_truncate BEFORE TRUNCATE ON log EXECUTE FUNCTION log_append_only()",
    # Runs with the rights of whoever migrates, so that the service needs none over the schema.
    """
    CREATE FUNCTION log_add_month(first date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    DECLARE
        month text := 'm' || to_char(first, 'YYYY_MM');
        begins timestamptz := first::timestamp AT TIME ZONE 'Asia/Shanghai';
        ends timestamptz := (first + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    BEGIN
        IF to_regclass('log_months.' || month) IS NOT NULL THEN RETURN; END IF;
        EXECUTE format('CREATE TABLE log_months.%I PARTITION OF log FOR VALUES FROM (%L) TO (%L)',
                       month, begins, ends);
        EXECUTE format('CREATE TRIGGER log_no_truncate BEFORE TRUNCATE ON log_months.%I '
                       'EXECUTE FUNCTION log_append_only()', month);
    EXCEPTION WHEN check_violation THEN
        -- Records of this month are in the default partition already, and may stay there.
    END $$
    """,
    # For whoever migrates alone: the service may add to the log, never take from it.
    """
    CREATE FUNCTION log_drop_month(first date) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        month text := 'm' || to_char(first, 'YYYY_MM');
        begins timestamptz := first::timestamp AT TIME ZONE 'Asia/Shanghai';
        ends timestamptz := (first + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    BEGIN
        EXECUTE format('DROP TABLE IF EXISTS log_months.%I', month);
        ALTER TABLE log_months.other DISABLE TRIGGER log_no_change;
        DELETE FROM log_months.other WHERE at >= begins AND at < ends;
        ALTER TABLE log_months.other ENABLE TRIGGER log_no_change;
    END $$
    """,
    "REVOKE EXECUTE ON FUNCTION log_drop_month(date) FROM PUBLIC",
    "SELECT log_add_month((date_trunc('month', now()) + n * interval '1 month')::date) "
    "FROM generate_series(-1, 3) AS n",
    f"INSERT INTO log ({_COLUMNS}) SELECT {_COLUMNS} FROM log_kept ORDER BY at, id",  # nosec B608
]
_POSTGRES_DOWN = [
    "CREATE TEMPORARY TABLE log_kept ON COMMIT DROP AS SELECT * FROM log",
    "DROP TABLE log",
    "DROP SCHEMA log_months CASCADE",
    "DROP FUNCTION log_add_month(date)",
    "DROP FUNCTION log_drop_month(date)",
    "DROP FUNCTION next_log_position()",
    "DROP SEQUENCE log_position",
    f"CREATE TABLE log AS SELECT {_COLUMNS} FROM log_kept",  # nosec B608
    "ALTER TABLE log ADD CONSTRAINT pk_log PRIMARY KEY (id)",
    *[f"ALTER TABLE log ALTER {name} SET NOT NULL" for name in ("at", "tag", "actor", "facts", "digest")],
    "CREATE INDEX ix_log_at ON log (at)",
    "CREATE INDEX ix_log_object_id ON log (object_id)",
    "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON log "
    "FOR EACH ROW EXECUTE FUNCTION log_append_only()",
]
_SQLITE_GUARDS = [
    f"CREATE TRIGGER log_no_{verb.lower()} BEFORE {verb} ON log "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRES_UP:
            op.execute(statement)
    else:
        _rebuild_on_sqlite(
            f"SELECT row_number() OVER (ORDER BY at, id), {_COLUMNS} FROM log_kept",  # nosec B608
            sa.Column("position", sa.BigInteger(), nullable=False),
            key=("id", "at"),
        )
        op.create_index("ix_log_position", "log", ["position"])
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_tiles")),
    )
    op.create_table(
        "log_seals",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_seals")),
    )
    op.create_index("ix_log_seals_last_position", "log_seals", ["last_position"])
    op.create_table(
        "log_tombstones",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_log_tombstones")),
    )


def downgrade() -> None:
    op.drop_table("log_tombstones")
    op.drop_table("log_seals")
    op.drop_table("log_tiles")
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRES_DOWN:
            op.execute(statement)
    else:
        _rebuild_on_sqlite(
            f"SELECT {_COLUMNS} FROM log_kept ORDER BY position",  # nosec B608
            key=("id",),
        )


def _rebuild_on_sqlite(rows: str, *first: "sa.Column[int]", key: tuple[str, ...]) -> None:
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER log_no_{verb}")
    op.execute("ALTER TABLE log RENAME TO log_kept")
    indexes = sa.text(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'log_kept' AND sql <> ''"
    )
    for name in op.get_bind().scalars(indexes).all():
        op.drop_index(name)
    op.create_table(
        "log",
        *first,
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("object_id", sa.String(length=40), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_log")),
    )
    op.create_index("ix_log_at", "log", ["at"])
    op.create_index("ix_log_object_id", "log", ["object_id"])
    op.execute(f"INSERT INTO log {rows}")  # nosec B608: no value of anybody's is in it
    op.execute("DROP TABLE log_kept")
    for guard in _SQLITE_GUARDS:
        op.execute(guard)
