"""Bulk rescreening, and whom each version of the list concerns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "list_changes",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("version", "subject_id", name=op.f("pk_list_changes")),
    )
    op.create_table(
        "rescreens",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("sector", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("since", sa.String(length=40), nullable=True),
        sa.Column("tokens_of", sa.String(length=40), nullable=True),
        sa.Column("request_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("input_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_input_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_tokens_key", sa.LargeBinary(), nullable=True),
        sa.Column("tokens_size", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), nullable=False),
        sa.Column("chunks_done", sa.Integer(), nullable=False),
        sa.Column("chunks_logged", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.Column("possible_matches", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("list_version", sa.Integer(), nullable=True),
        sa.Column("law_day", sa.Date(), nullable=True),
        sa.Column("law_version", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_rescreens_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescreens")),
        sa.UniqueConstraint("request_key", name=op.f("uq_rescreens_request_key")),
    )
    op.create_index(op.f("ix_rescreens_partner_id"), "rescreens", ["partner_id"])
    op.create_index(op.f("ix_rescreens_state"), "rescreens", ["state"])
    op.create_index(op.f("ix_rescreens_created_at"), "rescreens", ["created_at"])
    op.create_table(
        "rescreen_chunks",
        sa.Column("rescreen_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rescreen_id"], ["rescreens.id"], name=op.f("fk_rescreen_chunks_rescreen_id")
        ),
        sa.PrimaryKeyConstraint("rescreen_id", "number", name=op.f("pk_rescreen_chunks")),
    )


def downgrade() -> None:
    op.drop_table("rescreen_chunks")
    op.drop_table("rescreens")
    op.drop_table("list_changes")
