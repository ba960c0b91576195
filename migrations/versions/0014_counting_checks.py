"""How often which partner asked, and how far the log has been counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "check_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("partner_id", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_check_counts_partner_id"),
        sa.PrimaryKeyConstraint("day", "partner_id", "purpose", "direction", name="pk_check_counts"),
    )
    op.create_table(
        "check_counts_until",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_check_counts_until"),
    )


def downgrade() -> None:
    op.drop_table("check_counts_until")
    op.drop_table("check_counts")
