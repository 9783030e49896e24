"""The pipeline: searches for places, businesses with domains, domains with sitemaps, sitemaps with pages."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())
NOW = sa.text("worklane_now()")
# Table, status column, and the words for what waits and what has failed.
QUEUES = (
    ("domains", "status", "pending", "error"),
    ("domains", "sitemap_status", "Queued", "Error"),
    ("domains", "scan_status", "Queued", "Error"),
    ("place_searches", "status", "Queued", "Error"),
    ("places_staging", "deep_scan_status", "Queued", "Error"),
    ("local_businesses", "domain_extraction_status", "Queued", "Error"),
    ("sitemap_files", "import_status", "Queued", "Error"),
)
IN_ORDER = ("place_searches", "domains", "local_businesses", "sitemap_files")
EXPIRING = ("places_staging", "local_businesses")


def upgrade() -> None:
    op.drop_index("ix_places_staging_queued")
    op.drop_index("ix_places_staging_tenant")
    _create_place_searches()
    _widen("domains", DOMAIN_COLUMNS)
    _widen("places_staging", PLACE_COLUMNS)
    _widen("local_businesses", BUSINESS_COLUMNS)
    _refer("places_staging", "search_id", "place_searches")
    _refer("local_businesses", "domain_id", "domains")
    op.create_index("ix_local_businesses_place_id", "local_businesses", ["place_id"])
    _create_sitemap_files()
    _create_pages()
    op.create_table(
        "queue_pauses",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_queue_pauses")),
    )
    for table, status, waiting, failed in QUEUES:
        keys = ["tenant", "created_at", "id"]
        for name, word in (("waiting", waiting), ("failed", failed)):
            where = sa.text(f"{status} = '{word}'")
            op.create_index(f"ix_{table}_{status}_{name}", table, keys, postgresql_where=where)
    where = sa.text("status = 'failed'")
    op.create_index("ix_jobs_tenant_failed", "jobs", ["tenant", "finished_at"], postgresql_where=where)
    for table in (*IN_ORDER, "places_staging"):
        op.create_index(f"ix_{table}_tenant", table, ["tenant", "created_at", "id"])
    for table in EXPIRING:
        where = sa.text("expires_at is not null")
        op.create_index(f"ix_{table}_expires", table, ["expires_at"], postgresql_where=where)
    op.create_index("ix_contacts_tenant", "contacts", ["tenant", "first_seen_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_contacts_tenant")
    op.drop_index("ix_jobs_tenant_failed")
    for table, status, *_ in QUEUES:
        op.drop_index(f"ix_{table}_{status}_waiting")
        op.drop_index(f"ix_{table}_{status}_failed")
    for table in ("domains", "places_staging", "local_businesses"):
        op.drop_index(f"ix_{table}_tenant")
    op.drop_table("queue_pauses")
    op.drop_table("pages")
    op.drop_table("sitemap_files")
    op.drop_index("ix_local_businesses_place_id")
    _narrow("local_businesses", BUSINESS_COLUMNS)
    _narrow("places_staging", PLACE_COLUMNS)
    _narrow("domains", DOMAIN_COLUMNS)
    op.drop_table("place_searches")
    op.create_index("ix_places_staging_tenant", "places_staging", ["tenant", "id"])
    queued = sa.text("deep_scan_status = 'Queued'")
    op.create_index("ix_places_staging_queued", "places_staging", ["created_at", "id"], postgresql_where=queued)


Columns = tuple[tuple[str, Any, str | None], ...]

# Name, type, and the value of rows that are there already: null without one.
DOMAIN_COLUMNS: Columns = (
    ("source", sa.Text(), "scan"),
    ("wants_scan", sa.Boolean(), "false"),
    ("status", sa.Text(), None),
    ("error", sa.Text(), None),
    ("sitemap_status", sa.Text(), None),
    ("sitemap_error", sa.Text(), None),
    ("scan_status", sa.Text(), None),
    ("scan_error", sa.Text(), None),
    ("final_url", sa.Text(), None),
    ("http_status", sa.SmallInteger(), None),
    ("title", sa.Text(), None),
    ("description", sa.Text(), None),
    ("language", sa.Text(), None),
    ("icons", JSONB, "[]"),
    ("socials", JSONB, "[]"),
    ("feeds", JSONB, "[]"),
    ("technologies", JSONB, "[]"),
    ("processed_at", MOMENT, None),
)
PLACE_COLUMNS: Columns = (
    ("address", sa.Text(), None),
    ("category", sa.Text(), None),
    ("search_id", sa.Uuid(), None),
    ("fetched_at", MOMENT, None),
    ("expires_at", MOMENT, None),
)
BUSINESS_COLUMNS: Columns = (
    ("domain_id", sa.Uuid(), None),
    ("street", sa.Text(), None),
    ("postcode", sa.Text(), None),
    ("city", sa.Text(), None),
    ("region", sa.Text(), None),
    ("country", sa.Text(), None),
    ("latitude", sa.Double(), None),
    ("longitude", sa.Double(), None),
    ("phones", JSONB, "[]"),
    ("opening_hours", JSONB, "[]"),
    ("rating", sa.Double(), None),
    ("rating_count", sa.Integer(), None),
    ("raw", JSONB, "{}"),
    ("domain_extraction_status", sa.Text(), None),
    ("domain_extraction_error", sa.Text(), None),
    ("fetched_at", MOMENT, None),
    ("expires_at", MOMENT, None),
)


def _widen(table: str, columns: Columns) -> None:
    for name, kind, value in columns:
        op.add_column(table, sa.Column(name, kind, server_default=value, nullable=value is None))


def _narrow(table: str, columns: Columns) -> None:
    for name, _, _ in columns:
        op.drop_column(table, name)


def _refer(table: str, column: str, other: str) -> None:
    op.create_foreign_key(f"fk_{table}_{column}", table, other, [column], ["id"], ondelete="SET NULL")
    op.create_index(f"ix_{table}_{column}", table, [column])


def _create_place_searches() -> None:
    op.create_table(
        "place_searches",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("most", sa.Integer(), server_default="60", nullable=False),
        sa.Column("deep_scan", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_searches")),
    )


def _create_sitemap_files() -> None:
    op.create_table(
        "sitemap_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("import_status", sa.Text(), nullable=True),
        sa.Column("import_error", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("listed_lastmod", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("bytes_raw", sa.BigInteger(), nullable=True),
        sa.Column("bytes_decoded", sa.BigInteger(), nullable=True),
        sa.Column("url_count", sa.Integer(), nullable=True),
        sa.Column("warnings", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("imported_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name=op.f("fk_sitemap_files_domain_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["sitemap_files.id"], name=op.f("fk_sitemap_files_parent_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitemap_files")),
        sa.UniqueConstraint("domain_id", "url", name=op.f("uq_sitemap_files_domain_id_url")),
    )
    op.create_index("ix_sitemap_files_parent_id", "sitemap_files", ["parent_id"])


def _create_pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("worklane_id()"), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("sitemap_file_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("lastmod", sa.Text(), nullable=True),
        sa.Column("modified_at", MOMENT, nullable=True),
        sa.Column("changefreq", sa.Text(), nullable=True),
        sa.Column("priority", sa.Double(), nullable=True),
        sa.Column("extras", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_pages_domain_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sitemap_file_id"], ["sitemap_files.id"], name=op.f("fk_pages_sitemap_file_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("domain_id", "url", name=op.f("uq_pages_domain_id_url")),
    )
    op.create_index("ix_pages_sitemap_file_id", "pages", ["sitemap_file_id"])
    op.create_index("ix_pages_tenant", "pages", ["tenant", "id"])
    op.create_index("ix_pages_worth", "pages", ["domain_id", sa.literal_column("worth desc"), "id"])
