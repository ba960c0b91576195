"""Appeals on both tracks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
WAITS = sa.text("state IN ('received', 'accepted')")


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("track", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("authority_id", sa.String(40), nullable=False),
        sa.Column("designation_id", sa.String(40)),
        sa.Column("partner_id", sa.String(40)),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_by", sa.String(40), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("forwarded_at", INSTANT),
        sa.Column("outcome", sa.String(16)),
        sa.Column("granted", JSON, nullable=False),
        sa.Column("sealed_outcome", sa.LargeBinary()),
        sa.Column("proposed_by", sa.String(40)),
        sa.Column("proposed_at", INSTANT),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name="fk_appeals_authority_id"),
        sa.ForeignKeyConstraint(["designation_id"], ["designations.id"], name="fk_appeals_designation_id"),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_appeals_partner_id"),
        sa.ForeignKeyConstraint(["received_by"], ["officers.id"], name="fk_appeals_received_by"),
        sa.ForeignKeyConstraint(["proposed_by"], ["officers.id"], name="fk_appeals_proposed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
    )
    for column in ("state", "authority_id", "designation_id", "partner_id"):
        op.create_index(f"ix_appeals_{column}", "appeals", [column])
    # One open appeal against a designation at a time.
    op.create_index(
        "uq_appeals_open",
        "appeals",
        ["designation_id"],
        unique=True,
        postgresql_where=WAITS,
        sqlite_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table("appeals")
