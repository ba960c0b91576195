"""Placeholder, so that the chain of revisions holds until the working-day calendar brings its own."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
