"""What is overdue is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

UNTOLD = sa.text("stopped_on IS NULL AND paused_on IS NULL AND (told_due_on IS NULL OR told_due_on < due_on)")
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


def upgrade() -> None:
    op.add_column("clocks", sa.Column("told_due_on", sa.Date()))
    op.create_index("ix_clocks_untold", "clocks", ["due_on"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    op.add_column("notices", sa.Column("awaited_on", sa.Date()))
    op.execute(AWAIT.format(day=DAYS[op.get_bind().dialect.name]))
    op.create_index(
        "ix_notices_awaited", "notices", ["awaited_on"], sqlite_where=AWAITED, postgresql_where=AWAITED
    )


def downgrade() -> None:
    op.drop_index("ix_notices_awaited", "notices")
    op.drop_column("notices", "awaited_on")
    op.drop_index("ix_clocks_untold", "clocks")
    op.drop_column("clocks", "told_due_on")
