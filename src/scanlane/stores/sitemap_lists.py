"""Sitemap files as their owner sees them: lists, one by id, and asking for their discovery and import."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain, SitemapFile, StatusClaim
from scanlane.stores.filters import has_status, is_at_rest
from scanlane.stores.keyset import Listed, list_rows
from worklane.postgres.status_requeue import forget_claims

CLAIMS = cast(Table, StatusClaim.__table__)
DISCOVERY = "sitemap_discovery"
IMPORT = "sitemap_import"


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


async def queue_discovery(session: AsyncSession, domain_id: UUID, *, tenant: str) -> bool:
    """Ask for the sitemaps of this tenant's domain, unless it waits or is worked on; answer whether it was asked."""
    asked = (
        update(Domain)
        .where(Domain.id == domain_id, Domain.tenant == tenant, is_at_rest(Domain.sitemap_status))
        .values(sitemap_status="Queued", sitemap_error=None)
        .returning(Domain.id)
        .execution_options(synchronize_session=False)
    )
    was_asked = await session.scalar(asked) is not None
    if was_asked:
        await forget_claims(session, DISCOVERY, [domain_id], claims=CLAIMS)
    return was_asked


async def queue_import(session: AsyncSession, *, tenant: str, domain_id: UUID, url: str) -> SitemapFile:
    """Ask for the import of a file, unless it waits or is worked on; it is added if the domain has no such file."""
    adding = insert(SitemapFile).values(
        tenant=tenant, domain_id=domain_id, url=url, found_by="import", import_status="Queued"
    )
    rests = is_at_rest(SitemapFile.import_status)
    asked = adding.on_conflict_do_update(
        index_elements=[SitemapFile.domain_id, SitemapFile.url],
        set_={
            "import_status": case((rests, "Queued"), else_=SitemapFile.import_status),
            "import_error": case((rests, None), else_=SitemapFile.import_error),
        },
    )
    anew = {"populate_existing": True}
    return (await session.scalars(asked.returning(SitemapFile), execution_options=anew)).one()
