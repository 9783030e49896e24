"""Sitemap files as their owner sees them: lists, and one by id."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import SitemapFile
from scanlane.stores.filters import has_status
from scanlane.stores.keyset import Listed, list_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapFilter:
    """Which files are meant."""

    domain_id: UUID | None = None
    status: str | None = None
    kind: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same in SQL."""
        said: list[ColumnElement[bool]] = []
        if self.domain_id is not None:
            said.append(SitemapFile.domain_id == self.domain_id)
        if self.status is not None:
            said.append(has_status(SitemapFile.import_status, self.status))
        if self.kind is not None:
            said.append(SitemapFile.kind == self.kind)
        return said


async def list_files(
    session: AsyncSession, *, tenant: str, wanted: SitemapFilter, limit: int, cursor: str | None
) -> Listed[SitemapFile]:
    """This tenant's sitemap files, newest first."""
    query = select(SitemapFile).where(SitemapFile.tenant == tenant, *wanted.conditions())
    return await list_rows(session, query, at=SitemapFile.created_at, id=SitemapFile.id, limit=limit, cursor=cursor)


async def find_file(session: AsyncSession, file_id: UUID, *, tenant: str) -> SitemapFile | None:
    """This tenant's sitemap file, or None."""
    return await session.scalar(select(SitemapFile).where(SitemapFile.id == file_id, SitemapFile.tenant == tenant))
