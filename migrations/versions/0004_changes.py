"""What changes a designation after its approval; what stood of each subject with each list version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_table(
        "designation_changes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("designation_id", sa.String(40), nullable=False),
        sa.Column("verb", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(40), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designations.id"], name="fk_designation_changes_designation_id"
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["officers.id"], name="fk_designation_changes_proposed_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["officers.id"], name="fk_designation_changes_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_designation_changes"),
    )
    op.create_index("ix_designation_changes_designation_id", "designation_changes", ["designation_id"])
    op.create_index("ix_designation_changes_state", "designation_changes", ["state"])
    op.create_index(
        "uq_designation_changes_pending",
        "designation_changes",
        ["designation_id", "verb"],
        unique=True,
        postgresql_where=PENDING,
        sqlite_where=PENDING,
    )
    op.create_table(
        "subject_merges",
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_subject_merges"),
    )
    op.create_index("ix_subject_merges_target", "subject_merges", ["target"])
    op.add_column("list_changes", sa.Column("at", INSTANT))
    op.add_column("list_changes", sa.Column("stood", JSON))
    op.create_index("ix_list_changes_subject_id", "list_changes", ["subject_id"])
    op.create_index("ix_list_changes_at", "list_changes", ["at"])
    op.add_column("designation_imports", sa.Column("recall_by", sa.String(40)))
    op.add_column("designation_imports", sa.Column("sealed_recall", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("designation_imports", "sealed_recall")
    op.drop_column("designation_imports", "recall_by")
    op.drop_index("ix_list_changes_at", "list_changes")
    op.drop_index("ix_list_changes_subject_id", "list_changes")
    op.drop_column("list_changes", "stood")
    op.drop_column("list_changes", "at")
    op.drop_table("subject_merges")
    op.drop_table("designation_changes")
