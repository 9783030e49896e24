"""Opt-outs of domains: all SQL about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import EVERY_TENANT, Domain, Job, OptOut, SitemapFile
from scanlane.stores.keyset import Listed, list_rows
from worklane.lifecycle import ACTIVE

MOST_KNOWN = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutView:
    """An opt-out as it is listed. `everywhere`: it binds every tenant."""

    id: UUID
    name: str
    everywhere: bool
    reason: str
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: OptOut) -> "OptOutView":
        """The row, as it is shown."""
        return cls(
            id=row.id,
            name=row.name,
            everywhere=row.tenant == EVERY_TENANT,
            reason=row.reason,
            created_by=row.created_by,
            created_at=row.created_at,
        )


@dataclass(frozen=True, slots=True)
class OwnedDomain:
    """A domain, whose it is, and where it says it is."""

    id: UUID
    tenant: str
    name: str
    final_url: str | None


async def add_opt_out(session: AsyncSession, name: str, *, tenant: str, reason: str, created_by: str) -> bool:
    """Note the opt-out; answer whether it is new."""
    adding = insert(OptOut).values(tenant=tenant, name=name, reason=reason, created_by=created_by)
    return (await session.scalars(adding.on_conflict_do_nothing().returning(OptOut.id))).first() is not None


async def delete_opt_out(session: AsyncSession, name: str, *, tenant: str) -> bool:
    """Lift the opt-out; answer whether it was there."""
    gone = delete(OptOut).where(OptOut.name == name, OptOut.tenant == tenant)
    return (await session.scalars(gone.returning(OptOut.id))).first() is not None


async def list_opt_outs(
    session: AsyncSession, *, tenant: str, limit: int, cursor: str | None = None
) -> Listed[OptOutView]:
    """A page of what binds this tenant, newest first. Raises BadInput for a cursor that is none."""
    query = select(OptOut).where(OptOut.tenant.in_([tenant, EVERY_TENANT]))
    found = await list_rows(session, query, at=OptOut.created_at, id=OptOut.id, limit=limit, cursor=cursor)
    return Listed([OptOutView.of(row) for row in found.items], found.next_cursor)


async def is_opted_out(session: AsyncSession, suffixes: Collection[str], *, tenant: str) -> bool:
    """Whether one of these names of a host is opted out for this tenant."""
    binding = select(OptOut.id).where(OptOut.name.in_(suffixes), OptOut.tenant.in_([tenant, EVERY_TENANT]))
    return await session.scalar(binding.limit(1)) is not None


async def known_names(session: AsyncSession, *, tenant: str) -> frozenset[str]:
    """Every domain that is opted out for this tenant."""
    names = select(OptOut.name).where(OptOut.tenant.in_([tenant, EVERY_TENANT])).limit(MOST_KNOWN)
    return frozenset(await session.scalars(names))


async def find_domain(session: AsyncSession, domain_id: UUID) -> OwnedDomain | None:
    """The domain that a claim names."""
    query = select(Domain.id, Domain.tenant, Domain.name, Domain.final_url).where(Domain.id == domain_id)
    row = (await session.execute(query)).first()
    return None if row is None else OwnedDomain(*row)


async def find_domain_of_file(session: AsyncSession, file_id: UUID) -> OwnedDomain | None:
    """The domain of the sitemap file that a claim names."""
    domain_id = await session.scalar(select(SitemapFile.domain_id).where(SitemapFile.id == file_id))
    return None if domain_id is None else await find_domain(session, domain_id)


async def find_domains_below(session: AsyncSession, name: str, *, tenant: str, limit: int) -> Sequence[OwnedDomain]:
    """Up to so many domains that the opt-out of a name concerns."""
    host = func.split_part(Domain.name, ":", 1)
    led = [Domain.final_url.contains(f"{sign}{name}{end}", autoescape=True) for sign in ("://", ".") for end in "/:"]
    below = or_(host == name, host.endswith("." + name, autoescape=True), *led)
    query = select(Domain.id, Domain.tenant, Domain.name, Domain.final_url).where(below)
    if tenant != EVERY_TENANT:
        query = query.where(Domain.tenant == tenant)
    return [OwnedDomain(*row) for row in await session.execute(query.order_by(Domain.id).limit(limit))]


async def active_jobs(session: AsyncSession, domain_id: UUID) -> Sequence[UUID]:
    """The jobs about this domain that wait or run."""
    active = select(Job.id).where(Job.domain_id == domain_id, Job.status.in_(ACTIVE))
    return (await session.scalars(active)).all()
