"""Exposure lists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
USED = sa.text("state <> 'rejected'")
WITHDRAWN = sa.text("withdrawn_at IS NOT NULL")
SHOWN = sa.text("state = 'shown'")


def upgrade() -> None:
    op.create_table(
        "exposure_lists",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("authority_id", sa.String(40), nullable=False),
        sa.Column("batch", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("template", sa.String(20), nullable=False),
        sa.Column("basis", sa.Text()),
        sa.Column("assessment_ref", sa.String(200), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.String(40), nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        sa.Column("submitted_by", sa.String(40)),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("published_at", INSTANT),
        sa.Column("withdrawn_by", sa.String(40)),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("reason", sa.Text()),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name="fk_exposure_lists_authority_id"),
        sa.ForeignKeyConstraint(["drafted_by"], ["officers.id"], name="fk_exposure_lists_drafted_by"),
        sa.ForeignKeyConstraint(["submitted_by"], ["officers.id"], name="fk_exposure_lists_submitted_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["officers.id"], name="fk_exposure_lists_decided_by"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officers.id"], name="fk_exposure_lists_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_exposure_lists"),
    )
    for column in ("state", "authority_id", "published_at", "withdrawn_at"):
        op.create_index(f"ix_exposure_lists_{column}", "exposure_lists", [column])
    op.create_index(
        "uq_exposure_lists_batch",
        "exposure_lists",
        ["authority_id", "batch"],
        unique=True,
        postgresql_where=USED,
        sqlite_where=USED,
    )
    op.create_table(
        "exposure_entries",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("list_id", sa.String(40), nullable=False),
        sa.Column("serial", sa.Integer()),
        sa.Column("designation_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("mask", sa.String(20), nullable=False),
        sa.Column("face", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("display_until", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_by", sa.String(40)),
        sa.Column("cause", sa.String(20)),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["list_id"], ["exposure_lists.id"], name="fk_exposure_entries_list_id"),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designations.id"], name="fk_exposure_entries_designation_id"
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officers.id"], name="fk_exposure_entries_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_exposure_entries"),
        sa.UniqueConstraint("list_id", "designation_id", name="uq_exposure_entries_designation"),
    )
    for column in ("designation_id", "display_until", "withdrawn_at"):
        op.create_index(f"ix_exposure_entries_{column}", "exposure_entries", [column])
    op.create_index("ix_exposure_entries_serial", "exposure_entries", ["list_id", "serial"])
    op.create_index(
        "ix_exposure_entries_withdrawn",
        "exposure_entries",
        ["list_id", "withdrawn_at"],
        postgresql_where=WITHDRAWN,
        sqlite_where=WITHDRAWN,
    )
    # One designation is shown once.
    op.create_index(
        "uq_exposure_entries_shown",
        "exposure_entries",
        ["designation_id"],
        unique=True,
        postgresql_where=SHOWN,
        sqlite_where=SHOWN,
    )


def downgrade() -> None:
    op.drop_table("exposure_entries")
    op.drop_table("exposure_lists")
