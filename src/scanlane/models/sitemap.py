"""Sitemaps of domains, and the pages they list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from scanlane.models.base import Base, Created, failed_index, waiting_index


class SitemapFile(Created, Base):
    """One sitemap file of one domain; its `import_status` is Queued, Processing, Completed, Error, or null.

    found_by: robots, html, common, index or import. kind: urlset, index, text, rss, atom, once it was read. warnings
    are machine codes. `listed_lastmod` is the date that its index gave for it; `imported_at` when it was last read.
    """

    __tablename__ = "sitemap_files"
    __table_args__ = (
        UniqueConstraint("domain_id", "url"),
        waiting_index("sitemap_files", "import_status"),
        failed_index("sitemap_files", "import_status"),
        Index("ix_sitemap_files_tenant", "tenant", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    domain_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("domains.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("sitemap_files.id", ondelete="SET NULL"), index=True
    )
    url: Mapped[str]
    found_by: Mapped[str]
    depth: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    import_status: Mapped[str | None]
    import_error: Mapped[str | None]
    kind: Mapped[str | None]
    final_url: Mapped[str | None]
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    listed_lastmod: Mapped[str | None]
    sha256: Mapped[str | None]
    bytes_raw: Mapped[int | None] = mapped_column(BigInteger)
    bytes_decoded: Mapped[int | None] = mapped_column(BigInteger)
    url_count: Mapped[int | None] = mapped_column(Integer)
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    imported_at: Mapped[datetime | None]


class Page(Created, Base):
    """One URL that a sitemap of the domain lists. `worth` is how promising it is for contacts, higher is better.

    `lastmod` is the sitemap's own word, `modified_at` the same as a moment where it is one; `extras` what extensions
    (news, image, video, hreflang) say.
    """

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("domain_id", "url"),
        Index("ix_pages_worth", "domain_id", text("worth desc"), "id"),
        Index("ix_pages_tenant", "tenant", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("worklane_id()"))
    tenant: Mapped[str]
    domain_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("domains.id", ondelete="CASCADE"))
    sitemap_file_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("sitemap_files.id", ondelete="SET NULL"), index=True
    )
    url: Mapped[str]
    worth: Mapped[int] = mapped_column(Integer)
    lastmod: Mapped[str | None]
    modified_at: Mapped[datetime | None]
    changefreq: Mapped[str | None]
    priority: Mapped[float | None] = mapped_column(Double)
    extras: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
