"""What is overdue is told once; appeals by a public form, with limits; objections to the credit record."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

UNTOLD = sa.text("stopped_on IS NULL AND paused_on IS NULL AND (told_due_on IS NULL OR told_due_on < due_on)")
INSTANT = sa.DateTime(timezone=True)
AWAITED = sa.text("awaited_on IS NOT NULL")
# The Beijing day of drafting, for those that nobody has delivered.
AWAIT = """
UPDATE notices SET awaited_on = {day} WHERE NOT EXISTS (
    SELECT 1 FROM deliveries WHERE deliveries.notice_id = notices.id AND deliveries.outcome = 'delivered'
)
"""
DAYS = {
    "sqlite": "date(drafted_at, '+8 hours')",
    "postgresql": "(drafted_at AT TIME ZONE 'Asia/Shanghai')::date",
}
WAITS = sa.text("state IN ('received', 'accepted')")


def _one_open_by(*columns: str) -> None:
    op.drop_index("uq_appeals_open", "appeals")
    op.create_index(
        "uq_appeals_open",
        "appeals",
        list(columns),
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def upgrade() -> None:
    op.add_column("clocks", sa.Column("told_due_on", sa.Date()))
    op.create_index("ix_clocks_untold", "clocks", ["due_on"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    op.add_column("notices", sa.Column("awaited_on", sa.Date()))
    op.execute(AWAIT.format(day=DAYS[op.get_bind().dialect.name]))
    op.create_index(
        "ix_notices_awaited", "notices", ["awaited_on"], sqlite_where=AWAITED, postgresql_where=AWAITED
    )
    _one_open_by("designation_id", "track")
    op.create_table(
        "appeal_submissions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("track", sa.String(12), nullable=False),
        sa.Column("authority_id", sa.String(40), nullable=False),
        sa.Column("partner_id", sa.String(40)),
        sa.Column("receipt_token", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("appeal_id", sa.String(40)),
        sa.Column("reason", sa.String(20)),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name="fk_appeal_submissions_authority_id"
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_appeal_submissions_partner_id"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name="fk_appeal_submissions_appeal_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["officers.id"], name="fk_appeal_submissions_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal_submissions"),
        sa.UniqueConstraint("receipt_token", name="uq_appeal_submissions_receipt_token"),
    )
    for column in ("state", "authority_id"):
        op.create_index(f"ix_appeal_submissions_{column}", "appeal_submissions", [column])
    op.create_table(
        "visits",
        sa.Column("token", sa.LargeBinary(32), nullable=False),
        sa.Column("hour", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", "hour", name="pk_visits"),
    )
    op.create_index("ix_visits_hour", "visits", ["hour"])


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("appeal_submissions")
    # Who does not know of objections cannot read one.
    op.execute("DELETE FROM clocks WHERE object_id IN (SELECT id FROM appeals WHERE track = 'credit')")
    op.execute("DELETE FROM appeals WHERE track = 'credit'")
    _one_open_by("designation_id")
    op.drop_index("ix_notices_awaited", "notices")
    op.drop_column("notices", "awaited_on")
    op.drop_index("ix_clocks_untold", "clocks")
    op.drop_column("clocks", "told_due_on")
