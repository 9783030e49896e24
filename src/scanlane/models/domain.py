"""A website that a tenant is interested in, and what its home page says."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Index, SmallInteger, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created, failed_index, waiting_index


class Domain(Created, Base):
    """One website of one tenant. `name` is its host without "www.", with the port if it is unusual.

    Three queues in a row: `status` (its home page is read: pending, processing, completed, error), `sitemap_status`
    and `scan_status` (its sitemaps are looked for, its contacts are sought: Queued, Processing, Completed, Error).
    Null: nobody asked for it. `wants_scan`: the last follows the second by itself. `objection` quotes the sentence by
    which the site objects to the harvesting of its addresses; null: none was seen.
    """

    __tablename__ = "domains"
    __table_args__ = (
        UniqueConstraint("tenant", "name"),
        waiting_index("domains", "status", word="pending"),
        failed_index("domains", "status", word="error"),
        waiting_index("domains", "sitemap_status"),
        failed_index("domains", "sitemap_status"),
        waiting_index("domains", "scan_status"),
        failed_index("domains", "scan_status"),
        Index("ix_domains_tenant", "tenant", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    name: Mapped[str]
    start_url: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="scan")
    wants_scan: Mapped[bool] = mapped_column(Boolean, server_default="false")
    status: Mapped[str | None]
    error: Mapped[str | None]
    sitemap_status: Mapped[str | None]
    sitemap_error: Mapped[str | None]
    scan_status: Mapped[str | None]
    scan_error: Mapped[str | None]
    final_url: Mapped[str | None]
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    title: Mapped[str | None]
    description: Mapped[str | None]
    language: Mapped[str | None]
    icons: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    socials: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    feeds: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    technologies: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    processed_at: Mapped[datetime | None]
    objection: Mapped[str | None]
    objection_url: Mapped[str | None]
