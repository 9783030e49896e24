"""What people and schedules ask of sitemaps: look again, read again, read this one. All SQL about it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, cast, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain, SitemapFile

OPEN = ("Queued", "Processing")
SETTLED = ("Completed", "Error")


async def requeue_due(session: AsyncSession, older_than: timedelta, *, most: int = 1000) -> int:
    """Queue files again that were read longer ago than that, the oldest first; answer how many.

    A file for which its index gives a date is left to the index: it says when the file has changed.
    """
    since = func.worklane_now() - cast(literal(older_than), Interval)
    has_no_date = or_(SitemapFile.parent_id.is_(None), SitemapFile.listed_lastmod.is_(None))
    due = (
        select(SitemapFile.id)
        .where(SitemapFile.imported_at < since, SitemapFile.import_status.in_(SETTLED), has_no_date)
        .order_by(SitemapFile.imported_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    again = update(SitemapFile).where(SitemapFile.id.in_(due)).values(import_status="Queued", import_error=None)
    return len((await session.execute(again.returning(SitemapFile.id))).all())


async def discover_again(session: AsyncSession, domain_id: UUID, tenant: str) -> bool:
    """Queue the search for the sitemaps of this tenant's domain; answer whether there is such a domain.

    One that waits or runs goes on as it is.
    """
    idle = or_(Domain.sitemap_status.is_(None), Domain.sitemap_status.in_(SETTLED))
    its = (Domain.id == domain_id, Domain.tenant == tenant)
    await session.execute(update(Domain).where(*its, idle).values(sitemap_status="Queued", sitemap_error=None))
    return await session.scalar(select(Domain.id).where(*its)) is not None


async def import_again(session: AsyncSession, file_id: UUID, tenant: str) -> bool:
    """Queue the import of this tenant's file; answer whether there is such a file. One that is open goes on."""
    idle = or_(SitemapFile.import_status.is_(None), SitemapFile.import_status.in_(SETTLED))
    its = (SitemapFile.id == file_id, SitemapFile.tenant == tenant)
    await session.execute(update(SitemapFile).where(*its, idle).values(import_status="Queued", import_error=None))
    return await session.scalar(select(SitemapFile.id).where(*its)) is not None


async def add_file(session: AsyncSession, domain_id: UUID, tenant: str, url: str) -> UUID | None:
    """The id of that sitemap of this tenant's domain, queued for its import; None if there is no such domain.

    `url` is a normalised URL. A file that is known is queued again, unless it is open.
    """
    domain = select(Domain.tenant, Domain.id, literal(url), literal("import"), literal("Queued"))
    its = domain.where(Domain.id == domain_id, Domain.tenant == tenant)
    names = ["tenant", "domain_id", "url", "found_by", "import_status"]
    await session.execute(insert(SitemapFile).from_select(names, its).on_conflict_do_nothing())
    same = (SitemapFile.domain_id == domain_id, SitemapFile.tenant == tenant, SitemapFile.url == url)
    file_id = await session.scalar(select(SitemapFile.id).where(*same))
    if file_id is not None:
        await import_again(session, file_id, tenant)
    return file_id
