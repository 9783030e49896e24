"""The HTTP face of places: searches for them, and those that were found. Decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.schemas.lists import PageOf
from scanlane.schemas.places import (
    DeepScansQueued,
    PlaceDetails,
    PlaceSearchDetails,
    PlacesFilter,
    PlacesQuery,
    QueueDeepScans,
    SearchesQuery,
    SearchPlaces,
    StagedPlace,
)
from scanlane.services import place_requests
from scanlane.stores import place_lists
from scanlane.stores.place_lists import PlaceFilter

router = APIRouter(prefix="/api/v3/places", tags=["places"], route_class=AuthenticatedRoute)


@router.post("/search", status_code=202)
async def search_places(
    wanted: SearchPlaces, user: CurrentUser, house: InHouse, session: Transaction, response: Response
) -> PlaceSearchDetails:
    """Look for places; what is found is staged. The search waits for its turn: follow it at its Location."""
    request = place_requests.SearchRequest(tenant=user.tenant, **wanted.model_dump())
    search = await place_requests.start_search(session, house.settings, request)
    response.headers["Location"] = f"{router.prefix}/searches/{search.id}"
    return PlaceSearchDetails.model_validate(search)


@router.get("/searches")
async def list_searches(
    query: Annotated[SearchesQuery, Query()], user: CurrentUser, session: Transaction
) -> PageOf[PlaceSearchDetails]:
    """Searches, newest first."""
    found = await place_lists.list_searches(
        session, tenant=user.tenant, status=query.status, limit=query.limit, cursor=query.cursor
    )
    return PageOf[PlaceSearchDetails].model_validate(found)


@router.get("/searches/{search_id}")
async def show_search(search_id: UUID, user: CurrentUser, session: Transaction) -> PlaceSearchDetails:
    """One search."""
    return PlaceSearchDetails.model_validate(await place_requests.find_search(session, search_id, tenant=user.tenant))


@router.get("/staging")
async def list_staged(
    query: Annotated[PlacesQuery, Query()], user: CurrentUser, session: Transaction
) -> PageOf[StagedPlace]:
    """Places that were found, newest first."""
    if query.search_id is not None:
        await place_requests.find_search(session, query.search_id, tenant=user.tenant)
    found = await place_lists.list_places(
        session, tenant=user.tenant, wanted=_filter(query), limit=query.limit, cursor=query.cursor
    )
    return PageOf[StagedPlace].model_validate(found)


@router.post("/staging/queue", status_code=202)
async def queue_deep_scans(wanted: QueueDeepScans, user: CurrentUser, session: Transaction) -> DeepScansQueued:
    """Queue places for their deep scan, by id or by filter; those that wait or are being scanned stay as they are."""
    meant = None if wanted.filter is None else _filter(wanted.filter)
    queued = await place_requests.queue_deep_scans(session, tenant=user.tenant, ids=wanted.ids, wanted=meant)
    return DeepScansQueued(queued=queued, more=meant is not None and queued == place_requests.MOST_QUEUED)


@router.get("/staging/{place_id}")
async def show_staged(place_id: UUID, user: CurrentUser, session: Transaction) -> PlaceDetails:
    """One place, with what its provider said of it."""
    place, business_id = await place_requests.find_place(session, place_id, tenant=user.tenant)
    return PlaceDetails.model_validate(place).model_copy(update={"business_id": business_id})


@router.delete("/staging/{place_id}", status_code=204)
async def delete_staged(place_id: UUID, user: CurrentUser, session: Transaction) -> None:
    """Delete a place and the business that was made of it. A deep scan that is under way ends without result."""
    await place_requests.delete_place(session, place_id, tenant=user.tenant)


def _filter(said: PlacesFilter) -> PlaceFilter:
    return PlaceFilter(status=said.deep_scan_status, search_id=said.search_id, text=said.q)
