"""Domains whose contacts are to be sought: what a scan's beginning depends on."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain, SitemapFile

NOT_READ_YET = ("Queued", "Processing")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedScan:
    """A domain that waits for its scan, for how long since its home page was read, and what is still being read."""

    domain_id: UUID
    tenant: str
    waited: timedelta
    open_sitemaps: int


async def find_wanted_scan(session: AsyncSession, domain_id: UUID) -> WantedScan | None:
    """The wanted scan of the domain that a claim names."""
    files = (
        select(func.count())
        .where(SitemapFile.domain_id == Domain.id, SitemapFile.import_status.in_(NOT_READ_YET))
        .scalar_subquery()
    )
    since = func.worklane_now() - func.coalesce(Domain.processed_at, Domain.created_at)
    row = (await session.execute(select(Domain.tenant, since, files).where(Domain.id == domain_id))).one_or_none()
    if row is None:
        return None
    tenant, waited, open_sitemaps = row
    return WantedScan(domain_id=domain_id, tenant=tenant, waited=waited, open_sitemaps=open_sitemaps)
