"""The log is searched by act, actor and what an act was about; checks are in none of these indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ACTS = sa.text("tag <> 'check.answered'")
ABOUT = sa.text(
    "(coalesce(facts ->> 'designation', facts ->> 'designation_id', facts ->> 'appeal', "
    "facts ->> 'document', facts -> 'documents' ->> 0))"
)


def upgrade() -> None:
    for name, first in (("tag", "tag"), ("actor_acts", "actor"), ("about", ABOUT)):
        op.create_index(
            f"ix_log_{name}", "log", [first, "position"], postgresql_where=ACTS, sqlite_where=ACTS
        )
    op.create_index("ix_log_seals_sealed_at", "log_seals", ["sealed_at"])


def downgrade() -> None:
    op.drop_index("ix_log_seals_sealed_at", "log_seals")
    for name in ("about", "actor_acts", "tag"):
        op.drop_index(f"ix_log_{name}", "log")
