"""The first tables: domains, jobs and workers, pages and contacts, places and businesses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from worklane.postgres.columns import CLOCK_DDL, SEQUENCE_DDL

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(CLOCK_DDL)
    op.execute(SEQUENCE_DDL)
    _create_domains()
    _create_places_staging()
    _create_status_claims()
    _create_workers()
    _create_contacts()
    _create_jobs()
    _index_jobs()
    _create_local_businesses()
    _create_idempotency_keys()
    _create_scan_pages()
    _create_sightings()


def downgrade() -> None:
    op.drop_table("sightings")
    op.drop_table("scan_pages")
    op.drop_table("idempotency_keys")
    op.drop_table("local_businesses")
    op.drop_table("jobs")
    op.drop_table("contacts")
    op.drop_table("workers")
    op.drop_table("status_claims")
    op.drop_table("places_staging")
    op.drop_table("domains")
    op.execute("drop sequence worklane_token")
    op.execute("drop function worklane_now()")


def _create_domains() -> None:
    op.create_table(
        "domains",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start_url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_domains_tenant_name")),
    )


def _create_places_staging() -> None:
    op.create_table(
        "places_staging",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("deep_scan_status", sa.Text(), nullable=True),
        sa.Column("deep_scan_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places_staging")),
        sa.UniqueConstraint("tenant", "ref", name=op.f("uq_places_staging_tenant_ref")),
    )
    op.create_index(
        "ix_places_staging_queued",
        "places_staging",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("deep_scan_status = 'Queued'"),
    )
    op.create_index("ix_places_staging_tenant", "places_staging", ["tenant", "id"], unique=False)


def _create_status_claims() -> None:
    op.create_table(
        "status_claims",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("queue", "row_id", name=op.f("pk_status_claims")),
    )
    op.create_index("ix_status_claims_worker_id", "status_claims", ["worker_id"], unique=False)


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("obfuscated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column(
            "first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_contacts_domain_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("domain_id", "kind", "value", name=op.f("uq_contacts_domain_id_kind_value")),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("pages_scanned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contacts_found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("own_hosts", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default="5", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("result_data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_jobs_domain_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )


def _index_jobs() -> None:
    op.create_index(op.f("ix_jobs_domain_id"), "jobs", ["domain_id"], unique=False)
    op.create_index(
        "ix_jobs_due",
        "jobs",
        [sa.literal_column("priority desc"), "run_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_jobs_held", "jobs", ["worker_id"], unique=False, postgresql_where=sa.text("status = 'running'"))
    op.create_index("ix_jobs_tenant_created", "jobs", ["tenant", "created_at", "id"], unique=False)
    op.create_index(
        "uq_jobs_active",
        "jobs",
        ["tenant", "type", "subject"],
        unique=True,
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )


def _create_local_businesses() -> None:
    op.create_table(
        "local_businesses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places_staging.id"], name=op.f("fk_local_businesses_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_businesses")),
        sa.UniqueConstraint("tenant", "place_id", name=op.f("uq_local_businesses_tenant_place_id")),
    )


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_idempotency_keys_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_idempotency_keys")),
    )


def _create_scan_pages() -> None:
    op.create_table(
        "scan_pages",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_scan_pages_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "url", name=op.f("pk_scan_pages")),
    )


def _create_sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("obfuscated", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_sightings_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "url", "kind", "value", "method", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_contact", "sightings", ["job_id", "kind", "value"], unique=False)
