"""People who sign in: logins, partners' people, sessions, and what one of them did in the log."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)
OF_PEOPLE = sa.text("actor <> organisation")


def upgrade() -> None:
    op.create_table(
        "partner_users",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("partner_id", sa.String(40), nullable=False),
        sa.Column("roles", sa.String(120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_partner_users_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_users"),
    )
    op.create_index("ix_partner_users_partner_id", "partner_users", ["partner_id"])
    op.create_table(
        "logins",
        sa.Column("login", sa.String(60), nullable=False),
        sa.Column("officer_id", sa.String(40)),
        sa.Column("partner_user_id", sa.String(40)),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger()),
        sa.CheckConstraint("(officer_id IS NULL) <> (partner_user_id IS NULL)", name="ck_logins_one_owner"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_logins_officer_id"),
        sa.ForeignKeyConstraint(["partner_user_id"], ["partner_users.id"], name="fk_logins_partner_user_id"),
        sa.PrimaryKeyConstraint("login", name="pk_logins"),
        sa.UniqueConstraint("officer_id", name="uq_logins_officer_id"),
        sa.UniqueConstraint("partner_user_id", name="uq_logins_partner_user_id"),
    )
    op.execute(
        "INSERT INTO logins (login, officer_id, password_hash) SELECT login, id, password_hash FROM officers"
    )
    op.execute("ALTER TABLE officers DROP COLUMN password_hash")
    # Both databases take a reference in this form, and SQLite in no other.
    op.execute(
        "ALTER TABLE credentials ADD COLUMN partner_user_id VARCHAR(40) "
        "CONSTRAINT fk_credentials_partner_user_id REFERENCES partner_users (id)"
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("login", sa.String(60), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["login"], ["logins.login"], name="fk_sessions_login"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
    )
    for column in ("login", "seen_at"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])
    op.create_table(
        "sign_in_attempts",
        sa.Column("token", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("locked_until", INSTANT),
        sa.PrimaryKeyConstraint("token", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_at", "sign_in_attempts", ["at"])
    op.create_index(
        "ix_log_actor", "log", ["actor", "at"], postgresql_where=OF_PEOPLE, sqlite_where=OF_PEOPLE
    )


def downgrade() -> None:
    op.drop_index("ix_log_actor", "log")
    op.drop_table("sign_in_attempts")
    op.drop_table("sessions")
    op.execute("DELETE FROM credentials WHERE partner_user_id IS NOT NULL")
    op.execute("ALTER TABLE credentials DROP COLUMN partner_user_id")
    op.execute("ALTER TABLE officers ADD COLUMN password_hash VARCHAR(200)")
    op.execute(
        "UPDATE officers SET password_hash = "
        "(SELECT logins.password_hash FROM logins WHERE logins.officer_id = officers.id)"
    )
    op.drop_table("logins")
    op.drop_table("partner_users")
