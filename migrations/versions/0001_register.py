"""The first schema: accounts, subjects, designations, imports, the log, and one row of state."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# Rows of the log are only ever added, whatever a future bug may try.
_SQLITE_GUARDS = [
    f"CREATE TRIGGER log_no_{verb.lower()} BEFORE {verb} ON log "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_POSTGRES_GUARDS = [
    "CREATE FUNCTION log_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
    "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON log "
    "FOR EACH ROW EXECUTE FUNCTION log_append_only()",
]


def upgrade() -> None:
    op.create_table(
        "authorities",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("name", name=op.f("uq_authorities_name")),
    )
    op.create_table(
        "log",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("object_id", sa.String(length=40), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
    )
    op.create_index(op.f("ix_log_at"), "log", ["at"])
    op.create_index(op.f("ix_log_object_id"), "log", ["object_id"])

    op.create_table(
        "partners",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("area", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("name", name=op.f("uq_partners_name")),
    )
    op.create_table(
        "register_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_fingerprint", sa.LargeBinary(length=32), nullable=True),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.Column("probed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_state")),
    )
    op.create_table(
        "replies",
        sa.Column("scope", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_expires_at"), "replies", ["expires_at"])

    op.create_table(
        "subjects",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("roles", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_officers_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("login", name=op.f("uq_officers_login")),
    )
    op.create_table(
        "subject_documents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_subject_documents_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_documents")),
    )
    op.create_index(op.f("ix_subject_documents_subject_id"), "subject_documents", ["subject_id"])
    op.create_index(op.f("ix_subject_documents_token"), "subject_documents", ["token"])

    op.create_table(
        "subject_names",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_subject_names_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_names")),
    )
    op.create_index(op.f("ix_subject_names_subject_id"), "subject_names", ["subject_id"])

    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("officer_id", sa.String(length=40), nullable=True),
        sa.Column("partner_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(officer_id IS NULL) <> (partner_id IS NULL)", name=op.f("ck_credentials_one_owner")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_credentials_officer_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_credentials_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("digest", name=op.f("uq_credentials_digest")),
    )
    op.create_index(op.f("ix_credentials_officer_id"), "credentials", ["officer_id"])
    op.create_index(op.f("ix_credentials_partner_id"), "credentials", ["partner_id"])

    op.create_table(
        "designation_imports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("authority_id", sa.String(length=40), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_warned", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("sealed_report", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rows", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=40), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_designation_imports_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["officers.id"], name=op.f("fk_designation_imports_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["officers.id"], name=op.f("fk_designation_imports_submitted_by")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["officers.id"], name=op.f("fk_designation_imports_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation_imports")),
    )
    op.create_index(op.f("ix_designation_imports_authority_id"), "designation_imports", ["authority_id"])

    op.create_table(
        "designations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.String(length=40), nullable=True),
        sa.Column("linked_to", sa.String(length=40), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("number_token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("drafted_by", sa.String(length=40), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_designations_authority_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["officers.id"], name=op.f("fk_designations_decided_by")),
        sa.ForeignKeyConstraint(["drafted_by"], ["officers.id"], name=op.f("fk_designations_drafted_by")),
        sa.ForeignKeyConstraint(["linked_to"], ["designations.id"], name=op.f("fk_designations_linked_to")),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_designations_subject_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["officers.id"], name=op.f("fk_designations_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designations")),
    )
    op.create_index(op.f("ix_designations_authority_id"), "designations", ["authority_id"])
    op.create_index(op.f("ix_designations_import_id"), "designations", ["import_id"])
    op.create_index(op.f("ix_designations_linked_to"), "designations", ["linked_to"])
    op.create_index(op.f("ix_designations_number_token"), "designations", ["number_token"])
    op.create_index(op.f("ix_designations_state"), "designations", ["state"])
    op.create_index(op.f("ix_designations_subject_id"), "designations", ["subject_id"])

    op.create_table(
        "decision_keys",
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("designation_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designations.id"], name=op.f("fk_decision_keys_designation_id")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_decision_keys")),
    )
    op.create_index(op.f("ix_decision_keys_designation_id"), "decision_keys", ["designation_id"])

    op.create_table(
        "items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("designation_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designations.id"], name=op.f("fk_items_designation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_designation_id"), "items", ["designation_id"])
    op.create_index(op.f("ix_items_token"), "items", ["token"])

    op.create_table(
        "sanctions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("designation_id", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("class", sa.String(length=20), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("measures", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designations.id"], name=op.f("fk_sanctions_designation_id")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_sanctions_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
    )
    op.create_index(op.f("ix_sanctions_designation_id"), "sanctions", ["designation_id"])
    op.create_index(op.f("ix_sanctions_ends_on"), "sanctions", ["ends_on"])
    op.create_index(op.f("ix_sanctions_subject_id"), "sanctions", ["subject_id"])
    op.bulk_insert(
        sa.table("register_state", sa.column("id", sa.Integer), sa.column("list_version", sa.Integer)),
        [{"id": 1, "list_version": 0}],
    )
    guards = _SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else _POSTGRES_GUARDS
    for guard in guards:
        op.execute(guard)


def downgrade() -> None:
    op.drop_table("sanctions")
    op.drop_table("items")
    op.drop_table("decision_keys")
    op.drop_table("designations")
    op.drop_table("designation_imports")
    op.drop_table("credentials")
    op.drop_table("subject_names")
    op.drop_table("subject_documents")
    op.drop_table("officers")
    op.drop_table("subjects")
    op.drop_table("replies")
    op.drop_table("register_state")
    op.drop_table("partners")
    op.drop_table("log")
    op.drop_table("authorities")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION log_append_only()")
