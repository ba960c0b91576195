"""How name mismatches were resolved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_REFERENCES = {
    "designation_id": "designations",
    "authority_id": "authorities",
    "partner_id": "partners",
    "decided_by": "officers",
}


def upgrade() -> None:
    op.create_table(
        "resolutions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("document", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.LargeBinary(32), nullable=False),
        sa.Column("designation_id", sa.String(40), nullable=False),
        sa.Column("authority_id", sa.String(40), nullable=False),
        sa.Column("partner_id", sa.String(40)),
        sa.Column("check_id", sa.String(40)),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("recorded_by", sa.String(40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_resolutions_{column}")
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resolutions"),
    )
    for column in ("state", "document", "designation_id", "authority_id"):
        op.create_index(f"ix_resolutions_{column}", "resolutions", [column])


def downgrade() -> None:
    op.drop_table("resolutions")
