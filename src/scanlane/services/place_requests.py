"""What people ask about places: searches, deep scans, deleting; the owner is checked here."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.places.make import default_provider
from scanlane.domain.place_areas import UnusableArea
from scanlane.domain.places import PlaceQuery, UnusableQuery
from scanlane.errors import BadInput, NotFound
from scanlane.models import LocalBusiness, Place, PlaceSearch
from scanlane.settings import Settings
from scanlane.stores import business_lists, place_lists, places
from scanlane.stores.place_lists import PlaceFilter

MOST_QUEUED = 10_000


class SearchNotFound(NotFound):
    """There is no such search, or it is not yours."""


class PlaceNotFound(NotFound):
    """There is no such place, or it is not yours."""


class BusinessNotFound(NotFound):
    """There is no such business, or it is not yours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """Who looks for which places. `provider`: None is the installation's. `most`: so many places at most."""

    tenant: str
    query: str
    area: str | None = None
    provider: str | None = None
    most: int = 60
    deep_scan: bool = False


async def start_search(session: AsyncSession, settings: Settings, request: SearchRequest) -> PlaceSearch:
    """A search that waits for its turn. Raises BadInput, naming the field."""
    provider = request.provider or default_provider(settings)
    _check(request, provider, settings)
    search = PlaceSearch(
        tenant=request.tenant,
        provider=provider,
        query=request.query,
        area=request.area,
        most=request.most,
        deep_scan=request.deep_scan,
        status="Queued",
    )
    return await place_lists.add_search(session, search)


def _check(request: SearchRequest, provider: str, settings: Settings) -> None:
    try:
        PlaceQuery.read(request.query, request.area)
    except UnusableQuery as error:
        raise BadInput(f"query: {error}", field="query") from None
    except UnusableArea as error:
        raise BadInput(f"area: {error}", field="area") from None
    # A refused key pauses the queue, for everybody.
    if provider == "google" and not settings.places_api_key:
        raise BadInput("provider: google needs a key, and this installation has none", field="provider")


async def find_search(session: AsyncSession, search_id: UUID, *, tenant: str) -> PlaceSearch:
    """This tenant's search. Raises SearchNotFound, the same for an unknown one and somebody else's."""
    search = await place_lists.find_search(session, search_id, tenant=tenant)
    if search is None:
        raise SearchNotFound
    return search


async def find_place(session: AsyncSession, place_id: UUID, *, tenant: str) -> tuple[Place, UUID | None]:
    """This tenant's place, and the id of its business. Raises PlaceNotFound."""
    place = await place_lists.find_place(session, place_id, tenant=tenant)
    if place is None:
        raise PlaceNotFound
    return place, await place_lists.find_business_id(session, place_id)


async def find_business(session: AsyncSession, business_id: UUID, *, tenant: str) -> LocalBusiness:
    """This tenant's business. Raises BusinessNotFound."""
    business = await business_lists.find_business(session, business_id, tenant=tenant)
    if business is None:
        raise BusinessNotFound
    return business


async def queue_deep_scans(
    session: AsyncSession, *, tenant: str, ids: Collection[UUID] | None = None, wanted: PlaceFilter | None = None
) -> int:
    """Ask for deep scans of these places, or of those that the filter means, at most MOST_QUEUED; answer how many.

    Those that wait or are worked on stay as they are, and are not counted.
    """
    if ids is not None:
        return await places.queue_deep_scans(session, ids, tenant=tenant)
    return await place_lists.queue_by_filter(session, wanted or PlaceFilter(), tenant=tenant, most=MOST_QUEUED)


async def delete_place(session: AsyncSession, place_id: UUID, *, tenant: str) -> None:
    """Delete this tenant's place, with the business that was made of it. Raises PlaceNotFound."""
    if not await place_lists.delete_place(session, place_id, tenant=tenant):
        raise PlaceNotFound
