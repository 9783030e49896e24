"""Domains: all SQL about them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain


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
