"""Domains: all SQL about them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.sites import Site
from scanlane.models import Domain, LocalBusiness
from scanlane.stores.texts import storable

LONGEST_QUOTE = 300
LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Objection:
    """The sentence by which a site objects to the harvesting of its addresses, and the page that says it."""

    quote: str
    url: str


@dataclass(frozen=True, slots=True)
class BusinessWebsite:
    """What a business gives as its website."""

    tenant: str
    website: str | None


async def add_domain(session: AsyncSession, *, tenant: str, name: str, start_url: str) -> UUID:
    """The id of this tenant's domain of that name; makes it when there is none."""
    adding = insert(Domain).values(tenant=tenant, name=name, start_url=start_url)
    upsert = adding.on_conflict_do_update(
        index_elements=[Domain.tenant, Domain.name], set_={"start_url": adding.excluded.start_url}
    )
    return (await session.execute(upsert.returning(Domain.id))).scalar_one()


async def find_domain(session: AsyncSession, domain_id: UUID, *, tenant: str) -> Domain | None:
    """This tenant's domain, or None."""
    return await session.scalar(select(Domain).where(Domain.id == domain_id, Domain.tenant == tenant))


async def note_objection(session: AsyncSession, domain_id: UUID, *, quote: str, url: str) -> None:
    """Note the sentence by which a site objects to the harvesting of its addresses. The latest one seen stays."""
    noted = {"objection": storable(quote, LONGEST_QUOTE), "objection_url": storable(url, LONGEST_ADDRESS)}
    await session.execute(update(Domain).where(Domain.id == domain_id).values(**noted))


async def find_objection(session: AsyncSession, domain_id: UUID) -> Objection | None:
    """What a site says against the harvesting of its addresses, if anything was seen."""
    query = select(Domain.objection, Domain.objection_url).where(Domain.id == domain_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None or row.objection is None else Objection(row.objection, row.objection_url or "")


async def find_business_website(session: AsyncSession, business_id: UUID) -> BusinessWebsite | None:
    """The website of the business that a claim names."""
    query = select(LocalBusiness.tenant, LocalBusiness.website).where(LocalBusiness.id == business_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else BusinessWebsite(row.tenant, row.website)


async def queue_found_domain(session: AsyncSession, *, tenant: str, site: Site, wants_scan: bool) -> UUID:
    """The id of this tenant's domain of that site; makes it, waiting for its processing.

    A known domain that was never processed waits for it now; any other stays as it is.
    """
    said = {"tenant": tenant, "name": site.name, "start_url": site.start_url}
    adding = insert(Domain).values(**said, source="business", status="pending", wants_scan=wants_scan)
    is_new = Domain.status.is_(None)
    changed = {
        "status": func.coalesce(Domain.status, adding.excluded.status),
        "wants_scan": case((is_new, or_(Domain.wants_scan, adding.excluded.wants_scan)), else_=Domain.wants_scan),
    }
    upsert = adding.on_conflict_do_update(index_elements=[Domain.tenant, Domain.name], set_=changed)
    return (await session.execute(upsert.returning(Domain.id))).scalar_one()


async def tie_business(session: AsyncSession, business_id: UUID, *, domain_id: UUID | None, tenant: str) -> None:
    """Say whose domain it is; None: the business has none."""
    tied = update(LocalBusiness).where(LocalBusiness.id == business_id, LocalBusiness.tenant == tenant)
    await session.execute(tied.values(domain_id=domain_id))
