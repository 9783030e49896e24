"""The check before anything that was seen is stored: people may have objected meanwhile.

Site owners need none here: whoever opts a domain out cancels its jobs, and a cancelled job can store nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.home_page import HomePage
from scanlane.domain.phones import dialled
from scanlane.domain.places import PlaceDetails
from scanlane.domain.sightings import Sighting
from scanlane.domain.urls import LONGEST_URL
from scanlane.services.suppression import storable_sightings, unsuppressed
from scanlane.stores import suppressions
from scanlane.stores.texts import storable


async def may_be_stored(
    session: AsyncSession, seen: Sequence[tuple[str, Sighting]], *, tenant: str
) -> list[tuple[str, Sighting]]:
    """What of these (page URL, sighting) pairs may be stored in this transaction, which is to end soon."""
    if not seen:
        return []
    await suppressions.begin_writing(session)
    return await storable_sightings(session, seen, tenant=tenant)


async def details_to_store(session: AsyncSession, details: PlaceDetails, *, tenant: str) -> PlaceDetails:
    """The details of a business as they may be stored: without suppressed numbers.

    Where one goes, so does the provider's own answer, which holds it too.
    """
    if not details.phones:
        return details
    await suppressions.begin_writing(session)
    kept = await unsuppressed(
        session,
        details.phones,
        tenant=tenant,
        contact=lambda phone: ("phone", dialled(phone, details.country) or phone),
    )
    return details if len(kept) == len(details.phones) else replace(details, phones=tuple(kept), raw={})


async def home_to_store(session: AsyncSession, page: HomePage, *, tenant: str) -> HomePage:
    """What a home page says as it may be stored: without suppressed profiles."""
    if not page.socials:
        return page
    await suppressions.begin_writing(session)
    kept = await unsuppressed(
        session, page.socials, tenant=tenant, contact=lambda one: ("social", storable(one.url, LONGEST_URL) or "")
    )
    return replace(page, socials=tuple(kept))
