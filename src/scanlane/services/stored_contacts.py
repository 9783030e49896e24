"""The check before anything that was seen is stored: the people and the site owner may have objected meanwhile."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.sightings import Sighting
from scanlane.services.opt_outs import is_closed
from scanlane.services.suppression import storable_sightings
from scanlane.stores import opt_outs, suppressions


async def may_be_stored(
    session: AsyncSession, seen: Sequence[tuple[str, Sighting]], *, tenant: str, domain_id: UUID
) -> list[tuple[str, Sighting]]:
    """What of these (page URL, sighting) pairs may be stored in this transaction, which is to end soon."""
    if not seen:
        return []
    await suppressions.begin_writing(session)
    domain = await opt_outs.find_domain(session, domain_id)
    if domain is not None and await is_closed(session, domain):
        return []
    return await storable_sightings(session, seen, tenant=tenant)
