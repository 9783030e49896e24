"""The check before anything that was seen is stored: people may have objected meanwhile.

Site owners need none here: whoever opts a domain out cancels its jobs, and a cancelled job can store nothing.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.sightings import Sighting
from scanlane.services.suppression import storable_sightings
from scanlane.stores import suppressions


async def may_be_stored(
    session: AsyncSession, seen: Sequence[tuple[str, Sighting]], *, tenant: str
) -> list[tuple[str, Sighting]]:
    """What of these (page URL, sighting) pairs may be stored in this transaction, which is to end soon."""
    if not seen:
        return []
    await suppressions.begin_writing(session)
    return await storable_sightings(session, seen, tenant=tenant)
