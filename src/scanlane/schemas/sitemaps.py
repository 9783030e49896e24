"""Sitemap files, as the API shows them and is asked for them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from scanlane.schemas.listing import QueueStatus
from scanlane.schemas.lists import Paging
from scanlane.schemas.texts import PlainText

Kind = Literal["urlset", "index", "text", "rss", "atom"]


class DiscoverSitemaps(BaseModel):
    """Whose sitemaps to look for."""

    model_config = ConfigDict(extra="forbid")

    domain_id: UUID


class DiscoveryAccepted(BaseModel):
    """How the discovery of a domain's sitemaps stands now."""

    domain_id: UUID
    domain: str
    sitemap_status: str | None = Field(description="Queued; or Processing, if it was under way already")


class ImportSitemap(BaseModel):
    """Which file to read as a sitemap of the domain."""

    model_config = ConfigDict(extra="forbid")

    domain_id: UUID
    url: PlainText = Field(description="an http(s) URL, on the domain's own site")
    other_site: bool = Field(default=False, description="true: it may be on another site, such as a file host")


class SitemapsQuery(Paging):
    """A page of sitemap files."""

    domain_id: UUID | None = None
    import_status: QueueStatus | None = None
    kind: Kind | None = None


class Sitemap(BaseModel):
    """One sitemap file, with what was found in it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    domain_id: UUID
    parent_id: UUID | None = Field(description="the index that lists it")
    url: str
    found_by: str = Field(description="robots, html, common, index or import")
    depth: int
    import_status: str | None = Field(description="Queued, Processing, Completed, Error; null: not asked for")
    import_error: str | None
    kind: str | None = Field(description="urlset, index, text, rss or atom, once it was read")
    url_count: int | None
    warnings: list[str] = Field(description="machine codes, such as truncated_gzip")
    final_url: str | None
    http_status: int | None
    etag: str | None
    last_modified: str | None
    listed_lastmod: str | None
    sha256: str | None
    bytes_raw: int | None
    bytes_decoded: int | None
    imported_at: datetime | None
    created_at: datetime
