"""What tenants do with the domains they have: look at one, put many back in a queue, delete one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.models import Domain
from scanlane.services.jobs import DomainNotFound
from scanlane.stores import domain_lists, domains
from scanlane.stores.domain_lists import DomainCounts, DomainFilter, DomainStage
from scanlane.stores.keyset import LONGEST_PAGE

PAGES_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Requeued:
    """How many domains were put back in a queue, wait or are worked on already, and are not there."""

    queued: int
    busy: int
    unknown: int


async def find(session: AsyncSession, domain_id: UUID, *, tenant: str) -> tuple[Domain, DomainCounts]:
    """This tenant's domain and what is known of it. Raises DomainNotFound, for an unknown and a foreign one alike."""
    domain = await domains.find_domain(session, domain_id, tenant=tenant)
    if domain is None:
        raise DomainNotFound
    return domain, await domain_lists.count_found(session, domain_id)


async def must_be_own(session: AsyncSession, domain_id: UUID | None, *, tenant: str) -> None:
    """Raise DomainNotFound when a filter names a domain that the tenant does not have."""
    if domain_id is not None and await domains.find_domain(session, domain_id, tenant=tenant) is None:
        raise DomainNotFound


async def requeue_some(
    session: AsyncSession, domain_ids: Sequence[UUID], stage: DomainStage, *, tenant: str
) -> Requeued:
    """Put these domains back in the queue of a stage."""
    wanted = set(domain_ids)
    queued = await domain_lists.requeue(session, wanted, stage, tenant=tenant)
    own = await domain_lists.count_own(session, wanted, tenant=tenant)
    return Requeued(queued=queued, busy=own - queued, unknown=len(wanted) - own)


async def requeue_found(
    sessions: async_sessionmaker[AsyncSession], wanted: DomainFilter, stage: DomainStage, *, tenant: str
) -> Requeued:
    """The same for all domains that a filter finds, however many: portion by portion, each in a short transaction."""
    queued = seen = 0
    cursor: str | None = None
    while True:
        async with sessions.begin() as session:
            page = await domain_lists.list_domains(session, wanted, tenant=tenant, limit=LONGEST_PAGE, cursor=cursor)
            queued += await domain_lists.requeue(session, [one.id for one in page.items], stage, tenant=tenant)
        seen += len(page.items)
        if page.next_cursor is None:
            return Requeued(queued=queued, busy=seen - queued, unknown=0)
        cursor = page.next_cursor


async def delete(sessions: async_sessionmaker[AsyncSession], domain_id: UUID, *, tenant: str) -> None:
    """Delete this tenant's domain with everything found on it, its many pages in portions. Raises DomainNotFound."""
    async with sessions() as session:
        await must_be_own(session, domain_id, tenant=tenant)
    while await _delete_some_pages(sessions, domain_id, tenant) == PAGES_AT_ONCE:
        pass
    async with sessions.begin() as session:
        if not await domain_lists.delete_domain(session, domain_id, tenant=tenant):
            raise DomainNotFound


async def _delete_some_pages(sessions: async_sessionmaker[AsyncSession], domain_id: UUID, tenant: str) -> int:
    async with sessions.begin() as session:
        return await domain_lists.delete_some_pages(session, domain_id, tenant=tenant, limit=PAGES_AT_ONCE)
