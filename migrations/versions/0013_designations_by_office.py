"""An office's designations are read in order, without sorting all of them."""

from alembic import op

revision = "0013"
down_revision = "0012"

INDEXES = {
    "ix_designations_authority_id": (["authority_id"], ["authority_id", "id"]),
    "ix_designations_state": (["state"], ["state", "authority_id", "id"]),
}


def upgrade() -> None:
    for name, (_, after) in INDEXES.items():
        op.drop_index(name, "designations")
        op.create_index(name, "designations", after)


def downgrade() -> None:
    for name, (before, _) in INDEXES.items():
        op.drop_index(name, "designations")
        op.create_index(name, "designations", before)
